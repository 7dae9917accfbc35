//! Replication: a key, to a device that shall have it too.

use alloc::vec;

use rand_core::TryCryptoRng;

use super::{
    About, Envelope, Expected, Received, ReplayStore, Replicable, WireSizes, kind, wire::Body,
};
use crate::{
    algorithm::{KemAlgorithm, VerificationAlgorithm},
    error::{ReceiveError, SendError},
    key::EncapsulationKey,
    operations::{Decapsulate, Sign},
    time::Clock,
    wrap::{Unwrap, Wrap, WrapItem},
};

/// A key on its way from one device to another.
pub type ReplicationEnvelope = Envelope<kind::Replication>;

impl ReplicationEnvelope {
    /// Wraps a key to its recipient and signs the envelope.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn send<K: Replicable, S: Sign, A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
        key: &K,
        about: &About<'_>,
        source: &S,
        recipient: &EncapsulationKey<A>,
        rng: &mut R,
    ) -> Result<(Self, WireSizes), SendError> {
        let recipients = vec![recipient.fingerprint()];
        let draft = Self::draft(about, source, recipients, rng, |_| Ok(()))?;
        let item = WrapItem {
            key,
            generation: about.generation,
            context: draft.context()?,
        };
        let records = vec![recipient.wrap_item(&item, rng)?];
        let body = Body {
            header: draft.header,
            records,
            sealed: None,
        };
        Self::sign(body, source, rng)
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
        let name = recipient.encapsulation_key().fingerprint();
        let admitted = self.admit(expected, name, clock)?;
        let key = recipient
            .unwrap_key(admitted.record, admitted.context()?)
            .map_err(|_| ReceiveError::Unwrap)?;
        admitted.release(key, replays)
    }
}
