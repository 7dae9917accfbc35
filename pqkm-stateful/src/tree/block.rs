//! The block below the frontier that was used last.

use alloc::vec::Vec;

use super::Tree;
use super::build::block;
use crate::error::InvalidSignature;
use crate::hash::Node;
use crate::secret::TreeSecret;
#[cfg(feature = "std")]
use crate::sync::{Mutex, PoisonError};

/// One block and its number. Without the standard library nothing is kept, and every signature computes its block.
#[derive(Default)]
pub(super) struct BlockCache {
    #[cfg(feature = "std")]
    latest: Mutex<Option<(u32, Vec<Node>)>>,
}

impl BlockCache {
    /// Writes the siblings on the way from leaf `q` up to the frontier.
    pub(super) fn path(
        &self,
        tree: &Tree,
        secret: &TreeSecret,
        q: u32,
        out: &mut [u8],
    ) -> Result<(), InvalidSignature> {
        let number = q >> tree.below;
        #[cfg(feature = "std")]
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        #[cfg(not(feature = "std"))]
        let latest = &mut None::<(u32, Vec<Node>)>;
        let known = latest.take().filter(|(kept, _)| *kept == number);
        let nodes = match known {
            Some((_, nodes)) => nodes,
            None => checked(tree, secret, number)?,
        };
        let m = tree.lms.m();
        let mut node =
            (1usize << tree.below) | (usize::try_from(q).unwrap_or(0) & ((1 << tree.below) - 1));
        for sibling in out.chunks_exact_mut(m) {
            sibling.copy_from_slice(&nodes[node ^ 1][..m]);
            node >>= 1;
        }
        *latest = Some((number, nodes));
        Ok(())
    }
}

/// The block, if its root is the frontier's node.
fn checked(tree: &Tree, secret: &TreeSecret, number: u32) -> Result<Vec<Node>, InvalidSignature> {
    let nodes = block(tree.lms, tree.ots, tree.below, secret, number);
    let root = usize::try_from(number).unwrap_or(0) + (tree.nodes.len() >> 1);
    if nodes[1] == tree.nodes[root] {
        Ok(nodes)
    } else {
        Err(InvalidSignature)
    }
}
