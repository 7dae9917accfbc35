//! The log of a registry as the store holds it: its tree, its entries, and proofs.

use der::{Decode as _, Sequence};

use super::{
    Checkpoint,
    tree::{self, Frontier, Nodes, leaf_hash},
};
use crate::{
    custody::Custody,
    error::{AuditError, RegistryError},
    name::{self, kind},
    registry::Registry,
    store::{KeyStore, Row, RowName, Write},
    wire::{Hash, OperationId},
};

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
    latest: u64,
}

pub(super) struct Tree {
    pub(super) frontier: Frontier,
    pub(super) last_checkpoint: u64,
    /// The latest time of an event or a checkpoint, in seconds since 1970.
    pub(super) latest: u64,
    pub(super) generation: u64,
}

/// Nodes from a store. Those of level 0 are hashes of the entries.
pub(super) struct StoredNodes<'a>(pub(super) &'a dyn KeyStore);

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
    pub(super) fn tree(&self) -> Result<Tree, AuditError> {
        let Some(row) = self.read(&name::tree())? else {
            return Ok(Tree {
                frontier: Frontier::new(),
                last_checkpoint: 0,
                latest: 0,
                generation: 0,
            });
        };
        let content = TreeRow::from_der(&row.value)?;
        let frontier = Frontier::from_parts(content.size, content.peaks);
        Ok(Tree {
            frontier: frontier.ok_or(AuditError::Malformed)?,
            last_checkpoint: content.last_checkpoint,
            latest: content.latest,
            generation: row.generation,
        })
    }

    pub(super) fn write_tree(&self, tree: &Tree) -> Result<Write, AuditError> {
        let row = TreeRow {
            size: tree.frontier.size(),
            peaks: tree.frontier.peaks().to_vec(),
            last_checkpoint: tree.last_checkpoint,
            latest: tree.latest,
        };
        let name = name::tree();
        let content = der::Encode::to_der(&row)?;
        Ok(Write {
            content: Some(self.seal.seal(&name, tree.generation + 1, content)),
            name,
            expected: tree.generation,
        })
    }

    /// The checkpoints, oldest first, of sizes after `after`; a page at a time. They are as the store gives them:
    /// nobody has [verified](Checkpoint::verify) their signatures yet.
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

    /// The position in the log of the event of an operation, from 0; nothing, as long as the log has none.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn logged(&self, operation: OperationId) -> Result<Option<u64>, RegistryError> {
        let row = self.read(&name::logged(operation))?;
        Ok(row.map(|row| u64::from_der(&row.value)).transpose()?)
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

    pub(super) fn for_each(
        &self,
        kind: u8,
        each: impl FnMut(&RowName, &Row) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        self.for_each_before(kind, None, each)
    }

    /// Reads rows in the order of their names, up to one that is not read any more.
    pub(super) fn for_each_before(
        &self,
        kind: u8,
        end: Option<&RowName>,
        mut each: impl FnMut(&RowName, &Row) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        let mut after = None;
        loop {
            let rows = self.store.scan(&[kind], after.as_ref(), PAGE)?;
            for (name, row) in &rows {
                if end.is_some_and(|end| name >= end) {
                    return Ok(());
                }
                each(name, row)?;
            }
            match rows.into_iter().next_back() {
                Some((name, _)) => after = Some(name),
                None => return Ok(()),
            }
        }
    }
}
