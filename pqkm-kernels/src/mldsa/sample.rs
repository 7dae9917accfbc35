//! Sampling: FIPS 204, Section 7.3, from bytes that an extendable-output function gave.

use super::encode::window;
use super::{NttPoly, Poly, Q, ntt};
use crate::lanes::Fields32;

/// The private key range eta of a parameter set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eta {
    /// 2, of ML-DSA-44 and ML-DSA-87.
    Two,
    /// 4, of ML-DSA-65.
    Four,
}

/// Coefficients gathered by rejection, until there are 256.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Sampler {
    words: [i32; 256 + 16],
    len: usize,
}

impl Default for Sampler {
    fn default() -> Self {
        Self::new()
    }
}

impl Sampler {
    /// Nothing gathered yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            words: [0; 272],
            len: 0,
        }
    }

    /// Whether 256 coefficients are there.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.len >= 256
    }

    /// Starts again.
    pub const fn clear(&mut self) {
        self.len = 0;
    }

    /// Overwrites what was gathered, in a way that the optimiser keeps.
    pub fn zeroize(&mut self) {
        *self = Self::new();
        core::hint::black_box(self);
    }

    /// Row `i` of sixteen coefficients.
    #[inline(always)]
    fn row(&self, i: usize) -> &[i32; 16] {
        &self.words.as_chunks().0[i & 15]
    }
}

/// Takes the lanes of `v` below `bound`.
#[inline(always)]
fn keep<L: Fields32>(l: L, v: L::V, bound: i32, sampler: &mut Sampler) {
    let at = sampler.len.min(256);
    if let Some(to) = sampler.words[at..].first_chunk_mut() {
        sampler.len = at + l.keep_below(v, bound, to);
    }
}

/// FIPS 204, Algorithm 30 (`RejNTTPoly`), with Algorithm 14 (`CoeffFromThreeBytes`): takes what SHAKE128 gave,
/// block by block (168 bytes are 56 groups of three).
#[inline(always)]
pub(crate) fn uniform<L: Fields32>(l: L, blocks: &[[u8; 168]], sampler: &mut Sampler) {
    let mut rest = blocks.as_flattened();
    while rest.len() >= 48 && !sampler.is_complete() {
        let x = l.and(window::<_, 24>(l, rest), l.splat((1 << 23) - 1));
        keep(l, x, Q, sampler);
        rest = &rest[48..];
    }
    if rest.len() < 48 && !sampler.is_complete() {
        // Absent groups read as 2^23 - 1, which is rejected.
        let mut padded = [0xFF; 64];
        padded[..rest.len()].copy_from_slice(rest);
        let x = l.and(l.unpack::<24>(&padded), l.splat((1 << 23) - 1));
        keep(l, x, Q, sampler);
    }
}

/// FIPS 204, Algorithm 31 (`RejBoundedPoly`), with Algorithm 15 (`CoeffFromHalfByte`): takes what SHAKE256 gave,
/// block by block.
///
/// CT: which half-bytes are rejected becomes public. FIPS 204 samples anew for each, so that those kept are
/// independent of it.
#[inline(always)]
pub(crate) fn bounded<L: Fields32>(l: L, eta: Eta, blocks: &[[u8; 136]], sampler: &mut Sampler) {
    let mut rest = blocks.as_flattened();
    while rest.len() >= 8 && !sampler.is_complete() {
        let x = window::<_, 4>(l, rest);
        keep(l, x, if matches!(eta, Eta::Two) { 15 } else { 9 }, sampler);
        rest = &rest[8..];
    }
}

/// The coefficients kept, as a polynomial under the transform.
#[inline(always)]
pub(crate) fn uniform_poly<L: Fields32>(l: L, sampler: &Sampler, to: &mut NttPoly) {
    let mut x = [l.splat(0); 16];
    for i in 0..16 {
        x[i] = l.load(sampler.row(i));
    }
    ntt::transpose(l, &mut x);
    for i in 0..16 {
        l.store(x[i], &mut to.0[i]);
    }
}

/// The half-bytes kept, as coefficients in -eta..=eta.
#[inline(always)]
pub(crate) fn bounded_poly<L: Fields32>(l: L, eta: Eta, sampler: &Sampler, to: &mut Poly) {
    for i in 0..16 {
        let b = l.load(sampler.row(i));
        let x = match eta {
            // 2 - (b mod 5): 205 b / 1024 is b / 5 for b < 15.
            Eta::Two => {
                let quotient = l.sra::<10>(l.mul(b, l.splat(205)));
                l.sub(l.splat(2), l.sub(b, l.mul(quotient, l.splat(5))))
            }
            Eta::Four => l.sub(l.splat(4), b),
        };
        l.store(x, &mut to.0[i]);
    }
}

/// FIPS 204, Algorithm 29 (`SampleInBall`): takes bytes as they are squeezed, the first eight being the signs.
///
/// CT: the challenge and the bytes it comes from are public in a signature. Those of a rejected attempt are a hash
/// of a commitment w1 that is never published; FIPS 204 lets their sampling take a variable time.
#[derive(Clone, Debug)]
pub struct BallSampler {
    signs: Option<u64>,
    next: usize,
}

impl BallSampler {
    /// For a challenge with `tau` coefficients of -1 or 1, at most 64, the others zero.
    #[must_use]
    pub const fn new(tau: usize) -> Self {
        Self {
            signs: None,
            next: 256 - if tau < 64 { tau } else { 64 },
        }
    }

    /// Takes a block and says whether `c`, all zero at first, is complete.
    pub fn take(&mut self, block: &[u8; 136], c: &mut Poly) -> bool {
        let mut bytes: &[u8] = block;
        let mut signs = self.signs.unwrap_or_default();
        if self.signs.is_none()
            && let Some((first, rest)) = block.split_first_chunk()
        {
            signs = u64::from_le_bytes(*first);
            bytes = rest;
        }
        let c = c.coefficients_mut();
        for &j in bytes {
            if self.next == 256 {
                break;
            }
            let (i, j) = (self.next, usize::from(j));
            if j <= i {
                c[i] = c[j];
                c[j] = 1 - 2 * i32::from(signs & 1 == 1);
                signs >>= 1;
                self.next += 1;
            }
        }
        self.signs = Some(signs);
        self.next == 256
    }
}
