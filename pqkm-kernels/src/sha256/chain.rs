//! Winternitz chains: one chain a lane.

use super::compress::Prefix;
use super::{Digest, Engine, ID_LEN, OutputLength, digest_words, id_words, with_token};
use crate::lanes::{HashLanes, Kernel, Token};

/// One chain: `value` stands at position `from` and goes to position `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Number of the chain, `i`.
    pub index: u16,
    /// Where the value stands.
    pub from: u8,
    /// Where it goes; if it is below `from`, nothing happens.
    pub to: u8,
    /// The value; with [`OutputLength::N24`] its last 8 bytes do not count.
    pub value: Digest,
}

impl Chain {
    const fn steps(&self) -> u8 {
        self.to.saturating_sub(self.from)
    }
}

/// Position of the step that turns a seed into the start of a chain: RFC 8554, Appendix A.
const DERIVE: u8 = 0xff;
/// The most lanes that any engine has.
const MAX_LANES: usize = 16;
/// Chains that are put in order together: more than any one-time key has.
const CHUNK: usize = 272;

/// The chains of one-time key `q`: `value = H(id || q || index || j || value)` for j in `from..to`.
///
/// Chains of like length are worked on together, so that the order of `chains` does not matter.
///
/// # Spec
/// RFC 8554, Algorithm 3, step 8, and Algorithm 4b, step 4.
///
/// # Side channels
/// Time depends on `from` and `to`, which are public.
pub fn run_chains(
    engine: Engine,
    length: OutputLength,
    id: &[u8; ID_LEN],
    q: u32,
    chains: &mut [Chain],
) {
    with_token!(
        engine,
        Run {
            length,
            id,
            q,
            chains,
            derive: false
        }
    );
}

/// As [`run_chains`], from the start: `value` holds the seed, from which the value at position 0 is derived first.
/// `from` is taken as 0.
pub fn derive_and_run_chains(
    engine: Engine,
    length: OutputLength,
    id: &[u8; ID_LEN],
    q: u32,
    chains: &mut [Chain],
) {
    with_token!(
        engine,
        Run {
            length,
            id,
            q,
            chains,
            derive: true
        }
    );
}

struct Run<'a> {
    length: OutputLength,
    id: &'a [u8; ID_LEN],
    q: u32,
    chains: &'a mut [Chain],
    derive: bool,
}

impl<L: HashLanes> Kernel<L> for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        if self.derive {
            for chain in self.chains.iter_mut() {
                chain.from = 0;
            }
        }
        let prefix = Prefix::new(l, &id_words(self.id), l.splat(self.q));
        for chunk in self.chains.chunks_mut(CHUNK) {
            let order = by_length(chunk);
            for group in order[..chunk.len()].chunks(L::LANES) {
                match self.length {
                    OutputLength::N24 => lockstep::<L, 6>(l, &prefix, chunk, group, self.derive),
                    OutputLength::N32 => lockstep::<L, 8>(l, &prefix, chunk, group, self.derive),
                }
            }
        }
    }
}

/// The numbers of the chains, the shortest first (counting sort).
#[expect(
    clippy::cast_possible_truncation,
    reason = "a chunk has fewer than 2^16 chains"
)]
fn by_length(chains: &[Chain]) -> [u16; CHUNK] {
    let mut start = [0u16; 257];
    for chain in chains {
        start[usize::from(chain.steps()) + 1] += 1;
    }
    let mut i = 1;
    while i < 257 {
        start[i] += start[i - 1];
        i += 1;
    }
    let mut order = [0; CHUNK];
    for (number, chain) in chains.iter().enumerate() {
        let at = &mut start[usize::from(chain.steps())];
        order[usize::from(*at)] = number as u16;
        *at += 1;
    }
    order
}

/// Up to [`HashLanes::LANES`] chains, given by number, each as long as its own length; `N` words of a digest count.
#[inline(always)]
fn lockstep<L: HashLanes, const N: usize>(
    l: L,
    prefix: &Prefix<L>,
    chains: &mut [Chain],
    group: &[u16],
    derive: bool,
) {
    let mut values = [l.zeros(); N];
    let mut header = l.zeros();
    let mut left = l.zeros();
    let mut most = 0;
    let mut lane = 0;
    while lane < group.len() {
        let chain = &chains[usize::from(group[lane])];
        let words = digest_words(&chain.value);
        let mut i = 0;
        while i < N {
            values[i].as_mut()[lane] = words[i];
            i += 1;
        }
        let steps = u32::from(chain.steps());
        header.as_mut()[lane] = (u32::from(chain.index) << 16) | (u32::from(chain.from) << 8);
        left.as_mut()[lane] = steps;
        most = if steps > most { steps } else { most };
        lane += 1;
    }
    let mut value = [l.splat(0); N];
    let mut i = 0;
    while i < N {
        value[i] = l.load(&values[i]);
        i += 1;
    }
    let (mut header, mut left) = (l.load(&header), l.load(&left));
    if derive {
        let at = l.or(header, l.splat(u32::from(DERIVE) << 8));
        value = step::<L, N>(l, prefix, at, &value);
    }
    let mut done = 0;
    while done < most {
        let next = step::<L, N>(l, prefix, header, &value);
        let mut i = 0;
        while i < N {
            value[i] = l.where_positive(left, next[i], value[i]);
            i += 1;
        }
        header = l.add(header, l.splat(1 << 8));
        left = l.add(left, l.splat(u32::MAX));
        done += 1;
    }
    let mut digests = [[0; 32]; MAX_LANES];
    to_digests::<L, N>(l, &value, &mut digests[..group.len()]);
    let mut lane = 0;
    while lane < group.len() {
        chains[usize::from(group[lane])].value = digests[lane];
        lane += 1;
    }
}

/// `H(id || q || i || j || value)`: one block, `at` being `i << 16 | j << 8`.
#[inline(always)]
pub(super) fn step<L: HashLanes, const N: usize>(
    l: L,
    prefix: &Prefix<L>,
    at: L::V,
    value: &[L::V; N],
) -> [L::V; N] {
    let zero = l.splat(0);
    let [w0, w1, w2, w3, w4] = prefix.words;
    let mut block = [
        w0, w1, w2, w3, w4, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero,
    ];
    block[5] = l.or(at, l.shr::<24>(value[0]));
    let mut i = 1;
    while i < N {
        block[5 + i] = l.funnel::<8>(value[i - 1], value[i]);
        i += 1;
    }
    block[5 + N] = l.or(l.shl::<8>(value[N - 1]), l.splat(0x80));
    // The length in bits: 23 bytes and N words.
    block[15] = l.splat(if N == 8 { 8 * 55 } else { 8 * 47 });
    let digest = prefix.compress(l, &block);
    let mut out = [zero; N];
    let mut i = 0;
    while i < N {
        out[i] = digest[i];
        i += 1;
    }
    out
}

/// The digests of the first lanes.
#[inline(always)]
pub(super) fn to_digests<L: HashLanes, const N: usize>(
    l: L,
    value: &[L::V; N],
    out: &mut [Digest],
) {
    let mut i = 0;
    while i < N {
        let words = l.store(value[i]);
        let mut lane = 0;
        while lane < out.len() {
            out[lane][4 * i..4 * i + 4].copy_from_slice(&words.as_ref()[lane].to_be_bytes());
            lane += 1;
        }
        i += 1;
    }
    let mut lane = 0;
    while lane < out.len() {
        out[lane][4 * N..].fill(0);
        lane += 1;
    }
}
