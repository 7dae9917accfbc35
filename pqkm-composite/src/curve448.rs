//! Ed448 and X448, on pre-releases of their crates: for the two pairs that need them.
//!
//! Both are algorithms of `pqkm-core`'s type system, written outside it. The encodings are those of
//! RFC 8410. Nothing is claimed about their time.

mod ed448;
mod x448;

pub use ed448::{Ed448, Ed448Signing, Ed448Verification};
pub use x448::{X448, X448Private, X448Public};
