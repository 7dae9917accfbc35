//! `RedbStore`: the state of one key in a `redb` database of its own.
//!
//! Every commit is redb's two-phase commit: the new tree is durable before the header names it, so that redb never has a reason to
//! fall back to the commit before, which would bring indices back. What cannot be read any more is refused. The price is a second
//! sync for each reservation, and that a rotted page loses the key, where the file store recovers from one.

mod backend;
mod rows;

use alloc::vec::Vec;
use core::fmt;

use redb::{Database, Durability, ReadableDatabase as _, ReadableTable as _, WriteTransaction};

use crate::error::StoreError;
use crate::store::counter::admit;
use crate::store::file::{Disk, DiskError, DiskFile, OsDisk};
use crate::store::{IntegrityKey, Opened, Removable, StateStore, UpperStore};
use backend::Backend;
use rows::{COUNTER, Counter, RECORD, STATE, UPPER, decode_upper, encode_upper};

/// Memory for redb's cache in bytes: the state of a key is small.
const CACHE: usize = 1 << 20;

/// A store in a `redb` file, locked while it is open.
///
/// A failed commit poisons the handle: everything after it is refused until the file is opened anew.
pub struct RedbStore<D: Disk = OsDisk> {
    disk: D,
    database: Database,
    state: State,
}

enum State {
    /// The database is there; its epoch was not begun yet.
    Closed,
    Open(Open),
    Poisoned,
}

struct Open {
    counter: Counter,
    integrity: IntegrityKey,
}

impl<D: Disk> fmt::Debug for RedbStore<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Closed => "closed",
            State::Open(_) => "open",
            State::Poisoned => "poisoned",
        };
        f.debug_struct("RedbStore")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

impl RedbStore<OsDisk> {
    /// Creates the database; the file must not exist. It is a key only after [`StateStore::create`].
    ///
    /// # Errors
    /// [`StoreError::Exists`], or what the file system says.
    pub fn create_new(path: impl Into<std::path::PathBuf>) -> Result<Self, StoreError> {
        Self::create_on(OsDisk::new(path))
    }

    /// Opens and locks an existing database.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Locked`], [`StoreError::Linked`], or [`StoreError::Corrupt`].
    pub fn open_existing(path: impl Into<std::path::PathBuf>) -> Result<Self, StoreError> {
        Self::open_on(OsDisk::new(path))
    }
}

impl<D: Disk<File: fmt::Debug + 'static>> RedbStore<D> {
    /// As [`RedbStore::create_new`], on any disk.
    ///
    /// # Errors
    /// What the disk says.
    pub fn create_on(disk: D) -> Result<Self, StoreError> {
        let file = disk.create_new()?;
        Self::on(disk, file)
    }

    /// As [`RedbStore::open_existing`], on any disk.
    ///
    /// # Errors
    /// What the disk says.
    pub fn open_on(disk: D) -> Result<Self, StoreError> {
        let file = disk.open()?;
        if file.is_empty()? {
            return Err(StoreError::Incomplete);
        }
        Self::on(disk, file)
    }

    fn on(disk: D, file: D::File) -> Result<Self, StoreError> {
        let database = Database::builder()
            .set_cache_size(CACHE)
            .create_with_backend(Backend::new(file))
            .map_err(unreadable)?;
        Ok(Self {
            disk,
            database,
            state: State::Closed,
        })
    }
}

impl<D: Disk> RedbStore<D> {
    fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let mut transaction = self.database.begin_write().map_err(unknown)?;
        transaction.set_two_phase_commit(true);
        transaction
            .set_durability(Durability::Immediate)
            .map_err(|_| StoreError::Corrupt)?;
        Ok(transaction)
    }

    fn put_state(&self, row: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let transaction = self.begin()?;
        put(&transaction, row, bytes)?;
        transaction.commit().map_err(unknown)
    }

    fn state_row(&self, row: &str) -> Result<Vec<u8>, StoreError> {
        let transaction = self.database.begin_read().map_err(unreadable)?;
        let table = match transaction.open_table(STATE) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Err(StoreError::Incomplete),
            Err(error) => return Err(unreadable(error)),
        };
        let row = table.get(row).map_err(unreadable)?;
        row.map(|bytes| bytes.value().to_vec())
            .ok_or(StoreError::Incomplete)
    }

    fn create_steps(&self, record: &[u8], integrity: &IntegrityKey) -> Result<(), StoreError> {
        self.put_state(COUNTER, &Counter::default().encode(integrity))?;
        self.disk.sync_directory().map_err(DiskError::on_write)?;
        // The record makes the database a key, so it comes last.
        self.put_state(RECORD, record)
    }

    /// Begins an epoch. The upper signature that came last may stand in the page cache alone, after a commit that failed: its row is
    /// written anew, so that this commit makes it durable.
    fn open_steps(&self, integrity: &IntegrityKey) -> Result<Counter, StoreError> {
        let bytes = match self.state_row(COUNTER) {
            Err(StoreError::Incomplete) => Err(StoreError::Corrupt),
            other => other,
        }?;
        let counter = Counter::decode(integrity, &bytes).ok_or(StoreError::Corrupt)?;
        let counter = Counter {
            epoch: counter.epoch.saturating_add(1),
            ..counter
        };
        let transaction = self.begin()?;
        put(&transaction, COUNTER, &counter.encode(integrity))?;
        if let Some(place) = counter.latest_upper() {
            let mut table = transaction.open_table(UPPER).map_err(unknown)?;
            let row = table.get(place).map_err(unknown)?;
            let row = row.map(|bytes| bytes.value().to_vec());
            if let Some(row) = row {
                table.insert(place, row.as_slice()).map_err(unknown)?;
            }
        }
        transaction.commit().map_err(unknown)?;
        Ok(counter)
    }

    fn opened(&self, epoch: u64) -> Result<&Open, StoreError> {
        match &self.state {
            State::Open(open) if open.counter.epoch == epoch => Ok(open),
            State::Open(_) => Err(StoreError::Fenced),
            State::Closed | State::Poisoned => Err(StoreError::Poisoned),
        }
    }

    /// Takes over what was committed, or poisons the handle.
    fn conclude<T>(&mut self, result: Result<(Counter, T), StoreError>) -> Result<T, StoreError> {
        match (result, &mut self.state) {
            (Ok((counter, value)), State::Open(open)) => {
                open.counter = counter;
                Ok(value)
            }
            (Ok(_), _) => Err(StoreError::Poisoned),
            (Err(error), state) => {
                *state = State::Poisoned;
                Err(error)
            }
        }
    }

    /// The stored upper signature of a place, if its tag is right.
    fn upper_row(
        &self,
        integrity: &IntegrityKey,
        place: (u8, u64),
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let transaction = self.database.begin_read().map_err(unreadable)?;
        let table = match transaction.open_table(UPPER) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let row = table.get(place).map_err(unreadable)?;
        Ok(row.and_then(|row| decode_upper(integrity, place, row.value())))
    }
}

impl<D: Disk> StateStore for RedbStore<D> {
    fn create(&mut self, record: &[u8], integrity: &IntegrityKey) -> Result<(), StoreError> {
        match self.state {
            State::Closed => {}
            State::Open(_) => return Err(StoreError::Exists),
            State::Poisoned => return Err(StoreError::Poisoned),
        }
        match self.state_row(COUNTER) {
            Err(StoreError::Incomplete) => {}
            Ok(_) => return Err(StoreError::Exists),
            Err(error) => return Err(error),
        }
        self.create_steps(record, integrity)
            .inspect_err(|_| self.state = State::Poisoned)
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        self.state_row(RECORD)
    }

    fn open(&mut self, integrity: &IntegrityKey) -> Result<Opened, StoreError> {
        if matches!(self.state, State::Poisoned) {
            return Err(StoreError::Poisoned);
        }
        self.record()?;
        match self.open_steps(integrity) {
            Ok(counter) => {
                self.state = State::Open(Open {
                    counter,
                    integrity: integrity.duplicate(),
                });
                Ok(Opened {
                    epoch: counter.epoch,
                    next: counter.next,
                })
            }
            Err(error) => {
                self.state = State::Poisoned;
                Err(error)
            }
        }
    }

    fn reserve(&mut self, epoch: u64, count: u64, limit: u64) -> Result<u64, StoreError> {
        let open = self.opened(epoch)?;
        let first = open.counter.next;
        admit(first, open.counter.epoch, epoch, count, limit)?;
        let counter = Counter {
            next: first.saturating_add(count),
            ..open.counter
        };
        let row = counter.encode(&open.integrity);
        let written = self.put_state(COUNTER, &row).map(|()| (counter, first));
        self.conclude(written)
    }
}

impl<D: Disk> UpperStore for RedbStore<D> {
    fn put_once(
        &mut self,
        epoch: u64,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let open = self.opened(epoch)?;
        let place = (level, index);
        if let Some(stored) = self.upper_row(&open.integrity, place)? {
            return Ok(stored);
        }
        let counter = open.counter.with_latest_upper(place);
        let (row, upper) = (
            counter.encode(&open.integrity),
            encode_upper(&open.integrity, place, bytes),
        );
        let written = self.begin().and_then(|transaction| {
            put(&transaction, COUNTER, &row)?;
            let mut table = transaction.open_table(UPPER).map_err(unknown)?;
            table.insert(place, upper.as_slice()).map_err(unknown)?;
            drop(table);
            transaction.commit().map_err(unknown)?;
            Ok((counter, bytes.to_vec()))
        });
        self.conclude(written)
    }
}

impl<D: Disk> Removable for RedbStore<D> {
    fn remove(self) -> Result<(), StoreError> {
        let Self { disk, database, .. } = self;
        disk.remove()?;
        drop(database);
        Ok(())
    }
}

fn put(transaction: &WriteTransaction, row: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let mut table = transaction.open_table(STATE).map_err(unknown)?;
    table.insert(row, bytes).map_err(unknown)?;
    Ok(())
}

/// A write or commit failed: nobody knows whether it is durable.
fn unknown(error: impl Into<redb::Error>) -> StoreError {
    match error.into() {
        redb::Error::Io(error) => StoreError::Indeterminate {
            code: error.raw_os_error(),
        },
        redb::Error::Corrupted(_) => StoreError::Corrupt,
        _ => StoreError::Indeterminate { code: None },
    }
}

fn unreadable(error: impl Into<redb::Error>) -> StoreError {
    match error.into() {
        redb::Error::Io(error) => StoreError::Io {
            code: error.raw_os_error(),
        },
        redb::Error::DatabaseAlreadyOpen => StoreError::Locked,
        redb::Error::PreviousIo => StoreError::Poisoned,
        _ => StoreError::Corrupt,
    }
}
