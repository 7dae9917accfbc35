//! A store in memory: for tests and for programs that keep nothing.

use core::ops::Bound;
use std::{collections::BTreeMap, sync::Mutex};

use super::{Batch, KeyStore, Row, RowName, is_well_formed};
use crate::error::{CommitError, StoreError};

/// Rows in memory. They are gone with the process.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Rows>);

#[derive(Clone, Debug, Default)]
struct Rows {
    rows: BTreeMap<RowName, Row>,
    events: u64,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy of all that is in it, as a backup would be.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`] after a panic inside the store.
    pub fn snapshot(&self) -> Result<Self, StoreError> {
        let rows = self.0.lock().map_err(|_| StoreError::Poisoned)?;
        Ok(Self(Mutex::new(rows.clone())))
    }

    /// Puts a row there as somebody would who writes to the store past the registry.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`] after a panic inside the store.
    pub fn tamper(&self, name: RowName, row: Option<Row>) -> Result<(), StoreError> {
        let mut rows = self.0.lock().map_err(|_| StoreError::Poisoned)?;
        match row {
            Some(row) => rows.rows.insert(name, row),
            None => rows.rows.remove(&name),
        };
        Ok(())
    }
}

impl KeyStore for MemoryStore {
    fn get(&self, name: &RowName) -> Result<Option<Row>, StoreError> {
        let rows = self.0.lock().map_err(|_| StoreError::Poisoned)?;
        Ok(rows.rows.get(name).cloned())
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&RowName>,
        limit: usize,
    ) -> Result<Vec<(RowName, Row)>, StoreError> {
        let rows = self.0.lock().map_err(|_| StoreError::Poisoned)?;
        let begin = RowName::new(prefix.to_vec());
        let from = match after {
            Some(after) if *after >= begin => Bound::Excluded(after.clone()),
            _ => Bound::Included(begin),
        };
        Ok(rows
            .rows
            .range((from, Bound::Unbounded))
            .take_while(|(name, _)| name.as_bytes().starts_with(prefix))
            .take(limit)
            .map(|(name, row)| (name.clone(), row.clone()))
            .collect())
    }

    fn commit(&self, batch: &Batch) -> Result<(), CommitError> {
        if !is_well_formed(batch) {
            return Err(CommitError::Failed);
        }
        let mut rows = self.0.lock().map_err(|_| CommitError::Poisoned)?;
        let is_expected = batch.writes.iter().all(|write| {
            let row = rows.rows.get(&write.name);
            row.map_or(0, |row| row.generation) == write.expected
        });
        if !is_expected {
            return Err(CommitError::Conflict);
        }
        for write in &batch.writes {
            match &write.content {
                Some(content) => {
                    let row = Row {
                        generation: write.expected + 1,
                        content: content.clone(),
                    };
                    rows.rows.insert(write.name.clone(), row);
                }
                None => {
                    rows.rows.remove(&write.name);
                }
            }
        }
        for event in &batch.events {
            rows.events += 1;
            let name = RowName::of_outbox(rows.events);
            let row = Row {
                generation: 1,
                content: event.clone(),
            };
            rows.rows.insert(name, row);
        }
        Ok(())
    }
}
