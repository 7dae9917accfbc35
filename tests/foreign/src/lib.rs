//! Algorithms of another crate, and a handle to a key that is held elsewhere. They prove that composite,
//! stateful and users' own algorithms fit, and that nothing on the key types is reserved for our own.
//!
//! They are **not** cryptography: the "KEM" is a hash of public bytes, and so is the "signature".
#![forbid(unsafe_code)]

mod handle;
mod kem;
mod signature;

pub use handle::ModuleHandle;
pub use kem::ToyKem;
pub use signature::{ToySignature, ToyStateful};

use pqkm_core::{DecodeError, PublicMaterial, SecretMaterial, spki::AlgorithmIdentifierOwned};
use pqkm_core::{PrivateMaterial, spki::ObjectIdentifier, zeroize::Zeroizing};
use sha2::{Digest, Sha256};

/// A public key of 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct ToyPublic([u8; 32]);

impl PublicMaterial for ToyPublic {
    fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        bytes.try_into().map(Self).map_err(|_| DecodeError::Length)
    }
}

/// A private key of 32 bytes, whose hash is the public key.
pub struct ToyPrivate(Zeroizing<[u8; 32]>);

impl SecretMaterial for ToyPrivate {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_vec())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes = bytes.try_into().map_err(|_| DecodeError::Length)?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

impl PrivateMaterial for ToyPrivate {
    type Public = ToyPublic;

    fn public(&self) -> ToyPublic {
        ToyPublic(hash(&[b"public", self.0.as_slice()]))
    }
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

fn identifier(oid: &str) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap(oid),
        parameters: None,
    }
}
