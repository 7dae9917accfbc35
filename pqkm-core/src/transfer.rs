//! Replication of keys from device to device.
//!
//! A [`ReplicationEnvelope`] is signed by its source, wrapped to its recipient's encapsulation key, and
//! opens once: source, recipient, purpose, period of validity and a single-use identifier are bound to
//! the key by derivation and by signature. The formats and the argument for the replay store are in
//! `docs/design/transfer.md`.
//!
//! A stateful key never replicates: see [`Replicable`].

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode, EncodePem, Sequence,
    asn1::{GeneralizedTime, OctetString, Utf8StringRef},
    pem::{LineEnding, PemLabel},
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::{KemAlgorithm, VerificationAlgorithm},
    error::{DecodeError, GenerateError, ReceiveError, ReplayError, SendError},
    ident::{Fingerprint, KeyId, Version},
    key::{EncapsulationKey, Key, VerifyingKey},
    message::Message,
    operations::{Decapsulate, Sign, Verify},
    output::Signature,
    role::{HasKey, SecretRole},
    time::{Clock, UnixTime},
    wrap::{Unwrap, Wrap, WrapContext, WrapItem, Wrappable, WrappedKey},
};

#[cfg(feature = "std")]
mod file;
mod replay;

#[cfg(feature = "std")]
pub use file::FileReplayStore;
pub use replay::{MemoryReplayStore, ReplayEntry, ReplayStore};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// Names the signed structure and the derivation's context.
const LABEL: &str = "pqkm ReplicationEnvelope v1";

/// The longest purpose in bytes.
const MAX_PURPOSE_BYTES: usize = 255;

/// A secret key that may exist on more than one device.
///
/// Every stateless secret [`Key`] is one. A stateful signing key is none: two copies would sign with the
/// same one-time key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be replicated",
    label = "only stateless secret keys exist on more than one device",
    note = "a stateful signing key is never copied: give each device a sibling subtree with a seed of its own, signed by the common root"
)]
pub trait Replicable: Wrappable {}

impl<A: HasKey<R>, R: SecretRole> Replicable for Key<A, R> where Self: Wrappable {}

/// What one replication is about.
#[derive(Clone, Copy, Debug)]
pub struct Replication<'a> {
    /// The logical key that is replicated.
    pub key_id: KeyId,
    /// The version of its material.
    pub generation: Version,
    /// What the recipient may take it for: 1 to 255 bytes of text. It must ask for the same.
    pub purpose: &'a str,
    /// The envelope opens from this moment on.
    pub not_before: UnixTime,
    /// The envelope does not open at or after this moment.
    pub expires: UnixTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct Header {
    version: u8,
    envelope_id: KeyId,
    source: Fingerprint,
    recipient: Fingerprint,
    key_id: KeyId,
    purpose: String,
    not_before: GeneralizedTime,
    expires: GeneralizedTime,
}

/// A key on its way from one device to another.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct ReplicationEnvelope {
    header: Header,
    record: WrappedKey,
    algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
}

#[derive(Sequence)]
struct Signed<'a> {
    label: Utf8StringRef<'a>,
    header: Header,
    record: WrappedKey,
    algorithm: AlgorithmIdentifierOwned,
}

#[derive(Sequence)]
struct Bound<'a> {
    label: Utf8StringRef<'a>,
    header: Header,
}

/// What an envelope takes on the wire, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireSizes {
    /// The whole envelope in DER.
    pub total: usize,
    /// The wrapped key's record, encapsulation included.
    pub record: usize,
    /// The encapsulation within the record.
    pub encapsulation: usize,
    /// The signature.
    pub signature: usize,
}

/// A key that arrived.
pub struct Received<K> {
    /// The key.
    pub key: K,
    /// The logical key that it is.
    pub key_id: KeyId,
    /// The version of its material.
    pub generation: Version,
    /// The identifier of the envelope, spent now.
    pub envelope_id: KeyId,
}

/// What the recipient asks for; an envelope that says anything else does not open.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a, A: VerificationAlgorithm> {
    /// The source.
    pub source: &'a VerifyingKey<A>,
    /// The purpose.
    pub purpose: &'a str,
}

impl PemLabel for ReplicationEnvelope {
    const PEM_LABEL: &'static str = "PQKM REPLICATION ENVELOPE";
}

impl ReplicationEnvelope {
    /// Wraps a key to its recipient and signs the envelope.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn send<K: Replicable, S: Sign, A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
        key: &K,
        about: &Replication<'_>,
        source: &S,
        recipient: &EncapsulationKey<A>,
        rng: &mut R,
    ) -> Result<(Self, WireSizes), SendError> {
        let header = Header {
            version: VERSION,
            envelope_id: KeyId::generate(rng).map_err(|error| match error {
                GenerateError::NotOperational => SendError::NotOperational,
                _ => SendError::Randomness,
            })?,
            source: source.verifying_key().fingerprint(),
            recipient: recipient.fingerprint(),
            key_id: about.key_id,
            purpose: about.purpose.into(),
            not_before: about
                .not_before
                .to_generalized()
                .map_err(|_| SendError::Validity)?,
            expires: about
                .expires
                .to_generalized()
                .map_err(|_| SendError::Validity)?,
        };
        if !header.has_purpose() {
            return Err(SendError::Purpose);
        }
        if !header.has_period() {
            return Err(SendError::Validity);
        }
        let context = header.context().ok_or(SendError::Purpose)?;
        let item = WrapItem {
            key,
            generation: about.generation,
            context: WrapContext::new(&context).map_err(|_| SendError::Purpose)?,
        };
        let mut envelope = Self {
            header,
            record: recipient.wrap_item(&item, rng)?,
            algorithm: S::Algorithm::signature_algorithm(),
            signature: OctetString::new([]).map_err(|_| SendError::Signing)?,
        };
        let message = envelope.message().ok_or(SendError::Signing)?;
        let signature = source.sign_message(&Message::pure(&message), rng)?;
        envelope.signature =
            OctetString::new(signature.as_bytes()).map_err(|_| SendError::Signing)?;
        let sizes = envelope.sizes();
        Ok((envelope, sizes))
    }

    /// Opens the envelope, once.
    ///
    /// The signature is checked first: what the other errors say is what the source signed. The
    /// identifier is spent, durably, after the key was unwrapped and before it is returned; if that
    /// fails the key is erased.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub fn receive<K, A, U>(
        &self,
        expected: &Expected<'_, A>,
        recipient: &U,
        clock: &impl Clock,
        replays: &mut impl ReplayStore,
    ) -> Result<Received<K>, ReceiveError>
    where
        K: Replicable,
        A: VerificationAlgorithm,
        U: Decapsulate + Unwrap,
    {
        self.verify(expected.source)?;
        if self.header.recipient != recipient.encapsulation_key().fingerprint() {
            return Err(ReceiveError::Recipient);
        }
        if self.header.purpose != expected.purpose {
            return Err(ReceiveError::Purpose);
        }
        let now = clock.now().map_err(|_| ReceiveError::Clock)?;
        let expires = UnixTime::of_generalized(&self.header.expires);
        if now < UnixTime::of_generalized(&self.header.not_before) {
            return Err(ReceiveError::NotYetValid);
        }
        if now >= expires {
            return Err(ReceiveError::Expired);
        }
        let context = self.header.context().ok_or(ReceiveError::Unwrap)?;
        let context = WrapContext::new(&context).map_err(|_| ReceiveError::Unwrap)?;
        let key = recipient
            .unwrap_key(&self.record, context)
            .map_err(|_| ReceiveError::Unwrap)?;
        let generation = Version::new(self.record.attributes().generation())
            .map_err(|_| ReceiveError::Unwrap)?;
        let entry = ReplayEntry::new(self.header.source, self.header.envelope_id, expires);
        replays.spend(&entry, now).map_err(|error| match error {
            ReplayError::Replayed => ReceiveError::Replayed,
            ReplayError::Expired => ReceiveError::Expired,
            other => ReceiveError::Store(other),
        })?;
        Ok(Received {
            key,
            key_id: self.header.key_id,
            generation,
            envelope_id: self.header.envelope_id,
        })
    }

    fn verify<A: VerificationAlgorithm>(
        &self,
        source: &VerifyingKey<A>,
    ) -> Result<(), ReceiveError> {
        if self.header.source != source.fingerprint() || self.algorithm != A::signature_algorithm()
        {
            return Err(ReceiveError::Source);
        }
        let signature =
            Signature::from_bytes(self.signature.as_bytes()).map_err(|_| ReceiveError::Source)?;
        let message = self.message().ok_or(ReceiveError::Source)?;
        source
            .verify_message(&Message::pure(&message), &signature)
            .map_err(|_| ReceiveError::Source)
    }

    fn message(&self) -> Option<Vec<u8>> {
        Signed {
            label: Utf8StringRef::new(LABEL).ok()?,
            header: self.header.clone(),
            record: self.record.clone(),
            algorithm: self.algorithm.clone(),
        }
        .to_der()
        .ok()
    }

    /// The key that is said to have signed: to find it with, not to trust.
    #[must_use]
    pub const fn source(&self) -> Fingerprint {
        self.header.source
    }

    /// The encapsulation key that the envelope is addressed to.
    #[must_use]
    pub const fn recipient(&self) -> Fingerprint {
        self.header.recipient
    }

    /// What the envelope takes on the wire.
    #[must_use]
    pub fn sizes(&self) -> WireSizes {
        WireSizes {
            total: self.to_der().len(),
            record: self.record.to_der().len(),
            encapsulation: self.record.encapsulation().len(),
            signature: self.signature.as_bytes().len(),
        }
    }

    /// The envelope in DER.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "an envelope is short enough for DER"
    )]
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        Encode::to_der(self).expect("short enough for DER")
    }

    /// Reads an envelope in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know, otherwise
    /// [`DecodeError::Malformed`] or [`DecodeError::Range`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let envelope = <Self as Decode>::from_der(der)?;
        if envelope.header.version != VERSION {
            return Err(DecodeError::Version);
        }
        if !envelope.header.has_purpose() || !envelope.header.has_period() {
            return Err(DecodeError::Range);
        }
        envelope.record.check()?;
        Ok(envelope)
    }

    /// The envelope in PEM, label `PQKM REPLICATION ENVELOPE`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "an envelope is short enough for DER"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        EncodePem::to_pem(self, LineEnding::LF).expect("short enough for DER")
    }

    /// Reads an envelope in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&crate::encoding::pem_contents::<Self>(pem)?)
    }
}

impl Header {
    const fn has_purpose(&self) -> bool {
        !self.purpose.is_empty() && self.purpose.len() <= MAX_PURPOSE_BYTES
    }

    fn has_period(&self) -> bool {
        UnixTime::of_generalized(&self.not_before) < UnixTime::of_generalized(&self.expires)
    }

    fn context(&self) -> Option<Vec<u8>> {
        Bound {
            label: Utf8StringRef::new(LABEL).ok()?,
            header: self.clone(),
        }
        .to_der()
        .ok()
    }
}

#[cfg(test)]
mod tests;
