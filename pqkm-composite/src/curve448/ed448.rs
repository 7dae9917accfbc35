//! Ed448 (RFC 8032, pure, with the empty context). Private and public keys are 57 bytes, signatures
//! 114.
//!
//! Signing is deterministic; every signature is verified before it is released.

use alloc::{boxed::Box, vec::Vec};

use ed448_goldilocks::{
    Signature, SigningKey, VerifyingKey,
    elliptic_curve::{Group, group::GroupEncoding},
};
use pqkm_core::{
    Algorithm, DecodeError, Engine, GenerateError, InvalidSignature, Message, PrivateMaterial,
    PublicMaterial, RawPrivateKey, SecretMaterial, SignError, SignatureAlgorithm,
    SignatureMaterials, VerificationAlgorithm,
    rand_core::TryCryptoRng,
    spki::{AlgorithmIdentifierOwned, ObjectIdentifier},
};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::draw::draw;

/// Length of private and public keys in bytes.
const KEY_BYTES: usize = 57;
/// Length of a signature in bytes.
const SIGNATURE_BYTES: usize = 114;
/// The header of an OCTET STRING of 57 bytes: `CurvePrivateKey` of RFC 8410.
const HEADER: [u8; 2] = [0x04, 0x39];

/// Ed448 (RFC 8032).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ed448;

/// A public key: a point that is not of small order.
#[derive(Clone)]
pub struct Ed448Verification {
    bytes: [u8; KEY_BYTES],
    key: VerifyingKey,
}

/// A private key and what it expands to.
#[derive(ZeroizeOnDrop)]
pub struct Ed448Signing {
    private: Zeroizing<[u8; KEY_BYTES]>,
    #[zeroize(skip)] // zeroizes itself
    key: Box<SigningKey>,
}

impl Algorithm for Ed448 {
    const NAME: &'static str = "Ed448";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.3.101.113"),
            parameters: None,
        }
    }
}

/// The message, for there is neither context nor digest here.
fn plain<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    match message {
        Message::Pure { message, context } if context.as_bytes().is_empty() => Some(message),
        _ => None,
    }
}

impl VerificationAlgorithm for Ed448 {
    type Verification = Ed448Verification;
    type PreparedVerification = VerifyingKey;
    type Signature = [u8; SIGNATURE_BYTES];

    fn prepare_verification(_: Engine, key: &Self::Verification) -> Self::PreparedVerification {
        key.key
    }

    fn verify(
        key: &Self::PreparedVerification,
        message: &Message<'_>,
        signature: &Self::Signature,
    ) -> Result<(), InvalidSignature> {
        let message = plain(message).ok_or(InvalidSignature)?;
        let signature = Signature::try_from(signature.as_slice()).map_err(|_| InvalidSignature)?;
        key.verify_raw(&signature, message)
            .map_err(|_| InvalidSignature)
    }
}

impl SignatureAlgorithm for Ed448 {
    type Signing = Ed448Signing;
    type PreparedSigning = SigningKey;

    fn generate_material<R: TryCryptoRng + ?Sized>(
        _: Engine,
        rng: &mut R,
    ) -> Result<SignatureMaterials<Self>, GenerateError> {
        let signing = Ed448Signing::new(draw(rng).ok_or(GenerateError::Randomness)?);
        let verification = signing.public();
        Ok((signing, verification))
    }

    fn prepare_signing(_: Engine, key: &Self::Signing) -> Self::PreparedSigning {
        SigningKey::clone(&key.key)
    }

    fn sign<R: TryCryptoRng + ?Sized>(
        key: &Self::PreparedSigning,
        message: &Message<'_>,
        _: &mut R,
    ) -> Result<Self::Signature, SignError> {
        let message = plain(message).ok_or(SignError::Refused)?;
        let signature = key.sign_raw(message);
        key.verifying_key()
            .verify_raw(&signature, message)
            .map_err(|_| SignError::Fault)?;
        Ok(signature.to_bytes())
    }
}

impl Ed448Signing {
    fn new(private: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let key = Box::new(SigningKey::from(&(*private).into()));
        Self { private, key }
    }
}

impl PublicMaterial for Ed448Verification {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| DecodeError::Length)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| DecodeError::Range)?;
        let point = key.to_edwards();
        // Small order: four times the point, the cofactor, is the identity.
        let is_small = bool::from(point.double().double().is_identity());
        if is_small || point.to_bytes().as_slice() != bytes {
            return Err(DecodeError::Range);
        }
        Ok(Self { bytes, key })
    }
}

impl PartialEq for Ed448Verification {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl PrivateMaterial for Ed448Signing {
    type Public = Ed448Verification;

    fn public(&self) -> Ed448Verification {
        let key = self.key.verifying_key();
        Ed448Verification {
            bytes: key.to_bytes(),
            key,
        }
    }
}

impl SecretMaterial for Ed448Signing {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([HEADER.as_slice(), self.private.as_slice()].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_raw(bytes.strip_prefix(&HEADER).ok_or(DecodeError::Malformed)?)
    }
}

impl RawPrivateKey for Ed448Signing {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != KEY_BYTES {
            return Err(DecodeError::Length);
        }
        let mut private = Zeroizing::new([0; KEY_BYTES]);
        private.copy_from_slice(bytes);
        Ok(Self::new(private))
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.private.to_vec())
    }
}
