//! Bit packing: FIPS 204, Section 7.1, for the widths that keys and signatures use.

use super::{Gamma2, Poly};
use crate::lanes::Fields32;

/// How a polynomial stands in bytes: each coefficient x as `top - x` (or x itself) in `bits` bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Coefficients of s1 and s2 in -2..=2 (3 bits).
    Eta2,
    /// Coefficients of s1 and s2 in -4..=4 (4 bits).
    Eta4,
    /// t1 in 0..2^10.
    T1,
    /// t0 in -2^12+1..=2^12 (13 bits).
    T0,
    /// z and the mask y in -2^17+1..=2^17 (18 bits).
    Gamma17,
    /// z and the mask y in -2^19+1..=2^19 (20 bits).
    Gamma19,
    /// w1 in 0..44 (6 bits).
    W1Of44,
    /// w1 in 0..16 (4 bits).
    W1Of16,
}

impl Format {
    /// The format of w1.
    #[must_use]
    pub const fn w1(gamma2: Gamma2) -> Self {
        match gamma2 {
            Gamma2::QMinus1Over88 => Self::W1Of44,
            Gamma2::QMinus1Over32 => Self::W1Of16,
        }
    }

    /// Bits of a coefficient.
    #[must_use]
    pub const fn bits(self) -> usize {
        match self {
            Self::Eta2 => 3,
            Self::Eta4 | Self::W1Of16 => 4,
            Self::W1Of44 => 6,
            Self::T1 => 10,
            Self::T0 => 13,
            Self::Gamma17 => 18,
            Self::Gamma19 => 20,
        }
    }

    /// Bytes of a polynomial: 32 a bit.
    #[must_use]
    pub const fn bytes(self) -> usize {
        32 * self.bits()
    }
}

/// Calls a text with the width of a format and what its coefficients are subtracted from.
macro_rules! with_width {
    ($format:expr, $text:ident($($arg:expr),*)) => {
        match $format {
            Format::Eta2 => $text::<_, 3>($($arg),*, Some(2)),
            Format::Eta4 => $text::<_, 4>($($arg),*, Some(4)),
            Format::T1 => $text::<_, 10>($($arg),*, None),
            Format::T0 => $text::<_, 13>($($arg),*, Some(1 << 12)),
            Format::Gamma17 => $text::<_, 18>($($arg),*, Some(1 << 17)),
            Format::Gamma19 => $text::<_, 20>($($arg),*, Some(1 << 19)),
            Format::W1Of44 => $text::<_, 6>($($arg),*, None),
            Format::W1Of16 => $text::<_, 4>($($arg),*, None),
        }
    };
}

/// FIPS 204, Algorithm 16 (`SimpleBitPack`) and Algorithm 17 (`BitPack`)
#[inline(always)]
pub(crate) fn pack<L: Fields32>(l: L, format: Format, from: &Poly, to: &mut [u8]) {
    with_width!(format, pack_width(l, from, to));
}

/// FIPS 204, Algorithm 18 (`SimpleBitUnpack`) and Algorithm 19 (`BitUnpack`)
#[inline(always)]
pub(crate) fn unpack<L: Fields32>(l: L, format: Format, from: &[u8], to: &mut Poly) -> bool {
    with_width!(format, unpack_width(l, from, to));
    match format {
        // The other formats use every bit pattern of their width.
        Format::Eta2 => super::norm_below(l, to, 3),
        Format::Eta4 => super::norm_below(l, to, 5),
        _ => true,
    }
}

#[inline(always)]
fn pack_width<L: Fields32, const D: usize>(l: L, from: &Poly, to: &mut [u8], top: Option<i32>) {
    let mut window = [0; 64];
    for (row, bytes) in from.0.iter().zip(to.chunks_exact_mut(2 * D)) {
        let mut x = l.load(row);
        if let Some(top) = top {
            x = l.sub(l.splat(top), x);
        }
        l.pack::<D>(x, &mut window);
        bytes.copy_from_slice(&window[..2 * D]);
    }
}

#[inline(always)]
fn unpack_width<L: Fields32, const D: usize>(l: L, from: &[u8], to: &mut Poly, top: Option<i32>) {
    let mut rest = from;
    for row in &mut to.0 {
        let mut x = window::<_, D>(l, rest);
        if let Some(top) = top {
            x = l.sub(l.splat(top), x);
        }
        l.store(x, row);
        rest = rest.get(2 * D..).unwrap_or_default();
    }
}

/// The next sixteen fields of `D` bits; past the end there are zeros.
#[inline(always)]
pub(crate) fn window<L: Fields32, const D: usize>(l: L, rest: &[u8]) -> L::V {
    if let Some(bytes) = rest.first_chunk() {
        return l.unpack::<D>(bytes);
    }
    let mut bytes = [0; 64];
    bytes[..rest.len()].copy_from_slice(rest);
    l.unpack::<D>(&bytes)
}
