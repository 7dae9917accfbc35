//! Which files there are, and which belong together.

use core::fmt;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use x509_cert::der::asn1::ObjectIdentifier;

use crate::{artifact::Artifact, certificate::Certificate};

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
        } else if roots.contains(&path) {
            return Err(failed(io::Error::other("no file that can hold a key")));
        }
    }
    Ok(found)
}

/// All certificates that were read.
pub(crate) fn certificates(groups: &[Group]) -> Vec<&Certificate> {
    let artifacts = groups.iter().flatten();
    let certificates = artifacts.filter_map(|(_, artifact)| match artifact {
        Artifact::Certificate(read) => read.result.as_ref().ok(),
        _ => None,
    });
    certificates.collect()
}

/// Artifacts that share a folder and a name up to its ending.
pub(crate) type Group = Vec<(PathBuf, Artifact)>;

/// All groups, in the order of their names.
#[derive(Default)]
pub(crate) struct Groups(BTreeMap<(PathBuf, String), Group>);

impl Groups {
    pub(crate) fn add(&mut self, path: &Path, artifacts: Vec<Artifact>) {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let group = self.0.entry((folder, Name::of(path).key())).or_default();
        group.extend(
            artifacts
                .into_iter()
                .map(|artifact| (path.into(), artifact)),
        );
    }

    pub(crate) fn into_values(self) -> Vec<Group> {
        self.0.into_values().collect()
    }
}

/// What follows the common part of a name, the longer ones first.
const ENDINGS: [&str; 28] = [
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
    "pk",
    "spki",
];

/// Suffixes that say how a file is written, or what it is.
const SUFFIXES: [&str; 16] = [
    "der", "pem", "crt", "cer", "cert", "key", "priv", "pub", "p8", "pk8", "spki", "raw", "bin",
    "ct", "ss", "csr",
];

/// A file's name, taken apart.
pub(crate) struct Name {
    /// In lower case, without suffixes.
    pub(crate) plain: String,
    /// The suffixes, the outermost first.
    pub(crate) suffixes: Vec<&'static str>,
}

impl Name {
    pub(crate) fn of(path: &Path) -> Self {
        let mut plain = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        let mut suffixes = Vec::new();
        while let Some((rest, suffix)) = plain.rsplit_once('.')
            && let Some(known) = SUFFIXES.iter().find(|known| **known == suffix)
            && !rest.is_empty()
        {
            suffixes.push(*known);
            plain.truncate(rest.len());
        }
        Self { plain, suffixes }
    }

    /// Whether the name says that the file must be refused.
    pub(crate) fn is_bad(&self) -> bool {
        self.plain.starts_with("bad-")
    }

    pub(crate) fn ends_with(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.plain.ends_with(ending))
    }

    pub(crate) fn has_suffix(&self, suffixes: &[&str]) -> bool {
        self.suffixes.iter().any(|own| suffixes.contains(own))
    }

    /// The common part: without endings, and without the `id-` before an algorithm.
    fn stem(&self) -> &str {
        let mut stem = self.plain.as_str();
        while let Some(shorter) = ENDINGS
            .iter()
            .filter_map(|ending| stem.strip_suffix(ending))
            .find_map(|rest| rest.strip_suffix(['_', '-']))
        {
            stem = shorter;
        }
        stem.trim_start_matches("id-").trim_start_matches("alg-")
    }

    /// The object identifier at the end of the common part, as in `ml-kem-768-2.16.840.1.101.3.4.4.2`.
    pub(crate) fn oid(&self) -> Option<ObjectIdentifier> {
        let stem = self.stem();
        let last = stem.rsplit(['-', '_']).next()?;
        ObjectIdentifier::new(last).ok()
    }

    /// What artifacts that belong together have in common. Some write the friendly name before an
    /// object identifier as `ml-kem-768`, some as `ML_KEM_768` or `mlkem768`, and not always one way.
    fn key(&self) -> String {
        let stem = self.stem();
        match self.oid() {
            Some(_) => stem.replace(['-', '_'], ""),
            None => stem.into(),
        }
    }
}
