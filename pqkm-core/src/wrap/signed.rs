//! A wrapped key with a signature: who wrapped it is known.

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode, EncodePem, Sequence,
    asn1::{OctetString, Utf8StringRef},
    pem::{LineEnding, PemLabel},
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;

use super::WrappedKey;
use crate::{
    algorithm::VerificationAlgorithm,
    error::{DecodeError, InvalidSignature, SignError},
    ident::Fingerprint,
    key::VerifyingKey,
    message::Message,
    operations::{Sign, Verify},
    output::Signature,
};

/// Names the signed structure: no other format of this crate signs an input that begins with it. A key
/// that also signs what others hand it whole can be made to sign one of these.
const LABEL: &str = "pqkm SignedWrappedKey v1";

/// A [`WrappedKey`] signed by whoever wrapped it. The record inside is out of reach until the
/// signature was [verified](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct SignedWrappedKey {
    record: WrappedKey,
    signer: Fingerprint,
    algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
}

/// What is signed.
#[derive(Sequence)]
struct Signed<'a> {
    label: Utf8StringRef<'a>,
    record: WrappedKey,
    signer: Fingerprint,
    algorithm: AlgorithmIdentifierOwned,
}

impl PemLabel for SignedWrappedKey {
    const PEM_LABEL: &'static str = "PQKM SIGNED WRAPPED KEY";
}

impl SignedWrappedKey {
    /// Signs a record.
    ///
    /// # Errors
    /// The errors of signing; [`SignError::Refused`] for a record that [`from_der`](Self::from_der)
    /// would refuse.
    pub fn sign<S: Sign, R: TryCryptoRng + ?Sized>(
        record: WrappedKey,
        key: &S,
        rng: &mut R,
    ) -> Result<Self, SignError> {
        record.check().map_err(|_| SignError::Refused)?;
        let mut signed = Self {
            record,
            signer: key.verifying_key().fingerprint(),
            algorithm: S::Algorithm::signature_algorithm(),
            signature: OctetString::new([]).map_err(|_| SignError::Fault)?,
        };
        let message = signed.message().ok_or(SignError::Fault)?;
        let signature = key.sign_message(&Message::pure(&message), rng)?;
        signed.signature = OctetString::new(signature.as_bytes()).map_err(|_| SignError::Fault)?;
        Ok(signed)
    }

    /// Gives the record if `key` signed it.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify<A: VerificationAlgorithm>(
        &self,
        key: &VerifyingKey<A>,
    ) -> Result<&WrappedKey, InvalidSignature> {
        if self.signer != key.fingerprint() || self.algorithm != A::signature_algorithm() {
            return Err(InvalidSignature);
        }
        let signature =
            Signature::from_bytes(self.signature.as_bytes()).map_err(|_| InvalidSignature)?;
        let message = self.message().ok_or(InvalidSignature)?;
        key.verify_message(&Message::pure(&message), &signature)?;
        Ok(&self.record)
    }

    /// The fingerprint of the key that is said to have signed: to find it with, not to trust.
    #[must_use]
    pub const fn signer(&self) -> Fingerprint {
        self.signer
    }

    fn message(&self) -> Option<Vec<u8>> {
        Signed {
            label: Utf8StringRef::new(LABEL).ok()?,
            record: self.record.clone(),
            signer: self.signer,
            algorithm: self.algorithm.clone(),
        }
        .to_der()
        .ok()
    }

    /// The signed record in DER.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "a record is short enough for DER"
    )]
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        Encode::to_der(self).expect("short enough for DER")
    }

    /// Reads a signed record in DER.
    ///
    /// # Errors
    /// As [`WrappedKey::from_der`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let signed = <Self as Decode>::from_der(der)?;
        signed.record.check()?;
        Ok(signed)
    }

    /// The signed record in PEM, label `PQKM SIGNED WRAPPED KEY`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "a record is short enough for DER"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        EncodePem::to_pem(self, LineEnding::LF).expect("short enough for DER")
    }

    /// Reads a signed record in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&crate::encoding::pem_contents::<Self>(pem)?)
    }
}
