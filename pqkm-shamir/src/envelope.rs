//! A share on its way to its custodian, or back to a ceremony.
//!
//! The share is sealed under a key of its own, and that key travels in a
//! [`ReplicationEnvelope`]: signed by its source, wrapped under the recipient's KEM key, for one purpose, within a
//! period, and once.

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode, Sequence,
    asn1::Utf8StringRef,
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{
    Clock, Decapsulate, DecodeError, EncapsulationKey, ExposeToken, KemAlgorithm, KeyId, SealKey,
    Sealed, Sign, UnixTime, Unwrap, VerificationAlgorithm, VerifyingKey, Version, WrapContext,
    transfer::{Expected, ReplayStore, Replication, ReplicationEnvelope},
};
use rand_core::TryCryptoRng;

use crate::{
    error::{OpenEnvelopeError, SealEnvelopeError},
    share::Share,
    wire::{self, VERSION},
};

/// Names the context of the sealed share.
const LABEL: &str = "pqkm ShareEnvelope v1";

/// What an envelope is for. An envelope for one purpose does not open for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// From the dealer to a custodian, to keep.
    Custody,
    /// From a custodian to a ceremony, to combine.
    Opening,
    /// From the dealer to an escrow agent, to keep.
    Escrow,
}

impl Purpose {
    /// The purpose as envelopes say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Custody => "pqkm share custody",
            Self::Opening => "pqkm share opening",
            Self::Escrow => "pqkm share escrow",
        }
    }
}

/// When an envelope opens: from `not_before`, and before `expires`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub not_before: UnixTime,
    /// The first moment after.
    pub expires: UnixTime,
}

/// A share in an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct ShareEnvelope {
    version: u8,
    key: ReplicationEnvelope,
    share: Sealed,
}

/// What the sealed share is bound to.
#[derive(Sequence)]
struct Bound<'a> {
    label: Utf8StringRef<'a>,
    purpose: Utf8StringRef<'a>,
    set_id: KeyId,
    generation: u64,
}

impl PemLabel for ShareEnvelope {
    const PEM_LABEL: &'static str = "PQKM SHARE ENVELOPE";
}

fn bound(purpose: Purpose, set_id: KeyId, generation: Version) -> Option<Vec<u8>> {
    Bound {
        label: Utf8StringRef::new(LABEL).ok()?,
        purpose: Utf8StringRef::new(purpose.as_str()).ok()?,
        set_id,
        generation: generation.get(),
    }
    .to_der()
    .ok()
}

impl ShareEnvelope {
    /// Puts a share into an envelope.
    ///
    /// # Errors
    /// [`SealEnvelopeError`].
    pub fn seal<S: Sign, A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
        share: &Share,
        purpose: Purpose,
        validity: Validity,
        source: &S,
        recipient: &EncapsulationKey<A>,
        rng: &mut R,
    ) -> Result<Self, SealEnvelopeError> {
        let set = share.set();
        let context =
            bound(purpose, set.set_id, set.generation).ok_or(SealEnvelopeError::Sealing)?;
        let context = WrapContext::new(&context).map_err(|_| SealEnvelopeError::Sealing)?;
        let (sealed, key) = Sealed::seal(&share.to_der(), context, rng)?;
        let about = Replication {
            key_id: set.set_id,
            generation: set.generation,
            purpose: purpose.as_str(),
            not_before: validity.not_before,
            expires: validity.expires,
        };
        let (key, _) = ReplicationEnvelope::send(&key, &about, source, recipient, rng)?;
        Ok(Self {
            version: VERSION,
            key,
            share: sealed,
        })
    }

    /// Opens the envelope, once, if `source` signed it for this purpose and recipient.
    ///
    /// # Errors
    /// [`OpenEnvelopeError`].
    pub fn open<A, U>(
        &self,
        purpose: Purpose,
        source: &VerifyingKey<A>,
        recipient: &U,
        clock: &impl Clock,
        replays: &mut impl ReplayStore,
    ) -> Result<Share, OpenEnvelopeError>
    where
        A: VerificationAlgorithm,
        U: Decapsulate + Unwrap,
    {
        let expected = Expected {
            source,
            purpose: purpose.as_str(),
        };
        let received = self
            .key
            .receive::<SealKey, A, U>(&expected, recipient, clock, replays)?;
        let context = bound(purpose, received.key_id, received.generation)
            .ok_or(OpenEnvelopeError::Contents)?;
        let context = WrapContext::new(&context).map_err(|_| OpenEnvelopeError::Contents)?;
        let der = self
            .share
            .open(&received.key, context)
            .map_err(|_| OpenEnvelopeError::Contents)?;
        let share = Share::from_der(der.expose(ExposeToken::acknowledge()))
            .map_err(|_| OpenEnvelopeError::Contents)?;
        let set = share.set();
        if set.set_id != received.key_id || set.generation != received.generation {
            return Err(OpenEnvelopeError::Contents);
        }
        Ok(share)
    }

    /// The envelope in DER.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "sealing limits the length"
    )]
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        Encode::to_der(self).expect("short enough for DER")
    }

    /// Reads an envelope in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know, otherwise the errors of its parts.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let envelope: Self = Decode::from_der(der)?;
        if envelope.version != VERSION {
            return Err(DecodeError::Version);
        }
        ReplicationEnvelope::from_der(&envelope.key.to_der())?;
        Sealed::from_der(&envelope.share.to_der())?;
        Ok(envelope)
    }

    /// The envelope in PEM, label `PQKM SHARE ENVELOPE`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "sealing limits the length"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        der::pem::encode_string(Self::PEM_LABEL, LineEnding::LF, &self.to_der())
            .expect("short enough for PEM")
    }

    /// Reads an envelope in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&wire::pem_contents::<Self>(pem)?)
    }
}
