//! Symmetric keys: data keys, wrapping keys and derivation keys.

use alloc::vec::Vec;
use core::marker::PhantomData;

use rand_core::TryCryptoRng;
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier};
use zeroize::Zeroizing;

use crate::{
    algorithm::{Algorithm, SecretMaterial},
    error::{DecodeError, DeriveError, GenerateError},
    ident::KeyId,
    key::{DataKey, DerivationKey, Key, WrappingKey, secrets_equal},
    role::{DataEncryption, Derivation, HasKey, Wrapping},
    secret::{SecretArray, SecretBytes},
    state,
};

mod derivation;
mod key_wrap;

pub use derivation::{HkdfSha256, HkdfSha384, HkdfSha512, Kmac128, Kmac256};
pub use key_wrap::{Aes256Kw, Aes256Kwp};
pub(crate) use key_wrap::{kw_unwrap, kw_wrap, kwp_decrypt, kwp_unwrap, kwp_wrap};

/// A symmetric algorithm.
pub trait SymmetricAlgorithm: Algorithm {
    /// Length of a generated key in bytes.
    const KEY_BYTES: usize;
    /// Shortest key in bytes that is accepted.
    const MIN_KEY_BYTES: usize = Self::KEY_BYTES;
    /// Longest key in bytes that is accepted.
    const MAX_KEY_BYTES: usize = Self::KEY_BYTES;
}

/// An algorithm whose keys encrypt data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not encrypt data",
    label = "a data encryption algorithm such as `Aes256Gcm` is needed here"
)]
pub trait DataAlgorithm: SymmetricAlgorithm {}

/// An algorithm whose keys wrap other keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not wrap keys",
    label = "a key wrap algorithm such as `Aes256Kwp` is needed here"
)]
pub trait WrapAlgorithm: SymmetricAlgorithm {}

/// An algorithm whose keys derive other keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not derive keys",
    label = "a key derivation algorithm such as `HkdfSha384` is needed here"
)]
pub trait DerivationAlgorithm: SymmetricAlgorithm {
    /// The most bytes that it derives at once.
    const MAX_OUTPUT_BYTES: usize = usize::MAX;

    /// Fills `output` with key material for `info`.
    ///
    /// # Errors
    /// [`DeriveError`] if the algorithm cannot give that much; `output` is unchanged then.
    fn derive(key: &[u8], salt: &[u8], info: &[u8], output: &mut [u8]) -> Result<(), DeriveError>;
}

/// The material of a symmetric key: its bytes.
pub struct SymmetricMaterial<A> {
    bytes: SecretBytes,
    algorithm: PhantomData<A>,
}

impl<A> SymmetricMaterial<A> {
    pub(crate) fn copy_from(bytes: &[u8]) -> Self {
        Self {
            bytes: SecretBytes::copy_from(bytes),
            algorithm: PhantomData,
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.as_bytes()
    }
}

impl<A: SymmetricAlgorithm> SecretMaterial for SymmetricMaterial<A> {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.as_bytes().to_vec())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() < A::MIN_KEY_BYTES || bytes.len() > A::MAX_KEY_BYTES {
            return Err(DecodeError::Length);
        }
        Ok(Self::copy_from(bytes))
    }
}

/// The material of a wrapping key: its bytes, and the identifier by which records name it.
pub struct WrappingMaterial<A> {
    id: KeyId,
    key: SymmetricMaterial<A>,
}

impl<A> WrappingMaterial<A> {
    pub(crate) const fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.key.as_bytes()
    }
}

/// Its encoding is the identifier, 16 bytes, followed by the key.
impl<A: SymmetricAlgorithm> SecretMaterial for WrappingMaterial<A> {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([self.id.as_bytes().as_slice(), self.as_bytes()].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (id, key) = bytes.split_first_chunk().ok_or(DecodeError::Length)?;
        Ok(Self {
            id: KeyId::from_bytes(*id),
            key: SymmetricMaterial::from_bytes(key)?,
        })
    }

    /// The identifier is no secret, and a successor has it too.
    fn overlaps(&self, other: &Self) -> bool {
        secrets_equal(self.as_bytes(), other.as_bytes())
    }
}

impl<A: DataAlgorithm> HasKey<DataEncryption> for A {
    type Material = SymmetricMaterial<A>;
}

impl<A: WrapAlgorithm> HasKey<Wrapping> for A {
    type Material = WrappingMaterial<A>;
}

impl<A: DerivationAlgorithm> HasKey<Derivation> for A {
    type Material = SymmetricMaterial<A>;
}

/// Stops the build where an established secret has not a length that the derivation accepts.
pub(crate) const fn assert_derives<S: SecretArray, D: DerivationAlgorithm>() {
    assert!(
        S::BYTES >= D::MIN_KEY_BYTES,
        "the secret is shorter than the derivation accepts"
    );
    assert!(
        S::BYTES <= D::MAX_KEY_BYTES,
        "the secret is longer than the derivation accepts"
    );
}

/// Draws the bytes of a new symmetric key.
fn draw<A: SymmetricAlgorithm, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<SymmetricMaterial<A>, GenerateError> {
    state::check()?;
    let mut bytes = Zeroizing::new(alloc::vec![0; A::KEY_BYTES]);
    rng.try_fill_bytes(&mut bytes)
        .map_err(|_| GenerateError::Randomness)?;
    Ok(SymmetricMaterial {
        bytes: SecretBytes::new(bytes),
        algorithm: PhantomData,
    })
}

impl<A: DataAlgorithm> DataKey<A> {
    /// Generates a key.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, GenerateError> {
        draw(rng).map(Self::from_material)
    }

    /// Takes a key that was made elsewhere. The original bytes stay the caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if it has not the algorithm's length.
    pub fn import(bytes: &[u8]) -> Result<Self, DecodeError> {
        SymmetricMaterial::from_bytes(bytes).map(Self::from_material)
    }
}

impl<A: WrapAlgorithm> WrappingKey<A> {
    /// Generates a key and its identifier.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, GenerateError> {
        let id = KeyId::generate(rng)?;
        Self::generate_named(id, rng)
    }

    /// Generates a key for an identifier that exists already, such as that of a logical key in a registry.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate_named<R: TryCryptoRng + ?Sized>(
        id: KeyId,
        rng: &mut R,
    ) -> Result<Self, GenerateError> {
        draw(rng).map(|key| Self::from_material(WrappingMaterial { id, key }))
    }

    /// Takes a key that was made elsewhere, for example in a ceremony, and the identifier by which
    /// records name it. The original bytes stay the caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if it has not the algorithm's length.
    pub fn import(id: KeyId, bytes: &[u8]) -> Result<Self, DecodeError> {
        let key = SymmetricMaterial::from_bytes(bytes)?;
        Ok(Self::from_material(WrappingMaterial { id, key }))
    }

    /// The identifier by which records name this key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.material().id()
    }
}

impl<A: DerivationAlgorithm> DerivationKey<A> {
    /// Generates a key.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, GenerateError> {
        draw(rng).map(Self::from_material)
    }

    /// Takes a key that was made elsewhere. The original bytes stay the caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if it is shorter or longer than the algorithm accepts.
    pub fn import(bytes: &[u8]) -> Result<Self, DecodeError> {
        SymmetricMaterial::from_bytes(bytes).map(Self::from_material)
    }
}

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D): the algorithm that data keys are labelled with.
///
/// This crate does not encrypt data under such keys (see [`Sealed`](crate::Sealed) for payloads): it
/// makes, wraps and keeps them. Keys are 32 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aes256Gcm;

/// An AES-256 data key.
pub type Aes256Key = Key<Aes256Gcm, DataEncryption>;

impl Algorithm for Aes256Gcm {
    const NAME: &'static str = "AES-256-GCM";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("2.16.840.1.101.3.4.1.46")
    }
}

impl SymmetricAlgorithm for Aes256Gcm {
    const KEY_BYTES: usize = 32;
}

impl DataAlgorithm for Aes256Gcm {}

/// An `AlgorithmIdentifier` without parameters.
pub(crate) const fn identifier(oid: &str) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap(oid),
        parameters: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "shorter than the derivation accepts")]
    fn a_short_secret_derives_nothing() {
        assert_derives::<[u8; 16], HkdfSha256>();
        assert_derives::<[u8; 15], HkdfSha256>();
    }

    #[test]
    #[should_panic(expected = "longer than the derivation accepts")]
    fn a_long_secret_derives_nothing() {
        assert_derives::<[u8; 1024], Kmac256>();
        assert_derives::<[u8; 1025], Kmac256>();
    }
}
