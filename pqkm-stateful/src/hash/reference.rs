//! One input after the other, through the RustCrypto hashes: what the vector kernels are compared with, and what runs without them.

use crate::hash::{Chain, Node, Stream};
#[cfg(feature = "alloc")]
use crate::hash::{D_PBLC, leaf, parent};
#[cfg(feature = "alloc")]
use crate::params::LmotsAlgorithm;
use crate::params::{HashFunction, ID_LEN};

/// `H(I || q || i || j || value)`.
pub(super) fn step(
    hash: HashFunction,
    id: &[u8; ID_LEN],
    q: u32,
    i: u16,
    j: u8,
    value: &Node,
) -> Node {
    // `i` takes the place of the two-byte domain separator.
    let n = hash.n();
    Stream::new(hash, id, q, i)
        .chain(&[j])
        .chain(value.get(..n).unwrap_or(value))
        .finish(n)
}

pub(super) fn run_chains(hash: HashFunction, id: &[u8; ID_LEN], q: u32, chains: &mut [Chain]) {
    for chain in chains {
        for j in chain.from..chain.to {
            chain.value = step(hash, id, q, chain.index, j, &chain.value);
        }
    }
}

#[cfg(feature = "alloc")]
pub(super) fn leaves(
    ots: LmotsAlgorithm,
    id: &[u8; ID_LEN],
    seed: &Node,
    first: u32,
    node_of_first: u32,
    out: &mut [Node],
) {
    for ((q, node), out) in (first..).zip(node_of_first..).zip(out) {
        *out = leaf(
            ots.hash(),
            id,
            node,
            &public_key(ots, id, seed, q)[..ots.n()],
        );
    }
}

#[cfg(feature = "alloc")]
/// RFC 8554, Algorithm 1: the public key `K` of the one-time key `q`.
fn public_key(ots: LmotsAlgorithm, id: &[u8; ID_LEN], seed: &Node, q: u32) -> Node {
    let hash = ots.hash();
    let mut stream = Stream::new(hash, id, q, D_PBLC);
    for (i, _) in (0u16..).zip(0..ots.p()) {
        let mut value = step(hash, id, q, i, 0xff, seed);
        for j in 0..ots.max_digit() {
            value = step(hash, id, q, i, j, &value);
        }
        stream.update(&value[..ots.n()]);
    }
    stream.finish(ots.n())
}

#[cfg(feature = "alloc")]
pub(super) fn parents(
    hash: HashFunction,
    id: &[u8; ID_LEN],
    first: u32,
    children: &[Node],
    out: &mut [Node],
) {
    let n = hash.n();
    for ((node, pair), out) in (first..).zip(children.chunks_exact(2)).zip(out) {
        *out = parent(hash, id, node, &pair[0][..n], &pair[1][..n]);
    }
}
