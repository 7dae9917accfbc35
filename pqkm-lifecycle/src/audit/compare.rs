//! Comparing what the store holds with what the log tells.

use std::collections::{HashMap, HashSet};

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
    store::{Row, RowName},
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

    /// Compares every row of keys and of operations with what the log and the outbox tell of it: a row that was put
    /// back, taken away or put there, a change without its event, and an event that is there twice. The entries
    /// themselves are hashed anew and compared with the tree, which the root key seals. It reads everything, and the
    /// memory that it takes grows with the number of keys and of events in the outbox; no writer should be at work.
    /// Rows, entries and tree that were put back together are an older log: only a checkpoint that somebody kept
    /// shows that.
    ///
    /// # Errors
    /// [`AuditError::Row`] for a row that differs, [`AuditError::Root`] for entries that do not make the tree.
    pub fn compare_with_log(&self) -> Result<(), AuditError> {
        let mut told = Told::default();
        let mut entries = Frontier::new();
        self.for_each(kind::ENTRY, |place, row| {
            let index = entries.size();
            if *place != name::entry(index) {
                return Err(AuditError::Row);
            }
            entries.push(leaf_hash(&row.content), |_, _, _| {});
            let event = Event::from_der(&row.content)?;
            self.compare_operation(&event, Some(index))?;
            told.tell(&event)
        })?;
        if entries != self.tree()?.frontier {
            return Err(AuditError::Root);
        }
        let mut waiting = HashSet::new();
        self.for_each(RowName::OUTBOX, |_, row| {
            let event = Event::from_der(self.seal.open_event(row)?)?;
            self.compare_operation(&event, None)?;
            if !waiting.insert(event.operation()) {
                return Err(AuditError::Row);
            }
            told.tell(&event)
        })?;
        self.for_each(kind::OPERATION, |name, _| {
            let operation = name::operation_of(name).ok_or(AuditError::Row)?;
            let has_event = waiting.contains(&operation) || self.logged(operation)?.is_some();
            has_event.then_some(()).ok_or(AuditError::Row)
        })?;
        for kind in kind::TOLD_OF {
            self.for_each(kind, |name, row| {
                self.seal.open(name, row)?;
                told.compare(name, row)
            })?;
        }
        told.is_all_there()
    }

    /// Compares the rows of the operation that an event tells of: where the event is, and what was asked for.
    fn compare_operation(&self, event: &Event, index: Option<u64>) -> Result<(), AuditError> {
        let operation = event.operation();
        let is_remembered = self.operation(operation)?.is_some();
        if self.logged(operation)? == index && is_remembered == event.action.is_remembered() {
            Ok(())
        } else {
            Err(AuditError::Row)
        }
    }
}

/// What events tell of rows: the last generation of each, and its hash if it was not removed.
#[derive(Default)]
struct Told(HashMap<RowName, (u64, Option<Hash>)>);

impl Told {
    fn tell(&mut self, event: &Event) -> Result<(), AuditError> {
        for touched in &event.touched {
            let told = (touched.generation, touched.digest);
            let before = self.0.insert(touched.name(), told);
            let expected = before.map_or(1, |(generation, digest)| {
                digest.map_or(1, |_| generation + 1)
            });
            if touched.generation != expected {
                return Err(AuditError::Row);
            }
        }
        Ok(())
    }

    fn compare(&mut self, name: &RowName, row: &Row) -> Result<(), AuditError> {
        let found = (row.generation, Some(Hash::of(&[&row.content])));
        let told = self.0.remove(name);
        (told == Some(found)).then_some(()).ok_or(AuditError::Row)
    }

    /// What is left was removed, as it was told.
    fn is_all_there(&self) -> Result<(), AuditError> {
        let mut left = self.0.values();
        let is_gone = left.all(|(_, digest)| digest.is_none());
        is_gone.then_some(()).ok_or(AuditError::Row)
    }
}
