//! Secret bytes, to one recipient: a share to its custodian.

use alloc::vec;

use rand_core::TryCryptoRng;

use super::{About, Envelope, Expected, Received, ReplayStore, WireSizes, kind, wire::Body};
use crate::{
    algorithm::{KemAlgorithm, VerificationAlgorithm},
    error::{ReceiveError, SendError},
    key::EncapsulationKey,
    operations::{Decapsulate, Sign},
    secret::SecretBytes,
    time::Clock,
    wrap::{Sealed, Unwrap, Wrap, WrapItem},
};

/// Secret bytes on their way to one recipient. What they mean is for both ends to know.
pub type SecretEnvelope = Envelope<kind::Secret>;

impl SecretEnvelope {
    /// Seals a secret to its recipient and signs the envelope. Its length is not hidden.
    ///
    /// # Errors
    /// [`SendError`]; [`SendError::TooLong`] beyond 256 MiB less 1 KiB.
    pub fn send<S: Sign, A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
        secret: &SecretBytes,
        about: &About<'_>,
        source: &S,
        recipient: &EncapsulationKey<A>,
        rng: &mut R,
    ) -> Result<(Self, WireSizes), SendError> {
        let recipients = vec![recipient.fingerprint()];
        let draft = Self::draft(about, source, recipients, rng, |_| Ok(()))?;
        let context = draft.context()?;
        let (sealed, key) = Sealed::seal(secret.as_bytes(), context, rng)?;
        let item = WrapItem {
            key: &key,
            generation: about.generation,
            context,
        };
        let records = vec![recipient.wrap_item(&item, rng)?];
        let body = Body {
            header: draft.header,
            records,
            sealed: Some(sealed),
        };
        Self::sign(body, source, rng)
    }

    /// Opens the envelope, once: as [`ReplicationEnvelope::receive`](super::ReplicationEnvelope::receive).
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub fn receive<A, U>(
        &self,
        expected: &Expected<'_, A>,
        recipient: &U,
        clock: &impl Clock,
        replays: &mut impl ReplayStore,
    ) -> Result<Received<SecretBytes>, ReceiveError>
    where
        A: VerificationAlgorithm,
        U: Decapsulate + Unwrap,
    {
        let name = recipient.encapsulation_key().fingerprint();
        let admitted = self.admit(expected, name, clock)?;
        let secret = admitted.unseal(recipient)?;
        admitted.release(secret, replays)
    }
}
