//! A store without durability: for tests and for timing the hashing alone.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::StoreError;
use crate::store::counter::admit;
use crate::store::{IntegrityKey, Opened, Removable, StateStore, UpperStore};
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// State in memory. **Everything is forgotten with the process**: a key in it must die with it too.
///
/// Clones share the state, as two connections to one database do: opening one fences the other.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    record: Option<Vec<u8>>,
    epoch: u64,
    next: u64,
    upper: BTreeMap<(u8, u64), Vec<u8>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change below is a single assignment: a panic elsewhere leaves the state whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for MemoryStore {
    fn create(&mut self, record: &[u8], _integrity: &IntegrityKey) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.record.is_some() {
            return Err(StoreError::Exists);
        }
        state.record = Some(record.to_vec());
        Ok(())
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        self.state().record.clone().ok_or(StoreError::Missing)
    }

    fn open(&mut self, _integrity: &IntegrityKey) -> Result<Opened, StoreError> {
        let mut state = self.state();
        state.record.as_ref().ok_or(StoreError::Missing)?;
        state.epoch = state.epoch.saturating_add(1);
        Ok(Opened {
            epoch: state.epoch,
            next: state.next,
        })
    }

    fn reserve(&mut self, epoch: u64, count: u64, limit: u64) -> Result<u64, StoreError> {
        let mut state = self.state();
        admit(state.next, state.epoch, epoch, count, limit)?;
        let first = state.next;
        state.next = first.saturating_add(count);
        Ok(first)
    }
}

impl UpperStore for MemoryStore {
    fn put_once(
        &mut self,
        epoch: u64,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let mut state = self.state();
        if epoch != state.epoch {
            return Err(StoreError::Fenced);
        }
        Ok(state
            .upper
            .entry((level, index))
            .or_insert_with(|| bytes.to_vec())
            .clone())
    }
}

impl Removable for MemoryStore {
    fn remove(self) -> Result<(), StoreError> {
        *self.state() = State::default();
        Ok(())
    }
}
