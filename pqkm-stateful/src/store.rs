//! What a store must do, and the stores that come with the crate.
//!
//! A store belongs to one key. It remembers which indices are spent, and it remembers it *before* it answers.

#[cfg(all(feature = "std", unix))]
mod anchor;
#[cfg(feature = "std")]
mod counter;
#[cfg(all(feature = "std", unix))]
pub mod file;
mod integrity;
#[cfg(feature = "std")]
mod memory;
#[cfg(all(feature = "redb", unix))]
mod redb;

use alloc::vec::Vec;

#[cfg(all(feature = "std", unix))]
pub use anchor::{Anchored, LogAnchor, MonotonicAnchor};
pub use integrity::IntegrityKey;
#[cfg(feature = "std")]
pub use memory::MemoryStore;
#[cfg(all(feature = "redb", unix))]
pub use redb::RedbStore;

use crate::error::StoreError;

/// What a store found, and made durable, when it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Grows by at least one at every open; calls of an earlier epoch are refused.
    pub epoch: u64,
    /// The lowest index that was never reserved, as far as the store can tell; below it everything is spent.
    pub next: u64,
}

/// Durable memory for the state of one key: a record, an epoch and a counter that only grows.
///
/// # Contract
///
/// 1. When a method returns `Ok`, what it says is durable: neither a crash nor a power loss undoes it.
/// 2. Two `Ok` answers of [`StateStore::reserve`] never overlap, whatever happened in between.
/// 3. After an `Err` of a write the indices in question are never handed out by that call; they may be lost.
///    The store then answers [`StoreError::Poisoned`] until it is opened anew.
/// 4. A counter that cannot be read is an error, never zero.
///
/// `pqkm_stateful::conformance` (feature `conformance`) tests an implementation against this.
pub trait StateStore: Send {
    /// Stores the key record and a counter at zero, if the store is empty.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is a record already.
    fn create(&mut self, record: &[u8], integrity: &IntegrityKey) -> Result<(), StoreError>;

    /// The key record, as it was created.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Incomplete`] or [`StoreError::Corrupt`].
    fn record(&mut self) -> Result<Vec<u8>, StoreError>;

    /// Recovers the counter, begins a new epoch and makes both durable.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if no lower bound of the counter is known.
    fn open(&mut self, integrity: &IntegrityKey) -> Result<Opened, StoreError>;

    /// Spends `count` indices and returns the first of them; `first + count` does not exceed `limit`.
    ///
    /// # Errors
    /// [`StoreError::Exhausted`] (nothing is spent), [`StoreError::Fenced`] if the epoch is not the store's,
    /// [`StoreError::Indeterminate`] if a write failed.
    fn reserve(&mut self, epoch: u64, count: u64, limit: u64) -> Result<u64, StoreError>;
}

/// A store whose key can be taken away for good.
pub trait Removable: StateStore {
    /// Removes the key and its counter, durably.
    ///
    /// # Errors
    /// [`StoreError::Indeterminate`] if nobody knows whether it is gone.
    fn remove(self) -> Result<(), StoreError>;
}

/// Durable memory for the signatures of upper trees.
pub trait UpperStore: StateStore {
    /// Stores `bytes` for (level, index) if nothing is there, and returns what is there now: the first ever stored.
    ///
    /// # Errors
    /// As [`StateStore::reserve`].
    fn put_once(
        &mut self,
        epoch: u64,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError>;
}
