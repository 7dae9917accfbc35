//! What all envelopes have in common: making, admitting and reading them.

use alloc::{string::String, vec::Vec};
use core::marker::PhantomData;

use der::{
    Decode, Encode,
    asn1::OctetString,
    pem::{self, LineEnding, PemLabel},
};
use rand_core::TryCryptoRng;

use super::{
    About, Expected, Received, ReplayEntry, ReplayStore, WireSizes,
    kind::Kind,
    wire::{Body, Header, Wire},
};
use crate::{
    algorithm::VerificationAlgorithm,
    error::{DecodeError, GenerateError, ReceiveError, ReplayError, SendError},
    ident::{Fingerprint, KeyId},
    key::VerifyingKey,
    operations::Sign,
    signed_der::{self, Claim},
    time::{Clock, UnixTime},
    wrap::{SealKey, Unwrap, WrapContext, WrappedKey},
};

/// An envelope: a secret on its way to its recipients.
///
/// Its DER is canonical: [`from_der`](Self::from_der) accepts nothing that [`to_der`](Self::to_der) would
/// not write. Use it through its aliases [`ReplicationEnvelope`](super::ReplicationEnvelope),
/// [`SecretEnvelope`](super::SecretEnvelope) and [`EscrowEnvelope`](super::EscrowEnvelope).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope<K: Kind> {
    pub(super) wire: Wire,
    kind: PhantomData<K>,
}

impl<K: Kind> PemLabel for Envelope<K> {
    const PEM_LABEL: &'static str = K::PEM_LABEL;
}

/// The header of a new envelope, and the context that it binds records to.
pub(super) struct Draft {
    pub(super) header: Header,
    pub(super) context: Vec<u8>,
}

impl Draft {
    pub(super) fn context(&self) -> Result<WrapContext<'_>, SendError> {
        WrapContext::new(&self.context).map_err(|_| SendError::Purpose)
    }
}

impl<K: Kind> Envelope<K> {
    /// Begins an envelope. `finish` sets what only some headers have.
    pub(super) fn draft<S: Sign, R: TryCryptoRng + ?Sized>(
        about: &About<'_>,
        source: &S,
        recipients: Vec<Fingerprint>,
        rng: &mut R,
        finish: impl FnOnce(&mut Header) -> Result<(), SendError>,
    ) -> Result<Draft, SendError> {
        let envelope_id = KeyId::generate(rng).map_err(|error| match error {
            GenerateError::NotOperational => SendError::NotOperational,
            _ => SendError::Randomness,
        })?;
        let source = source.verifying_key().fingerprint();
        let mut header = Header::new(K::CODE, envelope_id, source, recipients, about)?;
        finish(&mut header)?;
        let context = header.context(K::LABEL).ok_or(SendError::Purpose)?;
        Ok(Draft { header, context })
    }

    /// Signs what was drafted.
    pub(super) fn sign<S: Sign, R: TryCryptoRng + ?Sized>(
        body: Body,
        source: &S,
        rng: &mut R,
    ) -> Result<(Self, WireSizes), SendError> {
        let der = body.to_der().map_err(|_| SendError::TooLong)?;
        let signature = signed_der::sign(K::LABEL, &der, source, rng)?;
        let wire = Wire {
            body,
            algorithm: S::Algorithm::signature_algorithm(),
            signature: OctetString::new(signature).map_err(|_| SendError::Signing)?,
        };
        wire.encoded_len().map_err(|_| SendError::TooLong)?;
        let sizes = wire.sizes();
        let kind = PhantomData;
        Ok((Self { wire, kind }, sizes))
    }

    /// Whether `source` signed this.
    pub(super) fn verify<A: VerificationAlgorithm>(
        &self,
        source: &VerifyingKey<A>,
    ) -> Result<(), ReceiveError> {
        let body = self.wire.body.to_der().map_err(|_| ReceiveError::Source)?;
        let claim = Claim {
            signer: self.source(),
            algorithm: &self.wire.algorithm,
            signature: self.wire.signature.as_bytes(),
        };
        signed_der::verify(K::LABEL, &body, &claim, source).map_err(|_| ReceiveError::Source)
    }

    /// Whether this is for that recipient, for that purpose, and at this time. The signature comes
    /// first: what the other errors say is what the source signed.
    pub(super) fn admit<A: VerificationAlgorithm>(
        &self,
        expected: &Expected<'_, A>,
        recipient: Fingerprint,
        clock: &impl Clock,
    ) -> Result<Admitted<'_>, ReceiveError> {
        self.verify(expected.source)?;
        let header = &self.wire.body.header;
        let record = self.wire.body.record(recipient);
        let record = record.ok_or(ReceiveError::Recipient)?;
        if header.purpose != expected.purpose {
            return Err(ReceiveError::Purpose);
        }
        let now = clock.now().map_err(|_| ReceiveError::Clock)?;
        if now < UnixTime::of_generalized(&header.not_before) {
            return Err(ReceiveError::NotYetValid);
        }
        if now >= header.expires() {
            return Err(ReceiveError::Expired);
        }
        let context = header.context(K::LABEL).ok_or(ReceiveError::Unwrap)?;
        Ok(Admitted {
            body: &self.wire.body,
            record,
            context,
            recipient,
            now,
        })
    }

    /// The key that is said to have signed: to find it with, not to trust.
    #[must_use]
    pub const fn source(&self) -> Fingerprint {
        self.wire.body.header.source
    }

    /// The encapsulation keys that the envelope is addressed to.
    #[must_use]
    pub fn recipients(&self) -> &[Fingerprint] {
        &self.wire.body.header.recipients
    }

    /// The single-use identifier.
    #[must_use]
    pub const fn envelope_id(&self) -> KeyId {
        self.wire.body.header.envelope_id
    }

    /// The logical key that the envelope is said to be about.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.wire.body.header.key_id
    }

    /// What the envelope takes on the wire.
    #[must_use]
    pub fn sizes(&self) -> WireSizes {
        self.wire.sizes()
    }

    /// The envelope in DER.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "making and reading an envelope show that it is short enough"
    )]
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.wire.to_der().expect("short enough for DER")
    }

    /// Reads an envelope in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know,
    /// [`DecodeError::Inconsistent`] if records and recipients do not match, otherwise
    /// [`DecodeError::Malformed`], [`DecodeError::Length`] or [`DecodeError::Range`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let wire = Wire::from_der(der)?;
        wire.check(K::CODE)?;
        let kind = PhantomData;
        Ok(Self { wire, kind })
    }

    /// The envelope in PEM. The label is `PQKM REPLICATION ENVELOPE`, `PQKM SECRET ENVELOPE` or
    /// `PQKM ESCROW ENVELOPE`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "making and reading an envelope show that it is short enough"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode_string(K::PEM_LABEL, LineEnding::LF, &self.to_der())
            .expect("short enough for PEM")
    }

    /// Reads an envelope in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&crate::encoding::pem_contents::<Self>(pem)?)
    }
}

/// An envelope that its source signed for this recipient, purpose and time.
pub(super) struct Admitted<'a> {
    pub(super) body: &'a Body,
    pub(super) record: &'a WrappedKey,
    pub(super) context: Vec<u8>,
    pub(super) recipient: Fingerprint,
    pub(super) now: UnixTime,
}

impl Admitted<'_> {
    pub(super) fn context(&self) -> Result<WrapContext<'_>, ReceiveError> {
        WrapContext::new(&self.context).map_err(|_| ReceiveError::Unwrap)
    }

    /// Opens the payload that is sealed under the key in the record.
    pub(super) fn unseal<U: Unwrap>(
        &self,
        recipient: &U,
    ) -> Result<crate::SecretBytes, ReceiveError> {
        let context = self.context()?;
        let sealed = self.body.sealed.as_ref().ok_or(ReceiveError::Unwrap)?;
        let key: SealKey = recipient
            .unwrap_key(self.record, context)
            .map_err(|_| ReceiveError::Unwrap)?;
        sealed.open(&key, context).map_err(|_| ReceiveError::Unwrap)
    }

    /// Spends the envelope, durably, and releases what was in it. If that fails it is erased.
    pub(super) fn release<T>(
        &self,
        contents: T,
        replays: &mut impl ReplayStore,
    ) -> Result<Received<T>, ReceiveError> {
        let header = &self.body.header;
        let generation = self.body.generation().ok_or(ReceiveError::Unwrap)?;
        let entry = ReplayEntry::new(
            header.source,
            header.envelope_id,
            self.recipient,
            header.expires(),
        );
        replays
            .spend(&entry, self.now)
            .map_err(|error| match error {
                ReplayError::Replayed => ReceiveError::Replayed,
                ReplayError::Expired => ReceiveError::Expired,
                other => ReceiveError::Store(other),
            })?;
        Ok(Received {
            contents,
            key_id: header.key_id,
            generation,
            envelope_id: header.envelope_id,
        })
    }
}
