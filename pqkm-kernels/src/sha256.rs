//! SHA-256 on many messages in lockstep, for the chains and trees of [`lms`](crate::lms).
//!
//! [`Engine`] is the instruction set; all of them give the same bytes.
//!
//! # Spec
//! FIPS 180-4, section 6.2 (SHA-256); RFC 8554 and RFC 9858 for its use.
//!
//! # Side channels
//! As [`lms`](crate::lms) says; the compression itself takes the same time for all inputs.

#![forbid(unsafe_code)]

mod absorb;
mod compress;

pub use compress::{INITIAL, K};

use crate::lanes::{HashLanes, Kernel, Token};
use crate::lms::{Digest, ID_LEN, LmsHash, lms_functions};
use absorb::Absorber;
use compress::Prefix;

engines! { $
    /// Plain Rust.
    Portable;
    /// AVX2, eight messages.
    Avx2(Avx2),
    /// The SHA extensions, four messages interleaved.
    ShaNi(ShaNi),
    /// AVX-512, sixteen messages.
    Avx512(Avx512),
}

lms_functions!(Sha256 on HashLanes, 6 and 8 words);

/// SHA-256 on lanes; `W` words of a digest count.
#[derive(Clone, Copy)]
struct Sha256<L, const W: usize>(L);

impl<L: HashLanes, const W: usize> LmsHash for Sha256<L, W> {
    const LANES: usize = L::LANES;
    const N: usize = 4 * W;
    const ONES: u32 = u32::MAX;
    type Word = u32;
    type Words = L::Array;
    type V = L::V;
    type Value = [L::V; W];
    type Values = [L::Array; W];
    type Prefix = Prefix<L>;
    type Absorber = Absorber<L>;

    #[inline(always)]
    fn words(digest: &Digest) -> impl AsRef<[u32]> {
        big_endian::<8>(digest)
    }
    #[inline(always)]
    fn put(word: u32, i: usize, digest: &mut Digest) {
        digest[4 * i..4 * i + 4].copy_from_slice(&word.to_be_bytes());
    }
    #[inline(always)]
    fn number(number: u32) -> u32 {
        number
    }
    #[inline(always)]
    fn position(i: u16, j: u8) -> u32 {
        u32::from(i) << 16 | u32::from(j) << 8
    }
    #[inline(always)]
    fn zeros(self) -> L::Array {
        self.0.zeros()
    }
    #[inline(always)]
    fn no_values(self) -> [L::Array; W] {
        [self.0.zeros(); W]
    }
    #[inline(always)]
    fn load(self, words: &L::Array) -> L::V {
        self.0.load(words)
    }
    #[inline(always)]
    fn store(self, v: L::V) -> L::Array {
        self.0.store(v)
    }
    #[inline(always)]
    fn splat(self, word: u32) -> L::V {
        self.0.splat(word)
    }
    #[inline(always)]
    fn zero_value(self) -> [L::V; W] {
        [self.0.splat(0); W]
    }
    #[inline(always)]
    fn select(self, mask: L::V, a: L::V, b: L::V) -> L::V {
        self.0.ch(mask, a, b)
    }
    #[inline(always)]
    fn next(self, position: L::V) -> L::V {
        let l = self.0;
        l.ch(l.splat(0xff00), l.add(position, l.splat(1 << 8)), position)
    }
    #[inline(always)]
    fn prefix(self, id: &[u8; ID_LEN], number: L::V) -> Prefix<L> {
        Prefix::new(self.0, &big_endian(id), number)
    }
    #[inline(always)]
    fn step(self, prefix: &Prefix<L>, position: L::V, value: &[L::V; W]) -> [L::V; W] {
        self.0.enter(Step::<L, W> {
            prefix,
            position,
            value,
        })
    }
    #[inline(always)]
    fn begin(self, id: &[u8; ID_LEN], number: L::V, domain: u16) -> Absorber<L> {
        Absorber::new(self.0, &big_endian(id), number, domain)
    }
    #[inline(always)]
    fn append(self, input: &mut Absorber<L>, value: &[L::V; W]) {
        input.push(self.0, value);
    }
    #[inline(always)]
    fn finish(self, input: Absorber<L>) -> [L::V; W] {
        first_words(self.0, &input.finish(self.0))
    }
}

/// A step, as a function of its own: what is the same in all blocks of this length is known in it.
struct Step<'a, L: HashLanes, const W: usize> {
    prefix: &'a Prefix<L>,
    position: L::V,
    value: &'a [L::V; W],
}

impl<L: HashLanes, const W: usize> Kernel<L> for Step<'_, L, W> {
    type Output = [L::V; W];

    #[inline(always)]
    fn run(self, l: L) -> [L::V; W] {
        let Self {
            prefix,
            position,
            value,
        } = self;
        let mut block = [l.splat(0); 16];
        block[..5].copy_from_slice(&prefix.words);
        block[5] = l.or(position, l.shr::<24>(value[0]));
        let mut i = 1;
        while i < W {
            block[5 + i] = l.funnel::<8>(value[i - 1], value[i]);
            i += 1;
        }
        block[5 + W] = l.or(l.shl::<8>(value[W - 1]), l.splat(0x80));
        // The length in bits: 23 bytes and W words.
        block[15] = l.splat(if W == 8 { 8 * 55 } else { 8 * 47 });
        first_words(l, &prefix.digest(l, &block))
    }
}

#[inline(always)]
fn first_words<L: HashLanes, const W: usize>(l: L, digest: &[L::V; 8]) -> [L::V; W] {
    let mut out = [l.splat(0); W];
    out.copy_from_slice(&digest[..W]);
    out
}

/// The words of an identifier or a digest.
#[inline(always)]
fn big_endian<const W: usize>(bytes: &[u8]) -> [u32; W] {
    let (chunks, _) = bytes.as_chunks::<4>();
    let mut words = [0; W];
    let mut i = 0;
    while i < W {
        words[i] = u32::from_be_bytes(chunks[i]);
        i += 1;
    }
    words
}
