//! The transform of FIPS 203, section 4.3, over lanes.
//!
//! Four layers act on whole vectors (coefficient bits 7 to 4 are in the vector's number), one transposition
//! brings bits 3 and 2 there as well, and three more layers follow.

#![forbid(unsafe_code)]

use super::field::{Constant, Q, barrett, montgomery_by};
use super::poly::{NttPoly, Poly};
use super::zetas::{TABLES, of_block};
use crate::lanes::{Lanes16, opaque};

/// What [`ntt_small`] takes: samples of the centred binomial distribution.
pub const NTT_SMALL_INPUT_BOUND: i16 = 3;
/// What [`ntt`] takes.
pub const NTT_INPUT_BOUND: i16 = Q;
/// What [`ntt`] and [`ntt_small`] give.
pub const NTT_BOUND: i16 = 16_248;
/// What [`ntt_inverse`] gives; its input is bounded by [`super::PRODUCT_BOUND`].
pub const NTT_INVERSE_BOUND: i16 = 8_432;

/// FIPS 203, Algorithm 9 (NTT), lines 8 to 10.
#[inline(always)]
pub(super) fn butterfly<L: Lanes16, const N: usize>(
    l: L,
    x: &mut [L::V; N],
    i: usize,
    j: usize,
    constant: &Constant,
) {
    butterfly_by(l, x, i, j, constant.everywhere(l));
}

/// The same with a constant of each element's own.
#[inline(always)]
pub(super) fn butterfly_by<L: Lanes16, const N: usize>(
    l: L,
    x: &mut [L::V; N],
    i: usize,
    j: usize,
    constants: [L::V; 2],
) {
    let t = montgomery_by(l, x[j], constants);
    x[j] = l.sub16(x[i], t);
    x[i] = l.add16(x[i], t);
}

/// The first layer of small inputs: products below 2^15 need no reduction.
#[inline(always)]
fn butterfly_small<L: Lanes16, const N: usize>(
    l: L,
    x: &mut [L::V; N],
    i: usize,
    j: usize,
    constant: L::V,
) {
    let t = l.mul16(x[j], constant);
    x[j] = l.sub16(x[i], t);
    x[i] = l.add16(x[i], t);
}

/// FIPS 203, Algorithm 10 (NTT^-1), lines 8 to 10.
#[inline(always)]
pub(super) fn butterfly_inverse<L: Lanes16, const N: usize>(
    l: L,
    x: &mut [L::V; N],
    i: usize,
    j: usize,
    constant: &Constant,
) {
    butterfly_inverse_by(l, x, i, j, constant.everywhere(l));
}

/// The same with a constant of each element's own.
#[inline(always)]
pub(super) fn butterfly_inverse_by<L: Lanes16, const N: usize>(
    l: L,
    x: &mut [L::V; N],
    i: usize,
    j: usize,
    constants: [L::V; 2],
) {
    let t = l.sub16(x[j], x[i]);
    x[i] = l.add16(x[i], x[j]);
    x[j] = montgomery_by(l, t, constants);
}

/// The vectors `k`, `k + step`, ... of a polynomial.
#[inline(always)]
fn strided<V: Copy, const N: usize>(p: &[V; 64], k: usize, step: usize) -> [V; N] {
    let mut x = [p[k]; N];
    for i in 0..N {
        x[i] = p[k + step * i];
    }
    x
}

#[inline(always)]
fn put_strided<V: Copy, const N: usize>(p: &mut [V; 64], k: usize, step: usize, x: &[V; N]) {
    for i in 0..N {
        p[k + step * i] = x[i];
    }
}

/// The forward transform of 64 vectors.
#[inline(always)]
pub(super) fn forward<L: Lanes16, const SMALL: bool>(l: L, from: &[L::V; 64], to: &mut [L::V; 64]) {
    if L::MANY_REGISTERS {
        for k in 0..4 {
            outer_sixteen::<L, SMALL>(l, from, to, k);
        }
    } else {
        for k in 0..4 {
            outer_four_by_four::<L, SMALL>(l, from, to, k);
        }
    }
    for block in 0..8 {
        inner(l, to, block);
    }
}

/// Four layers on the sixteen vectors of residue k.
#[inline(always)]
fn outer_sixteen<L: Lanes16, const SMALL: bool>(
    l: L,
    from: &[L::V; 64],
    to: &mut [L::V; 64],
    k: usize,
) {
    let mut x: [L::V; 16] = strided(from, k, 4);
    outer_layers::<L, SMALL>(l, &mut x);
    put_strided(to, k, 4, &x);
}

/// Four layers on sixteen vectors.
#[inline(always)]
pub(super) fn outer_layers<L: Lanes16, const SMALL: bool>(l: L, x: &mut [L::V; 16]) {
    let tables = &opaque(&TABLES).0;
    let z = &tables.outer;
    for j in 0..8 {
        if SMALL {
            butterfly_small(l, x, j, j + 8, l.quad(&tables.first));
        } else {
            butterfly(l, x, j, j + 8, &z[1]);
        }
    }
    for g in 0..2 {
        for j in 8 * g..8 * g + 4 {
            butterfly(l, x, j, j + 4, &z[2 + g]);
        }
    }
    for g in 0..4 {
        for j in 4 * g..4 * g + 2 {
            butterfly(l, x, j, j + 2, &z[4 + g]);
        }
    }
    for g in 0..8 {
        butterfly(l, x, 2 * g, 2 * g + 1, &z[8 + g]);
    }
}

/// The same in two passes of two layers, for sixteen registers.
#[inline(always)]
fn outer_four_by_four<L: Lanes16, const SMALL: bool>(
    l: L,
    from: &[L::V; 64],
    to: &mut [L::V; 64],
    k: usize,
) {
    let tables = &opaque(&TABLES).0;
    let z = &tables.outer;
    for j in 0..4 {
        let mut x: [L::V; 4] = strided(from, 4 * j + k, 16);
        for i in 0..2 {
            if SMALL {
                butterfly_small(l, &mut x, i, i + 2, l.quad(&tables.first));
            } else {
                butterfly(l, &mut x, i, i + 2, &z[1]);
            }
        }
        butterfly(l, &mut x, 0, 1, &z[2]);
        butterfly(l, &mut x, 2, 3, &z[3]);
        put_strided(to, 4 * j + k, 16, &x);
    }
    for g in 0..4 {
        let mut x: [L::V; 4] = strided(to, 16 * g + k, 4);
        for i in 0..2 {
            butterfly(l, &mut x, i, i + 2, &z[4 + g]);
        }
        butterfly(l, &mut x, 0, 1, &z[8 + 2 * g]);
        butterfly(l, &mut x, 2, 3, &z[9 + 2 * g]);
        put_strided(to, 16 * g + k, 4, &x);
    }
}

/// Transposition and three layers on the eight vectors with bits 6 to 4 equal to `block`.
#[inline(always)]
fn inner<L: Lanes16>(l: L, p: &mut [L::V; 64], block: usize) {
    let (low, high) = (4 * block, 32 + 4 * block);
    let mut x = [p[low]; 8];
    x[..4].copy_from_slice(&p[low..low + 4]);
    x[4..].copy_from_slice(&p[high..high + 4]);
    inner_layers::<L, false>(l, &mut x, block);
    p[low..low + 4].copy_from_slice(&x[..4]);
    p[high..high + 4].copy_from_slice(&x[4..]);
}

/// Transposition and three layers on the four vectors of a block with bit 7 clear and the four with it set; or on
/// those of a pair of blocks, each in one half of the lanes.
#[inline(always)]
pub(super) fn inner_layers<L: Lanes16, const PAIR: bool>(l: L, x: &mut [L::V; 8], block: usize) {
    let p = *x;
    for s in 0..2 {
        let (a0, a1) = l.transpose16(p[2 * s], p[2 * s + 1]);
        let (b0, b1) = l.transpose16(p[4 + 2 * s], p[4 + 2 * s + 1]);
        (x[s], x[4 + s]) = l.transpose32(a0, b0);
        (x[2 + s], x[6 + s]) = l.transpose32(a1, b1);
    }
    for j in 0..4 {
        butterfly_by(l, x, j, j + 4, of_block::<L, PAIR, false>(l, block, 0));
    }
    for g in 0..2 {
        for j in 4 * g..4 * g + 2 {
            butterfly_by(l, x, j, j + 2, of_block::<L, PAIR, false>(l, block, 1 + g));
        }
    }
    for g in 0..4 {
        butterfly_by(
            l,
            x,
            2 * g,
            2 * g + 1,
            of_block::<L, PAIR, false>(l, block, 3 + g),
        );
    }
}

/// The inverse transform of 64 vectors, times 128.
#[inline(always)]
pub(super) fn inverse<L: Lanes16>(l: L, from: &[L::V; 64], to: &mut [L::V; 64]) {
    for block in 0..8 {
        inner_inverse(l, from, to, block);
    }
    if L::MANY_REGISTERS {
        for k in 0..4 {
            outer_inverse_sixteen(l, to, k);
        }
    } else {
        for k in 0..4 {
            outer_inverse_four_by_four(l, to, k);
        }
    }
}

#[inline(always)]
fn inner_inverse<L: Lanes16>(l: L, from: &[L::V; 64], to: &mut [L::V; 64], block: usize) {
    let (low, high) = (4 * block, 32 + 4 * block);
    let mut x = [from[low]; 8];
    x[..4].copy_from_slice(&from[low..low + 4]);
    x[4..].copy_from_slice(&from[high..high + 4]);
    inner_inverse_layers::<L, false>(l, &mut x, block);
    to[low..low + 4].copy_from_slice(&x[..4]);
    to[high..high + 4].copy_from_slice(&x[4..]);
}

/// The inverse of [`inner_layers`], times 8.
#[inline(always)]
pub(super) fn inner_inverse_layers<L: Lanes16, const PAIR: bool>(
    l: L,
    x: &mut [L::V; 8],
    block: usize,
) {
    for g in 0..4 {
        let z = of_block::<L, PAIR, true>(l, block, 3 + g);
        butterfly_inverse_by(l, x, 2 * g, 2 * g + 1, z);
    }
    for g in 0..2 {
        for j in 4 * g..4 * g + 2 {
            butterfly_inverse_by(l, x, j, j + 2, of_block::<L, PAIR, true>(l, block, 1 + g));
        }
    }
    // Sums of four: twice that would not fit 16 bits.
    x[0] = barrett(l, x[0]);
    x[4] = barrett(l, x[4]);
    for j in 0..4 {
        butterfly_inverse_by(l, x, j, j + 4, of_block::<L, PAIR, true>(l, block, 0));
    }
    let p = *x;
    for s in 0..2 {
        let (a0, b0) = l.transpose32(p[s], p[4 + s]);
        let (a1, b1) = l.transpose32(p[2 + s], p[6 + s]);
        (x[2 * s], x[2 * s + 1]) = l.transpose16(a0, a1);
        (x[4 + 2 * s], x[4 + 2 * s + 1]) = l.transpose16(b0, b1);
    }
}

#[inline(always)]
fn outer_inverse_sixteen<L: Lanes16>(l: L, p: &mut [L::V; 64], k: usize) {
    let mut x: [L::V; 16] = strided(p, k, 4);
    outer_inverse_layers(l, &mut x);
    put_strided(p, k, 4, &x);
}

/// The inverse of [`outer_layers`], times 16.
#[inline(always)]
pub(super) fn outer_inverse_layers<L: Lanes16>(l: L, x: &mut [L::V; 16]) {
    let z = &opaque(&TABLES).0.outer_inverse;
    for g in 0..8 {
        butterfly_inverse(l, x, 2 * g, 2 * g + 1, &z[8 + g]);
    }
    for g in 0..4 {
        for j in 4 * g..4 * g + 2 {
            butterfly_inverse(l, x, j, j + 2, &z[4 + g]);
        }
    }
    for g in 0..4 {
        x[4 * g] = barrett(l, x[4 * g]);
    }
    for g in 0..2 {
        for j in 8 * g..8 * g + 4 {
            butterfly_inverse(l, x, j, j + 4, &z[2 + g]);
        }
    }
    for j in 0..8 {
        butterfly_inverse(l, x, j, j + 8, &z[1]);
    }
    x[1] = barrett(l, x[1]);
}

#[inline(always)]
fn outer_inverse_four_by_four<L: Lanes16>(l: L, p: &mut [L::V; 64], k: usize) {
    let z = &opaque(&TABLES).0.outer_inverse;
    for g in 0..4 {
        let mut x: [L::V; 4] = strided(p, 16 * g + k, 4);
        butterfly_inverse(l, &mut x, 0, 1, &z[8 + 2 * g]);
        butterfly_inverse(l, &mut x, 2, 3, &z[9 + 2 * g]);
        for i in 0..2 {
            butterfly_inverse(l, &mut x, i, i + 2, &z[4 + g]);
        }
        x[0] = barrett(l, x[0]);
        put_strided(p, 16 * g + k, 4, &x);
    }
    for j in 0..4 {
        let mut x: [L::V; 4] = strided(p, 4 * j + k, 16);
        butterfly_inverse(l, &mut x, 0, 1, &z[2]);
        butterfly_inverse(l, &mut x, 2, 3, &z[3]);
        for i in 0..2 {
            butterfly_inverse(l, &mut x, i, i + 2, &z[1]);
        }
        if j == 1 {
            x[0] = barrett(l, x[0]);
        }
        put_strided(p, 4 * j + k, 16, &x);
    }
}

kernel! {
    /// The forward transform of samples.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 9 (NTT).
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`NTT_SMALL_INPUT_BOUND`] in magnitude, gives up to [`NTT_BOUND`].
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient.
    pub fn ntt_small(l, from: &Poly<L>, to: &mut NttPoly<L>) {
        forward::<L, true>(l, &from.v, &mut to.v);
    }
}

kernel! {
    /// The forward transform.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 9 (NTT).
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`NTT_INPUT_BOUND`] in magnitude, gives up to [`NTT_BOUND`].
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient.
    pub fn ntt(l, from: &Poly<L>, to: &mut NttPoly<L>) {
        forward::<L, false>(l, &from.v, &mut to.v);
    }
}

kernel! {
    /// The inverse transform, times 128: the prepared operand of the product before it carries the 1/128.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 10 (NTT^-1), without line 14.
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`super::PRODUCT_BOUND`] in magnitude, gives up to [`NTT_INVERSE_BOUND`].
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient.
    pub fn ntt_inverse(l, from: &NttPoly<L>, to: &mut Poly<L>) {
        inverse(l, &from.v, &mut to.v);
    }
}
