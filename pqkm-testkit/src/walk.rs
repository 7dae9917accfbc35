//! The files below a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Problem, VectorError};

/// All regular files below `root`, sorted by path; a file stands for itself. Symbolic links to
/// folders are not followed.
///
/// # Errors
/// What the operating system cannot list, by path.
pub fn files(root: &Path) -> Result<Vec<PathBuf>, VectorError> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(path) = open.pop() {
        let fault =
            |error: std::io::Error| VectorError::whole(Problem::Io(error.kind())).in_file(&path);
        let is_root_link = path == root && path.is_dir();
        if is_root_link || fs::symlink_metadata(&path).map_err(fault)?.is_dir() {
            for entry in fs::read_dir(&path).map_err(fault)? {
                open.push(entry.map_err(fault)?.path());
            }
        } else if path.is_file() || path == root {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
