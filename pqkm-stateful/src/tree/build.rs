//! Building a tree, in slices that the caller may stop between.

use alloc::vec;
use alloc::vec::Vec;

use super::{BlockCache, Tree, below_frontier};
#[cfg(feature = "std")]
use crate::error::DecodeError;
use crate::hash::{Node, leaves, parents};
use crate::params::{HashFunction, ID_LEN, LmotsAlgorithm, LmsAlgorithm};
use crate::secret::TreeSecret;

/// Frontier nodes that a thread takes at a time.
#[cfg(feature = "rayon")]
const THREAD_SLICE: usize = 64;

/// A tree on its way from the seed: frontier nodes are computed from the left.
pub(crate) struct TreeJob {
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    below: u8,
    /// Room for all kept nodes, the frontier in its second half.
    nodes: Vec<Node>,
    /// Frontier nodes that are there.
    done: usize,
}

impl TreeJob {
    pub(crate) fn new(lms: LmsAlgorithm, ots: LmotsAlgorithm) -> Self {
        Self::with_blocks(lms, ots, below_frontier(lms.h()))
    }

    pub(super) fn with_blocks(lms: LmsAlgorithm, ots: LmotsAlgorithm, below: u8) -> Self {
        let count = 1usize << (lms.h() - below);
        Self {
            lms,
            ots,
            below,
            nodes: vec![Node::default(); 2 * count],
            done: 0,
        }
    }

    /// A tree whose frontier is known: n bytes a node. Whether it is that of a key, its root says.
    #[cfg(feature = "std")]
    pub(crate) fn from_frontier(
        lms: LmsAlgorithm,
        ots: LmotsAlgorithm,
        bytes: &[u8],
    ) -> Result<Self, DecodeError> {
        let mut job = Self::new(lms, ots);
        let frontier = job.frontier();
        if bytes.len() != frontier * lms.m() {
            return Err(DecodeError::Length);
        }
        for (node, bytes) in job.nodes[frontier..]
            .iter_mut()
            .zip(bytes.chunks_exact(lms.m()))
        {
            node[..lms.m()].copy_from_slice(bytes);
        }
        job.done = frontier;
        Ok(job)
    }

    /// A tree whose frontier stands in the second half of `nodes`, which has room for all of them.
    #[cfg(feature = "std")]
    pub(crate) const fn from_nodes(
        lms: LmsAlgorithm,
        ots: LmotsAlgorithm,
        nodes: Vec<Node>,
    ) -> Self {
        Self {
            lms,
            ots,
            below: below_frontier(lms.h()),
            done: nodes.len() >> 1,
            nodes,
        }
    }

    const fn frontier(&self) -> usize {
        self.nodes.len() >> 1
    }

    /// Leaves that were computed.
    #[cfg(any(feature = "std", test))]
    pub(crate) fn done(&self) -> u32 {
        u32::try_from(self.done << self.below).unwrap_or(u32::MAX)
    }

    /// Leaves to compute.
    #[cfg(any(feature = "std", test))]
    pub(crate) const fn total(&self) -> u32 {
        self.lms.leaves()
    }

    /// Computes `count` more leaves, rounded up to whole blocks, or as many as are left.
    pub(crate) fn advance(&mut self, secret: &TreeSecret, count: u32) {
        let wanted = usize::try_from(count.div_ceil(1 << self.below)).unwrap_or(usize::MAX);
        let first = self.done;
        let frontier = self.frontier();
        let now = wanted.min(frontier - first);
        let (lms, ots, below) = (self.lms, self.ots, self.below);
        let fill = |first: usize, out: &mut [Node]| fill(lms, ots, below, secret, first, out);
        over_threads(first, &mut self.nodes[frontier + first..][..now], fill);
        self.done += now;
    }

    /// The tree, once everything is there; computes what is missing.
    pub(crate) fn finish(mut self, secret: &TreeSecret) -> Tree {
        self.advance(secret, u32::MAX);
        ascend(self.lms.hash(), &secret.id, &mut self.nodes);
        Tree {
            lms: self.lms,
            ots: self.ots,
            id: secret.id,
            nodes: self.nodes,
            below: self.below,
            block: BlockCache::default(),
        }
    }
}

/// How many frontier nodes a tree has.
#[cfg(feature = "std")]
pub(crate) const fn frontier_len(lms: LmsAlgorithm) -> usize {
    1 << (lms.h() - below_frontier(lms.h()))
}

/// Frontier nodes `first ..` of a tree, without threads.
#[cfg(feature = "std")]
pub(crate) fn frontier_nodes(
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    secret: &TreeSecret,
    first: usize,
    out: &mut [Node],
) {
    fill(lms, ots, below_frontier(lms.h()), secret, first, out);
}

/// Inner nodes from the second half of `nodes` upwards; the node at 1 is the root.
pub(crate) fn ascend(hash: HashFunction, id: &[u8; ID_LEN], nodes: &mut [Node]) {
    ascend_from(hash, id, 1, nodes);
}

/// As [`ascend`], for the nodes below `root`: the one at 1 is `T[root]`, the level below it begins with `T[2 root]`.
pub(super) fn ascend_from(hash: HashFunction, id: &[u8; ID_LEN], root: u32, nodes: &mut [Node]) {
    let mut width = nodes.len() >> 1;
    while width > 1 {
        width >>= 1;
        let (above, below) = nodes.split_at_mut(2 * width);
        let first = root << width.trailing_zeros();
        parents(hash, id, first, &below[..2 * width], &mut above[width..]);
    }
}

/// Frontier nodes `first ..` of a tree.
fn fill(
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    below: u8,
    secret: &TreeSecret,
    first: usize,
    out: &mut [Node],
) {
    let first = u32::try_from(first).unwrap_or(u32::MAX);
    if below == 0 {
        leaves(
            ots,
            &secret.id,
            &secret.seed,
            first,
            lms.leaves() + first,
            out,
        );
        return;
    }
    for (number, node) in (first..).zip(out) {
        *node = block(lms, ots, below, secret, number)[1];
    }
}

/// All nodes of block `number`: its root at 1, its leaves in the second half.
pub(super) fn block(
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    below: u8,
    secret: &TreeSecret,
    number: u32,
) -> Vec<Node> {
    let count = 1usize << below;
    let mut nodes = vec![Node::default(); 2 * count];
    let first = number << below;
    let out = &mut nodes[count..];
    leaves(
        ots,
        &secret.id,
        &secret.seed,
        first,
        lms.leaves() + first,
        out,
    );
    let root = (lms.leaves() >> below) + number;
    ascend_from(lms.hash(), &secret.id, root, &mut nodes);
    nodes
}

/// Fills `out`, whose first element has the number `first`.
#[cfg(not(feature = "rayon"))]
pub(crate) fn over_threads(first: usize, out: &mut [Node], fill: impl Fn(usize, &mut [Node])) {
    fill(first, out);
}

/// Fills `out`, whose first element has the number `first`, in pieces that go over threads.
#[cfg(feature = "rayon")]
pub(crate) fn over_threads(
    first: usize,
    out: &mut [Node],
    fill: impl Fn(usize, &mut [Node]) + Sync,
) {
    use rayon::prelude::*;

    if out.len() <= THREAD_SLICE {
        return fill(first, out);
    }
    out.par_chunks_mut(THREAD_SLICE)
        .enumerate()
        .for_each(|(number, out)| fill(first + number * THREAD_SLICE, out));
}
