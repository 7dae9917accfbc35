//! What LM-OTS and LMS ask of a hash function, for many inputs at a time.
//!
//! Every input starts with the tree's identifier `I` and a number, so that no two uses of the hash collide (RFC 8554, section 4.1 and 5.3).
//! The work is given out in batches: chains of one signature, leaves of one tree, nodes of one level.

mod reference;

#[cfg(feature = "alloc")]
use crate::params::LmotsAlgorithm;
use crate::params::{HashFunction, ID_LEN, MAX_N};
pub(crate) use pqkm_kernels::sha256::Chain;
#[cfg(feature = "alloc")]
use pqkm_kernels::sha256::Shape;
use pqkm_kernels::sha256::{self, Engine, OutputLength};
use sha2::Digest as _;
use shake::{ExtendableOutput, Update as _, XofReader};

/// A hash value; with n = 24 the last 8 bytes are zero and mean nothing.
pub(crate) type Node = [u8; MAX_N];

/// Domain separators of RFC 8554, section 7.1.
pub(crate) const D_PBLC: u16 = 0x8080;
pub(crate) const D_MESG: u16 = 0x8181;
pub(crate) const D_LEAF: u16 = 0x8282;
pub(crate) const D_INTR: u16 = 0x8383;

/// The kernels' name of a hash function, if they have it.
const fn lockstep(hash: HashFunction) -> Option<OutputLength> {
    match hash {
        HashFunction::Sha256 => Some(OutputLength::N32),
        HashFunction::Sha256N24 => Some(OutputLength::N24),
        HashFunction::Shake256 | HashFunction::Shake256N24 => None,
    }
}

/// Runs every chain: `value = H(I || q || i || j || value)` for j in `from..to`.
pub(crate) fn run_chains(hash: HashFunction, id: &[u8; ID_LEN], q: u32, chains: &mut [Chain]) {
    match lockstep(hash) {
        Some(length) => sha256::run_chains(Engine::detect(), length, id, q, chains),
        None => reference::run_chains(hash, id, q, chains),
    }
}

/// Runs every chain from its start, which is derived from the seed that stands in its `value`.
#[cfg(feature = "alloc")]
pub(crate) fn derive_and_run_chains(
    hash: HashFunction,
    id: &[u8; ID_LEN],
    q: u32,
    chains: &mut [Chain],
) {
    match lockstep(hash) {
        Some(length) => sha256::derive_and_run_chains(Engine::detect(), length, id, q, chains),
        None => {
            for chain in &mut *chains {
                chain.value = reference::step(hash, id, q, chain.index, 0xff, &chain.value);
            }
            reference::run_chains(hash, id, q, chains);
        }
    }
}

/// `H(I || q || i || 0xff || SEED)` truncated to n bytes: RFC 8554, Appendix A.
///
/// With `i` below `p` it is the secret start `x_q[i]` of a chain; larger `i` make other secrets.
#[cfg(feature = "alloc")]
pub(crate) fn derive(hash: HashFunction, id: &[u8; ID_LEN], q: u32, i: u16, seed: &Node) -> Node {
    reference::step(hash, id, q, i, 0xff, seed)
}

/// Leaves `first .. first + out.len()` of the tree: one-time public keys, hashed with the node number.
#[cfg(feature = "alloc")]
pub(crate) fn leaves(
    ots: LmotsAlgorithm,
    id: &[u8; ID_LEN],
    seed: &Node,
    first: u32,
    node_of_first: u32,
    out: &mut [Node],
) {
    match (lockstep(ots.hash()), u16::try_from(ots.p())) {
        (Some(length), Ok(chains)) => {
            let shape = Shape {
                length,
                chains,
                last: ots.max_digit(),
            };
            sha256::leaves(Engine::detect(), shape, id, seed, first, node_of_first, out);
        }
        _ => reference::leaves(ots, id, seed, first, node_of_first, out),
    }
}

/// `out[k] = H(I || first + k || D_INTR || children[2k] || children[2k + 1])`.
#[cfg(feature = "alloc")]
pub(crate) fn parents(
    hash: HashFunction,
    id: &[u8; ID_LEN],
    first: u32,
    children: &[Node],
    out: &mut [Node],
) {
    match lockstep(hash) {
        Some(length) => sha256::parents(Engine::detect(), length, id, first, children, out),
        None => reference::parents(hash, id, first, children, out),
    }
}

/// A hash over an input of any length.
pub(crate) enum Stream {
    Sha256(sha2::Sha256),
    Shake256(shake::Shake256),
}

impl Stream {
    /// Starts with `I || number || domain`.
    pub(crate) fn new(hash: HashFunction, id: &[u8; ID_LEN], number: u32, domain: u16) -> Self {
        let stream = match hash {
            HashFunction::Sha256 | HashFunction::Sha256N24 => Self::Sha256(sha2::Sha256::new()),
            HashFunction::Shake256 | HashFunction::Shake256N24 => {
                Self::Shake256(shake::Shake256::default())
            }
        };
        stream
            .chain(id)
            .chain(&number.to_be_bytes())
            .chain(&domain.to_be_bytes())
    }

    #[must_use]
    pub(crate) fn chain(mut self, data: &[u8]) -> Self {
        self.update(data);
        self
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        match self {
            Self::Sha256(state) => sha2::Digest::update(state, data),
            Self::Shake256(state) => state.update(data),
        }
    }

    /// The first `n` bytes of the output.
    pub(crate) fn finish(self, n: usize) -> Node {
        let mut out = Node::default();
        match self {
            Self::Sha256(state) => out = state.finalize().into(),
            Self::Shake256(state) => state.finalize_xof().read(&mut out),
        }
        if let Some(unused) = out.get_mut(n..) {
            unused.fill(0);
        }
        out
    }
}

/// `H(I || r || D_LEAF || key)`, a leaf from a one-time public key.
pub(crate) fn leaf(hash: HashFunction, id: &[u8; ID_LEN], node: u32, key: &[u8]) -> Node {
    Stream::new(hash, id, node, D_LEAF)
        .chain(key)
        .finish(hash.n())
}

/// `H(I || r || D_INTR || left || right)`.
pub(crate) fn parent(
    hash: HashFunction,
    id: &[u8; ID_LEN],
    node: u32,
    left: &[u8],
    right: &[u8],
) -> Node {
    Stream::new(hash, id, node, D_INTR)
        .chain(left)
        .chain(right)
        .finish(hash.n())
}
