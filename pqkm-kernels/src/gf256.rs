//! GF(2^8) on byte strings: evaluating polynomials and interpolating, one polynomial for every byte of a string.
//!
//! Elements are bytes, modulo x^8 + x^4 + x^3 + x + 1 (0x11b, the field of AES). [`Engine`] is the instruction set; all
//! of them give the same bytes.
//!
//! # Spec
//! A. Shamir, How to share a secret, 1979; the field: FIPS 197, section 4.2.
//!
//! # Side channels
//! Time depends on lengths and on numbers of points, never on bytes, and not even on the points themselves. No table
//! is read at an address that depends on either: the nibble tables of AVX2 are in registers.

mod combine;
mod element;
mod evaluate;
mod lagrange;
#[cfg(test)]
mod tests;

pub use combine::combine;
pub use element::{invert, multiply};
pub use evaluate::{Rows, evaluate};
pub use lagrange::{dual_weights, weights};

#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2, Avx512Gfni};
use crate::lanes::{Portable, Token};

/// An instruction set, detected.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Engine {
    /// Plain Rust, 32 bytes at a time.
    Portable(Portable),
    /// AVX2, 32 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// AVX-512 with GFNI, 64 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Gfni(Avx512Gfni),
}

impl Engine {
    /// The fastest one that this CPU has.
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(token) = Avx512Gfni::detect() {
                return Self::Gfni(token);
            }
            if let Some(token) = Avx2::detect() {
                return Self::Avx2(token);
            }
        }
        Self::Portable(Portable::new())
    }

    /// Every one that this CPU has.
    pub fn all() -> impl Iterator<Item = Self> {
        let portable = core::iter::once(Self::Portable(Portable::new()));
        #[cfg(target_arch = "x86_64")]
        let portable = portable
            .chain(Avx2::detect().map(Self::Avx2))
            .chain(Avx512Gfni::detect().map(Self::Gfni));
        portable
    }

    /// The name that `pqkm_backend` and the benches use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable(_) => Portable::NAME,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Avx2::NAME,
            #[cfg(target_arch = "x86_64")]
            Self::Gfni(_) => Avx512Gfni::NAME,
        }
    }
}

/// Runs a kernel with the engine's token.
macro_rules! with_token {
    ($engine:expr, $kernel:expr) => {
        match $engine {
            Engine::Portable(token) => token.enter($kernel),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(token) => token.enter($kernel),
            #[cfg(target_arch = "x86_64")]
            Engine::Gfni(token) => token.enter($kernel),
        }
    };
}
use with_token;
