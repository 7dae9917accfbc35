//! The nodes of one tree: generation, root and authentication paths. RFC 8554, section 5.3.
//!
//! Trees of up to [`WHOLE`] levels are kept whole. Of a taller one the nodes near the root are kept, down to the *frontier*;
//! what hangs below a frontier node is a block, computed anew when a signature needs it, and compared with that node.
//! So H25 takes 2 MiB instead of 2 GiB, and pays one block for every 1,024 signatures in a row.

mod block;
mod build;

use alloc::vec::Vec;

use crate::error::InvalidSignature;
use crate::hash::Node;
use crate::lmots;
use crate::lms::LmsVerifyingKey;
use crate::params::{ID_LEN, LmotsAlgorithm, LmsAlgorithm, lms_signature_len};
use crate::secret::TreeSecret;
use block::BlockCache;
pub(crate) use build::TreeJob;
#[cfg(feature = "std")]
pub(crate) use build::{ascend, frontier_len, frontier_nodes, over_threads};

/// The tallest tree that is kept whole: 64 MiB with n = 32.
const WHOLE: u8 = 20;
/// Height of the blocks of a taller one.
const BLOCK_HEIGHT: u8 = 10;

/// Levels below the frontier of a tree of this height.
const fn below_frontier(h: u8) -> u8 {
    if h > WHOLE { BLOCK_HEIGHT } else { 0 }
}

/// The nodes of one tree down to its frontier, `nodes[r]` being `T[r]`; `nodes[0]` is not used.
pub(crate) struct Tree {
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    id: [u8; ID_LEN],
    nodes: Vec<Node>,
    /// Levels below the frontier: zero if the frontier is the leaves.
    below: u8,
    block: BlockCache,
}

impl Tree {
    /// Computes the tree from the seed.
    pub(crate) fn generate(lms: LmsAlgorithm, ots: LmotsAlgorithm, secret: &TreeSecret) -> Self {
        let mut job = TreeJob::new(lms, ots);
        job.advance(secret, u32::MAX);
        job.finish(secret)
    }

    #[cfg(feature = "hazmat")]
    pub(crate) const fn leaves(&self) -> u32 {
        self.lms.leaves()
    }

    pub(crate) fn verifying_key(&self) -> LmsVerifyingKey {
        LmsVerifyingKey::new(self.lms, self.ots, self.id, self.nodes[1])
    }

    /// `T[1]`.
    #[cfg(feature = "std")]
    pub(crate) fn root(&self) -> &Node {
        &self.nodes[1]
    }

    /// The nodes that [`TreeJob::from_frontier`] makes the same tree from, n bytes each; they are public.
    #[cfg(feature = "std")]
    pub(crate) fn frontier(&self) -> Vec<u8> {
        let count = self.nodes.len() >> 1;
        let mut out = Vec::with_capacity(count * self.lms.m());
        for node in &self.nodes[count..] {
            out.extend_from_slice(&node[..self.lms.m()]);
        }
        out
    }

    /// RFC 8554, Algorithm 5: appends the LMS signature with leaf `q`.
    ///
    /// Whoever calls this has spent `q`, or makes the same bytes again.
    ///
    /// # Errors
    /// If a block below the frontier does not hash to its frontier node: one of them is wrong.
    pub(crate) fn sign(
        &self,
        secret: &TreeSecret,
        q: u32,
        c: &Node,
        message: &[&[u8]],
        out: &mut Vec<u8>,
    ) -> Result<(), InvalidSignature> {
        let start = out.len();
        out.resize(start + lms_signature_len(self.lms, self.ots), 0);
        let (leaf, rest) = out[start..].split_at_mut(4);
        leaf.copy_from_slice(&q.to_be_bytes());
        let (one_time, rest) = rest.split_at_mut(self.ots.signature_len());
        lmots::sign(self.ots, &self.id, q, &secret.seed, c, message, one_time);
        let (code, path) = rest.split_at_mut(4);
        code.copy_from_slice(&self.lms.code().to_be_bytes());
        let m = self.lms.m();
        let (low, high) = path.split_at_mut(usize::from(self.below) * m);
        if self.below > 0 {
            self.block.path(self, secret, q, low)?;
        }
        let mut node = (self.lms.leaves() + q) >> self.below;
        for sibling in high.chunks_exact_mut(m) {
            let at = usize::try_from(node ^ 1).unwrap_or(0);
            sibling.copy_from_slice(&self.nodes[at][..m]);
            node >>= 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const LEVEL: (LmsAlgorithm, LmotsAlgorithm) =
        (LmsAlgorithm::Sha256M24H10, LmotsAlgorithm::Sha256N24W2);

    fn secret() -> TreeSecret {
        let mut seed = [7; 32];
        seed[24..].fill(0);
        TreeSecret { seed, id: [9; 16] }
    }

    fn with_blocks(below: u8) -> Tree {
        let mut job = TreeJob::with_blocks(LEVEL.0, LEVEL.1, below);
        job.advance(&secret(), u32::MAX);
        job.finish(&secret())
    }

    /// What H25 does, at a height that a test can afford.
    #[test]
    fn a_tree_in_blocks_signs_as_the_whole_one_does() {
        let whole = Tree::generate(LEVEL.0, LEVEL.1, &secret());
        let blocks = with_blocks(4);
        assert_eq!(whole.verifying_key(), blocks.verifying_key());
        assert_eq!((whole.nodes.len(), blocks.nodes.len()), (2048, 128));
        for q in [0, 1, 15, 16, 17, 500, 1023, 2] {
            let (mut a, mut b) = (Vec::new(), vec![1, 2]);
            whole.sign(&secret(), q, &[3; 32], &[b"m"], &mut a).unwrap();
            blocks
                .sign(&secret(), q, &[3; 32], &[b"m"], &mut b)
                .unwrap();
            assert_eq!(a, b[2..], "leaf {q}");
            whole.verifying_key().verify(b"m", &a).unwrap();
        }
    }

    #[test]
    fn a_block_that_is_not_the_frontier_s_is_refused() {
        let mut blocks = with_blocks(4);
        blocks.nodes[64 + 3][5] ^= 1;
        let mut out = Vec::new();
        let wrong = blocks.sign(&secret(), 48, &[3; 32], &[b"m"], &mut out);
        assert!(wrong.is_err());
        let right = blocks.sign(&secret(), 33, &[3; 32], &[b"m"], &mut out);
        assert!(right.is_ok());
    }

    #[test]
    fn slices_of_any_size_make_the_same_tree() {
        let whole = Tree::generate(LEVEL.0, LEVEL.1, &secret());
        for below in [0, 3] {
            let mut job = TreeJob::with_blocks(LEVEL.0, LEVEL.1, below);
            let mut slices = [1, 2, 3, 16, 17, 100].into_iter().cycle();
            while job.done() < job.total() {
                let before = job.done();
                job.advance(&secret(), slices.next().unwrap());
                assert!(job.done() > before);
            }
            assert_eq!(job.finish(&secret()).verifying_key(), whole.verifying_key());
        }
    }
}
