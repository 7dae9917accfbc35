//! The record that an opening leaves.

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode, Sequence,
    asn1::{GeneralizedTime, OctetString},
    pem::{self, LineEnding, PemLabel},
};
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha384};
use spki::AlgorithmIdentifierOwned;

use super::{EscrowEnvelope, envelope::Admitted};
use crate::{
    algorithm::VerificationAlgorithm,
    encoding::Octets,
    error::{DecodeError, InvalidSignature, ReceiveError, TranscriptError},
    ident::{Fingerprint, KeyId},
    key::VerifyingKey,
    operations::Sign,
    signed_der::{self, Claim},
    time::UnixTime,
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// Names the signed structure.
const LABEL: &str = "pqkm OpeningRecord v1";

/// The longest reason in bytes.
const MAX_REASON_BYTES: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct OpeningBody {
    version: u8,
    envelope: Octets<48>,
    envelope_id: KeyId,
    agent: Fingerprint,
    signer: Fingerprint,
    reason: String,
    opened_at: GeneralizedTime,
}

/// Says that an agent set out to open an envelope, when and why; signed by the agent.
///
/// What was in the envelope is not in it, nor anything derived from that.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct OpeningRecord {
    opening: OpeningBody,
    algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
}

/// Where records of openings go: an audit log, or a ceremony's transcript.
pub trait Transcript {
    /// Appends a record. When this returns `Ok`, the record is durable.
    ///
    /// # Errors
    /// [`TranscriptError`]; the secret is not released then.
    fn append(&mut self, record: &OpeningRecord) -> Result<(), TranscriptError>;
}

/// Forgets everything with the process: for tests, and for callers who keep the records themselves.
impl Transcript for Vec<OpeningRecord> {
    fn append(&mut self, record: &OpeningRecord) -> Result<(), TranscriptError> {
        self.push(record.clone());
        Ok(())
    }
}

impl PemLabel for OpeningRecord {
    const PEM_LABEL: &'static str = "PQKM ESCROW OPENING";
}

impl OpeningRecord {
    pub(super) fn sign<S: Sign, R: TryCryptoRng + ?Sized>(
        envelope: &EscrowEnvelope,
        admitted: &Admitted<'_>,
        reason: &str,
        signer: &S,
        rng: &mut R,
    ) -> Result<Self, ReceiveError> {
        let opened_at = admitted.now.to_generalized();
        let opening = OpeningBody {
            version: VERSION,
            envelope: Octets(digest(envelope)),
            envelope_id: envelope.envelope_id(),
            agent: admitted.recipient,
            signer: signer.verifying_key().fingerprint(),
            reason: reason.into(),
            opened_at: opened_at.map_err(|_| ReceiveError::Clock)?,
        };
        if !opening.has_reason() {
            return Err(ReceiveError::Reason);
        }
        let der = opening.to_der().map_err(|_| ReceiveError::Transcript)?;
        let signature = signed_der::sign(LABEL, &der, signer, rng);
        let signature = signature.map_err(|_| ReceiveError::Transcript)?;
        Ok(Self {
            opening,
            algorithm: S::Algorithm::signature_algorithm(),
            signature: OctetString::new(signature).map_err(|_| ReceiveError::Transcript)?,
        })
    }

    /// Checks that the agent's key signed this record.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify<A: VerificationAlgorithm>(
        &self,
        signer: &VerifyingKey<A>,
    ) -> Result<(), InvalidSignature> {
        let der = self.opening.to_der().map_err(|_| InvalidSignature)?;
        let claim = Claim {
            signer: self.opening.signer,
            algorithm: &self.algorithm,
            signature: self.signature.as_bytes(),
        };
        signed_der::verify(LABEL, &der, &claim, signer)
    }

    /// Whether this is about that envelope, to the last byte.
    #[must_use]
    pub fn is_about(&self, envelope: &EscrowEnvelope) -> bool {
        self.opening.envelope.0 == digest(envelope)
    }

    /// The identifier of the envelope.
    #[must_use]
    pub const fn envelope_id(&self) -> KeyId {
        self.opening.envelope_id
    }

    /// The agent's encapsulation key, by its fingerprint.
    #[must_use]
    pub const fn agent(&self) -> Fingerprint {
        self.opening.agent
    }

    /// The key that is said to have signed this: to find it with, not to trust.
    #[must_use]
    pub const fn signer(&self) -> Fingerprint {
        self.opening.signer
    }

    /// Why the envelope was opened, in the agent's words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.opening.reason
    }

    /// When the envelope was opened, by the agent's clock.
    #[must_use]
    pub fn opened_at(&self) -> UnixTime {
        UnixTime::of_generalized(&self.opening.opened_at)
    }

    /// The record in DER.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "making and reading a record show that it is short enough"
    )]
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        Encode::to_der(self).expect("short enough for DER")
    }

    /// Reads a record in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know, otherwise
    /// [`DecodeError::Malformed`] or [`DecodeError::Range`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let record = <Self as Decode>::from_der(der)?;
        if record.opening.version != VERSION {
            return Err(DecodeError::Version);
        }
        if !record.opening.has_reason() {
            return Err(DecodeError::Range);
        }
        Ok(record)
    }

    /// The record in PEM, label `PQKM ESCROW OPENING`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "making and reading a record show that it is short enough"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode_string(Self::PEM_LABEL, LineEnding::LF, &self.to_der())
            .expect("short enough for PEM")
    }

    /// Reads a record in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&crate::encoding::pem_contents::<Self>(pem)?)
    }
}

impl OpeningBody {
    const fn has_reason(&self) -> bool {
        !self.reason.is_empty() && self.reason.len() <= MAX_REASON_BYTES
    }
}

fn digest(envelope: &EscrowEnvelope) -> [u8; 48] {
    Sha384::digest(envelope.to_der()).into()
}
