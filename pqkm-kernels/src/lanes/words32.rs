//! 32-bit words in lanes: what SHA-256 needs.

use super::Token;
use super::token::Portable;

/// Operations on vectors of 32-bit words, one word of one message a lane.
pub trait HashLanes: Token {
    /// A vector of words.
    type V: Copy;
    /// One word a lane.
    type Array: Copy + AsRef<[u32]> + AsMut<[u32]>;
    /// Lanes in a vector.
    const LANES: usize;

    /// Every lane is `x`.
    fn splat(self, x: u32) -> Self::V;
    /// All lanes zero, as an array.
    fn zeros(self) -> Self::Array;
    /// Lane i is `words[i]`.
    fn load(self, words: &Self::Array) -> Self::V;
    /// The lanes.
    fn store(self, v: Self::V) -> Self::Array;
    /// Sum modulo 2^32.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a | b`.
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a ^ b ^ c`.
    fn xor3(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `(a & b) ^ (!a & c)`: FIPS 180-4, equation 4.2.
    fn ch(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `(a & b) ^ (a & c) ^ (b & c)`: FIPS 180-4, equation 4.3.
    fn maj(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// Shifts left by N < 32.
    fn shl<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifts right by N < 32, filling with zeros.
    fn shr<const N: u32>(self, a: Self::V) -> Self::V;
    /// Rotates right by N, 0 < N < 32.
    fn rotr<const N: u32>(self, a: Self::V) -> Self::V;
    /// The middle of `high || low`: `high << N | low >> (32 - N)`, 0 < N < 32.
    fn funnel<const N: u32>(self, high: Self::V, low: Self::V) -> Self::V;

    /// All rounds of SHA-256 in instructions of their own, if this instruction set has them: the state after the block.
    fn whole_block(self, state: &[Self::V; 8], block: &[Self::V; 16]) -> Option<[Self::V; 8]> {
        let _ = (state, block);
        None
    }
}

/// Lanes of the portable instance: what a 128-bit vector holds, for the compiler to vectorise.
const PORTABLE: usize = 4;
type Words = [u32; PORTABLE];

/// A function of each lane.
macro_rules! each {
    (|$($x:ident),+| $value:expr) => {{
        let mut out = [0u32; PORTABLE];
        let mut i = 0;
        while i < PORTABLE {
            $(let $x = $x[i];)+
            out[i] = $value;
            i += 1;
        }
        out
    }};
}

impl HashLanes for Portable {
    type V = Words;
    type Array = Words;
    const LANES: usize = PORTABLE;

    #[inline(always)]
    fn splat(self, x: u32) -> Words {
        [x; PORTABLE]
    }
    #[inline(always)]
    fn zeros(self) -> Words {
        [0; PORTABLE]
    }
    #[inline(always)]
    fn load(self, words: &Words) -> Words {
        *words
    }
    #[inline(always)]
    fn store(self, v: Words) -> Words {
        v
    }
    #[inline(always)]
    fn add(self, a: Words, b: Words) -> Words {
        each!(|a, b| a.wrapping_add(b))
    }
    #[inline(always)]
    fn or(self, a: Words, b: Words) -> Words {
        each!(|a, b| a | b)
    }
    #[inline(always)]
    fn xor3(self, a: Words, b: Words, c: Words) -> Words {
        each!(|a, b, c| a ^ b ^ c)
    }
    #[inline(always)]
    fn ch(self, a: Words, b: Words, c: Words) -> Words {
        each!(|a, b, c| c ^ (a & (b ^ c)))
    }
    #[inline(always)]
    fn maj(self, a: Words, b: Words, c: Words) -> Words {
        each!(|a, b, c| (a & b) | (c & (a | b)))
    }
    #[inline(always)]
    fn shl<const N: u32>(self, a: Words) -> Words {
        each!(|a| a << N)
    }
    #[inline(always)]
    fn shr<const N: u32>(self, a: Words) -> Words {
        each!(|a| a >> N)
    }
    #[inline(always)]
    fn rotr<const N: u32>(self, a: Words) -> Words {
        each!(|a| a.rotate_right(N))
    }
    #[inline(always)]
    fn funnel<const N: u32>(self, high: Words, low: Words) -> Words {
        each!(|high, low| (high << N) | (low >> (32 - N)))
    }
}
