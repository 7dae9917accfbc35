//! The few operations that the replay store asks of an operating system: the real one, or a simulated one.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use crate::error::ReplayError;

/// A folder that may not exist yet.
pub(super) trait Folder {
    /// An open file. It holds its lock until it is dropped.
    type File;

    /// Makes the folder, which must not exist; its name is not durable yet.
    fn make(&mut self) -> io::Result<()>;

    /// Makes an empty file that must not exist; neither it nor its name is durable yet.
    fn create(&mut self, name: &str) -> io::Result<Self::File>;

    /// Opens a file that exists and locks it against everybody else.
    fn lock(&mut self, name: &str) -> Result<Self::File, ReplayError>;

    /// Whether that name in the folder is still that file: it is not where the folder was moved away and
    /// another one put in its place.
    fn has(&mut self, name: &str, file: &Self::File) -> io::Result<bool>;

    /// Makes a file durable, apart from its name.
    fn sync_file(&mut self, file: &Self::File) -> io::Result<()>;

    /// Makes the names in the folder durable.
    fn sync(&mut self) -> io::Result<()>;

    /// Makes the folder's own name durable.
    fn sync_parent(&mut self) -> io::Result<()>;
}

/// A folder of the operating system.
#[derive(Debug)]
pub(super) struct OsFolder(PathBuf);

impl OsFolder {
    /// A path that means the same folder wherever the process goes.
    pub(super) fn new(path: &Path) -> Result<Self, ReplayError> {
        let path = std::path::absolute(path).map_err(|_| ReplayError::Io)?;
        Ok(Self(path))
    }
}

impl Folder for OsFolder {
    type File = File;

    fn make(&mut self) -> io::Result<()> {
        fs::create_dir(&self.0)
    }

    fn create(&mut self, name: &str) -> io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(self.0.join(name))
    }

    fn lock(&mut self, name: &str) -> Result<File, ReplayError> {
        let file = OpenOptions::new()
            .write(true)
            .open(self.0.join(name))
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => ReplayError::Missing,
                _ => ReplayError::Io,
            })?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ReplayError::Locked,
            TryLockError::Error(_) => ReplayError::Io,
        })?;
        Ok(file)
    }

    #[cfg(unix)]
    fn has(&mut self, name: &str, file: &File) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt;

        let (found, held) = (fs::metadata(self.0.join(name))?, file.metadata()?);
        Ok((found.dev(), found.ino()) == (held.dev(), held.ino()))
    }

    /// Where files have no numbers, a file that is open keeps its folder in its place.
    #[cfg(not(unix))]
    fn has(&mut self, name: &str, _: &File) -> io::Result<bool> {
        fs::exists(self.0.join(name))
    }

    fn sync_file(&mut self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn sync(&mut self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    fn sync_parent(&mut self) -> io::Result<()> {
        match self.0.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }
}
