//! A locked file as the storage of a database.

use core::fmt::Debug;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

use crate::store::file::{DiskError, DiskFile};

/// The file is locked already, and by us: redb's own locks are not offered.
#[derive(Debug)]
pub(super) struct Backend<F>(Mutex<F>);

impl<F> Backend<F> {
    pub(super) const fn new(file: F) -> Self {
        Self(Mutex::new(file))
    }

    fn file(&self) -> MutexGuard<'_, F> {
        // The file has no state in memory that a panic could leave half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: DiskFile + Debug + 'static> StorageBackend for Backend<F> {
    fn len(&self) -> io::Result<u64> {
        self.file().len().map_err(io_error)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file().read(offset, out).map_err(io_error)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file().set_len(len).map_err(io_error)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file().sync().map_err(io_error)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file().write(offset, data).map_err(io_error)
    }
}

fn io_error(error: DiskError) -> io::Error {
    match error {
        DiskError::Short => io::ErrorKind::UnexpectedEof.into(),
        DiskError::Os { code: Some(code) } => io::Error::from_raw_os_error(code),
        DiskError::Os { code: None } => io::ErrorKind::Other.into(),
    }
}
