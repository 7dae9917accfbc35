//! The nodes of one tree: generation, root and authentication paths. RFC 8554, section 5.3.

use alloc::vec;
use alloc::vec::Vec;

use crate::hash::{Node, leaves, parents};
use crate::lmots;
use crate::lms::LmsVerifyingKey;
use crate::params::{ID_LEN, LmotsAlgorithm, LmsAlgorithm, lms_signature_len};
use crate::secret::TreeSecret;

/// All nodes of one tree, `nodes[r]` being `T[r]`; `nodes[0]` is not used.
pub(crate) struct Tree {
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    id: [u8; ID_LEN],
    nodes: Vec<Node>,
}

impl Tree {
    /// Computes every node from the seed.
    pub(crate) fn generate(lms: LmsAlgorithm, ots: LmotsAlgorithm, secret: &TreeSecret) -> Self {
        let count = 1usize << lms.h();
        let mut nodes = vec![Node::default(); 2 * count];
        leaves(
            ots,
            &secret.id,
            &secret.seed,
            0,
            lms.leaves(),
            &mut nodes[count..],
        );
        for level in (0..lms.h()).rev() {
            let (above, below) = nodes.split_at_mut(2usize << level);
            let first = 1usize << level;
            parents(
                lms.hash(),
                &secret.id,
                1 << level,
                &below[..2 * first],
                &mut above[first..],
            );
        }
        Self {
            lms,
            ots,
            id: secret.id,
            nodes,
        }
    }

    #[cfg(feature = "hazmat")]
    pub(crate) const fn leaves(&self) -> u32 {
        self.lms.leaves()
    }

    pub(crate) fn verifying_key(&self) -> LmsVerifyingKey {
        LmsVerifyingKey::new(self.lms, self.ots, self.id, self.nodes[1])
    }

    /// RFC 8554, Algorithm 5: appends the LMS signature with leaf `q`.
    ///
    /// Whoever calls this has spent `q`, or makes the same bytes again.
    pub(crate) fn sign(
        &self,
        secret: &TreeSecret,
        q: u32,
        c: &Node,
        message: &[&[u8]],
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        out.resize(start + lms_signature_len(self.lms, self.ots), 0);
        let (leaf, rest) = out[start..].split_at_mut(4);
        leaf.copy_from_slice(&q.to_be_bytes());
        let (one_time, rest) = rest.split_at_mut(self.ots.signature_len());
        lmots::sign(self.ots, &self.id, q, &secret.seed, c, message, one_time);
        let (code, path) = rest.split_at_mut(4);
        code.copy_from_slice(&self.lms.code().to_be_bytes());
        let m = self.lms.m();
        let mut node = self.lms.leaves() + q;
        for sibling in path.chunks_exact_mut(m) {
            let at = usize::try_from(node ^ 1).unwrap_or(0);
            sibling.copy_from_slice(&self.nodes[at][..m]);
            node >>= 1;
        }
    }
}
