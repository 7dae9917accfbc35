//! The one structure that all envelopes are, and what its DER alone does not say.

use alloc::{string::String, vec::Vec};

use der::{
    Encode, Sequence,
    asn1::{GeneralizedTime, OctetString, Utf8StringRef},
};
use spki::AlgorithmIdentifierOwned;

use super::{About, WireSizes, kind::Code};
use crate::{
    error::{DecodeError, SendError},
    ident::{Fingerprint, KeyId, Version},
    time::UnixTime,
    wrap::{KekName, KeyAttributes, Sealed, WrappedKey},
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// The longest purpose in bytes.
const MAX_PURPOSE_BYTES: usize = 255;

/// The longest policy in bytes.
const MAX_POLICY_BYTES: usize = 4096;

/// The most recipients of one envelope.
const MAX_RECIPIENTS: usize = 64;

/// The conditions of an escrow.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct WireTerms {
    pub(super) policy: String,
    pub(super) data_until: GeneralizedTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Header {
    version: u8,
    pub(super) kind: Code,
    pub(super) envelope_id: KeyId,
    pub(super) source: Fingerprint,
    pub(super) recipients: Vec<Fingerprint>,
    pub(super) key_id: KeyId,
    pub(super) purpose: String,
    pub(super) not_before: GeneralizedTime,
    pub(super) expires: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) terms: Option<WireTerms>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) key: Option<KeyAttributes>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Body {
    pub(super) header: Header,
    pub(super) records: Vec<WrappedKey>,
    #[asn1(optional = "true")]
    pub(super) sealed: Option<Sealed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Wire {
    pub(super) body: Body,
    pub(super) algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: OctetString,
}

/// The context of every record in an envelope.
#[derive(Sequence)]
struct Bound<'a> {
    label: Utf8StringRef<'a>,
    header: Header,
}

impl Header {
    /// The header of a new envelope without terms.
    pub(super) fn new(
        kind: Code,
        envelope_id: KeyId,
        source: Fingerprint,
        recipients: Vec<Fingerprint>,
        about: &About<'_>,
    ) -> Result<Self, SendError> {
        let time = |time: UnixTime| time.to_generalized().map_err(|_| SendError::Validity);
        let header = Self {
            version: VERSION,
            kind,
            envelope_id,
            source,
            recipients,
            key_id: about.key_id,
            purpose: about.purpose.into(),
            not_before: time(about.not_before)?,
            expires: time(about.expires)?,
            terms: None,
            key: None,
        };
        if !header.has_purpose() {
            return Err(SendError::Purpose);
        }
        if !header.has_period() {
            return Err(SendError::Validity);
        }
        if !header.has_recipients() {
            return Err(SendError::Agents);
        }
        Ok(header)
    }

    const fn has_purpose(&self) -> bool {
        !self.purpose.is_empty() && self.purpose.len() <= MAX_PURPOSE_BYTES
    }

    pub(super) fn expires(&self) -> UnixTime {
        UnixTime::of_generalized(&self.expires)
    }

    fn has_period(&self) -> bool {
        UnixTime::of_generalized(&self.not_before) < self.expires()
    }

    fn has_recipients(&self) -> bool {
        let limit = match self.kind {
            Code::Replication | Code::Secret => 1,
            Code::Escrow => MAX_RECIPIENTS,
        };
        if self.recipients.is_empty() || self.recipients.len() > limit {
            return false;
        }
        let mut rest = self.recipients.as_slice();
        while let Some((first, others)) = rest.split_first() {
            if others.contains(first) {
                return false;
            }
            rest = others;
        }
        true
    }

    /// Whether there are terms where there must be, and they are such that an envelope may have.
    pub(super) fn has_terms(&self) -> bool {
        match (&self.terms, self.kind) {
            (None, Code::Replication | Code::Secret) => self.key.is_none(),
            (Some(terms), Code::Escrow) => {
                !terms.policy.is_empty()
                    && terms.policy.len() <= MAX_POLICY_BYTES
                    && UnixTime::of_generalized(&terms.data_until) >= self.expires()
            }
            _ => false,
        }
    }

    /// What every record in the envelope is bound to.
    pub(super) fn context(&self, label: &str) -> Option<Vec<u8>> {
        Bound {
            label: Utf8StringRef::new(label).ok()?,
            header: self.clone(),
        }
        .to_der()
        .ok()
    }
}

impl Body {
    /// The version of the material, which all records agree on.
    pub(super) fn generation(&self) -> Option<Version> {
        let mut records = self.records.iter();
        let generation = records.next()?.attributes().generation();
        let is_common = records.all(|record| record.attributes().generation() == generation)
            && (self.header.key.as_ref()).is_none_or(|key| key.generation() == generation);
        Version::new(generation).ok().filter(|_| is_common)
    }

    /// The record of a recipient.
    pub(super) fn record(&self, recipient: Fingerprint) -> Option<&WrappedKey> {
        let pairs = self.header.recipients.iter().zip(&self.records);
        pairs
            .filter(|(name, _)| **name == recipient)
            .map(|(_, record)| record)
            .next()
    }

    fn has_records(&self) -> bool {
        let named = |(name, record): (&Fingerprint, &WrappedKey)| {
            *record.header().kek() == KekName::Fingerprint(*name)
        };
        self.records.len() == self.header.recipients.len()
            && self.header.recipients.iter().zip(&self.records).all(named)
            && self.generation().is_some()
    }
}

impl Wire {
    /// What the DER structure alone does not say.
    pub(super) fn check(&self, kind: Code) -> Result<(), DecodeError> {
        let header = &self.body.header;
        if header.version != VERSION {
            return Err(DecodeError::Version);
        }
        if header.kind != kind {
            return Err(DecodeError::Malformed);
        }
        if !header.has_purpose() || !header.has_period() || !header.has_recipients() {
            return Err(DecodeError::Range);
        }
        if !header.has_terms() {
            return Err(DecodeError::Range);
        }
        for record in &self.body.records {
            record.check()?;
        }
        if let Some(sealed) = &self.body.sealed {
            sealed.check()?;
        }
        let is_sealed = self.body.sealed.is_some();
        if !self.body.has_records() || is_sealed != (kind != Code::Replication) {
            return Err(DecodeError::Inconsistent);
        }
        Ok(())
    }

    pub(super) fn sizes(&self) -> WireSizes {
        let records = self.body.records.iter();
        WireSizes {
            total: length(self),
            records: records.clone().map(length).sum(),
            encapsulations: records.map(|record| record.encapsulation().len()).sum(),
            sealed: self.body.sealed.as_ref().map_or(0, length),
            signature: self.signature.as_bytes().len(),
        }
    }
}

/// Length of the DER in bytes.
fn length<T: Encode>(part: &T) -> usize {
    part.encoded_len()
        .ok()
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or(usize::MAX)
}
