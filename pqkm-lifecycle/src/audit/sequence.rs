//! What writes the log: events out of the outbox into the tree, and checkpoints.

use std::collections::HashSet;

use der::Encode as _;
use pqkm_core::{Sign, VerificationAlgorithm, VerifyingKey, rand_core::TryCryptoRng};

use super::{Checkpoint, log::TreeSize, tree::leaf_hash};
use crate::{
    custody::Custody,
    error::{AuditError, CommitError, RegistryError},
    event::Event,
    name,
    registry::Registry,
    store::{Batch, Row, RowName, Write},
    wire::Hash,
};

/// The most events that one commit moves.
const MOVED_AT_ONCE: usize = 4096;

impl<C: Custody> Registry<C> {
    /// Moves all events that wait from the outbox to the log. Any number of processes may do so at a time.
    /// Gives the size of the log.
    ///
    /// # Errors
    /// [`RegistryError::Tampered`] for an event that this registry did not write, or of an operation that has its event
    /// in the log already, or if what the store holds of the log is not what the tree says.
    pub fn sequence(&self) -> Result<TreeSize, AuditError> {
        let mut tried = None;
        loop {
            let mut tree = self.tree()?;
            is_new(&mut tried, tree.generation)?;
            let waiting = self.store.scan(&[RowName::OUTBOX], None, MOVED_AT_ONCE)?;
            if waiting.is_empty() {
                return Ok(tree.frontier.size());
            }
            let mut writes = Vec::with_capacity(4 * waiting.len() + 1);
            let mut operations = HashSet::with_capacity(waiting.len());
            for (place, row) in waiting {
                let event = self.seal.open_event(&row)?.to_vec();
                let read = self.own(&event)?;
                if !operations.insert(read.operation()) {
                    return Err(RegistryError::Tampered.into());
                }
                tree.latest = tree.latest.max(read.at().seconds());
                let index = tree.frontier.size();
                // An operation whose event is in the log already has this row, and nothing is committed.
                let logged = name::logged(read.operation());
                let content = self.seal.seal(&logged, 1, index.to_der()?);
                writes.push(added(logged, content));
                let leaf = leaf_hash(&event);
                writes.push(added(name::entry(index), event));
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

    /// An event that this registry has written.
    fn own(&self, event: &[u8]) -> Result<Event, RegistryError> {
        let event = Event::from_der(event).map_err(|_| RegistryError::Malformed)?;
        if event.registry() == self.id() {
            Ok(event)
        } else {
            Err(RegistryError::Tampered)
        }
    }

    /// The latest time that the log or the last event in the outbox tells of, in seconds since 1970.
    pub(crate) fn latest_recorded(&self) -> Result<u64, RegistryError> {
        let tree = self.tree().map_err(|error| match error {
            AuditError::Registry(error) => error,
            _ => RegistryError::Malformed,
        })?;
        let Some(row) = self.last_waiting()? else {
            return Ok(tree.latest);
        };
        let event = self.own(self.seal.open_event(&row)?)?;
        Ok(tree.latest.max(event.at().seconds()))
    }

    /// The last row of the outbox, whose positions grow in the order of commits: found by halving what there may be, and
    /// not by reading all that waits.
    fn last_waiting(&self) -> Result<Option<Row>, RegistryError> {
        let after = |name: Option<&RowName>| self.store.scan(&[RowName::OUTBOX], name, 1);
        let Some(mut last) = after(None)?.pop() else {
            return Ok(None);
        };
        let (mut low, mut high) = (0, u64::MAX);
        while low < high {
            let middle = low + ((high - low) >> 1);
            match after(Some(&RowName::of_outbox(middle)))?.pop() {
                Some(found) => {
                    low = middle + 1;
                    last = found;
                }
                None => high = middle,
            }
        }
        Ok(Some(last.1))
    }

    /// Commits, unless another process was faster: then what it did is to be read again.
    fn commit_log(&self, writes: Vec<Write>) -> Result<bool, AuditError> {
        let batch = Batch {
            writes,
            events: Vec::new(),
        };
        match self.store.commit(&batch) {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(error) => {
                self.poison();
                Err(error.into())
            }
        }
    }

    /// Moves what waits, and signs the size and root of the log. Somebody else should keep the result.
    ///
    /// A log of the same size is signed for once: then, and after signing, what the store gives is returned if the
    /// signer's public half verifies it, and it is about this log.
    ///
    /// # Errors
    /// [`AuditError::Signing`]; [`AuditError::Signature`] if another key signed for a log of this size before,
    /// or nobody; [`AuditError::OtherLog`] or [`AuditError::Root`] if what was signed is not this log;
    /// and those of [`sequence`](Self::sequence).
    pub fn checkpoint<S: Sign, R: TryCryptoRng + ?Sized>(
        &self,
        signer: &S,
        rng: &mut R,
    ) -> Result<Checkpoint, AuditError> {
        let key = signer.verifying_key();
        let mut tried = None;
        loop {
            self.sequence()?;
            let mut tree = self.tree()?;
            let (size, root) = (tree.frontier.size(), tree.frontier.root());
            // A tree without a row was never signed for, though it has the size 0, too.
            if tree.generation > 0 && tree.last_checkpoint == size {
                return self.stored_checkpoint(size, root, &key);
            }
            is_new(&mut tried, tree.generation)?;
            let at = self.now()?;
            let checkpoint = Checkpoint::sign((self.id(), size, root), at, signer, rng)?;
            tree.last_checkpoint = size;
            tree.latest = tree.latest.max(at.seconds());
            let content = checkpoint.to_der()?;
            let writes = vec![
                self.write_tree(&tree)?,
                added(name::checkpoint(size), content),
            ];
            // Only what is stored is handed out: two signatures on one size differ in their time.
            if self.commit_log(writes)? {
                return self.stored_checkpoint(size, root, &key);
            }
        }
    }

    /// The checkpoint of a log, verified.
    fn stored_checkpoint<A: VerificationAlgorithm>(
        &self,
        size: TreeSize,
        root: Hash,
        key: &VerifyingKey<A>,
    ) -> Result<Checkpoint, AuditError> {
        let row = self.store.get(&name::checkpoint(size))?;
        let stored = Checkpoint::from_der(&row.ok_or(AuditError::Range)?.content)?;
        stored.verify(key)?;
        if stored.registry() != self.id() {
            return Err(AuditError::OtherLog);
        }
        if (stored.size(), stored.root()) != (size, root) {
            return Err(AuditError::Root);
        }
        Ok(stored)
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
