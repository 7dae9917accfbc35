//! Names: of a key's half, and of the rows that a registry keeps.

use core::fmt;

use der::Sequence;
use pqkm_core::{KeyId, Version};

use crate::{
    store::RowName,
    table::Half,
    wire::{Hash, OperationId},
};

/// The name of one key: a logical key's identifier, the version of its material, and which half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName {
    /// The logical key.
    pub id: KeyId,
    /// The version of its material.
    pub version: Version,
    /// Which half of the pair.
    pub half: Half,
}

/// Shows `identifier/version`, and which half if it is the public one.
impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.id, self.version.get())?;
        match self.half {
            Half::Secret => Ok(()),
            Half::Public => f.write_str("/public"),
        }
    }
}

/// A [`KeyName`] in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct NameRef {
    id: KeyId,
    version: u64,
    half: Half,
}

impl From<KeyName> for NameRef {
    fn from(name: KeyName) -> Self {
        Self {
            id: name.id,
            version: name.version.get(),
            half: name.half,
        }
    }
}

impl NameRef {
    /// The name, unless the version is 0.
    pub(crate) fn get(&self) -> Option<KeyName> {
        Some(KeyName {
            id: self.id,
            version: Version::new(self.version).ok()?,
            half: self.half,
        })
    }
}

impl KeyName {
    pub(crate) fn other_half(self) -> Self {
        Self {
            half: self.half.other(),
            ..self
        }
    }

    pub(crate) fn row(self) -> RowName {
        let half = match self.half {
            Half::Secret => 0,
            Half::Public => 1,
        };
        row(
            kind::KEY,
            &[
                self.id.as_bytes(),
                &self.version.get().to_be_bytes(),
                &[half],
            ],
        )
    }
}

/// The first byte of a row's name.
pub(crate) mod kind {
    pub(crate) const HEAD: u8 = b'h';
    pub(crate) const KEY: u8 = b'k';
    pub(crate) const DEPENDANT: u8 = b'd';
    pub(crate) const NOTED: u8 = b'w';
    pub(crate) const OPERATION: u8 = b'o';
    pub(crate) const LOGGED: u8 = b'i';
    pub(crate) const META: u8 = b'm';
    pub(crate) const ENTRY: u8 = b'e';
    pub(crate) const NODE: u8 = b'n';
    pub(crate) const TREE: u8 = b't';
    pub(crate) const CHECKPOINT: u8 = b'c';

    /// Those of which the log tells.
    pub(crate) const TOLD_OF: [u8; 4] = [HEAD, KEY, DEPENDANT, NOTED];
}

fn row(kind: u8, parts: &[&[u8]]) -> RowName {
    let mut name = vec![kind];
    parts.iter().for_each(|part| name.extend_from_slice(part));
    RowName::new(name)
}

pub(crate) fn head(id: KeyId) -> RowName {
    row(kind::HEAD, &[id.as_bytes()])
}

/// What all names of dependants of that version begin with.
pub(crate) fn dependants_of(id: KeyId, version: Version) -> RowName {
    row(
        kind::DEPENDANT,
        &[id.as_bytes(), &version.get().to_be_bytes()],
    )
}

pub(crate) fn dependant(id: KeyId, version: Version, digest: &Hash) -> RowName {
    row(
        kind::DEPENDANT,
        &[
            id.as_bytes(),
            &version.get().to_be_bytes(),
            digest.as_bytes(),
        ],
    )
}

pub(crate) fn noted(digest: &Hash) -> RowName {
    row(kind::NOTED, &[digest.as_bytes()])
}

pub(crate) fn operation(operation: OperationId) -> RowName {
    row(kind::OPERATION, &[operation.as_bytes()])
}

/// The operation whose row that is.
pub(crate) fn operation_of(name: &RowName) -> Option<OperationId> {
    let (kind, rest) = name.as_bytes().split_first()?;
    let id = rest.try_into().ok()?;
    (*kind == kind::OPERATION).then_some(OperationId(id))
}

/// Where the event of an operation is in the log.
pub(crate) fn logged(operation: OperationId) -> RowName {
    row(kind::LOGGED, &[operation.as_bytes()])
}

pub(crate) fn meta() -> RowName {
    row(kind::META, &[])
}

pub(crate) fn tree() -> RowName {
    row(kind::TREE, &[])
}

pub(crate) fn entry(index: u64) -> RowName {
    row(kind::ENTRY, &[&index.to_be_bytes()])
}

pub(crate) fn node(level: u8, index: u64) -> RowName {
    row(kind::NODE, &[&[level], &index.to_be_bytes()])
}

pub(crate) fn checkpoint(size: u64) -> RowName {
    row(kind::CHECKPOINT, &[&size.to_be_bytes()])
}

/// Whether the log tells of rows of that name.
pub(crate) fn is_told_of(name: &RowName) -> bool {
    name.as_bytes()
        .first()
        .is_some_and(|first| kind::TOLD_OF.contains(first))
}
