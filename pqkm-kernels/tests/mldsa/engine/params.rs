//! FIPS 204, Section 4, Table 1.

use pqkm_kernels::mldsa::{Eta, Format, Gamma2};

/// A parameter set.
pub trait Params: 'static {
    /// Rows of the matrix.
    const K: usize;
    /// Columns of the matrix.
    const L: usize;
    /// Range of the private key.
    const ETA: Eta;
    /// Coefficients of the challenge that are not zero.
    const TAU: usize;
    /// Bytes of c_tilde: lambda / 4.
    const C_TILDE: usize;
    /// Format of z, whose range is gamma1.
    const Z: Format;
    /// Low-order rounding range.
    const GAMMA2: Gamma2;
    /// Largest number of hints.
    const OMEGA: usize;
    /// Attempts at one signature that are made side by side when it is alone: as many as fill the lanes of a hash
    /// with the L polynomials of their masks.
    const ABREAST: usize;

    /// tau eta
    const BETA: i32 = match Self::ETA {
        Eta::Two => 2 * Self::TAU as i32,
        Eta::Four => 4 * Self::TAU as i32,
    };
    /// Range of the mask.
    const GAMMA1: i32 = match Self::Z {
        Format::Gamma17 => 1 << 17,
        _ => 1 << 19,
    };
    /// Format of s1 and s2.
    const S: Format = match Self::ETA {
        Eta::Two => Format::Eta2,
        Eta::Four => Format::Eta4,
    };
    /// Format of w1.
    const W1: Format = Format::w1(Self::GAMMA2);
    /// Bytes of a public key.
    const PK: usize = 32 + Self::K * Format::T1.bytes();
    /// Bytes of an expanded private key.
    const SK: usize =
        128 + (Self::K + Self::L) * Self::S.bytes() + Self::K * Format::T0.bytes();
    /// Bytes of a signature.
    const SIG: usize = Self::C_TILDE + Self::L * Self::Z.bytes() + Self::OMEGA + Self::K;
}

pub struct MlDsa44;
pub struct MlDsa65;
pub struct MlDsa87;

impl Params for MlDsa44 {
    const K: usize = 4;
    const L: usize = 4;
    const ETA: Eta = Eta::Two;
    const TAU: usize = 39;
    const C_TILDE: usize = 32;
    const Z: Format = Format::Gamma17;
    const GAMMA2: Gamma2 = Gamma2::QMinus1Over88;
    const OMEGA: usize = 80;
    const ABREAST: usize = 2;
}

impl Params for MlDsa65 {
    const K: usize = 6;
    const L: usize = 5;
    const ETA: Eta = Eta::Four;
    const TAU: usize = 49;
    const C_TILDE: usize = 48;
    const Z: Format = Format::Gamma19;
    const GAMMA2: Gamma2 = Gamma2::QMinus1Over32;
    const OMEGA: usize = 55;
    const ABREAST: usize = 3;
}

impl Params for MlDsa87 {
    const K: usize = 8;
    const L: usize = 7;
    const ETA: Eta = Eta::Two;
    const TAU: usize = 60;
    const C_TILDE: usize = 64;
    const Z: Format = Format::Gamma19;
    const GAMMA2: Gamma2 = Gamma2::QMinus1Over32;
    const OMEGA: usize = 75;
    const ABREAST: usize = 2;
}
