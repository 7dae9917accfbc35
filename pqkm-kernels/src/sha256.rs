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

#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2, Avx512, ShaNi};
use crate::lanes::{Portable, Token};

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

/// An instruction set, detected.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Engine {
    /// Plain Rust.
    Portable(Portable),
    /// The SHA extensions, four messages interleaved.
    #[cfg(target_arch = "x86_64")]
    ShaNi(ShaNi),
    /// AVX2, eight messages.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// AVX-512, sixteen messages.
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Engine {
    /// The fastest one that this CPU has.
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(token) = Avx512::detect() {
                return Self::Avx512(token);
            }
            if let Some(token) = ShaNi::detect() {
                return Self::ShaNi(token);
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
            .chain(ShaNi::detect().map(Self::ShaNi))
            .chain(Avx2::detect().map(Self::Avx2))
            .chain(Avx512::detect().map(Self::Avx512));
        portable
    }

    /// The name that `pqkm_backend` and the benches use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable(_) => Portable::NAME,
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi(_) => ShaNi::NAME,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Avx2::NAME,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => Avx512::NAME,
        }
    }
}

/// Runs a kernel with the engine's token.
macro_rules! with_token {
    ($engine:expr, $kernel:expr) => {
        match $engine {
            Engine::Portable(token) => token.enter($kernel),
            #[cfg(target_arch = "x86_64")]
            Engine::ShaNi(token) => token.enter($kernel),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(token) => token.enter($kernel),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(token) => token.enter($kernel),
        }
    };
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
