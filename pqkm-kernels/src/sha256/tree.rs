//! Leaves and inner nodes of a tree: one leaf or node a lane.

use super::absorb::Absorber;
use super::chain::{step, to_digests};
use super::compress::Prefix;
use super::{Digest, Engine, ID_LEN, OutputLength, digest_words, id_words, with_token};
use crate::lanes::{HashLanes, Kernel, Token};

/// Domain separators: RFC 8554, section 7.1.
const D_PBLC: u16 = 0x8080;
const D_LEAF: u16 = 0x8282;
const D_INTR: u16 = 0x8383;

/// The shape of a one-time key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How much of a digest counts.
    pub length: OutputLength,
    /// Number of chains, `p`.
    pub chains: u16,
    /// Last position of a chain, `2^w - 1`.
    pub last: u8,
}

/// Leaves of a tree: `out[k]` is that of one-time key `first_q + k` and has node number `first_node + k`.
///
/// # Spec
/// RFC 8554, Appendix A (secret starts of chains from the seed), Algorithm 1 (one-time public key) and
/// section 5.3 (`H(I || r || D_LEAF || K)`).
///
/// # Side channels
/// Time depends on the shape and the number of leaves.
pub fn leaves(
    engine: Engine,
    shape: Shape,
    id: &[u8; ID_LEN],
    seed: &Digest,
    first_q: u32,
    first_node: u32,
    out: &mut [Digest],
) {
    with_token!(
        engine,
        Leaves {
            shape,
            id,
            seed,
            first_q,
            first_node,
            out
        }
    );
}

struct Leaves<'a> {
    shape: Shape,
    id: &'a [u8; ID_LEN],
    seed: &'a Digest,
    first_q: u32,
    first_node: u32,
    out: &'a mut [Digest],
}

impl<L: HashLanes> Kernel<L> for Leaves<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let id = id_words(self.id);
        let (mut q, mut node) = (self.first_q, self.first_node);
        let mut rest = self.out;
        while !rest.is_empty() {
            let (group, later) = rest.split_at_mut(rest.len().min(L::LANES));
            let numbers = (consecutive(l, q), consecutive(l, node));
            match self.shape.length {
                OutputLength::N24 => {
                    group_of::<L, 6>(l, self.shape, &id, self.seed, numbers, group);
                }
                OutputLength::N32 => {
                    group_of::<L, 8>(l, self.shape, &id, self.seed, numbers, group);
                }
            }
            let count = lanes_of::<L>();
            (q, node) = (q.wrapping_add(count), node.wrapping_add(count));
            rest = later;
        }
    }
}

/// One leaf a lane, from its seed to its digest, in registers.
#[inline(always)]
fn group_of<L: HashLanes, const N: usize>(
    l: L,
    shape: Shape,
    id: &[u32; 4],
    seed: &Digest,
    (q, node): (L::V, L::V),
    out: &mut [Digest],
) {
    let prefix = Prefix::new(l, id, q);
    let words = digest_words(seed);
    let mut key = Absorber::new(l, id, q, D_PBLC);
    let mut chain = 0;
    while chain < shape.chains {
        let mut value = [l.splat(0); N];
        let mut i = 0;
        while i < N {
            value[i] = l.splat(words[i]);
            i += 1;
        }
        let at = u32::from(chain) << 16;
        value = step::<L, N>(l, &prefix, l.splat(at | 0xff00), &value);
        let mut j = 0;
        while j < shape.last {
            value = step::<L, N>(l, &prefix, l.splat(at | (u32::from(j) << 8)), &value);
            j += 1;
        }
        key.push(l, &value);
        chain += 1;
    }
    let key = key.finish(l);
    let mut leaf = Absorber::new(l, id, node, D_LEAF);
    leaf.push(l, &key[..N]);
    let digest = leaf.finish(l);
    to_digests::<L, N>(l, &first_words(l, &digest), out);
}

/// Inner nodes: `out[k] = H(id || first + k || D_INTR || children[2k] || children[2k + 1])`.
///
/// As many as `out` has, or half of `children` if that is less.
///
/// # Spec
/// RFC 8554, section 5.3.
pub fn parents(
    engine: Engine,
    length: OutputLength,
    id: &[u8; ID_LEN],
    first: u32,
    children: &[Digest],
    out: &mut [Digest],
) {
    with_token!(
        engine,
        Parents {
            length,
            id,
            first,
            children,
            out
        }
    );
}

struct Parents<'a> {
    length: OutputLength,
    id: &'a [u8; ID_LEN],
    first: u32,
    children: &'a [Digest],
    out: &'a mut [Digest],
}

impl<L: HashLanes> Kernel<L> for Parents<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let id = id_words(self.id);
        let (pairs, _) = self.children.as_chunks::<2>();
        let count = pairs.len().min(self.out.len());
        let (mut pairs, mut rest) = (&pairs[..count], &mut self.out[..count]);
        let mut node = self.first;
        while !rest.is_empty() {
            let now = rest.len().min(L::LANES);
            let (group, later) = rest.split_at_mut(now);
            match self.length {
                OutputLength::N24 => nodes::<L, 6>(l, &id, node, &pairs[..now], group),
                OutputLength::N32 => nodes::<L, 8>(l, &id, node, &pairs[..now], group),
            }
            node = node.wrapping_add(lanes_of::<L>());
            pairs = &pairs[now..];
            rest = later;
        }
    }
}

#[inline(always)]
fn nodes<L: HashLanes, const N: usize>(
    l: L,
    id: &[u32; 4],
    first: u32,
    pairs: &[[Digest; 2]],
    out: &mut [Digest],
) {
    let mut node = Absorber::new(l, id, consecutive(l, first), D_INTR);
    let mut side = 0;
    while side < 2 {
        let mut words = [l.zeros(); N];
        let mut lane = 0;
        while lane < pairs.len() {
            let digest = digest_words(&pairs[lane][side]);
            let mut i = 0;
            while i < N {
                words[i].as_mut()[lane] = digest[i];
                i += 1;
            }
            lane += 1;
        }
        let mut i = 0;
        while i < N {
            node.push(l, &[l.load(&words[i])]);
            i += 1;
        }
        side += 1;
    }
    let digest = node.finish(l);
    to_digests::<L, N>(l, &first_words(l, &digest), out);
}

/// `first`, `first + 1`, ... in the lanes.
#[inline(always)]
fn consecutive<L: HashLanes>(l: L, first: u32) -> L::V {
    let mut numbers = l.zeros();
    let mut number = first;
    let mut lane = 0;
    while lane < L::LANES {
        numbers.as_mut()[lane] = number;
        number = number.wrapping_add(1);
        lane += 1;
    }
    l.load(&numbers)
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most sixteen lanes")]
const fn lanes_of<L: HashLanes>() -> u32 {
    L::LANES as u32
}

#[inline(always)]
fn first_words<L: HashLanes, const N: usize>(l: L, digest: &[L::V; 8]) -> [L::V; N] {
    let mut out = [l.splat(0); N];
    let mut i = 0;
    while i < N {
        out[i] = digest[i];
        i += 1;
    }
    out
}
