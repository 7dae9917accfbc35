//! What may be a half of a composite KEM.

use alloc::{sync::Arc, vec::Vec};

use pqkm_core::{
    Algorithm, DecapsulateError, DecodeError, EncapsulateError, GenerateError, KemAlgorithm,
    MlKem768, MlKem1024, PrivateMaterial, PublicMaterial, SeedForms, rand_core::TryCryptoRng,
};
use zeroize::Zeroizing;

/// Length of ML-KEM's seed `d || z` in bytes: the form of its private key inside a composite.
pub(super) const SEED_BYTES: usize = 64;

/// Length of a shared secret in bytes.
pub const SECRET_BYTES: usize = 32;

/// ML-KEM as the first half of a composite.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the first half of a composite",
    note = "the first half is ML-KEM"
)]
pub trait PostQuantumKem: KemAlgorithm<Decapsulation: SeedForms> {
    /// Length of an encapsulation key in bytes.
    const PUBLIC_KEY_BYTES: usize;
    /// Length of a ciphertext in bytes.
    const CIPHERTEXT_BYTES: usize;
}

impl PostQuantumKem for MlKem768 {
    const PUBLIC_KEY_BYTES: usize = 1184;
    const CIPHERTEXT_BYTES: usize = 1088;
}

impl PostQuantumKem for MlKem1024 {
    const PUBLIC_KEY_BYTES: usize = 1568;
    const CIPHERTEXT_BYTES: usize = 1568;
}

/// A ciphertext and the secret in it.
pub type TraditionalEncapsulated = (Vec<u8>, Zeroizing<Vec<u8>>);

/// A traditional algorithm as the second half of a composite: a KEM already (RSA-OAEP), or a key
/// agreement made into one by an ephemeral key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the second half of a composite",
    note = "the second half is RSA-OAEP, ECDH, X25519 or X448"
)]
pub trait TraditionalKem: Algorithm {
    /// A private key.
    type Private: PrivateMaterial<Public = Self::Public>;
    /// A public key.
    type Public: PublicMaterial;
    /// A public key with everything expanded that does not depend on the message.
    type PreparedPublic: Send + Sync + 'static;
    /// A private key, likewise.
    type PreparedPrivate: Send + Sync + 'static;

    /// Length of a ciphertext in bytes.
    const CIPHERTEXT_BYTES: usize;

    /// Generates a private key.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self::Private, GenerateError>;

    /// The private key as a composite holds it: RSA `RSAPrivateKey`, elliptic curves `ECPrivateKey`
    /// with parameters and without the public key, X25519 and X448 the bare key.
    fn encode_private(key: &Self::Private) -> Zeroizing<Vec<u8>>;

    /// Reads the private key as a composite holds it.
    ///
    /// # Errors
    /// [`DecodeError`] for every other encoding, also of the same key.
    fn decode_private(bytes: &[u8]) -> Result<Self::Private, DecodeError>;

    /// Expands a public key.
    fn prepare_public(key: &Self::Public) -> Self::PreparedPublic;

    /// Expands a private key.
    fn prepare_private(key: &Arc<Self::Private>) -> Self::PreparedPrivate;

    /// Encapsulates a secret.
    ///
    /// # Errors
    /// [`EncapsulateError`].
    fn encapsulate<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedPublic,
        rng: &mut R,
    ) -> Result<TraditionalEncapsulated, EncapsulateError>;

    /// Decapsulates a secret.
    ///
    /// # Errors
    /// [`DecapsulateError::Failed`], without a reason.
    fn decapsulate(
        key: &Self::PreparedPrivate,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DecapsulateError>;
}
