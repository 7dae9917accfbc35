//! Files that are there whole or not at all.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Gives a whole file that is on stable storage its name, unless there is something of that name already.
pub(crate) fn publish(whole: &Path, path: &Path) -> io::Result<()> {
    // Unlike a renaming, a second name never takes the place of another file.
    fs::hard_link(whole, path)?;
    sync_folder_of(path)
}

/// A new file is there after a crash only if its folder says so.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}
