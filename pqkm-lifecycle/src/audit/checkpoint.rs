//! Checkpoints: signatures on the size and root of a log.

use der::{
    Sequence,
    asn1::{OctetString, Utf8StringRef},
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{
    Message, Sign, Signature, UnixTime, VerificationAlgorithm, Verify, VerifyingKey,
    rand_core::TryCryptoRng,
};
use spki::AlgorithmIdentifierOwned;

use crate::{
    error::AuditError,
    wire::{Hash, Moment},
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// Names the signed structure.
const LABEL: &str = "pqkm audit checkpoint v1";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
struct Body {
    version: u8,
    registry: Hash,
    size: u64,
    root: Hash,
    at: Moment,
}

#[derive(Sequence)]
struct Signed<'a> {
    label: Utf8StringRef<'a>,
    body: Body,
    algorithm: AlgorithmIdentifierOwned,
}

/// What a log was at a moment, signed.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Checkpoint {
    body: Body,
    algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
}

impl PemLabel for Checkpoint {
    const PEM_LABEL: &'static str = "PQKM AUDIT CHECKPOINT";
}

impl Checkpoint {
    pub(super) fn sign<S: Sign, R: TryCryptoRng + ?Sized>(
        (registry, size, root): (Hash, u64, Hash),
        at: UnixTime,
        signer: &S,
        rng: &mut R,
    ) -> Result<Self, AuditError> {
        let body = Body {
            version: VERSION,
            registry,
            size,
            root,
            at: Moment(at),
        };
        let algorithm = S::Algorithm::signature_algorithm();
        let message = message(body, &algorithm)?;
        let signature = signer
            .sign_message(&Message::pure(&message), rng)
            .map_err(|_| AuditError::Signing)?;
        Ok(Self {
            body,
            algorithm,
            signature: OctetString::new(signature.as_bytes())?,
        })
    }

    /// Verifies the signature.
    ///
    /// # Errors
    /// [`AuditError::Signature`].
    pub fn verify<A: VerificationAlgorithm>(
        &self,
        key: &VerifyingKey<A>,
    ) -> Result<(), AuditError> {
        if self.algorithm != A::signature_algorithm() {
            return Err(AuditError::Signature);
        }
        let signature =
            Signature::from_bytes(self.signature.as_bytes()).map_err(|_| AuditError::Signature)?;
        let message = message(self.body, &self.algorithm)?;
        key.verify_message(&Message::pure(&message), &signature)
            .map_err(|_| AuditError::Signature)
    }

    /// The registry whose log it is about.
    #[must_use]
    pub const fn registry(&self) -> Hash {
        self.body.registry
    }

    /// How many events the log had.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.body.size
    }

    /// The root of the tree over them.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.body.root
    }

    /// When it was signed.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.body.at.0
    }

    /// The checkpoint in DER.
    ///
    /// # Errors
    /// [`AuditError::Malformed`]: no signature here is that long.
    pub fn to_der(&self) -> Result<Vec<u8>, AuditError> {
        Ok(der::Encode::to_der(self)?)
    }

    /// Reads a checkpoint in DER. Its signature is not verified yet.
    ///
    /// # Errors
    /// [`AuditError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, AuditError> {
        let checkpoint = <Self as der::Decode>::from_der(der)?;
        if checkpoint.body.version != VERSION || checkpoint.to_der()? != der {
            return Err(AuditError::Malformed);
        }
        Ok(checkpoint)
    }

    /// The checkpoint in PEM, label `PQKM AUDIT CHECKPOINT`.
    ///
    /// # Errors
    /// As [`to_der`](Self::to_der).
    pub fn to_pem(&self) -> Result<String, AuditError> {
        Ok(der::EncodePem::to_pem(self, LineEnding::LF)?)
    }

    /// Reads a checkpoint in PEM. Its signature is not verified yet.
    ///
    /// # Errors
    /// [`AuditError::Malformed`].
    pub fn from_pem(pem: &str) -> Result<Self, AuditError> {
        let (label, contents) =
            der::pem::decode_vec(pem.as_bytes()).map_err(|_| AuditError::Malformed)?;
        Self::validate_pem_label(label).map_err(|_| AuditError::Malformed)?;
        Self::from_der(&contents)
    }
}

fn message(body: Body, algorithm: &AlgorithmIdentifierOwned) -> Result<Vec<u8>, AuditError> {
    let signed = Signed {
        label: Utf8StringRef::new(LABEL)?,
        body,
        algorithm: algorithm.clone(),
    };
    Ok(der::Encode::to_der(&signed)?)
}
