//! SHAKE256 on many messages in lockstep, for the chains and trees of [`lms`](crate::lms).
//!
//! The input of one step is 47 or 55 bytes, one block: it is put together in registers, and so is the next one from its output.
//!
//! # Spec
//! FIPS 202, section 6.2 (SHAKE256); RFC 9858 for its use.
//!
//! # Side channels
//! As [`lms`](crate::lms) says; the permutation itself takes the same time for all inputs.

#![forbid(unsafe_code)]

use crate::keccak::permute;
use crate::lanes::{Lanes, Token};
use crate::lms::{Digest, ID_LEN, LmsHash, lms_functions};

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

lms_functions!(Shake256 on Lanes, 3 and 4 words);

/// SHAKE256 on lanes; `W` words of a digest count.
#[derive(Clone, Copy)]
struct Shake256<L, const W: usize>(L);

/// The first three words of a step's input, without the position.
struct Prefix<L: Lanes>([L::V; 3]);

impl<L: Lanes, const W: usize> LmsHash for Shake256<L, W> {
    const LANES: usize = L::LANES;
    const N: usize = 8 * W;
    const ONES: u64 = u64::MAX;
    type Word = u64;
    type Words = L::Words;
    type V = L::V;
    type Value = [L::V; W];
    type Values = [L::Words; W];
    type Prefix = Prefix<L>;
    type Absorber = Absorber<L>;

    #[inline(always)]
    fn words(digest: &Digest) -> impl AsRef<[u64]> {
        little_endian::<4>(digest)
    }
    #[inline(always)]
    fn put(word: u64, i: usize, digest: &mut Digest) {
        digest[8 * i..8 * i + 8].copy_from_slice(&word.to_le_bytes());
    }
    /// In the lower half of the third word.
    #[inline(always)]
    fn number(number: u32) -> u64 {
        u64::from(number.swap_bytes())
    }
    /// In the three bytes of the third word that come after the number.
    #[inline(always)]
    fn position(i: u16, j: u8) -> u64 {
        u64::from(i.swap_bytes()) << 32 | u64::from(j) << 48
    }
    #[inline(always)]
    fn zeros(self) -> L::Words {
        self.0.zero_words()
    }
    #[inline(always)]
    fn no_values(self) -> [L::Words; W] {
        [self.0.zero_words(); W]
    }
    #[inline(always)]
    fn load(self, words: &L::Words) -> L::V {
        self.0.load_words(words)
    }
    #[inline(always)]
    fn store(self, v: L::V) -> L::Words {
        self.0.store_words(v)
    }
    #[inline(always)]
    fn splat(self, word: u64) -> L::V {
        self.0.splat64(word)
    }
    #[inline(always)]
    fn zero_value(self) -> [L::V; W] {
        [self.0.splat64(0); W]
    }
    #[inline(always)]
    fn select(self, mask: L::V, a: L::V, b: L::V) -> L::V {
        self.0.select(mask, a, b)
    }
    #[inline(always)]
    fn next(self, position: L::V) -> L::V {
        let l = self.0;
        let next = l.add16(position, l.splat64(Self::position(0, 1)));
        l.and(next, l.splat64(Self::position(0xffff, 0xff)))
    }
    #[inline(always)]
    fn prefix(self, id: &[u8; ID_LEN], number: L::V) -> Prefix<L> {
        let [a, b] = little_endian(id);
        Prefix([self.0.splat64(a), self.0.splat64(b), number])
    }
    #[inline(always)]
    fn step(self, prefix: &Prefix<L>, position: L::V, value: &[L::V; W]) -> [L::V; W] {
        let l = self.0;
        let mut state = [l.splat64(0); 25];
        state[..3].copy_from_slice(&prefix.0);
        state[2] = l.or(l.or(state[2], position), l.shl64::<56>(value[0]));
        let mut i = 1;
        while i < W {
            state[2 + i] = l.or(l.shr64::<8>(value[i - 1]), l.shl64::<56>(value[i]));
            i += 1;
        }
        state[2 + W] = l.or(l.shr64::<8>(value[W - 1]), l.splat64(SUFFIX << 56));
        state[RATE - 1] = l.splat64(1 << 63);
        permute(l, &mut state);
        let mut out = [l.splat64(0); W];
        out.copy_from_slice(&state[..W]);
        out
    }
    #[inline(always)]
    fn begin(self, id: &[u8; ID_LEN], number: L::V, domain: u16) -> Absorber<L> {
        let l = self.0;
        let Prefix([a, b, number]) = self.prefix(id, number);
        let mut state = [l.splat64(0); 25];
        (state[0], state[1]) = (a, b);
        let carry = l.or(number, l.splat64(Self::position(domain, 0)));
        Absorber {
            state,
            at: 2,
            carry,
        }
    }
    #[inline(always)]
    fn append(self, input: &mut Absorber<L>, value: &[L::V; W]) {
        input.push(self.0, value);
    }
    #[inline(always)]
    fn finish(self, input: Absorber<L>) -> [L::V; W] {
        input.finish(self.0)
    }
}

/// An input of 22 bytes and any number of words.
struct Absorber<L: Lanes> {
    state: [L::V; 25],
    at: usize,
    /// Six bytes that wait for two more.
    carry: L::V,
}

impl<L: Lanes> Absorber<L> {
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

/// The words of an identifier or a digest.
#[inline(always)]
fn little_endian<const W: usize>(bytes: &[u8]) -> [u64; W] {
    let (chunks, _) = bytes.as_chunks::<8>();
    let mut words = [0; W];
    let mut i = 0;
    while i < W {
        words[i] = u64::from_le_bytes(chunks[i]);
        i += 1;
    }
    words
}
