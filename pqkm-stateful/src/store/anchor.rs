//! An anchor: a number that only grows, kept where a restored backup of the store does not reach it.
//!
//! A store cannot see that it was replaced by an older copy of itself. An anchor on other hardware can: a log on another disk or
//! another machine, a counter in a TPM. One inside the same snapshot goes back together with the store and proves nothing.

use alloc::vec::Vec;

use crate::error::StoreError;
use crate::store::file::{Disk, DiskError, DiskFile, OsDisk};
use crate::store::integrity::TAG_LEN;
use crate::store::{IntegrityKey, Opened, StateStore, UpperStore};
use crate::wire::Reader;

/// A number for one key that never goes back.
pub trait MonotonicAnchor: Send {
    /// Begins at zero, for a new key.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the anchor holds something already.
    fn begin(&mut self, integrity: &IntegrityKey) -> Result<(), StoreError>;

    /// The highest number that was ever set for this key.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if this key never began here: that is not zero.
    fn value(&mut self, integrity: &IntegrityKey) -> Result<u64, StoreError>;

    /// Raises the number; durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Indeterminate`] if nobody knows whether it is.
    fn advance(&mut self, integrity: &IntegrityKey, to: u64) -> Result<(), StoreError>;
}

/// A store that an anchor watches: indices are released when both hold their end, and an older copy of the store is refused.
#[expect(missing_debug_implementations, reason = "holds a secret")]
pub struct Anchored<S, A> {
    store: S,
    anchor: A,
    integrity: Option<IntegrityKey>,
}

impl<S: StateStore, A: MonotonicAnchor> Anchored<S, A> {
    /// Puts a store under an anchor.
    #[must_use]
    pub const fn new(store: S, anchor: A) -> Self {
        Self {
            store,
            anchor,
            integrity: None,
        }
    }
}

impl<S: StateStore, A: MonotonicAnchor> StateStore for Anchored<S, A> {
    fn create(&mut self, record: &[u8], integrity: &IntegrityKey) -> Result<(), StoreError> {
        // The anchor first: a key without one must not come into being.
        self.anchor.begin(integrity)?;
        self.store.create(record, integrity)
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        self.store.record()
    }

    /// As the store's, and [`StoreError::RolledBack`] if the store has forgotten what the anchor remembers.
    fn open(&mut self, integrity: &IntegrityKey) -> Result<Opened, StoreError> {
        let anchored = self.anchor.value(integrity)?;
        let opened = self.store.open(integrity)?;
        if opened.next < anchored {
            return Err(StoreError::RolledBack);
        }
        if opened.next > anchored {
            self.anchor.advance(integrity, opened.next)?;
        }
        self.integrity = Some(integrity.duplicate());
        Ok(opened)
    }

    fn reserve(&mut self, epoch: u64, count: u64, limit: u64) -> Result<u64, StoreError> {
        let integrity = self.integrity.as_ref().ok_or(StoreError::Poisoned)?;
        let first = self.store.reserve(epoch, count, limit)?;
        let advanced = self.anchor.advance(integrity, first.saturating_add(count));
        if let Err(error) = advanced {
            self.integrity = None;
            return Err(error);
        }
        Ok(first)
    }
}

impl<S: UpperStore, A: MonotonicAnchor> UpperStore for Anchored<S, A> {
    fn put_once(
        &mut self,
        epoch: u64,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.integrity.as_ref().ok_or(StoreError::Poisoned)?;
        self.store.put_once(epoch, level, index, bytes)
    }
}

const MAGIC: &[u8; 8] = b"PQKMANC1";
/// A record fills a sector, so that a torn write destroys none of the records before it.
const RECORD: usize = 512;
const FIELDS: usize = 16;

/// An anchor in a file that only grows, meant for another disk than the store's: 512 bytes for every reservation.
#[derive(Debug)]
pub struct LogAnchor<D: Disk = OsDisk> {
    disk: D,
    file: D::File,
    poisoned: bool,
}

impl LogAnchor<OsDisk> {
    /// Creates the log of a new key.
    ///
    /// # Errors
    /// [`StoreError::Exists`], or what the file system says.
    pub fn create_new(path: impl Into<std::path::PathBuf>) -> Result<Self, StoreError> {
        Self::create_on(OsDisk::new(path))
    }

    /// Opens and locks a log.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Locked`] or [`StoreError::Linked`].
    pub fn open_existing(path: impl Into<std::path::PathBuf>) -> Result<Self, StoreError> {
        Self::open_on(OsDisk::new(path))
    }
}

impl<D: Disk> LogAnchor<D> {
    /// As [`LogAnchor::create_new`], on any disk.
    ///
    /// # Errors
    /// What the disk says.
    pub fn create_on(disk: D) -> Result<Self, StoreError> {
        let file = disk.create_new()?;
        Ok(Self::on(disk, file))
    }

    /// As [`LogAnchor::open_existing`], on any disk.
    ///
    /// # Errors
    /// What the disk says.
    pub fn open_on(disk: D) -> Result<Self, StoreError> {
        let file = disk.open()?;
        Ok(Self::on(disk, file))
    }

    const fn on(disk: D, file: D::File) -> Self {
        Self {
            disk,
            file,
            poisoned: false,
        }
    }

    fn append(&mut self, integrity: &IntegrityKey, value: u64) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        let end = self.file.len().map_err(DiskError::on_read)?;
        let at = end.next_multiple_of(u64::try_from(RECORD).unwrap_or(u64::MAX));
        let mut record = [0; RECORD];
        record[..8].copy_from_slice(MAGIC);
        record[8..FIELDS].copy_from_slice(&value.to_be_bytes());
        let tag = integrity.tag(MAGIC, &[&at.to_be_bytes(), &record[..FIELDS]]);
        record[FIELDS..FIELDS + TAG_LEN].copy_from_slice(&tag);
        let written = self.file.write(at, &record).and_then(|()| self.file.sync());
        self.poisoned = written.is_err();
        written.map_err(DiskError::on_write)
    }
}

/// The value of a record that was written for this place.
fn decode(integrity: &IntegrityKey, at: u64, record: &[u8; RECORD]) -> Option<u64> {
    let (fields, rest) = record.split_at_checked(FIELDS)?;
    let (tag, _) = rest.split_at_checked(TAG_LEN)?;
    let good = integrity.verify(MAGIC, &[&at.to_be_bytes(), fields], tag);
    good.then(|| Reader::new(&fields[8..]).u64().ok())?
}

impl<D: Disk> MonotonicAnchor for LogAnchor<D> {
    fn begin(&mut self, integrity: &IntegrityKey) -> Result<(), StoreError> {
        if !self.file.is_empty()? {
            return Err(StoreError::Exists);
        }
        self.append(integrity, 0)?;
        self.disk.sync_directory().map_err(DiskError::on_write)
    }

    fn value(&mut self, integrity: &IntegrityKey) -> Result<u64, StoreError> {
        let end = self.file.len().map_err(DiskError::on_read)?;
        let (mut at, mut highest, mut record) = (0, None, [0; RECORD]);
        while self.file.read(at, &mut record).is_ok() {
            highest = highest.max(decode(integrity, at, &record));
            at += u64::try_from(RECORD).unwrap_or(u64::MAX - end);
        }
        highest.ok_or(StoreError::Missing)
    }

    fn advance(&mut self, integrity: &IntegrityKey, to: u64) -> Result<(), StoreError> {
        self.append(integrity, to)
    }
}
