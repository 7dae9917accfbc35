//! Comparing what the store holds with what the log tells.

use std::collections::HashMap;

use super::{
    Checkpoint,
    log::StoredNodes,
    tree::{self, Frontier, leaf_hash},
};
use crate::{
    custody::Custody,
    error::{AuditError, RegistryError},
    event::Event,
    name::{self, kind},
    registry::Registry,
    store::RowName,
    wire::Hash,
};

impl<C: Custody> Registry<C> {
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
        self.for_each(kind::ENTRY, |place, row| {
            if *place != name::entry(entries.size()) {
                return Err(AuditError::Row);
            }
            entries.push(leaf_hash(&row.content), |_, _, _| {});
            tell(&row.content)
        })?;
        if entries != self.tree()?.frontier {
            return Err(AuditError::Root);
        }
        self.for_each(RowName::OUTBOX, |_, row| tell(self.seal.open_event(row)?))?;
        for kind in [kind::HEAD, kind::KEY, kind::DEPENDANT] {
            self.for_each(kind, |name, row| {
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
}
