//! The tree over a set's shares: one root that is signed, and a path for each share.
//!
//! # Spec
//! RFC 9162, section 2.1.1: leaves are hashed with 0x00 before them, pairs of nodes with 0x01.

use alloc::{vec, vec::Vec};

use sha2::{Digest, Sha256};

/// A node.
pub(crate) type Node = [u8; 32];

/// The node of a leaf.
pub(crate) fn leaf(input: &[u8]) -> Node {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(input);
    hash.finalize().into()
}

fn parent(left: &Node, right: &Node) -> Node {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// How many leaves are on the left: the largest power of two below the count, which is at least 2.
const fn left_leaves(count: usize) -> usize {
    1 << (count - 1).ilog2()
}

/// The root over at least one leaf.
pub(crate) fn root(leaves: &[Node]) -> Node {
    match leaves {
        [] => leaf(&[]),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(left_leaves(leaves.len()));
            parent(&root(left), &root(right))
        }
    }
}

/// The siblings on the way from a leaf, counted from 0, to the root.
pub(crate) fn path(leaves: &[Node], at: usize) -> Vec<Node> {
    if leaves.len() < 2 {
        return vec![];
    }
    let middle = left_leaves(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if at < middle {
        (path(left, at), root(right))
    } else {
        (path(right, at - middle), root(left))
    };
    path.push(sibling);
    path
}

/// The root that a leaf and its path lead to; none if the path has not the right length.
pub(crate) fn root_of(leaf: &Node, at: usize, count: usize, path: &[Node]) -> Option<Node> {
    if at >= count {
        return None;
    }
    if count == 1 {
        return path.is_empty().then_some(*leaf);
    }
    let (sibling, below) = path.split_last()?;
    let middle = left_leaves(count);
    if at < middle {
        root_of(leaf, at, middle, below).map(|left| parent(&left, sibling))
    } else {
        root_of(leaf, at - middle, count - middle, below).map(|right| parent(sibling, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_the_root_and_no_other_does() {
        for count in 1..=40usize {
            let leaves: Vec<Node> = (0..count).map(|i| leaf(&i.to_be_bytes())).collect();
            let root = root(&leaves);
            for at in 0..count {
                let path = path(&leaves, at);
                assert_eq!(root_of(&leaves[at], at, count, &path), Some(root));
                for other in (0..count).filter(|other| *other != at) {
                    assert_ne!(root_of(&leaves[at], other, count, &path), Some(root));
                    assert_ne!(root_of(&leaves[other], at, count, &path), Some(root));
                }
                for wrong in 0..path.len() {
                    let mut damaged = path.clone();
                    damaged[wrong][31] ^= 1;
                    assert_ne!(root_of(&leaves[at], at, count, &damaged), Some(root));
                }
                let mut long = path.clone();
                long.push(root);
                assert_eq!(root_of(&leaves[at], at, count, &long), None);
                if let Some((_, short)) = path.split_first() {
                    assert_eq!(root_of(&leaves[at], at, count, short), None);
                }
            }
            assert_eq!(root_of(&root, count, count, &[]), None);
        }
    }
}
