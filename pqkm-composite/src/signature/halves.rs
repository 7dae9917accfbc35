//! What may be a half of a composite signature.

use core::ops::RangeInclusive;

use alloc::vec::Vec;

use pqkm_core::{
    DecodeError, EcdsaP256, EcdsaP384, EcdsaP521, Ed25519, MlDsa44, MlDsa65, MlDsa87, OutputLength,
    RawPrivateKey, SecretMaterial, SeedForms, SignatureAlgorithm, SupportsContext,
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Length of ML-DSA's seed in bytes: the form of its private key inside a composite.
pub(super) const SEED_BYTES: usize = 32;

/// ML-DSA as the first half of a composite.
///
/// Sealed by what it asks for: the drafts know no other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the first half of a composite",
    note = "the first half is ML-DSA"
)]
pub trait PostQuantumSignature: SignatureAlgorithm<Signing: SeedForms> + SupportsContext {
    /// Length of a public key in bytes.
    const PUBLIC_KEY_BYTES: usize;
    /// Length of a signature in bytes.
    const SIGNATURE_BYTES: usize;
}

/// A traditional algorithm as the second half of a composite.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the second half of a composite",
    note = "the second half is RSA, ECDSA, Ed25519 or Ed448"
)]
pub trait TraditionalSignature: SignatureAlgorithm {
    /// The lengths in bytes that a signature may have.
    const SIGNATURE_BYTES: RangeInclusive<usize>;

    /// The private key as a composite holds it: RSA `RSAPrivateKey`, ECDSA `ECPrivateKey` with
    /// parameters and without the public key, Ed25519 and Ed448 the bare key.
    fn encode_private(key: &Self::Signing) -> Zeroizing<Vec<u8>>;

    /// Reads the private key as a composite holds it.
    ///
    /// # Errors
    /// [`DecodeError`] for every other encoding, also of the same key.
    fn decode_private(bytes: &[u8]) -> Result<Self::Signing, DecodeError>;
}

/// Reads a key whose encoding here is that of PKCS#8, and refuses other encodings of it.
pub(crate) fn decode_exact<K: SecretMaterial>(bytes: &[u8]) -> Result<K, DecodeError> {
    let key = K::from_bytes(bytes)?;
    if bool::from(key.to_bytes().ct_eq(bytes)) {
        Ok(key)
    } else {
        Err(DecodeError::Malformed)
    }
}

macro_rules! post_quantum {
    ($($name:ident: $public_key:literal, $signature:literal;)+) => {$(
        impl PostQuantumSignature for $name {
            const PUBLIC_KEY_BYTES: usize = $public_key;
            const SIGNATURE_BYTES: usize = $signature;
        }
    )+};
}

post_quantum! {
    MlDsa44: 1312, 2420;
    MlDsa65: 1952, 3309;
    MlDsa87: 2592, 4627;
}

/// Algorithms whose private key is encoded as in PKCS#8.
macro_rules! as_in_pkcs8 {
    ($($name:ty),+) => {$(
        impl TraditionalSignature for $name {
            const SIGNATURE_BYTES: RangeInclusive<usize> = <Self as OutputLength>::OUTPUT_BYTES;

            fn encode_private(key: &Self::Signing) -> Zeroizing<Vec<u8>> {
                key.to_bytes()
            }

            fn decode_private(bytes: &[u8]) -> Result<Self::Signing, DecodeError> {
                decode_exact(bytes)
            }
        }
    )+};
}

as_in_pkcs8!(EcdsaP256, EcdsaP384, EcdsaP521);

#[cfg(feature = "brainpool")]
as_in_pkcs8!(
    pqkm_core::EcdsaBrainpoolP256r1,
    pqkm_core::EcdsaBrainpoolP384r1
);

#[cfg(feature = "rsa")]
as_in_pkcs8!(
    pqkm_core::RsaPssSha256<2048>,
    pqkm_core::RsaPssSha256<3072>,
    pqkm_core::RsaPssSha384<4096>,
    pqkm_core::RsaPkcs1Sha256<2048>,
    pqkm_core::RsaPkcs1Sha256<3072>,
    pqkm_core::RsaPkcs1Sha384<4096>
);

/// Algorithms whose private key is bare.
macro_rules! bare {
    ($($name:ty: $signature:literal;)+) => {$(
        impl TraditionalSignature for $name {
            const SIGNATURE_BYTES: RangeInclusive<usize> = $signature..=$signature;

            fn encode_private(key: &Self::Signing) -> Zeroizing<Vec<u8>> {
                key.to_raw()
            }

            fn decode_private(bytes: &[u8]) -> Result<Self::Signing, DecodeError> {
                RawPrivateKey::from_raw(bytes)
            }
        }
    )+};
}

bare! {
    Ed25519: 64;
}

#[cfg(feature = "unstable-448")]
bare! {
    crate::curve448::Ed448: 114;
}
