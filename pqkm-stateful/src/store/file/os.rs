//! The real disk: `pread`, `pwrite`, `fdatasync`, a lock on the open file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::disk::{Disk, DiskError, DiskFile};
use crate::error::StoreError;

/// The path of a key's file.
#[derive(Clone, Debug)]
pub struct OsDisk {
    path: PathBuf,
}

/// An open file, locked against every other open of it, in this process too.
#[derive(Debug)]
pub struct OsFile(File);

impl OsDisk {
    /// A key file at this path.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Locks, and then checks that the path still names this file, without links: between opening and
    /// locking it may have been exchanged.
    fn guard(&self, file: File) -> Result<OsFile, StoreError> {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked),
            Err(TryLockError::Error(error)) => return Err(io_error(&error)),
        }
        let named = self
            .path
            .symlink_metadata()
            .map_err(|error| io_error(&error))?;
        let opened = file.metadata().map_err(|error| io_error(&error))?;
        let same = (named.dev(), named.ino()) == (opened.dev(), opened.ino());
        if same && named.is_file() && opened.nlink() == 1 {
            Ok(OsFile(file))
        } else {
            Err(StoreError::Linked)
        }
    }
}

impl Disk for OsDisk {
    type File = OsFile;

    fn create_new(&self) -> Result<OsFile, StoreError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.path)
            .map_err(|error| io_error(&error))?;
        self.guard(file)
    }

    fn open(&self) -> Result<OsFile, StoreError> {
        // Opening a link opens what it names; `guard` refuses it before a byte is read.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&self.path)
            .map_err(|error| io_error(&error))?;
        self.guard(file)
    }

    fn sync_directory(&self) -> Result<(), DiskError> {
        let parent = match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        File::open(parent)
            .and_then(|directory| directory.sync_all())
            .map_err(os)
    }

    fn remove(&self) -> Result<(), StoreError> {
        std::fs::remove_file(&self.path)
            .map_err(os)
            .and_then(|()| self.sync_directory())
            .map_err(DiskError::on_write)
    }
}

impl DiskFile for OsFile {
    fn len(&self) -> Result<u64, DiskError> {
        self.0.metadata().map(|metadata| metadata.len()).map_err(os)
    }

    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<(), DiskError> {
        self.0
            .read_exact_at(out, offset)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => DiskError::Short,
                _ => os(error),
            })
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.0.write_all_at(bytes, offset).map_err(os)
    }

    fn set_len(&mut self, len: u64) -> Result<(), DiskError> {
        self.0.set_len(len).map_err(os)
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        self.0.sync_data().map_err(os)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "stands in `map_err`")]
fn os(error: io::Error) -> DiskError {
    DiskError::Os {
        code: error.raw_os_error(),
    }
}

fn io_error(error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::NotFound => StoreError::Missing,
        io::ErrorKind::AlreadyExists => StoreError::Exists,
        _ => StoreError::Io {
            code: error.raw_os_error(),
        },
    }
}
