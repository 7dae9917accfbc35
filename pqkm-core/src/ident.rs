//! How keys are named: identifiers of logical keys, versions of their material, and fingerprints of
//! public keys.

use core::fmt;

use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};

use crate::error::{DecodeError, GenerateError};

/// The identifier of a logical key: 128 random bits that stay the same for its whole life, through
/// all rotations.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; Self::BYTES]);

impl KeyId {
    /// Length in bytes.
    pub const BYTES: usize = 16;

    /// Draws a new identifier.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, GenerateError> {
        let mut bytes = [0; Self::BYTES];
        rng.try_fill_bytes(&mut bytes)
            .map_err(|_| GenerateError::Randomness)?;
        Ok(Self(bytes))
    }

    /// Takes an identifier that exists already.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

/// The version of a logical key's material, from 1: `(KeyId, Version)` names one piece of material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

impl Version {
    /// The first version.
    pub const FIRST: Self = Self(1);

    /// Takes a version number.
    ///
    /// # Errors
    /// [`DecodeError::Range`] for 0.
    pub const fn new(number: u64) -> Result<Self, DecodeError> {
        if number == 0 {
            Err(DecodeError::Range)
        } else {
            Ok(Self(number))
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The next version; none after 2^64 - 1.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

/// The fingerprint of a public key: SHA-256 over the canonical DER of its `SubjectPublicKeyInfo`,
/// 32 bytes.
///
/// There is none for secret keys: no digest of a secret is ever published.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub(crate) [u8; Self::BYTES]);

impl Fingerprint {
    /// Length in bytes.
    pub const BYTES: usize = 32;

    pub(crate) fn of_spki(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// Takes a fingerprint that was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

macro_rules! hexadecimal {
    ($($name:ident),+) => {$(
        /// Lower-case hexadecimal.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    )+};
}

hexadecimal!(KeyId, Fingerprint);
