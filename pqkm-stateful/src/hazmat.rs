//! Signing under an index of the caller's choice, without any store: for test vectors.
//!
//! **Two signatures under one index give the key away.** Nothing here remembers what was used.

use alloc::vec::Vec;

use crate::lms::LmsVerifyingKey;
use crate::params::{HashFunction, ID_LEN, LmotsAlgorithm, LmsAlgorithm, MAX_N};
use crate::secret::TreeSecret;
use crate::tree::Tree;

/// One LMS tree made from a given seed, that signs whatever it is told to.
#[expect(missing_debug_implementations, reason = "holds a private key")]
pub struct LmsTree {
    tree: Tree,
    secret: TreeSecret,
    hash: HashFunction,
}

impl LmsTree {
    /// Makes the tree of identifier `id` and `seed` (the first n bytes count) by RFC 8554, Appendix A.
    ///
    /// `None` if the two parameter sets differ in their hash function.
    #[must_use]
    pub fn from_seed(
        lms: LmsAlgorithm,
        ots: LmotsAlgorithm,
        id: [u8; ID_LEN],
        seed: &[u8; MAX_N],
    ) -> Option<Self> {
        if lms.hash() != ots.hash() {
            return None;
        }
        let secret = TreeSecret { seed: *seed, id };
        Some(Self {
            tree: Tree::generate(lms, ots, &secret),
            secret,
            hash: lms.hash(),
        })
    }

    /// The public key.
    #[must_use]
    pub fn verifying_key(&self) -> LmsVerifyingKey {
        self.tree.verifying_key()
    }

    /// Signs with leaf `q` and randomizer `c` (its first n bytes); `None` if there is no such leaf.
    #[must_use]
    pub fn testing_only_sign(&self, q: u32, c: &[u8; MAX_N], message: &[u8]) -> Option<Vec<u8>> {
        if q >= self.tree.leaves() {
            return None;
        }
        let mut out = Vec::new();
        self.tree
            .sign(&self.secret, q, c, &[message], &mut out)
            .ok()?;
        Some(out)
    }

    /// The randomizer that derives from the seed and `q`.
    #[must_use]
    pub fn randomizer(&self, q: u32) -> [u8; MAX_N] {
        self.secret.randomizer(self.hash, q)
    }

    /// Seed and identifier of the tree below leaf `q`, as upper levels derive them.
    #[must_use]
    pub fn child_seed(&self, q: u32) -> ([u8; MAX_N], [u8; ID_LEN]) {
        let child = self.secret.child(self.hash, q);
        (child.seed, child.id)
    }
}
