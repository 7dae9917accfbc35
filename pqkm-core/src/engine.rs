//! Engines: one meaning of each algorithm, several implementations of it.

use core::fmt;

pub(crate) use instance::{Backend, Instance, Work, rows_mut, rows_of};

use crate::{
    algorithm::{KemAlgorithm, VerificationAlgorithm},
    error::EngineUnavailable,
};

mod instance;

/// An implementation of the lattice algorithms. All engines give the same bytes for the same inputs.
///
/// Ordinary callers never name one: keys pick the fastest that the CPU has. Tests, benches and
/// diagnosis name them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Engine(Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reference,
    Portable,
    Avx2,
    Avx512,
}

impl Engine {
    /// RustCrypto's crates: what every other engine is compared with, and what runs where no other
    /// engine covers an algorithm.
    pub const REFERENCE: Self = Self(Kind::Reference);

    /// `pqkm-kernels` in plain Rust, for every CPU.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// `pqkm-kernels` with AVX2.
    pub const AVX2: Self = Self(Kind::Avx2);

    /// `pqkm-kernels` with AVX-512 as of Ice Lake and Zen 4.
    pub const AVX512: Self = Self(Kind::Avx512);

    /// All engines, from the plainest to the fastest.
    pub const ALL: &'static [Self] = &[Self::REFERENCE, Self::PORTABLE, Self::AVX2, Self::AVX512];

    /// The engine that keys use: the fastest that this CPU runs.
    #[must_use]
    pub fn detect() -> Self {
        Self::ALL
            .iter()
            .rev()
            .copied()
            .find(|engine| engine.is_available())
            .unwrap_or(Self::REFERENCE)
    }

    /// The engine of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|engine| engine.name() == name)
    }

    /// The engine's name: `"reference"`, `"portable"`, `"avx2"` or `"avx512"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Kind::Reference => "reference",
            Kind::Portable => "portable",
            Kind::Avx2 => "avx2",
            Kind::Avx512 => "avx512",
        }
    }

    /// Whether this CPU runs the engine.
    #[must_use]
    pub fn is_available(self) -> bool {
        self == Self::REFERENCE || Instance::of(self).is_some()
    }

    /// This engine where it covers the algorithm, the reference engine otherwise.
    pub(crate) fn or_reference_for_kem<A: KemAlgorithm>(self) -> Self {
        if A::supports(self) {
            self
        } else {
            Self::REFERENCE
        }
    }

    /// This engine where it covers the algorithm, the reference engine otherwise.
    pub(crate) fn or_reference_for_signature<A: VerificationAlgorithm>(self) -> Self {
        if A::supports(self) {
            self
        } else {
            Self::REFERENCE
        }
    }

    /// This engine, if the CPU runs it and it covers the algorithm.
    pub(crate) fn checked(self, supported: bool) -> Result<Self, EngineUnavailable> {
        if supported && self.is_available() {
            Ok(self)
        } else {
            Err(EngineUnavailable)
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
