//! The field of q = 3329 elements: constants, reductions, and the powers of zeta.

#![forbid(unsafe_code)]

use crate::lanes::Lanes16;

/// The modulus of ML-KEM (FIPS 203, section 2.4).
pub const Q: i16 = 3329;
/// q^-1 modulo 2^16, as signed.
// check-magic: -3327 == signed_mod(pow(3329, -1, 2^16), 2^16)
pub(super) const Q_INVERSE: i16 = -3327;
/// round(2^15 / q), for [`barrett`].
const BARRETT: i16 = 10;

const Q_WIDE: i64 = 3329;
/// A root of unity of order 256 (FIPS 203, section 4.3).
const ZETA: i64 = 17;

/// base^exponent modulo q.
pub(super) const fn power(base: i64, exponent: i64) -> i64 {
    let (mut result, mut base, mut exponent) = (1, modulo(base), exponent);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = modulo(result * base);
        }
        base = modulo(base * base);
        exponent >>= 1;
    }
    result
}

/// x modulo q, in 0..q.
const fn modulo(x: i64) -> i64 {
    x.rem_euclid(Q_WIDE)
}

/// The representative of x modulo q in -(q-1)/2..=(q-1)/2.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the value is below 1665 in magnitude"
)]
pub(super) const fn centred(x: i64) -> i16 {
    let x = modulo(x);
    (if x > (Q_WIDE - 1) >> 1 { x - Q_WIDE } else { x }) as i16
}

/// x times 2^16 modulo q, centred: the form in which [`montgomery`] takes a constant.
pub(super) const fn montgomery_form(x: i64) -> i16 {
    centred(modulo(x) << 16)
}

/// zeta^BitRev7(k) modulo q (FIPS 203, Appendix A, first table).
#[expect(clippy::cast_possible_truncation, reason = "k is below 128")]
pub(super) const fn zeta(k: usize) -> i64 {
    power(ZETA, ((k as u8).reverse_bits() >> 1) as i64)
}

/// zeta^(2 BitRev7(k) + 1) modulo q (FIPS 203, Appendix A, second table).
#[expect(clippy::cast_possible_truncation, reason = "k is below 128")]
pub(super) const fn gamma(k: usize) -> i64 {
    power(ZETA, 2 * ((k as u8).reverse_bits() >> 1) as i64 + 1)
}

/// A constant times q^-1 modulo 2^16.
pub(super) const fn twisted(value: i16) -> i16 {
    value.wrapping_mul(Q_INVERSE)
}

/// Four constants for [`montgomery`]: in Montgomery form, and the same times q^-1 modulo 2^16.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub(super) struct Constant {
    pub(super) value: [i16; 4],
    pub(super) twisted: [i16; 4],
}

impl Constant {
    pub(super) const ZERO: Self = Self {
        value: [0; 4],
        twisted: [0; 4],
    };

    /// The constants a, b, c, d modulo q.
    pub(super) const fn new(x: [i64; 4]) -> Self {
        let mut constant = Self::ZERO;
        let mut i = 0;
        while i < 4 {
            constant.value[i] = montgomery_form(x[i]);
            constant.twisted[i] = twisted(constant.value[i]);
            i += 1;
        }
        constant
    }

    /// Both forms, in every lane.
    #[inline(always)]
    pub(super) fn everywhere<L: Lanes16>(&self, l: L) -> [L::V; 2] {
        [l.quad(&self.value), l.quad(&self.twisted)]
    }
}

/// The factor that a public operand carries so that what comes out of a product and the inverse transform is
/// 2^(16 + d) times the true coefficients, as compression to d bits takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(i64);

impl Scale {
    /// The product itself: 2^16, which the Montgomery reduction of the product takes away.
    pub const PRODUCT: Self = Self(1 << 16);

    /// For compression to `d` bits after the inverse transform, whose factor 1/128 is included.
    #[must_use]
    pub const fn compression(d: u32) -> Self {
        Self(modulo((1 << (32 + d)) * power(128, Q_WIDE - 2)))
    }

    /// From the scale of compression to `from` bits to that of `to` bits.
    #[must_use]
    pub const fn ratio(from: u32, to: u32) -> Self {
        Self(modulo((1 << to) * power(1 << from, Q_WIDE - 2)))
    }

    /// The same with the sign changed.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }

    pub(super) const fn constant(self) -> Constant {
        Constant::new([self.0; 4])
    }
}

/// `value * constant` times 2^-16 times the constant's 2^16, that is their product modulo q.
///
/// # Bounds
///
/// Any `value`; the result is below q/2 + |value| / 39 in magnitude.
#[inline(always)]
pub(super) fn montgomery<L: Lanes16>(l: L, value: L::V, constant: &Constant) -> L::V {
    montgomery_by(l, value, constant.everywhere(l))
}

/// The same with a constant of each element's own: the factors in Montgomery form, and the same [`twisted`].
#[inline(always)]
pub(super) fn montgomery_by<L: Lanes16>(l: L, value: L::V, [factor, twisted]: [L::V; 2]) -> L::V {
    let m = l.mullo16(value, twisted);
    let high = l.mulhi16(value, factor);
    l.sub16(high, l.mulhi16(m, l.splat16(Q)))
}

/// Two vectors of 32-bit products to one of 16 bits, times 2^-16 modulo q.
#[inline(always)]
pub(super) fn reduce_products<L: Lanes16>(l: L, even: L::Wide, odd: L::Wide) -> L::V {
    let (low, high) = (l.low_halves(even, odd), l.high_halves(even, odd));
    let m = l.mullo16(low, l.splat16(Q_INVERSE));
    l.sub16(high, l.mulhi16(m, l.splat16(Q)))
}

/// The same value modulo q, below 0.67 q in magnitude, for any 16-bit input.
#[inline(always)]
pub(super) fn barrett<L: Lanes16>(l: L, x: L::V) -> L::V {
    l.barrett16(x, BARRETT, Q)
}
