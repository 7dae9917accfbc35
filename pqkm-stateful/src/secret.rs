//! The secrets of a tree and how those of its children follow from them.

use zeroize::Zeroize;

use crate::hash::{Node, derive};
use crate::params::{HashFunction, ID_LEN};

/// Numbers in the place of `i` for what is not the start of a chain (those are below 265).
const RANDOMIZER: u16 = 0xfffd;
const CHILD_SEED: u16 = 0xfffe;
const CHILD_ID: u16 = 0xffff;

/// `SEED` and `I` of one tree. With n = 24 the last 8 bytes of the seed are zero.
pub(crate) struct TreeSecret {
    pub(crate) seed: Node,
    pub(crate) id: [u8; ID_LEN],
}

impl Drop for TreeSecret {
    fn drop(&mut self) {
        self.seed.zeroize();
        self.id.zeroize();
    }
}

impl TreeSecret {
    /// Seed and identifier of the tree below leaf `q`.
    ///
    /// The derivation is the one of RFC 8554, Appendix A, under numbers that no chain has,
    /// and that the RFC authors' implementation uses too.
    pub(crate) fn child(&self, hash: HashFunction, q: u32) -> Self {
        let seed = derive(hash, &self.id, q, CHILD_SEED, &self.seed);
        let mut wide = derive(hash, &self.id, q, CHILD_ID, &self.seed);
        let mut id = [0; ID_LEN];
        id.copy_from_slice(&wide[..ID_LEN]);
        wide.zeroize();
        Self { seed, id }
    }

    /// The same secrets once more.
    #[cfg(feature = "std")]
    pub(crate) const fn duplicate(&self) -> Self {
        Self {
            seed: self.seed,
            id: self.id,
        }
    }

    /// The randomizer `C` for leaf `q` of an upper tree: remaking a signature gives the same bytes.
    pub(crate) fn randomizer(&self, hash: HashFunction, q: u32) -> Node {
        derive(hash, &self.id, q, RANDOMIZER, &self.seed)
    }
}
