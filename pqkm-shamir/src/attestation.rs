//! What a custodian signs: that it has its share, and that the share is the dealer's.

use alloc::vec::Vec;

use der::{
    Encode, Sequence,
    asn1::{OctetString, Utf8StringRef},
};
use pqkm_core::{
    DecodeError, Fingerprint, InvalidSignature, Message, Sign, SignError, Signature, UnixTime,
    VerificationAlgorithm, Verify, VerifyingKey,
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;

use crate::{
    error::AttestError,
    manifest::{ManifestHash, VerifiedManifest},
    share::Share,
    wire::{self, Hash, Octets, VERSION},
};

/// Names the signed structure.
const LABEL: &str = "pqkm ShareAttestation v1";

/// What a ceremony asks custodians to attest to: 32 random bytes that make every answer fresh, and the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub(crate) nonce: [u8; 32],
    pub(crate) manifest: ManifestHash,
}

impl Challenge {
    /// Takes a challenge that came from a ceremony on another machine.
    #[must_use]
    pub const fn new(nonce: [u8; 32], manifest: ManifestHash) -> Self {
        Self { nonce, manifest }
    }

    /// The random bytes.
    #[must_use]
    pub const fn nonce(&self) -> &[u8; 32] {
        &self.nonce
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct Statement {
    version: u8,
    nonce: Hash,
    manifest: Hash,
    index: u8,
    custodian: Fingerprint,
    at: u64,
}

/// A custodian's signed statement that its share fits a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Attestation {
    statement: Statement,
    algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
}

#[derive(Sequence)]
struct Signed<'a> {
    label: Utf8StringRef<'a>,
    statement: Statement,
    algorithm: AlgorithmIdentifierOwned,
}

impl Attestation {
    /// Checks one's own share against the manifest and signs that it is right. Nothing of the share leaves.
    ///
    /// # Errors
    /// [`AttestError`].
    pub fn make<S: Sign, R: TryCryptoRng + ?Sized>(
        share: &Share,
        manifest: &VerifiedManifest,
        challenge: &Challenge,
        custodian: &S,
        at: UnixTime,
        rng: &mut R,
    ) -> Result<Self, AttestError> {
        if challenge.manifest != manifest.hash() {
            return Err(AttestError::Challenge);
        }
        manifest.check(share).map_err(AttestError::Share)?;
        let mut attestation = Self {
            statement: Statement {
                version: VERSION,
                nonce: Octets(challenge.nonce),
                manifest: Octets(challenge.manifest.0),
                index: share.index(),
                custodian: custodian.verifying_key().fingerprint(),
                at: at.seconds(),
            },
            algorithm: S::Algorithm::signature_algorithm(),
            signature: OctetString::new([]).map_err(|_| AttestError::Signing(SignError::Fault))?,
        };
        let message = attestation
            .message()
            .ok_or(AttestError::Signing(SignError::Fault))?;
        let signature = custodian
            .sign_message(&Message::pure(&message), rng)
            .map_err(AttestError::Signing)?;
        attestation.signature = OctetString::new(signature.as_bytes())
            .map_err(|_| AttestError::Signing(SignError::Fault))?;
        Ok(attestation)
    }

    /// Whether `custodian` answered this challenge: the index of its share and when.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify<A: VerificationAlgorithm>(
        &self,
        challenge: &Challenge,
        custodian: &VerifyingKey<A>,
    ) -> Result<(u8, UnixTime), InvalidSignature> {
        let statement = &self.statement;
        let is_answer = statement.version == VERSION
            && statement.nonce.0 == challenge.nonce
            && statement.manifest.0 == challenge.manifest.0
            && statement.custodian == custodian.fingerprint()
            && self.algorithm == A::signature_algorithm();
        if !is_answer {
            return Err(InvalidSignature);
        }
        let signature =
            Signature::from_bytes(self.signature.as_bytes()).map_err(|_| InvalidSignature)?;
        let message = self.message().ok_or(InvalidSignature)?;
        custodian.verify_message(&Message::pure(&message), &signature)?;
        let at = UnixTime::from_seconds(statement.at).map_err(|_| InvalidSignature)?;
        Ok((statement.index, at))
    }

    /// The custodian's key, as it is said: to find it with, not to trust.
    #[must_use]
    pub const fn custodian(&self) -> Fingerprint {
        self.statement.custodian
    }

    fn message(&self) -> Option<Vec<u8>> {
        Signed {
            label: Utf8StringRef::new(LABEL).ok()?,
            statement: self.statement.clone(),
            algorithm: self.algorithm.clone(),
        }
        .to_der()
        .ok()
    }

    /// Reads an attestation in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know, otherwise [`DecodeError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let attestation: Self = wire::decode(der)?;
        if attestation.statement.version != VERSION {
            return Err(DecodeError::Version);
        }
        Ok(attestation)
    }
}
