//! The embedded store: one file, one process.
//!
//! A redb transaction is serializable and durable when its commit returns; the file is locked against
//! other processes. Commits keep what it takes to open the file at once after a crash, whatever its size: that
//! makes each slower. After a failed commit the store refuses work: pages may have reached the file.

use core::sync::atomic::{AtomicBool, Ordering};
use std::{fs, io::ErrorKind, path::Path};

use redb::{
    Database, DatabaseError, ReadableDatabase as _, ReadableTable, StorageBackend, StorageError,
    TableDefinition, TableError,
};

use super::{Batch, KeyStore, Row, RowName, is_well_formed};
use crate::{
    error::{CommitError, StoreError},
    file::{publish, sync_folder_of},
};

/// Name to generation (8 bytes, big-endian) and content.
const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("pqkm registry rows v1");

/// What of the file is kept in memory at most: the upper parts of a tree of millions of rows, and what a
/// commit changes.
const CACHE_BYTES: usize = 64 << 20;

/// The last position of the outbox that was given.
const POSITION: TableDefinition<'_, (), u64> = TableDefinition::new("pqkm registry outbox v1");

/// Rows in a redb file.
pub struct RedbStore {
    database: Database,
    is_poisoned: AtomicBool,
}

impl core::fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RedbStore").finish_non_exhaustive()
    }
}

impl RedbStore {
    /// Opens a file, or makes one that is not there.
    ///
    /// A new store is made beside its place, whole, and gets its name then: there is never half of one. A
    /// process that dies on the way leaves a file with `.new-` in its name, which is nobody's.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has it open, [`StoreError::Malformed`] if it is
    /// something else, [`StoreError::Io`], also where the file system has no hard links.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        if !path.exists() {
            let beside = path.with_added_extension(format!("new-{}", std::process::id()));
            let made = make(&beside, path);
            // A failure to clean up hides nothing: what is left behind is nobody's.
            drop(fs::remove_file(&beside));
            made?;
        }
        let builder = Database::builder().set_cache_size(CACHE_BYTES).open(path);
        Self::prepare(builder.map_err(on_open)?)
    }

    /// Opens a store on another medium than a file.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        let database = Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(backend);
        Self::prepare(database.map_err(on_open)?)
    }

    fn prepare(database: Database) -> Result<Self, StoreError> {
        let transaction = database.begin_read().map_err(|_| StoreError::Io)?;
        let is_ready = match transaction.open_table(ROWS) {
            Ok(_) => true,
            Err(TableError::TableDoesNotExist(_)) => false,
            Err(TableError::Storage(_)) => return Err(StoreError::Io),
            Err(_) => return Err(StoreError::Malformed),
        };
        drop(transaction);
        if !is_ready {
            let transaction = database.begin_write().map_err(|_| StoreError::Io)?;
            transaction
                .open_table(ROWS)
                .map_err(|_| StoreError::Malformed)?;
            transaction
                .open_table(POSITION)
                .map_err(|_| StoreError::Malformed)?;
            transaction.commit().map_err(|_| StoreError::Io)?;
        }
        Ok(Self {
            database,
            is_poisoned: AtomicBool::new(false),
        })
    }

    fn poison(&self) {
        self.is_poisoned.store(true, Ordering::SeqCst);
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&redb::ReadOnlyTable<&[u8], &[u8]>) -> Result<T, ReadFailure>,
    ) -> Result<T, StoreError> {
        if self.is_poisoned.load(Ordering::SeqCst) {
            return Err(StoreError::Poisoned);
        }
        let transaction = self.database.begin_read().map_err(|_| StoreError::Io)?;
        let table = transaction.open_table(ROWS).map_err(|_| StoreError::Io)?;
        read(&table).map_err(|failure| failure.0)
    }
}

/// Why a read failed, from redb's errors and ours.
struct ReadFailure(StoreError);

impl From<StorageError> for ReadFailure {
    fn from(_: StorageError) -> Self {
        Self(StoreError::Io)
    }
}

impl From<StoreError> for ReadFailure {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

fn on_open(error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            StoreError::Locked
        }
        DatabaseError::Storage(StorageError::Io(error))
            if [ErrorKind::InvalidData, ErrorKind::UnexpectedEof].contains(&error.kind()) =>
        {
            StoreError::Malformed
        }
        DatabaseError::Storage(StorageError::Io(_)) => StoreError::Io,
        _ => StoreError::Malformed,
    }
}

/// Makes a whole store under one name, and gives it the other one too, unless somebody was faster.
fn make(beside: &Path, path: &Path) -> Result<(), StoreError> {
    drop(fs::remove_file(beside));
    drop(RedbStore::prepare(
        Database::create(beside).map_err(on_open)?,
    )?);
    match publish(beside, path) {
        // Somebody was faster, and theirs is to be there after a crash, too.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => sync_folder_of(path),
        other => other,
    }
    .map_err(|_| StoreError::Io)
}

fn row_of(value: &[u8]) -> Result<Row, StoreError> {
    let (generation, content) = value.split_first_chunk().ok_or(StoreError::Malformed)?;
    Ok(Row {
        generation: u64::from_be_bytes(*generation),
        content: content.to_vec(),
    })
}

impl KeyStore for RedbStore {
    fn get(&self, name: &RowName) -> Result<Option<Row>, StoreError> {
        self.read(|table| {
            let value = table.get(name.as_bytes())?;
            Ok(value.map(|value| row_of(value.value())).transpose()?)
        })
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&RowName>,
        limit: usize,
    ) -> Result<Vec<(RowName, Row)>, StoreError> {
        self.read(|table| {
            let from = after.map_or(prefix, |after| after.as_bytes().max(prefix));
            let mut rows = Vec::new();
            for entry in table.range(from..)? {
                let (name, value) = entry?;
                let name = name.value();
                if rows.len() == limit || !name.starts_with(prefix) {
                    break;
                }
                if after.is_none_or(|after| name > after.as_bytes()) {
                    rows.push((RowName::new(name.to_vec()), row_of(value.value())?));
                }
            }
            Ok(rows)
        })
    }

    fn commit(&self, batch: &Batch) -> Result<(), CommitError> {
        if self.is_poisoned.load(Ordering::SeqCst) {
            return Err(CommitError::Poisoned);
        }
        if !is_well_formed(batch) {
            return Err(CommitError::Failed);
        }
        let mut transaction = self
            .database
            .begin_write()
            .map_err(|_| CommitError::Failed)?;
        // Otherwise the next open after a crash reads the whole file.
        transaction.set_quick_repair(true);
        let changed = {
            let mut rows = transaction
                .open_table(ROWS)
                .map_err(|_| CommitError::Failed)?;
            let mut position = transaction
                .open_table(POSITION)
                .map_err(|_| CommitError::Failed)?;
            change(&mut rows, &mut position, batch)
        };
        if let Err(error) = changed {
            // What was changed in memory is dropped; if even that fails, the file is as it was.
            if transaction.abort().is_err() {
                self.poison();
            }
            return Err(error);
        }
        transaction.commit().map_err(|_| {
            self.poison();
            CommitError::Unknown
        })
    }
}

fn change(
    rows: &mut redb::Table<'_, &[u8], &[u8]>,
    position: &mut redb::Table<'_, (), u64>,
    batch: &Batch,
) -> Result<(), CommitError> {
    let failed = |_: StorageError| CommitError::Failed;
    for write in &batch.writes {
        let found = rows.get(write.name.as_bytes()).map_err(failed)?;
        let generation = match found {
            Some(value) => {
                row_of(value.value())
                    .map_err(|_| CommitError::Failed)?
                    .generation
            }
            None => 0,
        };
        if generation != write.expected {
            return Err(CommitError::Conflict);
        }
    }
    for write in &batch.writes {
        let name = write.name.as_bytes();
        match &write.content {
            Some(content) => insert(rows, name, write.expected + 1, content).map_err(failed)?,
            None => drop(rows.remove(name).map_err(failed)?),
        }
    }
    if batch.events.is_empty() {
        return Ok(());
    }
    let mut last = position
        .get(())
        .map_err(failed)?
        .map_or(0, |last| last.value());
    for event in &batch.events {
        last += 1;
        insert(rows, RowName::of_outbox(last).as_bytes(), 1, event).map_err(failed)?;
    }
    position.insert((), last).map_err(failed)?;
    Ok(())
}

fn insert(
    rows: &mut redb::Table<'_, &[u8], &[u8]>,
    name: &[u8],
    generation: u64,
    content: &[u8],
) -> Result<(), StorageError> {
    let value = [generation.to_be_bytes().as_slice(), content].concat();
    rows.insert(name, value.as_slice())?;
    Ok(())
}
