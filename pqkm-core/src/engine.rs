//! Engines: one meaning of each algorithm, several implementations of it.

use core::fmt;

use crate::{
    algorithm::{KemAlgorithm, VerificationAlgorithm},
    error::EngineUnavailable,
};

/// An implementation of the lattice algorithms. All engines give the same bytes for the same inputs.
///
/// Ordinary callers never name one: keys pick the fastest that the CPU has. Tests, benches and
/// diagnosis name them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Engine(Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reference,
}

impl Engine {
    /// RustCrypto's crates: what every other engine is compared with, and what runs where no other
    /// engine covers an algorithm.
    pub const REFERENCE: Self = Self(Kind::Reference);

    /// All engines, from the plainest to the fastest.
    pub const ALL: &'static [Self] = &[Self::REFERENCE];

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

    /// The engine's name: `"reference"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Kind::Reference => "reference",
        }
    }

    /// Whether this CPU runs the engine.
    #[must_use]
    pub const fn is_available(self) -> bool {
        match self.0 {
            Kind::Reference => true,
        }
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
