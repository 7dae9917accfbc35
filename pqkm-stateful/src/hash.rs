//! What LM-OTS and LMS ask of a hash function, for many inputs at a time.
//!
//! Every input starts with the tree's identifier `I` and a number, so that no two uses of the hash collide (RFC 8554, section 4.1 and 5.3).
//! The work is given out in batches: chains of one signature, leaves of one tree, nodes of one level.

#[cfg(feature = "alloc")]
use crate::params::LmotsAlgorithm;
#[cfg(feature = "alloc")]
use crate::params::MAX_P;
use crate::params::{HashFunction, ID_LEN, MAX_N};
use ::shake::{ExtendableOutput, Update as _, XofReader};
pub(crate) use pqkm_kernels::lms::Chain;
use pqkm_kernels::lms::OutputLength;
#[cfg(feature = "alloc")]
use pqkm_kernels::lms::Shape;
use pqkm_kernels::{sha256, shake};
use sha2::Digest as _;

/// A hash value; with n = 24 the last 8 bytes are zero and mean nothing.
pub(crate) type Node = [u8; MAX_N];

/// Domain separators of RFC 8554, section 7.1.
pub(crate) const D_PBLC: u16 = 0x8080;
pub(crate) const D_MESG: u16 = 0x8181;
pub(crate) const D_LEAF: u16 = 0x8282;
pub(crate) const D_INTR: u16 = 0x8383;

/// How much of a digest counts, in the kernels' words.
const fn output_length(hash: HashFunction) -> OutputLength {
    match hash {
        HashFunction::Sha256 | HashFunction::Shake256 => OutputLength::N32,
        HashFunction::Sha256N24 | HashFunction::Shake256N24 => OutputLength::N24,
    }
}

const fn is_shake(hash: HashFunction) -> bool {
    matches!(hash, HashFunction::Shake256 | HashFunction::Shake256N24)
}

/// Runs every chain: `value = H(I || q || i || j || value)` for j in `from..to`.
pub(crate) fn run_chains(hash: HashFunction, id: &[u8; ID_LEN], q: u32, chains: &mut [Chain]) {
    let length = output_length(hash);
    if is_shake(hash) {
        shake::run_chains(shake::Engine::detect(), length, id, q, chains);
    } else {
        sha256::run_chains(sha256::Engine::detect(), length, id, q, chains);
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
    let length = output_length(hash);
    if is_shake(hash) {
        shake::derive_and_run_chains(shake::Engine::detect(), length, id, q, chains);
    } else {
        sha256::derive_and_run_chains(sha256::Engine::detect(), length, id, q, chains);
    }
}

/// `H(I || q || i || 0xff || SEED)` truncated to n bytes: RFC 8554, Appendix A.
///
/// With `i` below `p` it is the secret start `x_q[i]` of a chain; larger `i` make other secrets.
#[cfg(feature = "alloc")]
pub(crate) fn derive(hash: HashFunction, id: &[u8; ID_LEN], q: u32, i: u16, seed: &Node) -> Node {
    // `i` takes the place of the two-byte domain separator.
    let n = hash.n();
    Stream::new(hash, id, q, i)
        .chain(&[0xff])
        .chain(&seed[..n])
        .finish(n)
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
    if out.len() < FEW {
        for ((q, node), out) in (first..).zip(node_of_first..).zip(out) {
            *out = lone_leaf(ots, id, seed, q, node);
        }
        return;
    }
    let shape = Shape {
        length: output_length(ots.hash()),
        chains: u16::try_from(ots.p()).unwrap_or(u16::MAX),
        last: ots.max_digit(),
    };
    if is_shake(ots.hash()) {
        let engine = shake::Engine::detect();
        shake::leaves(engine, shape, id, seed, first, node_of_first, out);
    } else {
        let engine = sha256::Engine::detect();
        sha256::leaves(engine, shape, id, seed, first, node_of_first, out);
    }
}

/// Fewer leaves than this are made one by one, with the chains of each in the lanes: they do not fill a vector.
#[cfg(feature = "alloc")]
const FEW: usize = 4;

/// One leaf, its chains in the lanes.
#[cfg(feature = "alloc")]
fn lone_leaf(ots: LmotsAlgorithm, id: &[u8; ID_LEN], seed: &Node, q: u32, node: u32) -> Node {
    let n = ots.n();
    let mut chains = [Chain {
        index: 0,
        from: 0,
        to: ots.max_digit(),
        value: *seed,
    }; MAX_P];
    let chains = &mut chains[..ots.p()];
    for (index, chain) in (0..).zip(&mut *chains) {
        chain.index = index;
    }
    derive_and_run_chains(ots.hash(), id, q, chains);
    let mut key = Stream::new(ots.hash(), id, q, D_PBLC);
    for chain in &*chains {
        key.update(&chain.value[..n]);
    }
    leaf(ots.hash(), id, node, &key.finish(n)[..n])
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
    let length = output_length(hash);
    if is_shake(hash) {
        shake::parents(shake::Engine::detect(), length, id, first, children, out);
    } else {
        sha256::parents(sha256::Engine::detect(), length, id, first, children, out);
    }
}

/// A hash over an input of any length.
pub(crate) enum Stream {
    Sha256(sha2::Sha256),
    Shake256(::shake::Shake256),
}

impl Stream {
    /// Starts with `I || number || domain`.
    pub(crate) fn new(hash: HashFunction, id: &[u8; ID_LEN], number: u32, domain: u16) -> Self {
        let stream = match hash {
            HashFunction::Sha256 | HashFunction::Sha256N24 => Self::Sha256(sha2::Sha256::new()),
            HashFunction::Shake256 | HashFunction::Shake256N24 => {
                Self::Shake256(::shake::Shake256::default())
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
