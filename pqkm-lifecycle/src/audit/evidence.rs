//! An event of the log as evidence of when something was protected.

use pqkm_core::{
    Evidence, NotEvidence, ProtectedAt, ProtectionTime, VerificationAlgorithm, VerifyingKey,
};

use super::{Checkpoint, InclusionProof, leaf_hash, verify_inclusion};
use crate::{event::Event, wire::Hash};

/// Shows by a note in an audit log (see [`Registry::note`](crate::Registry::note)) that data existed when the
/// note was taken. It needs no registry: the event, its proof and a checkpoint are enough.
///
/// Whoever verifies says whose log it has to be, and by which key its checkpoints are signed: any log proves
/// something to those who trust it. A registry that is shown this for a key that it manages accepts it only if it
/// took a note of the same data itself, not later.
pub struct LoggedAt<'a, A: VerificationAlgorithm> {
    /// Whose log it has to be: [`Registry::id`](crate::Registry::id).
    pub registry: Hash,
    /// The event in DER.
    pub event: &'a [u8],
    /// Its place in the log.
    pub proof: &'a InclusionProof,
    /// The checkpoint of the proof's size.
    pub checkpoint: &'a Checkpoint,
    /// The key that signs checkpoints.
    pub key: &'a VerifyingKey<A>,
}

impl<A: VerificationAlgorithm> ProtectedAt for LoggedAt<'_, A> {
    fn protected_at(&self, protected: &[u8]) -> Result<ProtectionTime, NotEvidence> {
        let event = Event::from_der(self.event).map_err(|_| NotEvidence)?;
        let leaf = leaf_hash(self.event);
        let InclusionProof { index, size, path } = self.proof;
        let is_shown = event.noted() == Some(Hash::of(&[protected]))
            && event.registry() == self.registry
            && self.checkpoint.registry() == self.registry
            && *size == self.checkpoint.size()
            && verify_inclusion(&leaf, *index, *size, &self.checkpoint.root(), path).is_ok()
            && self.checkpoint.verify(self.key).is_ok();
        if !is_shown {
            return Err(NotEvidence);
        }
        Ok(ProtectionTime {
            latest: event.at(),
            evidence: Evidence::Logged { leaf: leaf.0 },
        })
    }
}
