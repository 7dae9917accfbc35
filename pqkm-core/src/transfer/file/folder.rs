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
    pub(super) const fn new(path: PathBuf) -> Self {
        Self(path)
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

    fn sync_file(&mut self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn sync(&mut self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    fn sync_parent(&mut self) -> io::Result<()> {
        let parent = match self.0.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        File::open(parent)?.sync_all()
    }
}
