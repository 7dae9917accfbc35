//! `FileStore`: one file that holds the wrapped key and its counter, so that losing the state loses the key.
//!
//! Layout and the argument for every crash: docs/design/stateful.md.

mod cells;
mod disk;
mod layout;
mod os;

use alloc::vec;
use alloc::vec::Vec;

pub use disk::{Disk, DiskError, DiskFile};
pub use os::{OsDisk, OsFile};

use crate::error::StoreError;
use crate::store::counter::{Counter, Slot, Write, admit};
use crate::store::{IntegrityKey, Opened, Removable, StateStore, UpperStore};
use cells::Cells;
use layout::{BLOCK, SLOTS, decode_record, decode_slot, encode_record, encode_slot};

/// M of a new store: reservations of up to this many indices need one synced write.
const INITIAL_LARGEST: u64 = 1;

/// The default store: a file, locked while it is open.
///
/// A failed write or sync poisons the handle: everything after it is refused until the file is opened anew.
#[derive(Debug)]
pub struct FileStore<D: Disk = OsDisk> {
    disk: D,
    file: D::File,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The file is there; its counter was not recovered yet.
    Closed,
    Open(Open),
    Poisoned,
}

#[derive(Debug)]
struct Open {
    counter: Counter,
    cells: Cells,
}

impl FileStore<OsDisk> {
    /// Creates the file; it must not exist. It is a key only after [`StateStore::create`].
    ///
    /// # Errors
    /// [`StoreError::Exists`], or [`StoreError::Io`].
    pub fn create_new(path: impl Into<std::path::PathBuf>) -> Result<Self, StoreError> {
        Self::create_on(OsDisk::new(path))
    }

    /// Opens and locks an existing file.
    ///
    /// A program that this process is starting has its open files, and with them their locks, until it runs: a file that was
    /// closed just now may be locked for a moment still.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Locked`] if it is open elsewhere, [`StoreError::Linked`] if the path is
    /// a symbolic link, has a second hard link or is no file.
    pub fn open_existing(path: impl Into<std::path::PathBuf>) -> Result<Self, StoreError> {
        Self::open_on(OsDisk::new(path))
    }
}

impl<D: Disk> FileStore<D> {
    /// As [`FileStore::create_new`], on any disk.
    ///
    /// # Errors
    /// What the disk says.
    pub fn create_on(disk: D) -> Result<Self, StoreError> {
        let file = disk.create_new()?;
        Ok(Self {
            disk,
            file,
            state: State::Closed,
        })
    }

    /// As [`FileStore::open_existing`], on any disk.
    ///
    /// # Errors
    /// What the disk says.
    pub fn open_on(disk: D) -> Result<Self, StoreError> {
        let file = disk.open()?;
        Ok(Self {
            disk,
            file,
            state: State::Closed,
        })
    }

    /// Runs the writes of an open store; the first failure poisons the handle.
    fn guarded<T>(
        &mut self,
        epoch: u64,
        work: impl FnOnce(&mut D::File, &mut Open) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let open = match &mut self.state {
            State::Open(open) => open,
            State::Closed | State::Poisoned => return Err(StoreError::Poisoned),
        };
        if open.counter.epoch() != epoch {
            return Err(StoreError::Fenced);
        }
        let result = work(&mut self.file, open);
        if matches!(
            result,
            Err(StoreError::Indeterminate { .. } | StoreError::Corrupt)
        ) {
            self.state = State::Poisoned;
        }
        result
    }

    fn create_steps(&mut self, record: &[u8], integrity: &IntegrityKey) -> Result<(), StoreError> {
        let block = encode_record(record)?;
        for Write { position, slot } in Counter::create(INITIAL_LARGEST) {
            let bytes = encode_slot(integrity, position, &slot);
            self.file
                .write(SLOTS[position], &bytes)
                .map_err(DiskError::on_write)?;
        }
        self.file.sync().map_err(DiskError::on_write)?;
        self.disk.sync_directory().map_err(DiskError::on_write)?;
        // The record makes the file a key, so it comes last.
        self.file.write(0, &block).map_err(DiskError::on_write)?;
        self.file.sync().map_err(DiskError::on_write)
    }

    fn open_steps(&mut self, integrity: &IntegrityKey) -> Result<Open, StoreError> {
        let read = [0, 1].map(|position| self.read_slot(integrity, position));
        let (counter, writes) = Counter::recover(read)?;
        for write in writes {
            write_slot(&mut self.file, integrity, write)?;
        }
        let cells = Cells::scan(&mut self.file, integrity, counter.cells())?;
        Ok(Open { counter, cells })
    }

    /// A slot, or `None` if it cannot be read or its tag is wrong.
    fn read_slot(&mut self, integrity: &IntegrityKey, position: usize) -> Option<Slot> {
        let mut block = vec![0; BLOCK];
        self.file.read(SLOTS[position], &mut block).ok()?;
        decode_slot(integrity, position, &block)
    }
}

/// Writes one slot and makes it durable.
fn write_slot<F: DiskFile>(
    file: &mut F,
    integrity: &IntegrityKey,
    Write { position, slot }: Write,
) -> Result<(), StoreError> {
    file.write(SLOTS[position], &encode_slot(integrity, position, &slot))
        .map_err(DiskError::on_write)?;
    file.sync().map_err(DiskError::on_write)
}

impl<D: Disk> StateStore for FileStore<D> {
    fn create(&mut self, record: &[u8], integrity: &IntegrityKey) -> Result<(), StoreError> {
        match self.state {
            State::Closed if self.file.is_empty()? => {}
            State::Closed | State::Open(_) => return Err(StoreError::Exists),
            State::Poisoned => return Err(StoreError::Poisoned),
        }
        self.create_steps(record, integrity)
            .inspect_err(|_| self.state = State::Poisoned)
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        let mut block = vec![0; BLOCK];
        match self.file.read(0, &mut block) {
            Ok(()) => decode_record(&block),
            Err(DiskError::Short) => Err(StoreError::Incomplete),
            Err(DiskError::Os { code }) => Err(StoreError::Io { code }),
        }
    }

    fn open(&mut self, integrity: &IntegrityKey) -> Result<Opened, StoreError> {
        if matches!(self.state, State::Poisoned) {
            return Err(StoreError::Poisoned);
        }
        self.record()?;
        match self.open_steps(integrity) {
            Ok(open) => {
                let opened = Opened {
                    epoch: open.counter.epoch(),
                    next: open.counter.next(),
                };
                self.state = State::Open(open);
                Ok(opened)
            }
            Err(error) => {
                self.state = State::Poisoned;
                Err(error)
            }
        }
    }

    fn reserve(&mut self, epoch: u64, count: u64, limit: u64) -> Result<u64, StoreError> {
        self.guarded(epoch, |file, open| {
            let counter = &mut open.counter;
            admit(counter.next(), counter.epoch(), epoch, count, limit)?;
            for write in counter.raise(count).into_iter().flatten() {
                write_slot(file, open.cells.integrity(), write)?;
            }
            let (first, write) = counter.advance(count);
            write_slot(file, open.cells.integrity(), write)?;
            Ok(first)
        })
    }
}

impl<D: Disk> UpperStore for FileStore<D> {
    fn put_once(
        &mut self,
        epoch: u64,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.guarded(epoch, |file, open| {
            let (stored, end) = open.cells.put_once(file, level, index, bytes)?;
            open.counter.confirm_cells(end);
            Ok(stored)
        })
    }
}

impl<D: Disk> Removable for FileStore<D> {
    fn remove(self) -> Result<(), StoreError> {
        // The lock is held until the name is gone.
        self.disk.remove()
    }
}
