//! Rounding, hints and norms: FIPS 204, Section 7.4, sixteen coefficients at a time.

use super::Q;
use crate::lanes::Lanes32;

/// The low-order rounding range gamma2 of a parameter set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gamma2 {
    /// (q - 1) / 88, of ML-DSA-44.
    QMinus1Over88,
    /// (q - 1) / 32, of ML-DSA-65 and ML-DSA-87.
    QMinus1Over32,
}

impl Gamma2 {
    /// Its value.
    #[must_use]
    pub const fn value(self) -> i32 {
        match self {
            Self::QMinus1Over88 => 95_232,
            Self::QMinus1Over32 => 261_888,
        }
    }
}

/// The bound on what [`reduce`] returns.
#[cfg_attr(not(test), expect(dead_code, reason = "the tests hold `reduce` to it"))]
pub(crate) const REDUCE_OUT: i32 = 6_283_009;

/// A representative between -[`REDUCE_OUT`] and [`REDUCE_OUT`], for x below 2^31 - 2^22. It is the centred one, where that
/// is below 2^22 - 2^14 in absolute value and x below 5q/2.
#[inline(always)]
pub(crate) fn reduce<L: Lanes32>(l: L, x: L::V) -> L::V {
    // 2^23 = q + 2^13 - 1, so that the quotient by 2^23 is the quotient by q up to one.
    let quotient = l.sra::<23>(l.add(x, l.splat(1 << 22)));
    l.sub(x, l.mul(quotient, l.splat(Q)))
}

/// The representative in 0..q, for x between -q and q.
#[inline(always)]
pub(crate) fn canonical<L: Lanes32>(l: L, x: L::V) -> L::V {
    l.wrap_negative(x, Q)
}

/// FIPS 204, Algorithm 35 (`Power2Round`), for r in 0..q: (r1, r0)
#[inline(always)]
pub(crate) fn power2round<L: Lanes32>(l: L, r: L::V) -> (L::V, L::V) {
    let r1 = l.sra::<13>(l.add(r, l.splat((1 << 12) - 1)));
    (r1, l.sub(r, l.mul(r1, l.splat(1 << 13))))
}

/// FIPS 204, Algorithm 37 (`HighBits`), for r in 0..q
#[inline(always)]
pub(crate) fn high_bits<L: Lanes32>(l: L, gamma2: Gamma2, r: L::V) -> L::V {
    // 2 gamma2 is a multiple of 128: r / 128, rounded up, times an approximation of 128 / (2 gamma2), rounded.
    let r = l.sra::<7>(l.add(r, l.splat(127)));
    match gamma2 {
        Gamma2::QMinus1Over88 => {
            let r1 = l.sra::<24>(l.add(l.mul(r, l.splat(11_275)), l.splat(1 << 23)));
            // 44 becomes 0: r - r0 = q - 1 there.
            let over = l.sra::<31>(l.sub(l.splat(43), r1));
            l.xor(r1, l.and(over, r1))
        }
        Gamma2::QMinus1Over32 => {
            let r1 = l.sra::<22>(l.add(l.mul(r, l.splat(1025)), l.splat(1 << 21)));
            l.and(r1, l.splat(15))
        }
    }
}

/// FIPS 204, Algorithm 36 (Decompose), for r in 0..q: (r1, r0)
#[inline(always)]
pub(crate) fn decompose<L: Lanes32>(l: L, gamma2: Gamma2, r: L::V) -> (L::V, L::V) {
    let r1 = high_bits(l, gamma2, r);
    let r0 = l.sub(r, l.mul(r1, l.splat(2 * gamma2.value())));
    // Where r1 became 0 instead of m, r0 is r - q.
    let over = l.sra::<31>(l.sub(l.splat(Q >> 1), r0));
    (r1, l.sub(r0, l.and(over, l.splat(Q))))
}

/// FIPS 204, Algorithm 39 (`MakeHint`), as a set of lanes, with r + z given: both in 0..q
#[inline(always)]
pub(crate) fn make_hint<L: Lanes32>(l: L, gamma2: Gamma2, r: L::V, r_plus_z: L::V) -> u16 {
    let difference = l.xor(high_bits(l, gamma2, r), high_bits(l, gamma2, r_plus_z));
    l.at_least(difference, 1)
}

/// FIPS 204, Algorithm 40 (`UseHint`), for r in 0..q and a set of lanes with the hint 1
#[inline(always)]
pub(crate) fn use_hint<L: Lanes32>(l: L, gamma2: Gamma2, hint: u16, r: L::V) -> L::V {
    let (r1, r0) = decompose(l, gamma2, r);
    // 1 where r0 > 0, otherwise -1: -1 xor -2 is 1.
    let positive = l.sra::<31>(l.sub(l.splat(0), r0));
    let step = l.xor(l.and(positive, l.splat(-2)), l.splat(-1));
    let moved = l.add(r1, l.and(step, l.spread(hint)));
    match gamma2 {
        Gamma2::QMinus1Over88 => {
            // -1 becomes 43 and 44 becomes 0.
            let over = l.sra::<31>(l.sub(l.splat(43), moved));
            l.wrap_negative(l.xor(moved, l.and(over, moved)), 44)
        }
        Gamma2::QMinus1Over32 => l.and(moved, l.splat(15)),
    }
}
