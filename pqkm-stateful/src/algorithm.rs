//! HSS as an algorithm of `pqkm-core`: typed keys, `SubjectPublicKeyInfo`, verification by identifier, the traits of the `signature` crate.
//!
//! RFC 9802 puts the bytes of RFC 8554 into `subjectPublicKey` and `signatureValue` as they are, under one identifier without parameters.
//! There is no encoding of a private key: one that could be written down could be read twice.

use alloc::vec::Vec;

use pqkm_core::spki::{AlgorithmIdentifierOwned, ObjectIdentifier};
use pqkm_core::{
    Algorithm, DecodeError, Engine, InvalidSignature, Message, PublicMaterial,
    VerificationAlgorithm, VerifyingKey,
};

use crate::hss::{HssVerifyingKey, MAX_PUBLIC_KEY_LEN};

/// `id-alg-hss-lms-hashsig` (RFC 9802).
const HSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.3.17");

/// HSS with LMS trees, of all parameter sets: a key carries its own. A single LMS tree is HSS with one level.
///
/// [`VerifyingKey<Hss>`](VerifyingKey) verifies; there is no reusable signing key: see [`HssSigner`](crate::HssSigner).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hss;

impl Algorithm for Hss {
    const NAME: &'static str = "HSS/LMS";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: HSS,
            parameters: None,
        }
    }
}

/// What a [`VerifyingKey<Hss>`](VerifyingKey) is made of: the key and its encoding, 52 or 60 bytes.
#[derive(Clone, PartialEq)]
#[expect(
    missing_debug_implementations,
    reason = "the key around it shows its fingerprint"
)]
pub struct HssPublic {
    key: HssVerifyingKey,
    bytes: [u8; MAX_PUBLIC_KEY_LEN],
    len: usize,
}

impl HssPublic {
    fn new(key: HssVerifyingKey) -> Self {
        let (bytes, len) = key.encode();
        Self { key, bytes, len }
    }
}

impl PublicMaterial for HssPublic {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self::new(HssVerifyingKey::from_bytes(bytes)?))
    }
}

impl VerificationAlgorithm for Hss {
    type Verification = HssPublic;
    type PreparedVerification = HssVerifyingKey;
    type Signature = Vec<u8>;

    fn prepare_verification(_: Engine, key: &HssPublic) -> HssVerifyingKey {
        key.key
    }

    fn verify(
        key: &HssVerifyingKey,
        message: &Message<'_>,
        signature: &Vec<u8>,
    ) -> Result<(), InvalidSignature> {
        match message {
            // HSS signs no context, so one that is not empty is refused and not ignored.
            Message::Pure { message, context } if context.as_bytes().is_empty() => {
                key.verify(message, signature).map_err(|_| InvalidSignature)
            }
            _ => Err(InvalidSignature),
        }
    }
}

impl From<HssVerifyingKey> for VerifyingKey<Hss> {
    #[expect(
        clippy::expect_used,
        reason = "a key that exists has an encoding that decodes to it"
    )]
    fn from(key: HssVerifyingKey) -> Self {
        Self::from_bytes(HssPublic::new(key).as_bytes()).expect("its own encoding")
    }
}

impl TryFrom<&VerifyingKey<Hss>> for HssVerifyingKey {
    type Error = crate::DecodeError;

    /// The same key without `pqkm-core`.
    fn try_from(key: &VerifyingKey<Hss>) -> Result<Self, crate::DecodeError> {
        Self::from_bytes(key.as_bytes())
    }
}

impl From<crate::DecodeError> for DecodeError {
    fn from(error: crate::DecodeError) -> Self {
        match error {
            crate::DecodeError::Length => Self::Length,
            crate::DecodeError::UnknownType | crate::DecodeError::MixedHash => Self::Algorithm,
            crate::DecodeError::Levels | crate::DecodeError::TooTall => Self::Range,
        }
    }
}
