//! Ed25519 (RFC 8032, pure), with the encodings of RFC 8410. Private and public keys are 32 bytes,
//! signatures 64.
//!
//! Signing is deterministic, as RFC 8032 says: the generator is not used. Every signature is verified
//! before it is released, for a fault in a deterministic signature betrays the key.
//!
//! Verification is the strict one of those that RFC 8032 allows. It refuses public keys that are not
//! canonical (when they are read) or of small order, `R` of small order or not canonical, and `S` not
//! below the group order; it compares `R` itself, without the cofactor. So a signature that is valid
//! here is valid for every verifier, cofactored or not. Single and batched verification agree.

use alloc::vec::Vec;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{
    algorithm::{
        Algorithm, PrivateMaterial, PublicMaterial, SecretMaterial, SignatureAlgorithm,
        SignatureMaterials, VerificationAlgorithm,
    },
    encoding::RawPrivateKey,
    engine::Engine,
    error::{DecodeError, GenerateError, InvalidSignature, SignError},
    message::Message,
    rfc8410::{self, KEY_BYTES},
    symmetric::identifier,
};

/// Ed25519 (RFC 8032).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ed25519;

/// A public key: a canonical point that is not of small order.
#[derive(Clone, PartialEq)]
pub struct Ed25519Verification(VerifyingKey);

/// A private key and its public half.
#[derive(ZeroizeOnDrop)]
pub struct Ed25519Signing(SigningKey);

impl Algorithm for Ed25519 {
    const NAME: &'static str = "Ed25519";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("1.3.101.112")
    }
}

impl VerificationAlgorithm for Ed25519 {
    type Verification = Ed25519Verification;
    type PreparedVerification = Ed25519Verification;
    type Signature = [u8; 64];

    fn prepare_verification(_: Engine, key: &Self::Verification) -> Self::PreparedVerification {
        key.clone()
    }

    fn verify(
        key: &Self::PreparedVerification,
        message: &Message<'_>,
        signature: &Self::Signature,
    ) -> Result<(), InvalidSignature> {
        let message = message.as_plain().ok_or(InvalidSignature)?;
        key.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .map_err(|_| InvalidSignature)
    }
}

impl SignatureAlgorithm for Ed25519 {
    type Signing = Ed25519Signing;
    type PreparedSigning = SigningKey;

    fn generate_material<R: TryCryptoRng + ?Sized>(
        _: Engine,
        rng: &mut R,
    ) -> Result<SignatureMaterials<Self>, GenerateError> {
        let signing = Ed25519Signing::new(&*rfc8410::draw(rng)?);
        let verification = signing.public();
        Ok((signing, verification))
    }

    fn prepare_signing(_: Engine, key: &Self::Signing) -> Self::PreparedSigning {
        key.0.clone()
    }

    fn sign<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedSigning,
        message: &Message<'_>,
        _: &mut R,
    ) -> Result<Self::Signature, SignError> {
        let message = message.as_plain().ok_or(SignError::Refused)?;
        let signature = key.try_sign(message).map_err(|_| SignError::Fault)?;
        key.verify_strict(message, &signature)
            .map_err(|_| SignError::Fault)?;
        Ok(signature.to_bytes())
    }
}

impl Ed25519Signing {
    fn new(private: &[u8; KEY_BYTES]) -> Self {
        Self(SigningKey::from_bytes(private))
    }
}

impl PublicMaterial for Ed25519Verification {
    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes: &[u8; KEY_BYTES] = bytes.try_into().map_err(|_| DecodeError::Length)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| DecodeError::Range)?;
        let is_canonical = key.to_edwards().compress().as_bytes() == bytes;
        if is_canonical && !key.is_weak() {
            Ok(Self(key))
        } else {
            Err(DecodeError::Range)
        }
    }
}

impl PrivateMaterial for Ed25519Signing {
    type Public = Ed25519Verification;

    fn public(&self) -> Ed25519Verification {
        Ed25519Verification(self.0.verifying_key())
    }
}

impl SecretMaterial for Ed25519Signing {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        rfc8410::to_curve_private_key(self.0.as_bytes())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        rfc8410::from_curve_private_key(bytes).map(|private| Self::new(&private))
    }
}

impl RawPrivateKey for Ed25519Signing {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        rfc8410::from_raw(bytes).map(|private| Self::new(&private))
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.as_bytes().to_vec())
    }
}
