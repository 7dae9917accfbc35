//! Escrow: a key or secret bytes, to agents who keep them closed until a policy is met.
//!
//! Each agent can open the envelope alone. Where k of n agents shall be needed, each gets a share in an
//! envelope of its own.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;

use super::{
    About, Envelope, Expected, Received, ReplayStore, Replicable, WireSizes,
    agent::{Agent, ErasedRng},
    envelope::Admitted,
    kind,
    opening::{OpeningRecord, Transcript},
    wire::{Body, Header, WireTerms},
};
use crate::{
    algorithm::VerificationAlgorithm,
    error::{ReceiveError, SendError},
    ident::Fingerprint,
    operations::{Decapsulate, Sign},
    secret::SecretBytes,
    time::{Clock, UnixTime},
    wrap::{self, KeyAttributes, Sealed, Unwrap, WrapItem},
};

/// A key or secret bytes in the keeping of agents.
pub type EscrowEnvelope = Envelope<kind::Escrow>;

/// The conditions of an escrow. They bind the envelope; that agents keep to them is not for
/// cryptography to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    /// What must be the case for an agent to open the envelope, in words: 1 to 4,096 bytes of text.
    pub policy: &'a str,
    /// The end of the lifetime of the data that the contents protect. The envelope must have expired by
    /// then: an escrow that outlives its data is a risk without a use.
    pub data_until: UnixTime,
}

/// Who deposits a secret, with whom, and on what terms.
pub struct Deposit<'a, S> {
    /// The source, which signs the envelope.
    pub source: &'a S,
    /// The agents, 1 to 64: encapsulation keys of any algorithms.
    pub agents: &'a [&'a dyn Agent],
    /// The terms.
    pub terms: Terms<'a>,
}

/// How an agent opens an envelope.
pub struct Opening<'a, A: VerificationAlgorithm, U, S, T> {
    /// Source and purpose, as with every envelope.
    pub expected: Expected<'a, A>,
    /// The policy, repeated: whoever opens the envelope has read it.
    pub policy: &'a str,
    /// Why the policy is met, in words: 1 to 1,024 bytes of text.
    pub reason: &'a str,
    /// The agent's decapsulation key.
    pub agent: &'a U,
    /// The agent's signing key, which signs the record of the opening.
    pub signer: &'a S,
    /// Where that record goes.
    pub transcript: &'a mut T,
}

impl EscrowEnvelope {
    /// Deposits a key. Only a key that may exist in more than one place can be deposited.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn deposit_key<K: Replicable, S: Sign, R: TryCryptoRng + ?Sized>(
        key: &K,
        about: &About<'_>,
        deposit: &Deposit<'_, S>,
        rng: &mut R,
    ) -> Result<(Self, WireSizes), SendError> {
        let (attributes, bytes) = wrap::to_parts(key, about.generation);
        Self::deposit(&bytes, Some(attributes), about, deposit, rng)
    }

    /// Deposits secret bytes, such as a share.
    ///
    /// # Errors
    /// [`SendError`]; [`SendError::TooLong`] beyond 256 MiB less 1 KiB.
    pub fn deposit_secret<S: Sign, R: TryCryptoRng + ?Sized>(
        secret: &SecretBytes,
        about: &About<'_>,
        deposit: &Deposit<'_, S>,
        rng: &mut R,
    ) -> Result<(Self, WireSizes), SendError> {
        Self::deposit(secret.as_bytes(), None, about, deposit, rng)
    }

    fn deposit<S: Sign, R: TryCryptoRng + ?Sized>(
        contents: &[u8],
        attributes: Option<KeyAttributes>,
        about: &About<'_>,
        deposit: &Deposit<'_, S>,
        rng: &mut R,
    ) -> Result<(Self, WireSizes), SendError> {
        let agents = deposit.agents.iter().map(|agent| agent.fingerprint());
        let finish = |header: &mut Header| {
            let data_until = deposit.terms.data_until.to_generalized();
            header.terms = Some(WireTerms {
                policy: deposit.terms.policy.into(),
                data_until: data_until.map_err(|_| SendError::Terms)?,
            });
            header.key = attributes;
            if header.has_terms() {
                Ok(())
            } else {
                Err(SendError::Terms)
            }
        };
        let draft = Self::draft(about, deposit.source, agents.collect(), rng, finish)?;
        let context = draft.context()?;
        let (sealed, key) = Sealed::seal(contents, context, rng)?;
        let item = WrapItem {
            key: &key,
            generation: about.generation,
            context,
        };
        let agents = deposit.agents.iter();
        let records = agents.map(|agent| agent.wrap_seal_key(&item, &mut ErasedRng(rng)));
        let body = Body {
            records: records.collect::<Result<Vec<_>, _>>()?,
            header: draft.header,
            sealed: Some(sealed),
        };
        Self::sign(body, deposit.source, rng)
    }

    /// The terms. Like all that the envelope says, they are the source's words once its signature is
    /// checked, as [`check_openable`](Self::check_openable) and opening do.
    #[must_use]
    pub fn terms(&self) -> Terms<'_> {
        let terms = self.wire.body.header.terms.as_ref();
        Terms {
            policy: terms.map_or("", |terms| &terms.policy),
            data_until: terms.map_or(UnixTime::MAX, |terms| {
                UnixTime::of_generalized(&terms.data_until)
            }),
        }
    }

    /// What is said of the key in it; `None` if it carries secret bytes.
    #[must_use]
    pub const fn key_attributes(&self) -> Option<&KeyAttributes> {
        self.wire.body.header.key.as_ref()
    }

    /// Checks that this agent could open the envelope now: source, purpose, period, record and payload are
    /// all checked. Nothing is released, spent or recorded: this is what an agent does on receipt.
    ///
    /// # Errors
    /// [`ReceiveError`], the reason why it could not.
    pub fn check_openable<A: VerificationAlgorithm, U: Decapsulate + Unwrap>(
        &self,
        expected: &Expected<'_, A>,
        agent: &U,
        clock: &impl Clock,
    ) -> Result<(), ReceiveError> {
        let name = agent.encapsulation_key().fingerprint();
        self.admit(expected, name, clock)?.unseal(agent).map(drop)
    }

    /// Opens an envelope with a key in it, once for this agent.
    ///
    /// The record of the opening is in the transcript, and then the envelope spent, both durably, before
    /// the key is returned; if either fails the key is erased. A record can therefore be there of an
    /// opening that failed.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub fn open_key<K, A, U, S, T, R>(
        &self,
        opening: Opening<'_, A, U, S, T>,
        clock: &impl Clock,
        replays: &mut impl ReplayStore,
        rng: &mut R,
    ) -> Result<Received<K>, ReceiveError>
    where
        K: Replicable,
        A: VerificationAlgorithm,
        U: Decapsulate + Unwrap,
        S: Sign,
        T: Transcript,
        R: TryCryptoRng + ?Sized,
    {
        let (admitted, bytes) = self.begin(&opening, clock)?;
        let attributes = self.key_attributes().ok_or(ReceiveError::Unwrap)?;
        let key =
            wrap::from_parts(attributes, bytes.as_bytes()).map_err(|_| ReceiveError::Unwrap)?;
        self.record(opening, &admitted, rng)?;
        admitted.release(key, replays)
    }

    /// Opens an envelope with secret bytes in it: as [`open_key`](Self::open_key).
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub fn open_secret<A, U, S, T, R>(
        &self,
        opening: Opening<'_, A, U, S, T>,
        clock: &impl Clock,
        replays: &mut impl ReplayStore,
        rng: &mut R,
    ) -> Result<Received<SecretBytes>, ReceiveError>
    where
        A: VerificationAlgorithm,
        U: Decapsulate + Unwrap,
        S: Sign,
        T: Transcript,
        R: TryCryptoRng + ?Sized,
    {
        let (admitted, bytes) = self.begin(&opening, clock)?;
        if self.key_attributes().is_some() {
            return Err(ReceiveError::Unwrap);
        }
        self.record(opening, &admitted, rng)?;
        admitted.release(bytes, replays)
    }

    /// Checks everything that is demanded, and unseals.
    fn begin<A: VerificationAlgorithm, U: Decapsulate + Unwrap, S, T>(
        &self,
        opening: &Opening<'_, A, U, S, T>,
        clock: &impl Clock,
    ) -> Result<(Admitted<'_>, SecretBytes), ReceiveError> {
        let name: Fingerprint = opening.agent.encapsulation_key().fingerprint();
        let admitted = self.admit(&opening.expected, name, clock)?;
        if self.terms().policy != opening.policy {
            return Err(ReceiveError::Policy);
        }
        let bytes = admitted.unseal(opening.agent)?;
        Ok((admitted, bytes))
    }

    /// Leaves the record of the opening, durably.
    fn record<A: VerificationAlgorithm, U, S: Sign, T: Transcript, R: TryCryptoRng + ?Sized>(
        &self,
        opening: Opening<'_, A, U, S, T>,
        admitted: &Admitted<'_>,
        rng: &mut R,
    ) -> Result<(), ReceiveError> {
        let record = OpeningRecord::sign(self, admitted, opening.reason, opening.signer, rng)?;
        let transcript = opening.transcript;
        transcript
            .append(&record)
            .map_err(|_| ReceiveError::Transcript)
    }
}
