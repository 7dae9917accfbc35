//! The ring of ML-DSA, q = 8380417, and all that FIPS 204 computes in it.
//!
//! [`MlDsaKernels`] is implemented by every token that has `Fields32`: each method enters the token's
//! instructions once and works on whole polynomials, so that a caller composes them without `unsafe` and
//! without `#[target_feature]`.
//!
//! Texts, in reading order: `ntt`, `round`, `encode`, `sample`, `kernels`; the constants stand in `zetas`.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "texts are indexed by constants below the lengths of their arrays, as the standard's loops are; \
              const fn cannot convert otherwise"
)]

mod encode;
mod kernels;
mod ntt;
mod poly;
mod round;
mod sample;
pub(crate) mod zetas;

#[cfg(test)]
mod tests;

pub use encode::Format;
pub use kernels::MlDsaKernels;
pub use ntt::{FORWARD_IN, FORWARD_OUT, INVERSE_IN, INVERSE_OUT};
pub use poly::{NttPoly, Poly};
pub use round::Gamma2;
pub use sample::{BallSampler, Eta, Sampler};

use crate::lanes::Lanes32;

/// The modulus q = 2^23 - 2^13 + 1. check-magic: 8380417 == 2^23 - 2^13 + 1
pub const Q: i32 = 8_380_417;

/// Whether every coefficient is less than `bound` in absolute value.
#[inline(always)]
pub(crate) fn norm_below<L: Lanes32>(l: L, p: &Poly, bound: i32) -> bool {
    let mut largest = l.splat(0);
    for row in &p.0 {
        largest = l.max(largest, l.abs(l.load(row)));
    }
    l.at_least(largest, bound) == 0
}
