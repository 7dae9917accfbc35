//! The folder of a ceremony.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// A folder that was empty when the ceremony began.
pub(crate) struct Room(PathBuf);

impl Room {
    /// Whether a folder is there to be used: empty, or not there at all.
    pub(crate) fn is_free(dir: &Path) -> bool {
        match fs::read_dir(dir) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

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
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?.write_all(contents.as_bytes())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}
