//! Leaves and inner nodes of a tree: one leaf or node a lane.

use super::chain::DERIVE;
use super::{Digest, ID_LEN, LmsHash, OutputLength, Work, to_digests, to_lane};

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

/// Makes leaves from a seed.
pub(crate) struct Leaves<'a> {
    pub(crate) shape: Shape,
    pub(crate) id: &'a [u8; ID_LEN],
    pub(crate) seed: &'a Digest,
    pub(crate) first_q: u32,
    pub(crate) first_node: u32,
    pub(crate) out: &'a mut [Digest],
}

impl Work for Leaves<'_> {
    #[inline(always)]
    fn run<H: LmsHash>(self, h: H) {
        let (mut q, mut node) = (self.first_q, self.first_node);
        for group in self.out.chunks_mut(H::LANES) {
            let key = one_time_keys(h, self.shape, self.id, self.seed, consecutive(h, q));
            let mut leaf = h.begin(self.id, consecutive(h, node), D_LEAF);
            h.append(&mut leaf, &key);
            to_digests(h, &h.finish(leaf), group);
            (q, node) = (
                q.wrapping_add(lanes::<H>()),
                node.wrapping_add(lanes::<H>()),
            );
        }
    }
}

/// One one-time public key a lane, from the seed to the digest in registers.
#[inline(always)]
fn one_time_keys<H: LmsHash>(
    h: H,
    shape: Shape,
    id: &[u8; ID_LEN],
    seed: &Digest,
    q: H::V,
) -> H::Value {
    let (prefix, seed) = (h.prefix(id, q), h.splat_value(seed));
    let mut key = h.begin(id, q, D_PBLC);
    let mut chain = 0;
    while chain < shape.chains {
        let mut value = h.step(&prefix, h.splat(H::position(chain, DERIVE)), &seed);
        let mut j = 0;
        while j < shape.last {
            value = h.step(&prefix, h.splat(H::position(chain, j)), &value);
            j += 1;
        }
        h.append(&mut key, &value);
        chain += 1;
    }
    h.finish(key)
}

/// Makes inner nodes from their children.
pub(crate) struct Parents<'a> {
    pub(crate) id: &'a [u8; ID_LEN],
    pub(crate) first: u32,
    pub(crate) children: &'a [Digest],
    pub(crate) out: &'a mut [Digest],
}

impl Work for Parents<'_> {
    #[inline(always)]
    fn run<H: LmsHash>(self, h: H) {
        let (pairs, _) = self.children.as_chunks::<2>();
        let mut first = self.first;
        for (out, pairs) in self.out.chunks_mut(H::LANES).zip(pairs.chunks(H::LANES)) {
            nodes(h, self.id, first, pairs, out);
            first = first.wrapping_add(lanes::<H>());
        }
    }
}

#[inline(always)]
fn nodes<H: LmsHash>(
    h: H,
    id: &[u8; ID_LEN],
    first: u32,
    pairs: &[[Digest; 2]],
    out: &mut [Digest],
) {
    let count = pairs.len().min(out.len());
    let mut node = h.begin(id, consecutive(h, first), D_INTR);
    let mut side = 0;
    while side < 2 {
        let mut children = h.no_values();
        let mut lane = 0;
        while lane < count {
            to_lane::<H>(&pairs[lane][side], lane, &mut children);
            lane += 1;
        }
        h.append(&mut node, &h.load_value(&children));
        side += 1;
    }
    to_digests(h, &h.finish(node), &mut out[..count]);
}

/// `first`, `first + 1`, ... in the lanes.
#[inline(always)]
fn consecutive<H: LmsHash>(h: H, first: u32) -> H::V {
    let mut numbers = h.zeros();
    let mut number = first;
    let mut lane = 0;
    while lane < H::LANES {
        numbers.as_mut()[lane] = H::number(number);
        number = number.wrapping_add(1);
        lane += 1;
    }
    h.load(&numbers)
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most sixteen lanes")]
const fn lanes<H: LmsHash>() -> u32 {
    H::LANES as u32
}
