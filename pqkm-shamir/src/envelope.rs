//! A share on its way to its custodian, or back to a ceremony.

use alloc::{string::String, vec::Vec};

use pqkm_core::{
    Clock, Decapsulate, DecodeError, EncapsulationKey, ExposeToken, KemAlgorithm, SecretBytes,
    Sign, UnixTime, Unwrap, VerificationAlgorithm, VerifyingKey,
    transfer::{About, Expected, ReplayStore, SecretEnvelope, WireSizes},
};
use rand_core::TryCryptoRng;

use crate::{
    error::{OpenEnvelopeError, SealEnvelopeError},
    share::Share,
};

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

/// A share in a [`SecretEnvelope`]: sealed under a key of its own, which is wrapped under the recipient's KEM key;
/// signed by its source; for one purpose, within a period, and once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareEnvelope(SecretEnvelope);

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
        let about = About {
            key_id: set.set_id,
            generation: set.generation,
            purpose: purpose.as_str(),
            not_before: validity.not_before,
            expires: validity.expires,
        };
        let contents = SecretBytes::new(share.to_der());
        let (envelope, _) = SecretEnvelope::send(&contents, &about, source, recipient, rng)?;
        Ok(Self(envelope))
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
        let received = self.0.receive(&expected, recipient, clock, replays)?;
        let share = Share::from_der(received.contents.expose(ExposeToken::acknowledge()))
            .map_err(|_| OpenEnvelopeError::Contents)?;
        let set = share.set();
        if set.set_id != received.key_id || set.generation != received.generation {
            return Err(OpenEnvelopeError::Contents);
        }
        Ok(share)
    }

    /// What the envelope takes on the wire.
    #[must_use]
    pub fn sizes(&self) -> WireSizes {
        self.0.sizes()
    }

    /// The envelope in DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.0.to_der()
    }

    /// Reads an envelope in DER.
    ///
    /// # Errors
    /// Those of [`SecretEnvelope`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        SecretEnvelope::from_der(der).map(Self)
    }

    /// The envelope in PEM, label `PQKM SECRET ENVELOPE`.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.0.to_pem()
    }

    /// Reads an envelope in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        SecretEnvelope::from_pem(pem).map(Self)
    }
}
