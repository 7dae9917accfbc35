//! The Merkle tree of RFC 9162, section 2.1, with SHA-256.

use crate::{error::AuditError, wire::Hash};

/// The hash of a leaf: `SHA-256(0x00 || event)`.
#[must_use]
pub fn leaf_hash(event: &[u8]) -> Hash {
    Hash::of(&[&[0], event])
}

/// The hash of a node: `SHA-256(0x01 || left || right)`.
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The right edge of a tree: all that is needed to append to it and to know its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The roots of the complete subtrees from left to right: one for each bit of `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of that size with those peaks.
    pub(super) fn from_parts(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let expected = usize::try_from(size.count_ones()).ok()?;
        (peaks.len() == expected).then_some(Self { size, peaks })
    }

    pub(super) fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of a leaf. `completed` gets level, index and hash of every node that is complete
    /// now.
    pub fn push(&mut self, leaf: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        let mut hash = leaf;
        let mut level = 0;
        while (self.size >> level) & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            level += 1;
            completed(level, self.size >> level, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root. That of an empty tree is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.peaks
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| Hash::of(&[]))
    }
}

/// Where nodes come from: the hash at a level and index, of a complete subtree.
pub(super) trait Nodes {
    fn node(&self, level: u8, index: u64) -> Result<Hash, AuditError>;
}

/// The largest power of two below `n`, for `n` of at least 2: its exponent.
const fn split(n: u64) -> u8 {
    // At most 63.
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "at most 63"
    )]
    {
        (63 - (n - 1).leading_zeros()) as u8
    }
}

/// The hash of the leaves `begin .. begin + count`, where `begin` is a multiple of the power of two that is
/// at least `count`.
fn subtree(nodes: &impl Nodes, begin: u64, count: u64) -> Result<Hash, AuditError> {
    if count.is_power_of_two() {
        let level = u8::try_from(count.trailing_zeros()).map_err(|_| AuditError::Range)?;
        return nodes.node(level, begin >> level);
    }
    let level = split(count);
    let left = 1 << level;
    Ok(node_hash(
        &nodes.node(level, begin >> level)?,
        &subtree(nodes, begin + left, count - left)?,
    ))
}

/// The root of the first `size` leaves.
pub(super) fn root(nodes: &impl Nodes, size: u64) -> Result<Hash, AuditError> {
    if size == 0 {
        Ok(Hash::of(&[]))
    } else {
        subtree(nodes, 0, size)
    }
}

/// RFC 9162, section 2.1.3.1: the path from a leaf to the root of a tree of `size` leaves.
pub(super) fn inclusion(
    nodes: &impl Nodes,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, AuditError> {
    if index >= size {
        return Err(AuditError::Range);
    }
    let (mut begin, mut index, mut count) = (0, index, size);
    let mut path = Vec::new();
    while count > 1 {
        let left = 1 << split(count);
        if index < left {
            path.push(subtree(nodes, begin + left, count - left)?);
            count = left;
        } else {
            path.push(subtree(nodes, begin, left)?);
            begin += left;
            index -= left;
            count -= left;
        }
    }
    path.reverse();
    Ok(path)
}

/// RFC 9162, section 2.1.4.1: that a tree of `size` leaves begins with one of `old`.
pub(super) fn consistency(
    nodes: &impl Nodes,
    old: u64,
    size: u64,
) -> Result<Vec<Hash>, AuditError> {
    if old == 0 || old > size {
        return Err(AuditError::Range);
    }
    let (mut begin, mut wanted, mut count) = (0, old, size);
    let mut is_whole = true;
    let mut path = Vec::new();
    while wanted < count {
        let left = 1 << split(count);
        if wanted <= left {
            path.push(subtree(nodes, begin + left, count - left)?);
            count = left;
        } else {
            path.push(subtree(nodes, begin, left)?);
            begin += left;
            wanted -= left;
            count -= left;
            is_whole = false;
        }
    }
    if !is_whole {
        path.push(subtree(nodes, begin, count)?);
    }
    path.reverse();
    Ok(path)
}

/// Verifies that a leaf is at `index` of the tree of `size` leaves with that root
/// (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// [`AuditError::Proof`].
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    root: &Hash,
    path: &[Hash],
) -> Result<(), AuditError> {
    if index >= size {
        return Err(AuditError::Proof);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return Err(AuditError::Proof);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == *root {
        Ok(())
    } else {
        Err(AuditError::Proof)
    }
}

/// Verifies that the tree of `size` leaves with `root` begins with the one of `old` leaves with `old_root`
/// (RFC 9162, section 2.1.4.2).
///
/// # Errors
/// [`AuditError::Proof`].
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (size, root): (u64, &Hash),
    path: &[Hash],
) -> Result<(), AuditError> {
    if old == size {
        let is_same = path.is_empty() && old_root == root;
        return if is_same {
            Ok(())
        } else {
            Err(AuditError::Proof)
        };
    }
    if old == 0 || old > size {
        return Err(AuditError::Proof);
    }
    let mut path = path.iter();
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        path.next()
    };
    let first = *first.ok_or(AuditError::Proof)?;
    let (mut node, mut last) = (old - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut hash) = (first, first);
    for sibling in path {
        if last == 0 {
            return Err(AuditError::Proof);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && old_hash == *old_root && hash == *root {
        Ok(())
    } else {
        Err(AuditError::Proof)
    }
}

#[cfg(test)]
mod tests;
