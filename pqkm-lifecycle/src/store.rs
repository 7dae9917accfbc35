//! What a registry needs of a store: an ordered map from names to rows, and a commit that compares.
//!
//! A store understands nothing of what it holds. It knows no keys, no states and no secrets; rows are
//! authenticated by the registry, so a store is trusted for durability and atomicity alone.

use crate::error::{CommitError, StoreError};

mod memory;
#[cfg(feature = "redb")]
mod redb;

pub use memory::MemoryStore;
#[cfg(feature = "redb")]
pub use redb::RedbStore;

/// The name of a row: at most [`MAX_BYTES`](Self::MAX_BYTES), ordered byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowName(Vec<u8>);

impl RowName {
    /// The longest name in bytes.
    pub const MAX_BYTES: usize = 64;

    /// The byte that names of events on their way to the log begin with. A store appends them itself.
    pub const OUTBOX: u8 = b'x';

    /// Takes a name. One that is too long is refused by [`KeyStore::commit`].
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name of the event at a position of the outbox.
    #[must_use]
    pub fn of_outbox(position: u64) -> Self {
        let mut name = vec![Self::OUTBOX];
        name.extend_from_slice(&position.to_be_bytes());
        Self(name)
    }
}

/// A row: its content and how often it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// From 1, one more with every write.
    pub generation: u64,
    /// What the registry put there.
    pub content: Vec<u8>,
}

/// One change of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The row.
    pub name: RowName,
    /// The generation that it has now; 0 if it is absent.
    pub expected: u64,
    /// The new content, with the next generation; or nothing, to remove the row.
    pub content: Option<Vec<u8>>,
}

/// Changes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The rows; no name twice.
    pub writes: Vec<Write>,
    /// Events, appended to the outbox in this order.
    pub events: Vec<Vec<u8>>,
}

/// A store of a registry.
///
/// [`conformance`](crate::conformance) is the suite that an implementation has to pass.
pub trait KeyStore: Send + Sync {
    /// Reads a row: of the last commit that returned, or of a later one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn get(&self, name: &RowName) -> Result<Option<Row>, StoreError>;

    /// Reads at most `limit` rows in the order of their names: those that begin with `prefix` and come
    /// after `after`. All of them are of one moment.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&RowName>,
        limit: usize,
    ) -> Result<Vec<(RowName, Row)>, StoreError>;

    /// Makes the changes, all at once and on stable storage before it returns.
    ///
    /// Every `expected` is compared with what is there at that moment; nobody else's commit comes
    /// between. Events get the names [`RowName::of_outbox`] with positions that grow in the order of
    /// commits and are never given twice, not even after the event was removed.
    ///
    /// # Errors
    /// [`CommitError::Unknown`] if it is not known whether the changes were made; after every other
    /// error they were not.
    fn commit(&self, batch: &Batch) -> Result<(), CommitError>;
}

impl<S: KeyStore + ?Sized> KeyStore for std::sync::Arc<S> {
    fn get(&self, name: &RowName) -> Result<Option<Row>, StoreError> {
        (**self).get(name)
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&RowName>,
        limit: usize,
    ) -> Result<Vec<(RowName, Row)>, StoreError> {
        (**self).scan(prefix, after, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), CommitError> {
        (**self).commit(batch)
    }
}

/// What holds for a batch whatever the store.
fn is_well_formed(batch: &Batch) -> bool {
    let mut names: Vec<_> = batch.writes.iter().map(|write| &write.name).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| pair.first() != pair.last())
        && batch.writes.iter().all(|write| {
            let name = write.name.as_bytes();
            let is_removal = write.content.is_none();
            (1..=RowName::MAX_BYTES).contains(&name.len())
                && (name.first() != Some(&RowName::OUTBOX) || is_removal)
                && (write.expected > 0 || !is_removal)
                && write.expected < u64::MAX
        })
}
