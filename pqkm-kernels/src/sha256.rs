//! SHA-256 on many messages in lockstep: Winternitz chains, one-time public keys and tree nodes of LM-OTS and LMS.
//!
//! Hash trees hash short inputs by the million: here a lane holds one of them, and a chain stays in registers from its
//! start to its end. [`Engine`] is the instruction set; all of them give the same bytes.
//!
//! # Spec
//! FIPS 180-4, section 6.2 (SHA-256); RFC 8554, sections 4.3, 4.5, 4.6, 5.3 and Appendix A for what is hashed.
//!
//! # Side channels
//! Time depends on positions and lengths of chains, which a signature shows, and on nothing else.

mod absorb;
mod chain;
mod compress;
mod seats;
#[cfg(test)]
mod tests;
mod tree;

pub use chain::{Chain, derive_and_run_chains, run_chains};
pub use compress::{INITIAL, K};
pub use tree::{Shape, leaves, parents};

use crate::lanes::Token;

/// Length in bytes of the identifier that every input begins with.
pub const ID_LEN: usize = 16;

/// How much of a digest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputLength {
    /// The first 24 bytes (SHA-256/192).
    N24,
    /// All 32 bytes.
    N32,
}

/// A digest; with [`OutputLength::N24`] its last 8 bytes are zero.
pub type Digest = [u8; 32];

engines! { $
    /// Plain Rust.
    Portable;
    /// AVX2, eight messages.
    Avx2(Avx2),
    /// The SHA extensions, four messages interleaved.
    ShaNi(ShaNi),
    /// AVX-512, sixteen messages.
    Avx512(Avx512),
}
use with_token;

/// The words of 16 identifier bytes.
#[inline(always)]
fn id_words(id: &[u8; ID_LEN]) -> [u32; 4] {
    let mut words = [0; 4];
    let mut i = 0;
    while i < 4 {
        words[i] = u32::from_be_bytes([id[4 * i], id[4 * i + 1], id[4 * i + 2], id[4 * i + 3]]);
        i += 1;
    }
    words
}

/// The words of a digest.
#[inline(always)]
fn digest_words(digest: &Digest) -> [u32; 8] {
    let mut words = [0; 8];
    let mut i = 0;
    while i < 8 {
        let at = 4 * i;
        words[i] = u32::from_be_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]]);
        i += 1;
    }
    words
}
