//! Bytes in lanes: elements of GF(2^8), as polynomial sharing needs them.

use super::Token;
use super::token::Portable;

/// Operations on vectors of elements of GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, one a byte.
///
/// No operation reads a table at an address that depends on an element, or branches on one.
pub trait ByteLanes: Token {
    /// A vector of bytes.
    type V: Copy;
    /// A constant factor, prepared.
    type Factor: Copy;
    /// Bytes in a vector.
    const BYTES: usize;
    /// Whether the registers hold eight accumulators and their factors.
    const MANY_REGISTERS: bool;

    /// Every byte is `x`.
    fn splat(self, x: u8) -> Self::V;
    /// Reads the first [`ByteLanes::BYTES`] of `bytes`; if there are fewer, the rest is zero.
    fn load(self, bytes: &[u8]) -> Self::V;
    /// Writes the first bytes of a vector: as many as `bytes` has, at most [`ByteLanes::BYTES`].
    fn store(self, v: Self::V, bytes: &mut [u8]);
    /// The sum, `a ^ b`.
    fn xor(self, a: Self::V, b: Self::V) -> Self::V;
    /// `mask` has only bytes of all ones or all zeros: a where it is ones, b elsewhere.
    fn select(self, mask: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// All ones where a byte is zero, zeros elsewhere.
    fn is_zero(self, a: Self::V) -> Self::V;
    /// Prepares a factor.
    fn factor(self, x: u8) -> Self::Factor;
    /// Every byte times the factor.
    fn scale(self, a: Self::V, factor: &Self::Factor) -> Self::V;
    /// Products byte by byte.
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// Inverses; of zero, zero.
    #[inline(always)]
    fn inverse(self, a: Self::V) -> Self::V {
        // a^254 = (a^127)^2, and a^(2n + 1) = (a^n)^2 a.
        let mut power = a;
        let mut i = 0;
        while i < 6 {
            power = self.mul(self.mul(power, power), a);
            i += 1;
        }
        self.mul(power, power)
    }
}

/// Words of the portable instance: two registers of 128 bits.
const WORDS: usize = 4;
type Words = [u64; WORDS];

/// The lowest bit of every byte.
const LOW_BITS: u64 = 0x0101_0101_0101_0101;

/// A function of each word.
macro_rules! each {
    (|$($x:ident),+| $value:expr) => {{
        let mut out = [0u64; WORDS];
        let mut i = 0;
        while i < WORDS {
            $(let $x = $x[i];)+
            out[i] = $value;
            i += 1;
        }
        out
    }};
}

/// Every byte times x.
#[inline(always)]
const fn times_x(a: u64) -> u64 {
    let high = a & (LOW_BITS << 7);
    // 0x80 - 1 = 0x7f in the bytes that overflow, from which the reduction is cut.
    ((a ^ high) << 1) ^ ((high - (high >> 7)) & (LOW_BITS * 0x1b))
}

/// All ones in the bytes whose bit `bit` is set.
#[inline(always)]
const fn spread_bit(a: u64, bit: u32) -> u64 {
    let low = (a >> bit) & LOW_BITS;
    (low << 8).wrapping_sub(low)
}

impl ByteLanes for Portable {
    type V = Words;
    /// Bit i of the factor, in every bit of word i.
    type Factor = [u64; 8];
    const BYTES: usize = 8 * WORDS;
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat(self, x: u8) -> Words {
        [u64::from(x) * LOW_BITS; WORDS]
    }
    #[inline(always)]
    fn load(self, bytes: &[u8]) -> Words {
        let mut out = [0; WORDS];
        if let Some(whole) = bytes.first_chunk::<{ 8 * WORDS }>() {
            let (words, _) = whole.as_chunks::<8>();
            let mut i = 0;
            while i < WORDS {
                out[i] = u64::from_le_bytes(words[i]);
                i += 1;
            }
            return out;
        }
        let mut padded = [0; 8 * WORDS];
        padded[..bytes.len()].copy_from_slice(bytes);
        let (words, _) = padded.as_chunks::<8>();
        let mut i = 0;
        while i < WORDS {
            out[i] = u64::from_le_bytes(words[i]);
            i += 1;
        }
        out
    }
    #[inline(always)]
    fn store(self, v: Words, bytes: &mut [u8]) {
        let mut padded = [0; 8 * WORDS];
        let (words, _) = padded.as_chunks_mut::<8>();
        let mut i = 0;
        while i < WORDS {
            words[i] = v[i].to_le_bytes();
            i += 1;
        }
        let count = bytes.len().min(8 * WORDS);
        bytes[..count].copy_from_slice(&padded[..count]);
    }
    #[inline(always)]
    fn xor(self, a: Words, b: Words) -> Words {
        each!(|a, b| a ^ b)
    }
    #[inline(always)]
    fn select(self, mask: Words, a: Words, b: Words) -> Words {
        each!(|mask, a, b| (mask & a) | (!mask & b))
    }
    #[inline(always)]
    fn is_zero(self, a: Words) -> Words {
        each!(|a| {
            let mut any = a | (a >> 4);
            any |= any >> 2;
            any |= any >> 1;
            spread_bit(!any, 0)
        })
    }
    #[inline(always)]
    fn factor(self, x: u8) -> [u64; 8] {
        let x = u64::from(x);
        let mut out = [0; 8];
        let mut bit = 0;
        while bit < 8 {
            out[bit] = super::barrier((x >> bit) & 1).wrapping_neg();
            bit += 1;
        }
        out
    }
    #[inline(always)]
    fn scale(self, a: Words, factor: &[u64; 8]) -> Words {
        each!(|a| {
            let mut product = a & factor[7];
            let mut bit = 7;
            while bit > 0 {
                bit -= 1;
                product = times_x(product) ^ (a & factor[bit]);
            }
            product
        })
    }
    #[inline(always)]
    fn mul(self, a: Words, b: Words) -> Words {
        each!(|a, b| {
            let mut product = a & spread_bit(b, 7);
            let mut bit = 7;
            while bit > 0 {
                bit -= 1;
                product = times_x(product) ^ (a & spread_bit(b, bit));
            }
            product
        })
    }
}
