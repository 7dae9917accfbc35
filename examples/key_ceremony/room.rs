//! The folder of a ceremony.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::folder;

/// A folder that was empty when the ceremony began.
pub(crate) struct Room(PathBuf);

impl Room {
    pub(crate) fn create(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        Ok(Self(dir.to_owned()))
    }

    /// Writes a file that must not exist yet, readable by its owner.
    pub(crate) fn write(&self, name: &str, contents: &str) -> io::Result<()> {
        let path = self.path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        folder::write_new(&path, contents.as_bytes())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}
