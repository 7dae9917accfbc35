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

use crate::lanes::Token;

engines! { $
    /// Plain Rust, 32 bytes at a time.
    Portable;
    /// AVX2, 32 bytes at a time.
    Avx2(Avx2),
    /// AVX-512 with GFNI, 64 bytes at a time.
    Gfni(Avx512Gfni),
}
use with_token;
