//! Winternitz chains: one chain a lane.

use super::compress::Prefix;
use super::seats::{CHUNK, Entering, Seats};
use super::{Digest, Engine, ID_LEN, OutputLength, id_words, with_token};
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

/// Position of the step that turns a seed into the start of a chain: RFC 8554, Appendix A.
pub(super) const DERIVE: u8 = 0xff;

/// The chains of one-time key `q`: `value = H(id || q || index || j || value)` for j in `from..to`.
///
/// The order of `chains` does not matter: lanes take the longest first.
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
        let prefix = Prefix::new(l, &id_words(self.id), l.splat(self.q));
        for chunk in self.chains.chunks_mut(CHUNK) {
            match self.length {
                OutputLength::N24 => lockstep::<L, 6>(l, &prefix, chunk, self.derive),
                OutputLength::N32 => lockstep::<L, 8>(l, &prefix, chunk, self.derive),
            }
        }
    }
}

/// Runs chains, the longest first. A lane that has finished one takes the next: so all of them are busy nearly to the end, where
/// groups of lanes would wait for their longest chain. `N` words of a digest count.
#[inline(always)]
fn lockstep<L: HashLanes, const N: usize>(
    l: L,
    prefix: &Prefix<L>,
    chains: &mut [Chain],
    derive: bool,
) {
    for chain in &mut *chains {
        chain.value[4 * N..].fill(0);
        if derive {
            chain.from = 0;
        }
    }
    let mut seats = Seats::new(chains, derive, L::LANES);
    let mut entering = Entering::<L, N>::nobody(l);
    let (mut value, mut at) = ([l.splat(0); N], l.splat(0));
    // Nobody leaves the empty lanes.
    _ = seats.change(l, chains, &mut entering);
    entering.take_seats(l, &mut value, &mut at);
    while let Some(steps) = seats.steps_to_next_end() {
        let mut made = 1;
        while made < steps {
            advance(l, prefix, &mut value, &mut at);
            made += 1;
        }
        // Who comes after the last of these steps is laid ready before it: both are done at once, by different parts of the core.
        let ended = seats.change(l, chains, &mut entering);
        advance(l, prefix, &mut value, &mut at);
        let mut words = [l.zeros(); N];
        let mut i = 0;
        while i < N {
            words[i] = l.store(value[i]);
            i += 1;
        }
        entering.take_seats(l, &mut value, &mut at);
        for &(lane, number) in ended.as_slice() {
            let out = &mut chains[usize::from(number)].value;
            let mut i = 0;
            while i < N {
                out[4 * i..4 * i + 4].copy_from_slice(&words[i].as_ref()[lane].to_be_bytes());
                i += 1;
            }
        }
    }
}

/// One step in every lane. The position after [`DERIVE`] is 0: its byte wraps.
#[inline(always)]
fn advance<L: HashLanes, const N: usize>(
    l: L,
    prefix: &Prefix<L>,
    value: &mut [L::V; N],
    at: &mut L::V,
) {
    *value = step::<L, N>(l, prefix, *at, value);
    *at = l.ch(l.splat(0xff00), l.add(*at, l.splat(1 << 8)), *at);
}

/// `H(id || q || i || j || value)`: one block, `at` being `i << 16 | j << 8`.
#[inline(always)]
pub(super) fn step<L: HashLanes, const N: usize>(
    l: L,
    prefix: &Prefix<L>,
    at: L::V,
    value: &[L::V; N],
) -> [L::V; N] {
    l.enter(Step::<L, N> { prefix, at, value })
}

/// A step, as a function of its own: what is the same in all blocks of this length is known in it.
struct Step<'a, L: HashLanes, const N: usize> {
    prefix: &'a Prefix<L>,
    at: L::V,
    value: &'a [L::V; N],
}

impl<L: HashLanes, const N: usize> Kernel<L> for Step<'_, L, N> {
    type Output = [L::V; N];

    #[inline(always)]
    fn run(self, l: L) -> [L::V; N] {
        let Self { prefix, at, value } = self;
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
        let digest = prefix.digest(l, &block);
        let mut out = [zero; N];
        let mut i = 0;
        while i < N {
            out[i] = digest[i];
            i += 1;
        }
        out
    }
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
