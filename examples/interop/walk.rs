//! Which files there are, and which belong together.

use core::fmt;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::artifact::Artifact;

/// Files longer than this are no keys or certificates, bytes.
const MAX_BYTES: u64 = 1 << 20;

/// A folder or file could not be read.
#[derive(Debug)]
pub(crate) struct WalkError {
    pub(crate) path: PathBuf,
    pub(crate) error: io::Error,
}

impl fmt::Display for WalkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

/// All files under the roots, in the order of their names.
pub(crate) fn files(roots: &[PathBuf]) -> Result<Vec<PathBuf>, WalkError> {
    let mut found = Vec::new();
    let mut open: Vec<_> = roots.iter().rev().cloned().collect();
    while let Some(path) = open.pop() {
        let failed = |error| WalkError {
            path: path.clone(),
            error,
        };
        // A root may be a link; what lies below one is not followed, so that there are no loops.
        let metadata = if roots.contains(&path) {
            fs::metadata(&path).map_err(failed)?
        } else {
            fs::symlink_metadata(&path).map_err(failed)?
        };
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).map_err(failed)?;
            let mut children = entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(failed)?;
            children.sort_by(|a, b| b.cmp(a));
            open.append(&mut children);
        } else if metadata.is_file() && metadata.len() <= MAX_BYTES {
            found.push(path);
        }
    }
    Ok(found)
}

/// Whether a file's name says that it must be refused.
pub(crate) fn is_bad_by_name(path: &Path) -> bool {
    name(path).starts_with("bad-")
}

/// The file's name in lower case.
pub(crate) fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// Artifacts that share a folder and a name up to its ending.
pub(crate) type Group = Vec<(PathBuf, Artifact)>;

/// All groups, in the order of their names.
#[derive(Default)]
pub(crate) struct Groups(BTreeMap<(PathBuf, String), Group>);

impl Groups {
    pub(crate) fn add(&mut self, path: &Path, artifacts: Vec<Artifact>) {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let group = self.0.entry((folder, stem(path))).or_default();
        group.extend(
            artifacts
                .into_iter()
                .map(|artifact| (path.into(), artifact)),
        );
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = Group> {
        self.0.into_values()
    }
}

/// What follows the common part of a name, the longer ones first.
const ENDINGS: [&str; 27] = [
    "expandedkey_priv",
    "expanded_priv",
    "expandedkey",
    "ciphertext",
    "shared_secret",
    "private_key",
    "public_key",
    "seed_priv",
    "both_priv",
    "certificate",
    "expanded",
    "private",
    "public",
    "priv",
    "seed",
    "both",
    "cert",
    "root",
    "key",
    "pub",
    "crt",
    "ta",
    "ca",
    "ee",
    "ct",
    "ss",
    "spki",
];

/// The common part of a name: without suffixes, endings, and the `id-` before an algorithm.
fn stem(path: &Path) -> String {
    let name = name(path);
    let mut stem = match name.rsplit_once('.') {
        Some((stem, suffix)) if !suffix.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => &name,
    };
    while let Some(shorter) = ENDINGS
        .iter()
        .filter_map(|ending| stem.strip_suffix(ending))
        .find_map(|rest| rest.strip_suffix(['_', '-']))
    {
        stem = shorter;
    }
    stem.trim_start_matches("id-")
        .trim_start_matches("alg-")
        .into()
}
