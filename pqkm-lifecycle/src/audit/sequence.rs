//! What writes the log: events out of the outbox into the tree, and checkpoints.

use pqkm_core::{Sign, rand_core::TryCryptoRng};

use super::{Checkpoint, log::TreeSize, tree::leaf_hash};
use crate::{
    custody::Custody,
    error::{AuditError, CommitError, RegistryError},
    event::Event,
    name,
    registry::Registry,
    store::{Batch, RowName, Write},
};

/// The most events that one commit moves.
const MOVED_AT_ONCE: usize = 4096;

impl<C: Custody> Registry<C> {
    /// Moves all events that wait from the outbox to the log. Any number of processes may do so at a time.
    /// Gives the size of the log.
    ///
    /// # Errors
    /// [`RegistryError::Tampered`] for an event that this registry did not write, or if what the store holds of the log is
    /// not what the tree says.
    pub fn sequence(&self) -> Result<TreeSize, AuditError> {
        let mut tried = None;
        loop {
            let mut tree = self.tree()?;
            is_new(&mut tried, tree.generation)?;
            let waiting = self.store.scan(&[RowName::OUTBOX], None, MOVED_AT_ONCE)?;
            if waiting.is_empty() {
                return Ok(tree.frontier.size());
            }
            let mut writes = Vec::with_capacity(3 * waiting.len() + 1);
            for (place, row) in waiting {
                let event = self.seal.open_event(&row)?.to_vec();
                if Event::from_der(&event)?.registry() != self.id() {
                    return Err(RegistryError::Tampered.into());
                }
                let leaf = leaf_hash(&event);
                writes.push(added(name::entry(tree.frontier.size()), event));
                tree.frontier.push(leaf, |level, index, hash| {
                    writes.push(added(name::node(level, index), hash.0.to_vec()));
                });
                writes.push(Write {
                    name: place,
                    expected: row.generation,
                    content: None,
                });
            }
            writes.push(self.write_tree(&tree)?);
            self.commit_log(writes)?;
        }
    }

    /// Commits, unless another process was faster: then what it did is read again.
    fn commit_log(&self, writes: Vec<Write>) -> Result<(), AuditError> {
        let batch = Batch {
            writes,
            events: Vec::new(),
        };
        match self.store.commit(&batch) {
            Ok(()) | Err(CommitError::Conflict) => Ok(()),
            Err(error) => {
                self.poison();
                Err(error.into())
            }
        }
    }

    /// Moves what waits, and signs the size and root of the log. Somebody else should keep the result.
    ///
    /// # Errors
    /// [`AuditError::Signing`] and those of [`sequence`](Self::sequence).
    pub fn checkpoint<S: Sign, R: TryCryptoRng + ?Sized>(
        &self,
        signer: &S,
        rng: &mut R,
    ) -> Result<Checkpoint, AuditError> {
        let mut tried = None;
        loop {
            self.sequence()?;
            let mut tree = self.tree()?;
            let (size, root) = (tree.frontier.size(), tree.frontier.root());
            if size > 0 && tree.last_checkpoint == size {
                return self.stored_checkpoint(size);
            }
            is_new(&mut tried, tree.generation)?;
            let at = self.now()?;
            let checkpoint = Checkpoint::sign((self.id(), size, root), at, signer, rng)?;
            tree.last_checkpoint = size;
            let content = checkpoint.to_der()?;
            let writes = vec![
                self.write_tree(&tree)?,
                added(name::checkpoint(size), content),
            ];
            self.commit_log(writes)?;
            // Only what is stored is handed out: two signatures on one size differ in their time.
            if self.tree()?.last_checkpoint >= size
                && let Ok(stored) = self.stored_checkpoint(size)
            {
                return Ok(stored);
            }
        }
    }
}

const fn added(name: RowName, content: Vec<u8>) -> Write {
    Write {
        name,
        expected: 0,
        content: Some(content),
    }
}

/// Whoever was faster has changed the tree. If nobody has, the store holds rows that no sequencer left there, and to try
/// again would never end.
fn is_new(tried: &mut Option<u64>, generation: u64) -> Result<(), RegistryError> {
    if tried.replace(generation) == Some(generation) {
        return Err(RegistryError::Tampered);
    }
    Ok(())
}
