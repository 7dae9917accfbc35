//! A replay store in a folder: one file an envelope, whose existence says that it was opened.
//!
//! The name alone decides, so there is no torn record: a crash leaves the file there or not. If it is
//! not there, `spend` had not returned and nothing was released; if it is there before `spend` returned,
//! an envelope is lost, which its source can send anew. Nothing is ever removed.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::{ReplayEntry, ReplayStore};
use crate::{error::ReplayError, time::UnixTime};

/// The file whose lock is the store's, and whose existence makes a folder a store.
const LOCK: &str = "pqkm-replays.lock";

/// Envelopes that were opened, one file each. Locked against other processes while it is open.
///
/// A failed write or sync poisons the handle: everything after it is refused until it is opened anew.
#[derive(Debug)]
pub struct FileReplayStore {
    folder: PathBuf,
    /// Held for its lock.
    _lock: File,
    poisoned: bool,
}

impl FileReplayStore {
    /// Makes a store of a folder that does not exist yet. Its parent must exist.
    ///
    /// # Errors
    /// [`ReplayError::Exists`] or [`ReplayError::Io`].
    pub fn create(folder: impl Into<PathBuf>) -> Result<Self, ReplayError> {
        let folder = folder.into();
        fs::create_dir(&folder).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => ReplayError::Exists,
            _ => ReplayError::Io,
        })?;
        create_durably(&folder, LOCK).map_err(|_| ReplayError::Io)?;
        let parent = match folder.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        sync_folder(parent).map_err(|_| ReplayError::Io)?;
        Self::open(folder)
    }

    /// Opens a store. A folder that is none is refused: an empty one would know no replay.
    ///
    /// # Errors
    /// [`ReplayError::Missing`], [`ReplayError::Locked`] if it is open elsewhere, or
    /// [`ReplayError::Io`].
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ReplayError> {
        let folder = folder.into();
        let lock = OpenOptions::new()
            .write(true)
            .open(folder.join(LOCK))
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => ReplayError::Missing,
                _ => ReplayError::Io,
            })?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ReplayError::Locked,
            TryLockError::Error(_) => ReplayError::Io,
        })?;
        Ok(Self {
            folder,
            _lock: lock,
            poisoned: false,
        })
    }
}

impl ReplayStore for FileReplayStore {
    fn spend(&mut self, entry: &ReplayEntry, _: UnixTime) -> Result<(), ReplayError> {
        if self.poisoned {
            return Err(ReplayError::Poisoned);
        }
        let name = crate::ident::Fingerprint::from_bytes(*entry.name());
        match create_durably(&self.folder, &std::format!("{name}")) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(ReplayError::Replayed),
            Err(_) => {
                self.poisoned = true;
                Err(ReplayError::Io)
            }
        }
    }
}

/// Makes a file that must not exist, and makes its name durable.
fn create_durably(folder: &Path, name: &str) -> io::Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(folder.join(name))?;
    // A failure from here on leaves the name behind: whatever its kind, it must not read as a replay
    // that was there before.
    file.sync_all()
        .and_then(|()| sync_folder(folder))
        .map_err(|_| io::Error::from(ErrorKind::Other))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
