//! The log of a registry: from the outbox into the tree, and proofs out of it.

use std::collections::HashMap;

use der::Sequence;
use pqkm_core::{Sign, rand_core::TryCryptoRng};

use super::{
    Checkpoint,
    tree::{self, Frontier, Nodes, leaf_hash},
};
use crate::{
    custody::Custody,
    error::{AuditError, CommitError, RegistryError},
    event::Event,
    name::{self, kind},
    registry::Registry,
    store::{Batch, KeyStore, RowName, Write},
    wire::Hash,
};

/// The most events that one commit moves.
const MOVED_AT_ONCE: usize = 4096;

/// How many rows are compared at a time.
const PAGE: usize = 1000;

/// How many leaves a tree has.
pub type TreeSize = u64;

/// An event, where it is, and the path from it to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The position, from 0.
    pub index: u64,
    /// The size of the tree that the path is in.
    pub size: TreeSize,
    /// The path.
    pub path: Vec<Hash>,
}

/// What the store keeps of the tree besides its nodes.
#[derive(Sequence)]
struct TreeRow {
    size: u64,
    peaks: Vec<Hash>,
    last_checkpoint: u64,
}

struct Tree {
    frontier: Frontier,
    last_checkpoint: u64,
    generation: u64,
}

/// Nodes from a store. Those of level 0 are hashes of the entries.
struct StoredNodes<'a>(&'a dyn KeyStore);

impl Nodes for StoredNodes<'_> {
    fn node(&self, level: u8, index: u64) -> Result<Hash, AuditError> {
        if level == 0 {
            let row = self.0.get(&name::entry(index))?;
            return Ok(leaf_hash(&row.ok_or(AuditError::Range)?.content));
        }
        let row = self.0.get(&name::node(level, index))?;
        let content = row.ok_or(AuditError::Range)?.content;
        let bytes = content.try_into().map_err(|_| AuditError::Malformed)?;
        Ok(Hash(bytes))
    }
}

impl<C: Custody> Registry<C> {
    fn tree(&self) -> Result<Tree, AuditError> {
        let Some(row) = self.read(&name::tree())? else {
            return Ok(Tree {
                frontier: Frontier::new(),
                last_checkpoint: 0,
                generation: 0,
            });
        };
        let content = <TreeRow as der::Decode>::from_der(&row.value)?;
        let frontier = Frontier::from_parts(content.size, content.peaks);
        Ok(Tree {
            frontier: frontier.ok_or(AuditError::Malformed)?,
            last_checkpoint: content.last_checkpoint,
            generation: row.generation,
        })
    }

    fn write_tree(&self, tree: &Tree) -> Result<Write, AuditError> {
        let row = TreeRow {
            size: tree.frontier.size(),
            peaks: tree.frontier.peaks().to_vec(),
            last_checkpoint: tree.last_checkpoint,
        };
        let name = name::tree();
        let content = der::Encode::to_der(&row)?;
        Ok(Write {
            content: Some(self.seal.seal(&name, tree.generation + 1, content)),
            name,
            expected: tree.generation,
        })
    }

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

    fn stored_checkpoint(&self, size: TreeSize) -> Result<Checkpoint, AuditError> {
        let row = self.store.get(&name::checkpoint(size))?;
        Checkpoint::from_der(&row.ok_or(AuditError::Range)?.content)
    }

    /// The checkpoints, oldest first, of sizes after `after`; a page at a time.
    ///
    /// # Errors
    /// [`AuditError::Malformed`].
    pub fn checkpoints(&self, after: TreeSize) -> Result<Vec<Checkpoint>, AuditError> {
        let after = name::checkpoint(after);
        let rows = self.store.scan(&[kind::CHECKPOINT], Some(&after), PAGE)?;
        rows.iter()
            .map(|(_, row)| Checkpoint::from_der(&row.content))
            .collect()
    }

    /// How many events the log has; those in the outbox are not among them.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn log_size(&self) -> Result<TreeSize, AuditError> {
        Ok(self.tree()?.frontier.size())
    }

    /// An event of the log in DER.
    ///
    /// # Errors
    /// [`AuditError::Range`] if there are not so many.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, AuditError> {
        let row = self.store.get(&name::entry(index))?;
        Ok(row.ok_or(AuditError::Range)?.content)
    }

    /// Proves that the event at `index` is in the tree of the first `size` events.
    ///
    /// # Errors
    /// [`AuditError::Range`].
    pub fn prove_inclusion(
        &self,
        index: u64,
        size: TreeSize,
    ) -> Result<InclusionProof, AuditError> {
        if size > self.log_size()? {
            return Err(AuditError::Range);
        }
        let path = tree::inclusion(&StoredNodes(&*self.store), index, size)?;
        Ok(InclusionProof { index, size, path })
    }

    /// Proves that the tree of `size` events begins with that of `old` events.
    ///
    /// # Errors
    /// [`AuditError::Range`].
    pub fn prove_consistency(
        &self,
        old: TreeSize,
        size: TreeSize,
    ) -> Result<Vec<Hash>, AuditError> {
        if size > self.log_size()? {
            return Err(AuditError::Range);
        }
        tree::consistency(&StoredNodes(&*self.store), old, size)
    }

    /// Whether the log still begins with what a checkpoint is about.
    pub(crate) fn compare_with(&self, seen: &Checkpoint) -> Result<(), RegistryError> {
        let is_there = seen.registry() == self.id()
            && self.log_size().is_ok_and(|size| size >= seen.size())
            && tree::root(&StoredNodes(&*self.store), seen.size())
                .is_ok_and(|root| root == seen.root());
        if is_there {
            Ok(())
        } else {
            Err(RegistryError::RolledBack)
        }
    }

    /// Compares every row of keys with what the log and the outbox tell of it: a row that was put back,
    /// taken away or put there, and a change without its event. The entries themselves are hashed anew and compared
    /// with the tree, which the root key seals. It reads everything, and the memory that it takes grows with
    /// the number of keys; no writer should be at work. Rows, entries and tree that were put back together are
    /// an older log: only a checkpoint that somebody kept shows that.
    ///
    /// # Errors
    /// [`AuditError::Row`] for a row that differs, [`AuditError::Root`] for entries that do not make the tree.
    pub fn compare_with_log(&self) -> Result<(), AuditError> {
        let mut told: HashMap<RowName, (u64, Option<Hash>)> = HashMap::new();
        let mut tell = |event: &[u8]| -> Result<(), AuditError> {
            for touched in &Event::from_der(event)?.touched {
                let before = told.insert(touched.name(), (touched.generation, touched.digest));
                let expected = before.map_or(1, |(generation, digest)| {
                    digest.map_or(1, |_| generation + 1)
                });
                if touched.generation != expected {
                    return Err(AuditError::Row);
                }
            }
            Ok(())
        };
        let mut entries = Frontier::new();
        self.for_each(kind::ENTRY, |place, content| {
            if *place != name::entry(entries.size()) {
                return Err(AuditError::Row);
            }
            entries.push(leaf_hash(content), |_, _, _| {});
            tell(content)
        })?;
        if entries != self.tree()?.frontier {
            return Err(AuditError::Root);
        }
        self.for_each_row(RowName::OUTBOX, |_, row| tell(self.seal.open_event(row)?))?;
        for kind in kind::TOLD_OF {
            self.for_each_row(kind, |name, row| {
                self.seal.open(name, row)?;
                let found = (row.generation, Some(Hash::of(&[&row.content])));
                if told.remove(name) == Some(found) {
                    Ok(())
                } else {
                    Err(AuditError::Row)
                }
            })?;
        }
        if told.values().any(|(_, digest)| digest.is_some()) {
            return Err(AuditError::Row);
        }
        Ok(())
    }

    pub(super) fn for_each(
        &self,
        kind: u8,
        mut each: impl FnMut(&RowName, &[u8]) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        self.for_each_row(kind, |name, row| each(name, &row.content))
    }

    fn for_each_row(
        &self,
        kind: u8,
        mut each: impl FnMut(&RowName, &crate::store::Row) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        let mut after = None;
        loop {
            let rows = self.store.scan(&[kind], after.as_ref(), PAGE)?;
            for (name, row) in &rows {
                each(name, row)?;
            }
            match rows.into_iter().next_back() {
                Some((name, _)) => after = Some(name),
                None => return Ok(()),
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
