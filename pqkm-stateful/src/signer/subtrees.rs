//! The trees on the path to an index, and the signatures that bind them together.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::{InvalidSignature, SignError, StoreError};
use crate::hash::Node;
use crate::hss::HssParameters;
use crate::lms::LmsVerifyingKey;
use crate::params::{MAX_LEVELS, MAX_N};
use crate::secret::TreeSecret;
use crate::signer::ahead::{Ahead, Help, Worker};
use crate::tree::Tree;

/// Memory for the trees of one level in bytes, as far as it goes; two are always kept.
const LEVEL_BUDGET: usize = 1 << 20;
/// The most trees of one level that are kept: threads may work in as many at a time.
const MAX_KEPT: usize = 16;

/// Signatures below a tree after which the next one is begun: whoever signs once in a while does not pay for it.
const WARM: u32 = 8;
/// Leaves before the end of a tree at which the next one is bound to its parent.
const LAST: u32 = 2;

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

    pub(super) fn sign(
        &self,
        q: u32,
        c: &Node,
        message: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), InvalidSignature> {
        self.tree.sign(&self.secret, q, c, &[message], out)
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.tree.verifying_key().verify(message, signature)
    }
}

/// The trees in memory.
pub(super) struct Subtrees {
    parameters: HssParameters,
    /// Whether next trees are made by threads; otherwise the signatures make them.
    threads: bool,
    top: Arc<Subtree>,
    /// (level, number, tree) of the levels below the top, the latest used last.
    below: Vec<(u8, u64, Arc<Subtree>)>,
    /// What is made for each level, the top among them.
    next: [Next; MAX_LEVELS],
}

/// The tree after the present one of a level.
#[derive(Default)]
struct Next {
    /// The present one.
    number: u64,
    /// Signatures made below it.
    used: u32,
    ahead: Option<Arc<Ahead>>,
    worker: Option<Worker>,
}

impl Next {
    fn stop(&mut self) {
        if let Some(ahead) = self.ahead.take() {
            ahead.stop();
        }
    }
}

impl Drop for Subtrees {
    fn drop(&mut self) {
        self.next.iter_mut().for_each(Next::stop);
    }
}

/// The tree that signs, and what the signature does for the trees to come.
pub(super) type Entered = (Arc<Subtree>, Option<Help>);

impl Subtrees {
    pub(super) fn new(
        parameters: HssParameters,
        threads: bool,
        secret: TreeSecret,
        tree: Tree,
    ) -> Self {
        let top = Arc::new(Subtree {
            secret,
            tree,
            links: Vec::new(),
        });
        Self {
            parameters,
            threads,
            top,
            below: Vec::new(),
            next: Default::default(),
        }
    }

    pub(super) fn top(&self) -> &Tree {
        &self.top.tree
    }

    /// The bottom tree of an index. `put_once` stores what a tree that is entered for the first time is signed with.
    pub(super) fn bottom(
        &mut self,
        index: u64,
        mut put_once: impl FnMut(u8, u64, &[u8]) -> Result<Vec<u8>, StoreError>,
    ) -> Result<Entered, SignError> {
        let mut current = Arc::clone(&self.top);
        for level in 1..self.parameters.depth() {
            let number = self.parameters.tree_number(level, index);
            current = match self.find(level, number) {
                Some(at) => self.below.remove(at).2,
                None => Arc::new(self.enter(&current, level, number, &mut put_once)?),
            };
            self.keep(level, number, &current);
        }
        let help = self.look_ahead(index, &mut put_once)?;
        Ok((current, help))
    }

    fn find(&self, level: u8, number: u64) -> Option<usize> {
        self.below
            .iter()
            .position(|(l, n, _)| (*l, *n) == (level, number))
    }

    /// Begins, continues or ends the making of the trees that follow those on the way to `index`.
    fn look_ahead(
        &mut self,
        index: u64,
        put_once: &mut impl FnMut(u8, u64, &[u8]) -> Result<Vec<u8>, StoreError>,
    ) -> Result<Option<Help>, SignError> {
        for level in 1..self.parameters.depth() {
            let number = self.parameters.tree_number(level, index);
            let following = number + 1;
            let state = &mut self.next[usize::from(level)];
            if state.number != number {
                (state.number, state.used) = (number, 0);
            }
            state.used = state.used.saturating_add(1);
            if state.used < WARM || following >= self.parameters.trees(level) {
                continue;
            }
            if self.find(level, following).is_some() {
                continue;
            }
            let leaves = self.parameters.level(level).0.leaves();
            let leaf = self.parameters.leaf(level, index);
            let ahead = self.ahead(level, following, leaf);
            if let Some(help) = ahead.help(leaf, leaves) {
                return Ok(Some(help));
            }
            // The last leaves but one bind it to its parent, so that not all is left to its own first leaf.
            if leaf + LAST >= leaves && ahead.is_ready() {
                self.enter_ahead(level, following, put_once)?;
            }
        }
        Ok(None)
    }

    /// The tree in the making; begins it if need be.
    fn ahead(&mut self, level: u8, number: u64, leaf: u32) -> Arc<Ahead> {
        let known = self.next[usize::from(level)].ahead.as_ref();
        if let Some(ahead) = known.filter(|ahead| ahead.number == number) {
            return Arc::clone(ahead);
        }
        let parameters = self.parameters.level(level);
        let ahead = Ahead::begin(number, parameters, self.secret(level, number), leaf);
        let next = &mut self.next[usize::from(level)];
        next.stop();
        if let Some(worker) = &next.worker {
            worker.make(&ahead);
        }
        next.ahead = Some(Arc::clone(&ahead));
        ahead
    }

    /// Seed and identifier of any tree, from the top.
    fn secret(&self, level: u8, number: u64) -> TreeSecret {
        let hash = self.parameters.top().0.hash();
        let mut secret = self.top.secret.duplicate();
        for upper in 1..=level {
            let path = self.parameters.ancestor(level, number, upper);
            secret = secret.child(hash, self.parameters.parent_leaf(upper, path));
        }
        secret
    }

    /// Enters a tree that is ready, if its parent is entered.
    fn enter_ahead(
        &mut self,
        level: u8,
        number: u64,
        put_once: &mut impl FnMut(u8, u64, &[u8]) -> Result<Vec<u8>, StoreError>,
    ) -> Result<(), SignError> {
        let above = self.parameters.ancestor(level, number, level - 1);
        let parent = if level == 1 {
            Arc::clone(&self.top)
        } else {
            match self.find(level - 1, above) {
                Some(at) => Arc::clone(&self.below[at].2),
                None => return Ok(()),
            }
        };
        let tree = Arc::new(self.enter(&parent, level, number, put_once)?);
        self.keep(level, number, &tree);
        Ok(())
    }

    /// Makes the tree `number` of a level usable: derive it, sign its root, store the signature once, and check what the store holds.
    fn enter(
        &mut self,
        parent: &Subtree,
        level: u8,
        number: u64,
        put_once: &mut impl FnMut(u8, u64, &[u8]) -> Result<Vec<u8>, StoreError>,
    ) -> Result<Subtree, SignError> {
        let (lms, ots) = self.parameters.level(level);
        let hash = lms.hash();
        let q = self.parameters.parent_leaf(level, number);
        let next = &mut self.next[usize::from(level)];
        if self.threads && next.worker.is_none() {
            // With the first tree, which somebody waits for: starting a thread takes as long as some signatures.
            next.worker = Worker::start();
        }
        let ahead = match next.ahead.take_if(|ahead| ahead.number == number) {
            Some(ahead) => ahead,
            None => Ahead::begin(number, (lms, ots), parent.secret.child(hash, q), 0),
        };
        // A fault in the root would make the upper one-time key sign a second message some other day: all was computed twice.
        let (secret, tree) = ahead.complete()?;
        let key = tree.verifying_key();
        let encoded = key.to_bytes();
        let mut link = Vec::new();
        let c = parent.secret.randomizer(hash, q);
        parent
            .tree
            .sign(&parent.secret, q, &c, &[&encoded], &mut link)
            .map_err(|_| SignError::Fault)?;
        link.extend_from_slice(&encoded);
        check_link(&parent.tree.verifying_key(), &key, &link).map_err(|_| SignError::Fault)?;

        let stored = put_once(level, number, &link)?;
        // What is the same byte by byte was checked a moment ago.
        if stored != link {
            check_link(&parent.tree.verifying_key(), &key, &stored)
                .map_err(|_| SignError::Conflict)?;
        }
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
