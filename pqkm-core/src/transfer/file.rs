//! A replay store in a folder: one file an envelope, whose existence says that it was opened.
//!
//! The name alone decides, so there is no torn record: a crash leaves the file there or not. If it is
//! not there, `spend` had not returned and nothing was released; if it is there before `spend` returned,
//! an envelope is lost, which its source can send anew. Nothing is ever removed.

use std::{format, io::ErrorKind, path::PathBuf};

use folder::{Folder, OsFolder};

use super::{ReplayEntry, ReplayStore};
use crate::{error::ReplayError, ident::Fingerprint, time::UnixTime};

mod folder;

/// The file whose lock is the store's, and whose existence makes a folder a store.
const LOCK: &str = "pqkm-replays.lock";

/// Envelopes that were opened, one file each. Locked against other processes while it is open.
///
/// A failed write or sync poisons the handle: everything after it is refused until it is opened anew. So does a
/// folder that is no longer the one that was opened, because it was moved away or another was mounted there.
#[derive(Debug)]
pub struct FileReplayStore(Store<OsFolder>);

impl FileReplayStore {
    /// Makes a store of a folder that does not exist yet. Its parent must exist. A creation that fails
    /// can leave a folder behind that is not a store; no envelope was opened with it.
    ///
    /// # Errors
    /// [`ReplayError::Exists`] or [`ReplayError::Io`].
    pub fn create(folder: impl Into<PathBuf>) -> Result<Self, ReplayError> {
        Store::create(OsFolder::new(&folder.into())?).map(Self)
    }

    /// Opens a store. A folder that is none is refused: an empty one would know no replay.
    ///
    /// # Errors
    /// [`ReplayError::Missing`], [`ReplayError::Locked`] if it is open elsewhere, or
    /// [`ReplayError::Io`].
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ReplayError> {
        Store::open(OsFolder::new(&folder.into())?).map(Self)
    }
}

impl ReplayStore for FileReplayStore {
    fn spend(&mut self, entry: &ReplayEntry, now: UnixTime) -> Result<(), ReplayError> {
        self.0.spend(entry, now)
    }
}

/// The store in a folder of the operating system, or of a test.
#[derive(Debug)]
struct Store<F: Folder> {
    folder: F,
    /// Held for its lock, and to know the folder again.
    lock: F::File,
    poisoned: bool,
}

impl<F: Folder> Store<F> {
    /// The folder's own name is durable before there is a file that makes it a store: whatever is opened
    /// later is in a folder that no power loss takes away.
    fn create(mut folder: F) -> Result<Self, ReplayError> {
        folder.make().map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => ReplayError::Exists,
            _ => ReplayError::Io,
        })?;
        folder
            .sync_parent()
            .and_then(|()| folder.create(LOCK))
            .map_err(|_| ReplayError::Io)?;
        Self::open(folder)
    }

    /// Also after a creation that was killed before its last steps.
    fn open(mut folder: F) -> Result<Self, ReplayError> {
        let lock = folder.lock(LOCK)?;
        folder
            .sync_file(&lock)
            .and_then(|()| folder.sync())
            .map_err(|_| ReplayError::Io)?;
        Ok(Self {
            folder,
            lock,
            poisoned: false,
        })
    }
}

impl<F: Folder> ReplayStore for Store<F> {
    fn spend(&mut self, entry: &ReplayEntry, _: UnixTime) -> Result<(), ReplayError> {
        if self.poisoned {
            return Err(ReplayError::Poisoned);
        }
        let name = format!("{}", Fingerprint::from_bytes(*entry.name()));
        let file = match self.folder.create(&name) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(ReplayError::Replayed);
            }
            Err(_) => {
                self.poisoned = true;
                return Err(ReplayError::Io);
            }
        };
        // A failure from here on leaves the name behind, durable or not.
        let synced = self.folder.sync_file(&file);
        let synced = synced.and_then(|()| self.folder.sync());
        // Looked at last: a name that was written into another folder spends nothing.
        let is_there = synced.and_then(|()| self.folder.has(LOCK, &self.lock));
        if !is_there.unwrap_or(false) {
            self.poisoned = true;
            return Err(ReplayError::Io);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
