//! The trees on the path to an index, and the signatures that bind them together.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::{InvalidSignature, SignError, StoreError};
use crate::hash::Node;
use crate::hss::HssParameters;
use crate::lms::LmsVerifyingKey;
use crate::params::MAX_N;
use crate::secret::TreeSecret;
use crate::tree::Tree;

/// Memory for the trees of one level in bytes, as far as it goes; two are always kept.
const LEVEL_BUDGET: usize = 1 << 20;
/// The most trees of one level that are kept: threads may work in as many at a time.
const MAX_KEPT: usize = 16;

/// One tree and everything above it.
pub(super) struct Subtree {
    secret: TreeSecret,
    tree: Tree,
    /// From the top: signature and public key of each tree below the top, down to this one.
    links: Vec<u8>,
}

impl Subtree {
    pub(super) fn links(&self) -> &[u8] {
        &self.links
    }

    pub(super) fn sign(&self, q: u32, c: &Node, message: &[u8], out: &mut Vec<u8>) {
        self.tree.sign(&self.secret, q, c, &[message], out);
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.tree.verifying_key().verify(message, signature)
    }
}

/// The trees in memory.
pub(super) struct Subtrees {
    parameters: HssParameters,
    top: Arc<Subtree>,
    /// (level, number, tree) of the levels below the top, the latest used last.
    below: Vec<(u8, u64, Arc<Subtree>)>,
}

impl Subtrees {
    pub(super) fn new(parameters: HssParameters, secret: TreeSecret, tree: Tree) -> Self {
        let top = Arc::new(Subtree {
            secret,
            tree,
            links: Vec::new(),
        });
        Self {
            parameters,
            top,
            below: Vec::new(),
        }
    }

    /// The bottom tree of an index. `put_once` stores what a tree that is entered for the first time is signed with.
    pub(super) fn bottom(
        &mut self,
        index: u64,
        mut put_once: impl FnMut(u8, u64, &[u8]) -> Result<Vec<u8>, StoreError>,
    ) -> Result<Arc<Subtree>, SignError> {
        let mut current = Arc::clone(&self.top);
        for level in 1..self.parameters.depth() {
            let number = self.parameters.tree_number(level, index);
            let known = self
                .below
                .iter()
                .position(|(l, n, _)| (*l, *n) == (level, number));
            current = if let Some(at) = known {
                self.below.remove(at).2
            } else {
                Arc::new(self.enter(&current, level, number, &mut put_once)?)
            };
            self.keep(level, number, &current);
        }
        Ok(current)
    }

    /// Makes the tree `number` of a level usable: derive it, sign its root, store the signature once, and check what the store holds.
    fn enter(
        &self,
        parent: &Subtree,
        level: u8,
        number: u64,
        put_once: &mut impl FnMut(u8, u64, &[u8]) -> Result<Vec<u8>, StoreError>,
    ) -> Result<Subtree, SignError> {
        let (lms, ots) = self.parameters.level(level);
        let hash = lms.hash();
        let q = self.parameters.parent_leaf(level, number);
        let secret = parent.secret.child(hash, q);
        let tree = Tree::generate(lms, ots, &secret);
        let key = tree.verifying_key();
        // A fault in the root would make the upper one-time key sign a second message some other day.
        if Tree::generate(lms, ots, &parent.secret.child(hash, q)).verifying_key() != key {
            return Err(SignError::Fault);
        }
        let encoded = key.to_bytes();
        let mut link = Vec::new();
        parent.tree.sign(
            &parent.secret,
            q,
            &parent.secret.randomizer(hash, q),
            &[&encoded],
            &mut link,
        );
        link.extend_from_slice(&encoded);
        check_link(&parent.tree.verifying_key(), &key, &link).map_err(|_| SignError::Fault)?;

        let stored = put_once(level, number, &link)?;
        check_link(&parent.tree.verifying_key(), &key, &stored).map_err(|_| SignError::Conflict)?;
        let mut links = parent.links.clone();
        links.extend(stored);
        Ok(Subtree {
            secret,
            tree,
            links,
        })
    }

    fn keep(&mut self, level: u8, number: u64, tree: &Arc<Subtree>) {
        let (lms, _) = self.parameters.level(level);
        let size = (2 * MAX_N) << lms.h();
        let kept = LEVEL_BUDGET
            .checked_div(size)
            .unwrap_or(0)
            .clamp(2, MAX_KEPT);
        let same_level = self.below.iter().filter(|(l, _, _)| *l == level).count();
        let oldest = self.below.iter().position(|(l, _, _)| *l == level);
        if let Some(oldest) = oldest.filter(|_| same_level >= kept) {
            self.below.remove(oldest);
        }
        self.below.push((level, number, Arc::clone(tree)));
    }
}

/// A link is the parent's signature over the child's public key, and that key.
fn check_link(
    parent: &LmsVerifyingKey,
    child: &LmsVerifyingKey,
    link: &[u8],
) -> Result<(), InvalidSignature> {
    let (signature, key) = link
        .split_at_checked(parent.signature_len())
        .ok_or(InvalidSignature)?;
    if key != child.to_bytes() {
        return Err(InvalidSignature);
    }
    parent.verify(key, signature)
}
