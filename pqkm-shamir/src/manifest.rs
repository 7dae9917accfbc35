//! The manifest: what a dealer says, once and signed, of all shares of a set.

use alloc::vec::Vec;

use der::{
    Encode, Sequence,
    asn1::{OctetString, Utf8StringRef},
};
use pqkm_core::{
    DecodeError, Fingerprint, InvalidSignature, KeyId, Message, Sealed, Sign, SignError, Signature,
    VerificationAlgorithm, Verify, VerifyingKey, Version,
};
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;

use crate::{
    ShareError, Threshold,
    share::{Content, SetInfo, Share},
    tree::{self, Node},
    wire::{self, Hash, Octets, VERSION},
};

/// Names the signed structure, so that no other signature of the key can be taken for one of these.
const LABEL: &str = "pqkm ShareManifest v1";

/// SHA-256 of the DER of a manifest, 32 bytes: what attestations and transcripts name it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManifestHash(pub(crate) [u8; 32]);

impl ManifestHash {
    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct Manifest {
    version: u8,
    set_id: KeyId,
    generation: u64,
    threshold: u8,
    count: u8,
    content: Content,
    root: Hash,
    #[asn1(context_specific = "0", optional = "true")]
    payload_hash: Option<Hash>,
}

/// A manifest with the dealer's signature. What it says is out of reach until the signature was
/// [verified](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct SignedManifest {
    manifest: Manifest,
    signer: Fingerprint,
    algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
}

#[derive(Sequence)]
struct Signed<'a> {
    label: Utf8StringRef<'a>,
    manifest: Manifest,
    signer: Fingerprint,
    algorithm: AlgorithmIdentifierOwned,
}

/// What a dealer whose key is known said of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedManifest {
    set: SetInfo,
    root: Node,
    payload_hash: Option<Node>,
    hash: ManifestHash,
    dealer: Fingerprint,
}

impl Manifest {
    fn set(&self) -> Result<SetInfo, DecodeError> {
        if self.version != VERSION {
            return Err(DecodeError::Version);
        }
        if self.payload_hash.is_some() != (self.content == Content::SealKey) {
            return Err(DecodeError::Inconsistent);
        }
        Ok(SetInfo {
            set_id: self.set_id,
            generation: Version::new(self.generation)?,
            threshold: Threshold::new(self.threshold, self.count)
                .map_err(|_| DecodeError::Range)?,
            content: self.content,
        })
    }
}

impl SignedManifest {
    /// Signs what the dealer says.
    pub(crate) fn sign<S: Sign, R: TryCryptoRng + ?Sized>(
        set: SetInfo,
        leaves: &[Node],
        payload: Option<&Sealed>,
        dealer: &S,
        rng: &mut R,
    ) -> Result<Self, SignError> {
        let mut signed = Self {
            manifest: Manifest {
                version: VERSION,
                set_id: set.set_id,
                generation: set.generation.get(),
                threshold: set.threshold.threshold(),
                count: set.threshold.count(),
                content: set.content,
                root: Octets(tree::root(leaves)),
                payload_hash: payload.map(|payload| Octets(payload_hash(payload))),
            },
            signer: dealer.verifying_key().fingerprint(),
            algorithm: S::Algorithm::signature_algorithm(),
            signature: OctetString::new([]).map_err(|_| SignError::Fault)?,
        };
        let message = signed.message().ok_or(SignError::Fault)?;
        let signature = dealer.sign_message(&Message::pure(&message), rng)?;
        signed.signature = OctetString::new(signature.as_bytes()).map_err(|_| SignError::Fault)?;
        Ok(signed)
    }

    /// Gives what the manifest says if `dealer` signed it.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify<A: VerificationAlgorithm>(
        &self,
        dealer: &VerifyingKey<A>,
    ) -> Result<VerifiedManifest, InvalidSignature> {
        let fingerprint = dealer.fingerprint();
        if self.signer != fingerprint || self.algorithm != A::signature_algorithm() {
            return Err(InvalidSignature);
        }
        let signature =
            Signature::from_bytes(self.signature.as_bytes()).map_err(|_| InvalidSignature)?;
        let message = self.message().ok_or(InvalidSignature)?;
        dealer.verify_message(&Message::pure(&message), &signature)?;
        let der = self.manifest.to_der().map_err(|_| InvalidSignature)?;
        Ok(VerifiedManifest {
            set: self.manifest.set().map_err(|_| InvalidSignature)?,
            root: self.manifest.root.0,
            payload_hash: self.manifest.payload_hash.map(|hash| hash.0),
            hash: ManifestHash(Sha256::digest(der).into()),
            dealer: fingerprint,
        })
    }

    /// The fingerprint of the key that is said to have signed: to find it with, not to trust.
    #[must_use]
    pub const fn signer(&self) -> Fingerprint {
        self.signer
    }

    fn message(&self) -> Option<Vec<u8>> {
        Signed {
            label: Utf8StringRef::new(LABEL).ok()?,
            manifest: self.manifest.clone(),
            signer: self.signer,
            algorithm: self.algorithm.clone(),
        }
        .to_der()
        .ok()
    }

    /// Reads a manifest in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know, [`DecodeError::Range`] or
    /// [`DecodeError::Inconsistent`] for a set that cannot be, otherwise [`DecodeError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let signed: Self = wire::decode(der)?;
        signed.manifest.set()?;
        Ok(signed)
    }
}

impl VerifiedManifest {
    /// The set.
    #[must_use]
    pub const fn set(&self) -> SetInfo {
        self.set
    }

    /// SHA-256 of the manifest's DER.
    #[must_use]
    pub const fn hash(&self) -> ManifestHash {
        self.hash
    }

    /// The dealer's key.
    #[must_use]
    pub const fn dealer(&self) -> Fingerprint {
        self.dealer
    }

    /// Whether a share is the one that the dealer made, payload included where it has one: what a custodian asks of its
    /// own share, without anyone else's.
    ///
    /// # Errors
    /// [`ShareError`].
    pub fn check(&self, share: &Share) -> Result<(), ShareError> {
        if share.set() != self.set {
            return Err(ShareError::OtherSet);
        }
        // CT: hashes of a value with a random salt are public.
        if share.root() != Some(self.root) {
            return Err(ShareError::Wrong);
        }
        match share.payload() {
            Some(payload) if !self.is_payload(payload) => Err(ShareError::Payload),
            _ => Ok(()),
        }
    }

    /// Whether a payload is the one that the dealer sealed.
    #[must_use]
    pub fn is_payload(&self, payload: &Sealed) -> bool {
        self.payload_hash == Some(payload_hash(payload))
    }
}

fn payload_hash(payload: &Sealed) -> Node {
    Sha256::digest(payload.to_der()).into()
}
