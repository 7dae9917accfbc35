//! SHAKE256 on many messages in lockstep: the chains, one-time public keys and tree nodes of [`sha256`](crate::sha256), with the other hash
//! function that LMS has.
//!
//! The input of one step is 47 or 55 bytes, one block: it is put together in registers, and so is the next one from its output.
//!
//! # Spec
//! FIPS 202, section 6.2 (SHAKE256); RFC 9858, section 4 for its use, RFC 8554 for what is hashed.
//!
//! # Side channels
//! Time depends on positions and lengths of chains, which a signature shows, and on nothing else.

#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use crate::keccak::permute;
use crate::lanes::{Kernel, Lanes, Token};
use crate::sha256::{Chain, Digest, ID_LEN, OutputLength, Shape};

/// Domain separators: RFC 8554, section 7.1.
const D_PBLC: u16 = 0x8080;
const D_LEAF: u16 = 0x8282;
const D_INTR: u16 = 0x8383;
/// Position of the step that turns a seed into the start of a chain: RFC 8554, Appendix A.
const DERIVE: u8 = 0xff;
/// Words of a block, 136 bytes.
const RATE: usize = 17;
const SUFFIX: u64 = 0x1f;

engines! { $
    /// Plain Rust.
    Portable;
    /// AVX2, four messages.
    Avx2(Avx2),
    /// AVX-512, eight messages.
    Avx512(Avx512),
}

/// As [`sha256::run_chains`](crate::sha256::run_chains), with SHAKE256.
pub fn run_chains(
    engine: Engine,
    length: OutputLength,
    id: &[u8; ID_LEN],
    q: u32,
    chains: &mut [Chain],
) {
    let derive = false;
    with_token!(
        engine,
        Run {
            length,
            id,
            q,
            chains,
            derive
        }
    );
}

/// As [`sha256::derive_and_run_chains`](crate::sha256::derive_and_run_chains), with SHAKE256.
pub fn derive_and_run_chains(
    engine: Engine,
    length: OutputLength,
    id: &[u8; ID_LEN],
    q: u32,
    chains: &mut [Chain],
) {
    let derive = true;
    with_token!(
        engine,
        Run {
            length,
            id,
            q,
            chains,
            derive
        }
    );
}

/// As [`sha256::leaves`](crate::sha256::leaves), with SHAKE256.
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

/// As [`sha256::parents`](crate::sha256::parents), with SHAKE256.
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

/// A number as the bytes of an input hold it, in a word.
#[inline(always)]
fn big_endian(number: u32) -> u64 {
    u64::from(number.swap_bytes())
}

/// What follows `q` in the third word: two bytes and, for a step, one more.
#[inline(always)]
fn separator(i: u16, j: u8) -> u64 {
    u64::from(i.swap_bytes()) << 32 | u64::from(j) << 48
}

#[inline(always)]
fn words_of(bytes: &[u8; ID_LEN]) -> [u64; 2] {
    let (words, _) = bytes.as_chunks::<8>();
    [u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1])]
}

/// Word `i` of a digest.
#[inline(always)]
fn word(digest: &Digest, i: usize) -> u64 {
    u64::from_le_bytes(digest.as_chunks::<8>().0[i])
}

/// Up to [`Lanes::LANES`] digests of N words, one a lane.
#[inline(always)]
fn load<L: Lanes, const N: usize>(l: L, digests: &[Digest]) -> [L::V; N] {
    let mut value = [l.splat64(0); N];
    let mut i = 0;
    while i < N {
        let mut words = l.zero_words();
        let mut lane = 0;
        while lane < digests.len() {
            words.as_mut()[lane] = word(&digests[lane], i);
            lane += 1;
        }
        value[i] = l.load_words(&words);
        i += 1;
    }
    value
}

/// The digests of the first lanes; what does not count is zero.
#[inline(always)]
fn store<L: Lanes, const N: usize>(l: L, value: &[L::V; N], out: &mut [Digest]) {
    let mut lane = 0;
    while lane < out.len() {
        out[lane] = [0; 32];
        lane += 1;
    }
    let mut i = 0;
    while i < N {
        let words = l.store_words(value[i]);
        let mut lane = 0;
        while lane < out.len() {
            out[lane][8 * i..8 * i + 8].copy_from_slice(&words.as_ref()[lane].to_le_bytes());
            lane += 1;
        }
        i += 1;
    }
}

/// `H(id || q || i || j || value)`: 23 bytes, of which `third` has the last seven, and N words.
#[inline(always)]
fn step<L: Lanes, const N: usize>(
    l: L,
    id: [L::V; 2],
    third: L::V,
    value: &[L::V; N],
) -> [L::V; N] {
    let mut state = [l.splat64(0); 25];
    (state[0], state[1]) = (id[0], id[1]);
    state[2] = l.or(third, l.shl64::<56>(value[0]));
    let mut i = 1;
    while i < N {
        state[2 + i] = l.or(l.shr64::<8>(value[i - 1]), l.shl64::<56>(value[i]));
        i += 1;
    }
    state[2 + N] = l.or(l.shr64::<8>(value[N - 1]), l.splat64(SUFFIX << 56));
    state[RATE - 1] = l.splat64(1 << 63);
    permute(l, &mut state);
    let mut out = [l.splat64(0); N];
    out.copy_from_slice(&state[..N]);
    out
}

/// An input of 22 bytes and any number of words.
struct Absorber<L: Lanes> {
    state: [L::V; 25],
    at: usize,
    /// Six bytes that wait for two more.
    carry: L::V,
}

impl<L: Lanes> Absorber<L> {
    /// Begins with `id || number || domain`; a number is as [`big_endian`] gives it.
    #[inline(always)]
    fn new(l: L, id: [L::V; 2], number: L::V, domain: u16) -> Self {
        let mut state = [l.splat64(0); 25];
        (state[0], state[1]) = (id[0], id[1]);
        Self {
            state,
            at: 2,
            carry: l.or(number, l.splat64(separator(domain, 0))),
        }
    }

    #[inline(always)]
    fn push<const N: usize>(&mut self, l: L, value: &[L::V; N]) {
        let mut i = 0;
        while i < N {
            let whole = l.or(self.carry, l.shl64::<48>(value[i]));
            self.carry = l.shr64::<16>(value[i]);
            self.state[self.at] = l.xor(self.state[self.at], whole);
            self.at += 1;
            if self.at == RATE {
                permute(l, &mut self.state);
                self.at = 0;
            }
            i += 1;
        }
    }

    #[inline(always)]
    fn finish<const N: usize>(mut self, l: L) -> [L::V; N] {
        let end = l.or(self.carry, l.splat64(SUFFIX << 48));
        self.state[self.at] = l.xor(self.state[self.at], end);
        self.state[RATE - 1] = l.xor(self.state[RATE - 1], l.splat64(1 << 63));
        permute(l, &mut self.state);
        let mut out = [l.splat64(0); N];
        out.copy_from_slice(&self.state[..N]);
        out
    }
}

#[inline(always)]
fn id_lanes<L: Lanes>(l: L, id: &[u8; ID_LEN]) -> [L::V; 2] {
    let [a, b] = words_of(id);
    [l.splat64(a), l.splat64(b)]
}

struct Run<'a> {
    length: OutputLength,
    id: &'a [u8; ID_LEN],
    q: u32,
    chains: &'a mut [Chain],
    derive: bool,
}

impl<L: Lanes> Kernel<L> for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let id = id_lanes(l, self.id);
        if self.derive {
            for chain in self.chains.iter_mut() {
                chain.from = 0;
            }
        }
        // Chains of like length next to each other: no lane waits long.
        let mut order = [0u16; ORDER];
        for chunk in self.chains.chunks_mut(ORDER) {
            let order = &mut order[..chunk.len()];
            for (number, place) in (0..).zip(order.iter_mut()) {
                *place = number;
            }
            order.sort_unstable_by_key(|&number| steps(&chunk[usize::from(number)]));
            for group in order.chunks(L::LANES) {
                match self.length {
                    OutputLength::N24 => lockstep::<L, 3>(l, id, self.q, chunk, group, self.derive),
                    OutputLength::N32 => lockstep::<L, 4>(l, id, self.q, chunk, group, self.derive),
                }
            }
        }
    }
}

/// Chains that are put in order together: more than any one-time key has.
const ORDER: usize = 272;
/// The most lanes that any engine has.
const MAX_LANES: usize = 8;

#[inline(always)]
const fn steps(chain: &Chain) -> u8 {
    chain.to.saturating_sub(chain.from)
}

/// Up to [`Lanes::LANES`] chains, given by number and in the order of their lengths.
#[inline(always)]
fn lockstep<L: Lanes, const N: usize>(
    l: L,
    id: [L::V; 2],
    q: u32,
    chains: &mut [Chain],
    group: &[u16],
    derive: bool,
) {
    let mut values = [[0; 32]; MAX_LANES];
    let (mut third, mut start) = (l.zero_words(), l.zero_words());
    let mut lane = 0;
    while lane < group.len() {
        let chain = &chains[usize::from(group[lane])];
        values[lane] = chain.value;
        third.as_mut()[lane] = big_endian(q) | separator(chain.index, chain.from);
        start.as_mut()[lane] = big_endian(q) | separator(chain.index, DERIVE);
        lane += 1;
    }
    let mut value = load::<L, N>(l, &values[..group.len()]);
    let mut third = l.load_words(&third);
    if derive {
        value = step::<L, N>(l, id, l.load_words(&start), &value);
    }
    let one = l.splat64(separator(0, 1));
    let (mut done, mut lane) = (0, 0);
    while lane < group.len() {
        // Lanes end in their order: the value of one is taken out when it is at its position.
        let chain = &mut chains[usize::from(group[lane])];
        let last = steps(chain);
        while done < last {
            value = step::<L, N>(l, id, third, &value);
            // The position is the low byte of its 16-bit element, whose high byte is free.
            third = l.add16(third, one);
            done += 1;
        }
        let mut i = 0;
        chain.value = [0; 32];
        while i < N {
            let word = l.store_words(value[i]).as_ref()[lane];
            chain.value[8 * i..8 * i + 8].copy_from_slice(&word.to_le_bytes());
            i += 1;
        }
        lane += 1;
    }
}

struct Leaves<'a> {
    shape: Shape,
    id: &'a [u8; ID_LEN],
    seed: &'a Digest,
    first_q: u32,
    first_node: u32,
    out: &'a mut [Digest],
}

impl<L: Lanes> Kernel<L> for Leaves<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let id = id_lanes(l, self.id);
        let (mut q, mut node) = (self.first_q, self.first_node);
        for group in self.out.chunks_mut(L::LANES) {
            let numbers = (consecutive(l, q), consecutive(l, node));
            match self.shape.length {
                OutputLength::N24 => group_of::<L, 3>(l, self.shape, id, self.seed, numbers, group),
                OutputLength::N32 => group_of::<L, 4>(l, self.shape, id, self.seed, numbers, group),
            }
            (q, node) = (
                q.wrapping_add(lanes::<L>()),
                node.wrapping_add(lanes::<L>()),
            );
        }
    }
}

/// One leaf a lane, from its seed to its digest.
#[inline(always)]
fn group_of<L: Lanes, const N: usize>(
    l: L,
    shape: Shape,
    id: [L::V; 2],
    seed: &Digest,
    (q, node): (L::V, L::V),
    out: &mut [Digest],
) {
    let mut start = [l.splat64(0); N];
    let mut i = 0;
    while i < N {
        start[i] = l.splat64(word(seed, i));
        i += 1;
    }
    let mut key = Absorber::new(l, id, q, D_PBLC);
    let mut chain = 0;
    while chain < shape.chains {
        let at = l.or(q, l.splat64(separator(chain, DERIVE)));
        let mut value = step::<L, N>(l, id, at, &start);
        let mut j = 0;
        while j < shape.last {
            let at = l.or(q, l.splat64(separator(chain, j)));
            value = step::<L, N>(l, id, at, &value);
            j += 1;
        }
        key.push(l, &value);
        chain += 1;
    }
    let key: [L::V; N] = key.finish(l);
    let mut leaf = Absorber::new(l, id, node, D_LEAF);
    leaf.push(l, &key);
    store(l, &leaf.finish::<N>(l), out);
}

struct Parents<'a> {
    length: OutputLength,
    id: &'a [u8; ID_LEN],
    first: u32,
    children: &'a [Digest],
    out: &'a mut [Digest],
}

impl<L: Lanes> Kernel<L> for Parents<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let id = id_lanes(l, self.id);
        let (pairs, _) = self.children.as_chunks::<2>();
        let mut first = self.first;
        for (out, pairs) in self.out.chunks_mut(L::LANES).zip(pairs.chunks(L::LANES)) {
            match self.length {
                OutputLength::N24 => nodes::<L, 3>(l, id, first, pairs, out),
                OutputLength::N32 => nodes::<L, 4>(l, id, first, pairs, out),
            }
            first = first.wrapping_add(lanes::<L>());
        }
    }
}

#[inline(always)]
fn nodes<L: Lanes, const N: usize>(
    l: L,
    id: [L::V; 2],
    first: u32,
    pairs: &[[Digest; 2]],
    out: &mut [Digest],
) {
    let count = pairs.len().min(out.len());
    let mut node = Absorber::new(l, id, consecutive(l, first), D_INTR);
    let mut side = 0;
    while side < 2 {
        let mut digests = [[0; 32]; MAX_LANES];
        let mut lane = 0;
        while lane < count {
            digests[lane] = pairs[lane][side];
            lane += 1;
        }
        node.push(l, &load::<L, N>(l, &digests[..count]));
        side += 1;
    }
    store(l, &node.finish::<N>(l), &mut out[..count]);
}

/// `first`, `first + 1`, ... in the lanes, as [`big_endian`] gives them.
#[inline(always)]
fn consecutive<L: Lanes>(l: L, first: u32) -> L::V {
    let mut numbers = l.zero_words();
    let mut number = first;
    let mut lane = 0;
    while lane < L::LANES {
        numbers.as_mut()[lane] = big_endian(number);
        number = number.wrapping_add(1);
        lane += 1;
    }
    l.load_words(&numbers)
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most eight lanes")]
const fn lanes<L: Lanes>() -> u32 {
    L::LANES as u32
}
