//! The transform of FIPS 203, section 4.3, over lanes.
//!
//! Four layers act on whole vectors (coefficient bits 7 to 4 are in the vector's number), one transposition
//! brings bits 3 and 2 there as well, and three more layers follow.

#![forbid(unsafe_code)]

use super::field::{Constant, Q, barrett, centred, montgomery_by, zeta};
use super::poly::{NttPoly, Poly};
use crate::lanes::{Aligned, Lanes16, opaque};

/// What [`ntt_small`] takes: samples of the centred binomial distribution.
pub const NTT_SMALL_INPUT_BOUND: i16 = 3;
/// What [`ntt`] takes.
pub const NTT_INPUT_BOUND: i16 = Q;
/// What [`ntt`] and [`ntt_small`] give.
pub const NTT_BOUND: i16 = 16_248;
/// What [`ntt_inverse`] gives; its input is bounded by [`super::PRODUCT_BOUND`].
pub const NTT_INVERSE_BOUND: i16 = 8_432;

/// The constants of both directions.
struct Tables {
    /// zeta\[1\] for small inputs, where a product modulo 2^16 is exact.
    first: [i16; 4],
    /// The layers of bits 7 to 4: number 2^i + g for group g of layer i.
    outer: [Constant; 16],
    outer_inverse: [Constant; 16],
    /// The layers of bits 3, 2 and 1, for each value of bits 6 to 4: one, two and four groups. The two halves
    /// of a lane belong to different values of bit 7.
    inner: [[Constant; 7]; 8],
    inner_inverse: [[Constant; 7]; 8],
}

const fn tables() -> Tables {
    let mut t = Tables {
        first: [centred(zeta(1)); 4],
        outer: [Constant::ZERO; 16],
        outer_inverse: [Constant::ZERO; 16],
        inner: [[Constant::ZERO; 7]; 8],
        inner_inverse: [[Constant::ZERO; 7]; 8],
    };
    let mut groups = 1;
    while groups < 16 {
        let mut g = 0;
        while g < groups {
            t.outer[groups + g] = Constant::new([zeta(groups + g); 4]);
            t.outer_inverse[groups + g] = Constant::new([zeta(2 * groups - 1 - g); 4]);
            g += 1;
        }
        groups *= 2;
    }
    let mut block = 0;
    while block < 8 {
        let mut layer = 0;
        while layer < 3 {
            let groups = 16 << layer;
            let mut s = 0;
            while s < 1 << layer {
                let (low, high) = ((block << layer) + s, ((8 + block) << layer) + s);
                let at = (1 << layer) - 1 + s;
                t.inner[block][at] = pair(groups + low, groups + high);
                t.inner_inverse[block][at] = pair(2 * groups - 1 - low, 2 * groups - 1 - high);
                s += 1;
            }
            layer += 1;
        }
        block += 1;
    }
    t
}

const fn pair(low: usize, high: usize) -> Constant {
    let (low, high) = (zeta(low), zeta(high));
    Constant::new([low, low, high, high])
}

static TABLES: Aligned<Tables> = Aligned(tables());

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

/// The constant of group `n - 2^i` of layer i where n is 2^i or more and below 2^(i + 1), of either direction.
#[inline(always)]
pub(super) fn uniform(inverse: bool, n: usize) -> &'static Constant {
    let tables = &opaque(&TABLES).0;
    if inverse {
        &tables.outer_inverse[n]
    } else {
        &tables.outer[n]
    }
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
    let tables = &opaque(&TABLES).0;
    let z = &tables.outer;
    let mut x: [L::V; 16] = strided(from, k, 4);
    for j in 0..8 {
        if SMALL {
            butterfly_small(l, &mut x, j, j + 8, l.quad(&tables.first));
        } else {
            butterfly(l, &mut x, j, j + 8, &z[1]);
        }
    }
    for g in 0..2 {
        for j in 8 * g..8 * g + 4 {
            butterfly(l, &mut x, j, j + 4, &z[2 + g]);
        }
    }
    for g in 0..4 {
        for j in 4 * g..4 * g + 2 {
            butterfly(l, &mut x, j, j + 2, &z[4 + g]);
        }
    }
    for g in 0..8 {
        butterfly(l, &mut x, 2 * g, 2 * g + 1, &z[8 + g]);
    }
    put_strided(to, k, 4, &x);
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
    let z = &opaque(&TABLES).0.inner[block];
    let (low, high) = (4 * block, 32 + 4 * block);
    let mut x = [p[low]; 8];
    for s in 0..2 {
        let (a0, a1) = l.transpose16(p[low + 2 * s], p[low + 2 * s + 1]);
        let (b0, b1) = l.transpose16(p[high + 2 * s], p[high + 2 * s + 1]);
        (x[s], x[4 + s]) = l.transpose32(a0, b0);
        (x[2 + s], x[6 + s]) = l.transpose32(a1, b1);
    }
    for j in 0..4 {
        butterfly(l, &mut x, j, j + 4, &z[0]);
    }
    for g in 0..2 {
        for j in 4 * g..4 * g + 2 {
            butterfly(l, &mut x, j, j + 2, &z[1 + g]);
        }
    }
    for g in 0..4 {
        butterfly(l, &mut x, 2 * g, 2 * g + 1, &z[3 + g]);
    }
    p[low..low + 4].copy_from_slice(&x[..4]);
    p[high..high + 4].copy_from_slice(&x[4..]);
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
    let z = &opaque(&TABLES).0.inner_inverse[block];
    let (low, high) = (4 * block, 32 + 4 * block);
    let mut x = [from[low]; 8];
    x[..4].copy_from_slice(&from[low..low + 4]);
    x[4..].copy_from_slice(&from[high..high + 4]);
    for g in 0..4 {
        butterfly_inverse(l, &mut x, 2 * g, 2 * g + 1, &z[3 + g]);
    }
    for g in 0..2 {
        for j in 4 * g..4 * g + 2 {
            butterfly_inverse(l, &mut x, j, j + 2, &z[1 + g]);
        }
    }
    // Sums of four: twice that would not fit 16 bits.
    x[0] = barrett(l, x[0]);
    x[4] = barrett(l, x[4]);
    for j in 0..4 {
        butterfly_inverse(l, &mut x, j, j + 4, &z[0]);
    }
    for s in 0..2 {
        let (a0, b0) = l.transpose32(x[s], x[4 + s]);
        let (a1, b1) = l.transpose32(x[2 + s], x[6 + s]);
        (to[low + 2 * s], to[low + 2 * s + 1]) = l.transpose16(a0, a1);
        (to[high + 2 * s], to[high + 2 * s + 1]) = l.transpose16(b0, b1);
    }
}

#[inline(always)]
fn outer_inverse_sixteen<L: Lanes16>(l: L, p: &mut [L::V; 64], k: usize) {
    let z = &opaque(&TABLES).0.outer_inverse;
    let mut x: [L::V; 16] = strided(p, k, 4);
    for g in 0..8 {
        butterfly_inverse(l, &mut x, 2 * g, 2 * g + 1, &z[8 + g]);
    }
    for g in 0..4 {
        for j in 4 * g..4 * g + 2 {
            butterfly_inverse(l, &mut x, j, j + 2, &z[4 + g]);
        }
    }
    for g in 0..4 {
        x[4 * g] = barrett(l, x[4 * g]);
    }
    for g in 0..2 {
        for j in 8 * g..8 * g + 4 {
            butterfly_inverse(l, &mut x, j, j + 4, &z[2 + g]);
        }
    }
    for j in 0..8 {
        butterfly_inverse(l, &mut x, j, j + 8, &z[1]);
    }
    x[1] = barrett(l, x[1]);
    put_strided(p, k, 4, &x);
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
