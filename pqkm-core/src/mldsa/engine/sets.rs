//! What the engine needs of a parameter set (FIPS 204, Table 1).

use pqkm_kernels::mldsa::{Eta, Format, Gamma2};

use crate::mldsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParameters};

/// The constants of a parameter set beside those of `MlDsaParameters`. Sealed by its module.
#[expect(unnameable_types, reason = "seals `MlDsaParameters`")]
pub trait Lattice {
    /// Coefficients of the challenge that are not zero.
    const TAU: usize;
    /// Length of `c_tilde` in bytes: lambda / 4.
    const C_TILDE_BYTES: usize;
    /// How z is packed, whose range is `gamma_1`.
    const Z: Format;
    /// Low-order rounding range.
    const GAMMA_2: Gamma2;
    /// tau * eta.
    const BETA: i32;
    /// Most ones in a hint.
    const OMEGA: usize;
    /// Attempts at one signature that are made side by side when it is alone: as many as fill the lanes of a hash
    /// with the polynomials of their masks.
    const ABREAST: usize;
}

impl Lattice for MlDsa44 {
    const TAU: usize = 39;
    const C_TILDE_BYTES: usize = 32;
    const Z: Format = Format::Gamma17;
    const GAMMA_2: Gamma2 = Gamma2::QMinus1Over88;
    const BETA: i32 = 78;
    const OMEGA: usize = 80;
    const ABREAST: usize = 2;
}

impl Lattice for MlDsa65 {
    const TAU: usize = 49;
    const C_TILDE_BYTES: usize = 48;
    const Z: Format = Format::Gamma19;
    const GAMMA_2: Gamma2 = Gamma2::QMinus1Over32;
    const BETA: i32 = 196;
    const OMEGA: usize = 55;
    const ABREAST: usize = 3;
}

impl Lattice for MlDsa87 {
    const TAU: usize = 60;
    const C_TILDE_BYTES: usize = 64;
    const Z: Format = Format::Gamma19;
    const GAMMA_2: Gamma2 = Gamma2::QMinus1Over32;
    const BETA: i32 = 120;
    const OMEGA: usize = 75;
    const ABREAST: usize = 2;
}

/// Private key range, as the kernels have it.
pub(super) const fn eta<P: MlDsaParameters>() -> Eta {
    if P::ETA == 2 { Eta::Two } else { Eta::Four }
}

/// How `s_1` and `s_2` are packed.
pub(super) const fn s_format<P: MlDsaParameters>() -> Format {
    if P::ETA == 2 {
        Format::Eta2
    } else {
        Format::Eta4
    }
}

/// How `w_1` is packed.
pub(super) const fn w1_format<P: MlDsaParameters>() -> Format {
    Format::w1(P::GAMMA_2)
}

/// Range of the mask y.
pub(super) const fn gamma_1<P: MlDsaParameters>() -> i32 {
    match P::Z {
        Format::Gamma17 => 1 << 17,
        _ => 1 << 19,
    }
}

/// Length of a signature in bytes.
pub(super) const fn signature_bytes<P: MlDsaParameters>() -> usize {
    P::C_TILDE_BYTES + P::L * P::Z.bytes() + P::OMEGA + P::K
}
