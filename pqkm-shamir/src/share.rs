//! Shares that say what they are.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::fmt;

use der::{
    Decode, Encode, Enumerated, Sequence,
    asn1::{AnyRef, OctetStringRef, Utf8StringRef},
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{DecodeError, KeyId, Sealed, Version};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    ShareError, Threshold, paper,
    plan::is_name,
    raw::RawShare,
    tree::{self, Node},
    wire::{self, Hash, VERSION},
};

/// Names what a leaf is made of.
const LEAF_LABEL: &str = "pqkm Share v1";

/// Length of a leaf's salt in bytes.
pub(crate) const SALT_BYTES: usize = 32;

/// What a set of shares gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[repr(u8)]
pub enum Content {
    /// The secret itself.
    Secret = 0,
    /// The key of a sealed payload that travels with the shares.
    SealKey = 1,
}

/// What all shares of one dealing have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetInfo {
    /// The set: the logical key that is shared.
    pub set_id: KeyId,
    /// Its generation: grows by one whenever it is dealt anew.
    pub generation: Version,
    /// k of n.
    pub threshold: Threshold,
    /// What the shares give.
    pub content: Content,
}

/// A share, with all it takes to know what it is and whether it is right.
///
/// Zeroized on drop; it has no `Clone`, `PartialEq` or serialization but [`to_der`](Self::to_der), and its `Debug` shows
/// no value.
pub struct Share {
    pub(crate) set: SetInfo,
    pub(crate) index: u8,
    pub(crate) custodian: String,
    pub(crate) value: Zeroizing<Vec<u8>>,
    pub(crate) salt: Zeroizing<[u8; SALT_BYTES]>,
    pub(crate) path: Vec<Node>,
    pub(crate) payload: Option<Arc<Sealed>>,
}

#[derive(Sequence)]
struct ShareDer<'a> {
    version: u8,
    set_id: KeyId,
    generation: u64,
    threshold: u8,
    count: u8,
    index: u8,
    custodian: Utf8StringRef<'a>,
    content: Content,
    value: &'a OctetStringRef,
    salt: Hash,
    path: Vec<Hash>,
    #[asn1(context_specific = "0", optional = "true")]
    payload: Option<AnyRef<'a>>,
}

/// What a leaf is the hash of.
#[derive(Sequence)]
struct LeafInput<'a> {
    label: Utf8StringRef<'a>,
    set_id: KeyId,
    generation: u64,
    threshold: u8,
    count: u8,
    index: u8,
    custodian: Utf8StringRef<'a>,
    content: Content,
    value: &'a OctetStringRef,
    salt: Hash,
}

impl PemLabel for Share {
    const PEM_LABEL: &'static str = "PQKM SHARE";
}

impl Share {
    /// What it has in common with the others of its dealing.
    #[must_use]
    pub const fn set(&self) -> SetInfo {
        self.set
    }

    /// Its index: 1 to n.
    #[must_use]
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// The custodian's name.
    #[must_use]
    pub fn custodian(&self) -> &str {
        &self.custodian
    }

    /// The sealed payload that travels with it. Paper carries none.
    #[must_use]
    pub fn payload(&self) -> Option<&Sealed> {
        self.payload.as_deref()
    }

    /// Puts back the payload that paper does not carry. A manifest tells whether it is the right one.
    ///
    /// # Errors
    /// [`ShareError::Payload`] for a share of a secret itself, with which no payload travels.
    pub fn with_payload(mut self, payload: Sealed) -> Result<Self, ShareError> {
        if self.set.content == Content::Secret {
            return Err(ShareError::Payload);
        }
        self.payload = Some(Arc::new(payload));
        Ok(self)
    }

    pub(crate) fn as_raw(&self) -> RawShare<'_> {
        RawShare::of(self.index, &self.value)
    }

    /// The hash that the manifest's tree holds of this share.
    pub(crate) fn leaf(&self) -> Option<Node> {
        let input = LeafInput {
            label: Utf8StringRef::new(LEAF_LABEL).ok()?,
            set_id: self.set.set_id,
            generation: self.set.generation.get(),
            threshold: self.set.threshold.threshold(),
            count: self.set.threshold.count(),
            index: self.index,
            custodian: Utf8StringRef::new(&self.custodian).ok()?,
            content: self.set.content,
            value: OctetStringRef::new(&self.value).ok()?,
            salt: wire::Octets(*self.salt),
        };
        let der = Zeroizing::new(input.to_der().ok()?);
        Some(tree::leaf(&der))
    }

    /// The root that the share's own path leads to.
    pub(crate) fn root(&self) -> Option<Node> {
        let (at, count) = (self.index.checked_sub(1)?, self.set.threshold.count());
        tree::root_of(&self.leaf()?, at.into(), count.into(), &self.path)
    }

    /// The share in DER. Secret.
    #[must_use]
    pub fn to_der(&self) -> Zeroizing<Vec<u8>> {
        let payload = self.payload.as_ref().map(|payload| payload.to_der());
        self.encode(payload.as_deref())
    }

    /// The share in DER, without its payload.
    pub(crate) fn to_der_without_payload(&self) -> Zeroizing<Vec<u8>> {
        self.encode(None)
    }

    #[expect(
        clippy::expect_used,
        reason = "values and payloads are shorter than 2^28 bytes, names and paths than 2^14"
    )]
    fn encode(&self, payload: Option<&[u8]>) -> Zeroizing<Vec<u8>> {
        let der = ShareDer {
            version: VERSION,
            set_id: self.set.set_id,
            generation: self.set.generation.get(),
            threshold: self.set.threshold.threshold(),
            count: self.set.threshold.count(),
            index: self.index,
            custodian: Utf8StringRef::new(&self.custodian).expect("short enough for DER"),
            content: self.set.content,
            value: OctetStringRef::new(&self.value).expect("short enough for DER"),
            salt: wire::Octets(*self.salt),
            path: self.path.iter().map(|node| wire::Octets(*node)).collect(),
            payload: payload.map(|der| AnyRef::from_der(der).expect("it is DER")),
        };
        Zeroizing::new(der.to_der().expect("short enough for DER"))
    }

    /// Reads a share in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know, [`DecodeError::Range`] for numbers,
    /// names and lengths that no share has, otherwise [`DecodeError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let mut der: ShareDer<'_> = wire::decode(der)?;
        let share = Self::read(&der);
        der.salt.0.zeroize();
        share
    }

    fn read(der: &ShareDer<'_>) -> Result<Self, DecodeError> {
        if der.version != VERSION {
            return Err(DecodeError::Version);
        }
        let threshold = Threshold::new(der.threshold, der.count).map_err(|_| DecodeError::Range)?;
        let custodian = der.custodian.as_str();
        let is_share = der.index != 0
            && der.index <= der.count
            && is_name(custodian)
            && !der.value.as_bytes().is_empty()
            && der.value.as_bytes().len() <= MAX_VALUE_BYTES
            && der.path.len() <= MAX_PATH;
        if !is_share {
            return Err(DecodeError::Range);
        }
        let payload = match (der.payload, der.content) {
            (None, _) => None,
            (Some(_), Content::Secret) => return Err(DecodeError::Inconsistent),
            (Some(any), Content::SealKey) => {
                let sealed = any.to_der().map_err(|_| DecodeError::Malformed)?;
                Some(Arc::new(Sealed::from_der(&sealed)?))
            }
        };
        Ok(Self {
            set: SetInfo {
                set_id: der.set_id,
                generation: Version::new(der.generation)?,
                threshold,
                content: der.content,
            },
            index: der.index,
            custodian: custodian.into(),
            value: Zeroizing::new(der.value.as_bytes().to_vec()),
            salt: Zeroizing::new(der.salt.0),
            path: der.path.iter().map(|node| node.0).collect(),
            payload,
        })
    }

    /// The share in PEM, label `PQKM SHARE`. Secret.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "a share is short enough for PEM"
    )]
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        let pem = der::pem::encode_string(Self::PEM_LABEL, LineEnding::LF, &self.to_der());
        Zeroizing::new(pem.expect("short enough for PEM"))
    }

    /// Reads a share in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&wire::pem_contents::<Self>(pem)?)
    }

    /// The share as a line of text for paper, without its payload. Secret.
    ///
    /// # Errors
    /// [`PaperError::Length`](crate::PaperError::Length) for a share that is longer than 10234 bytes in DER: nobody copies
    /// it by hand, and [`from_paper`](Self::from_paper) would not read it.
    pub fn to_paper(&self) -> Result<Zeroizing<String>, crate::PaperError> {
        paper::encode(&self.to_der_without_payload())
    }

    /// Reads a line of text. Hyphens, white space and case do not count.
    ///
    /// # Errors
    /// [`PaperError`](crate::PaperError).
    pub fn from_paper(text: &str) -> Result<Self, crate::PaperError> {
        let share = Self::from_der(&paper::decode(text)?).map_err(|_| crate::PaperError::Share)?;
        if share.payload.is_some() {
            return Err(crate::PaperError::Share);
        }
        Ok(share)
    }
}

/// The longest path: of 255 leaves.
const MAX_PATH: usize = 8;

/// The longest value in bytes: the share has to fit into the lengths that DER here allows.
pub(crate) const MAX_VALUE_BYTES: usize = (1 << 28) - 1024;

/// Shows what the share is, and not its value, salt or payload.
impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share")
            .field("set", &self.set)
            .field("index", &self.index)
            .field("custodian", &self.custodian)
            .field("value_bytes", &self.value.len())
            .finish_non_exhaustive()
    }
}
