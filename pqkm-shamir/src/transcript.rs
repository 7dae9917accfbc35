//! What happened in a ceremony, in order, without secrets.

use alloc::{string::String, vec::Vec};

use der::{Encode, Enumerated, Sequence, asn1::OctetString};
use pqkm_core::{DecodeError, UnixTime};
use sha2::{Digest, Sha256};

use crate::wire::{self, VERSION};

/// Names the first link of the chain.
const LABEL: &str = "pqkm CeremonyTranscript v1";

/// The longest purpose in bytes.
pub(crate) const MAX_PURPOSE_BYTES: usize = 255;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[repr(u8)]
#[non_exhaustive]
pub enum EventKind {
    /// The ceremony was planned; the subject is the manifest's hash.
    Planned = 0,
    /// Attestations are asked for; the subject is the challenge.
    Collecting = 1,
    /// A custodian attested to its share; the subject is its key's fingerprint.
    Attested = 2,
    /// Enough custodians attested.
    Verified = 3,
    /// A share was given that is wrong.
    WrongShare = 4,
    /// A share was used.
    UsedShare = 5,
    /// Shares did not give the secret.
    Refused = 6,
    /// The secret was recovered; the subject is the hash of the escrow's terms, if it is one.
    Opened = 7,
    /// The secret was dealt anew; the subject is the hash of the new manifest's DER.
    Reshared = 8,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Event {
    at: u64,
    kind: EventKind,
    index: u8,
    subject: OctetString,
}

impl Event {
    /// When, in seconds since 1970.
    #[must_use]
    pub const fn seconds(&self) -> u64 {
        self.at
    }

    /// What.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        self.kind
    }

    /// Which share; 0 for none.
    #[must_use]
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// What it is about: see [`EventKind`].
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        self.subject.as_bytes()
    }
}

/// The events of a ceremony. Its [`head`](Self::head) is a hash over all of them: whoever kept it sees any later change.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Transcript {
    version: u8,
    purpose: String,
    events: Vec<Event>,
}

impl Transcript {
    pub(crate) fn begin(purpose: &str) -> Self {
        Self {
            version: VERSION,
            purpose: purpose.into(),
            events: Vec::new(),
        }
    }

    #[expect(clippy::expect_used, reason = "subjects are hashes")]
    pub(crate) fn record(&mut self, at: UnixTime, kind: EventKind, index: u8, subject: &[u8]) {
        self.events.push(Event {
            at: at.seconds(),
            kind,
            index,
            subject: OctetString::new(subject).expect("short enough for DER"),
        });
    }

    /// What the ceremony was for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// What happened, in order.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The last link of the chain, 32 bytes: the first one is SHA-256 of label and purpose, each next one SHA-256 of the
    /// one before and the DER of an event.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "an event has fewer than 2^7 bytes"
    )]
    #[must_use]
    pub fn head(&self) -> [u8; 32] {
        let mut first = Sha256::new();
        first.update(LABEL);
        first.update(&self.purpose);
        let mut head: [u8; 32] = first.finalize().into();
        for event in &self.events {
            let mut link = Sha256::new();
            link.update(head);
            link.update(event.to_der().expect("short enough for DER"));
            head = link.finalize().into();
        }
        head
    }

    /// Reads a transcript in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know, [`DecodeError::Range`] for a purpose that
    /// no ceremony has, otherwise [`DecodeError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let transcript: Self = wire::decode(der)?;
        if transcript.version != VERSION {
            return Err(DecodeError::Version);
        }
        if transcript.purpose.is_empty() || transcript.purpose.len() > MAX_PURPOSE_BYTES {
            return Err(DecodeError::Range);
        }
        Ok(transcript)
    }
}
