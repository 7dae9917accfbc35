//! Plain Rust on four lanes: what every target runs, and the reading of each operation.
//!
//! 16-bit arithmetic is written over arrays, which LLVM turns into SSE2 or NEON; 64-bit work over four words.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division_remainder_used,
    reason = "elements are reinterpreted between signed, unsigned and half width, as the instructions do; indices are divided, never data"
)]

use super::{Lanes, Lanes16, NibbleTable, Portable};

const N: usize = 16;
const Q: usize = 4;

/// Four lanes of four 16-bit elements.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub struct PortableVector([i16; N]);

impl PortableVector {
    #[inline(always)]
    fn words(self) -> [u64; Q] {
        let x = self.0;
        let mut words = [0; Q];
        for i in 0..Q {
            words[i] = x[4 * i] as u16 as u64
                | (x[4 * i + 1] as u16 as u64) << 16
                | (x[4 * i + 2] as u16 as u64) << 32
                | (x[4 * i + 3] as u16 as u64) << 48;
        }
        words
    }

    #[inline(always)]
    fn from(words: [u64; Q]) -> Self {
        let mut x = [0; N];
        for i in 0..N {
            x[i] = (words[i / 4] >> (16 * (i & 3))) as i16;
        }
        Self(x)
    }
}

macro_rules! each {
    ($i:ident => $element:expr) => {{
        let mut out = [0; N];
        for $i in 0..N {
            out[$i] = $element;
        }
        PortableVector(out)
    }};
}
macro_rules! each_word {
    ($i:ident => $word:expr) => {{
        let mut out = [0; Q];
        for $i in 0..Q {
            out[$i] = $word;
        }
        PortableVector::from(out)
    }};
}
macro_rules! each32 {
    ($a:ident, $i:ident => $element:expr) => {{
        let words = $a.words();
        let mut out = [0; Q];
        for i in 0..Q {
            let $i = words[i] as u32;
            let low: u32 = $element;
            let $i = (words[i] >> 32) as u32;
            let high: u32 = $element;
            out[i] = low as u64 | (high as u64) << 32;
        }
        PortableVector::from(out)
    }};
}

impl Lanes16 for Portable {
    type V = PortableVector;
    type Wide = [i32; N / 2];
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat16(self, x: i16) -> Self::V {
        PortableVector([x; N])
    }
    #[inline(always)]
    fn quad(self, x: &[i16; 4]) -> Self::V {
        each!(i => x[i & 3])
    }
    #[inline(always)]
    fn load16(self, elements: &[i16]) -> Self::V {
        let elements = &elements[..N];
        each!(i => elements[i])
    }
    #[inline(always)]
    fn add16(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => a.0[i].wrapping_add(b.0[i]))
    }
    #[inline(always)]
    fn sub16(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => a.0[i].wrapping_sub(b.0[i]))
    }
    #[inline(always)]
    fn mul16(self, a: Self::V, b: Self::V) -> Self::V {
        self.mullo16(a, b)
    }
    #[inline(always)]
    fn mullo16(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => a.0[i].wrapping_mul(b.0[i]))
    }
    #[inline(always)]
    fn mulhi16(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => ((a.0[i] as i32 * b.0[i] as i32) >> 16) as i16)
    }
    #[inline(always)]
    fn mulhrs16(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => ((a.0[i] as i32 * b.0[i] as i32 + 0x4000) >> 15) as i16)
    }
    #[inline(always)]
    fn madd16(self, a: Self::V, b: Self::V) -> Self::Wide {
        let mut out = [0; N / 2];
        for i in 0..N / 2 {
            out[i] = (a.0[2 * i] as i32 * b.0[2 * i] as i32)
                .wrapping_add(a.0[2 * i + 1] as i32 * b.0[2 * i + 1] as i32);
        }
        out
    }
    #[inline(always)]
    fn add32(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        let mut out = [0; N / 2];
        for i in 0..N / 2 {
            out[i] = a[i].wrapping_add(b[i]);
        }
        out
    }
    #[inline(always)]
    fn low_halves(self, a: Self::Wide, b: Self::Wide) -> Self::V {
        each!(i => if i & 1 == 0 { a[i / 2] as i16 } else { b[i / 2] as i16 })
    }
    #[inline(always)]
    fn high_halves(self, a: Self::Wide, b: Self::Wide) -> Self::V {
        each!(i => if i & 1 == 0 { (a[i / 2] >> 16) as i16 } else { (b[i / 2] >> 16) as i16 })
    }
    #[inline(always)]
    fn transpose16(self, a: Self::V, b: Self::V) -> (Self::V, Self::V) {
        (
            each!(i => if i & 1 == 0 { a.0[i] } else { b.0[i - 1] }),
            each!(i => if i & 1 == 0 { a.0[i + 1] } else { b.0[i] }),
        )
    }
    #[inline(always)]
    fn transpose32(self, a: Self::V, b: Self::V) -> (Self::V, Self::V) {
        (
            each!(i => if i & 2 == 0 { a.0[i] } else { b.0[i - 2] }),
            each!(i => if i & 2 == 0 { a.0[i + 2] } else { b.0[i] }),
        )
    }
    #[inline(always)]
    fn transpose_lanes<const BIT: u32>(self, a: Self::V, b: Self::V) -> (Self::V, Self::V) {
        let apart = 4 << BIT;
        if apart >= N {
            return (a, b);
        }
        (
            each!(i => if i & apart == 0 { a.0[i] } else { b.0[i - apart] }),
            each!(i => if i & apart == 0 { a.0[i + apart] } else { b.0[i] }),
        )
    }
}

impl Lanes for Portable {
    const LANES: usize = Q;
    const ZERO: Self::V = PortableVector([0; N]);
    const TERNARY: bool = false;
    const WORD_INSTRUCTIONS: bool = false;
    type Four = Self;
    type Words = [u64; Q];
    type Block = [PortableVector; Q];

    #[inline(always)]
    fn four_lanes(self) -> Self {
        self
    }
    #[inline(always)]
    fn join_fours(self, fours: &[Self::V]) -> Self::V {
        fours[0]
    }
    #[inline(always)]
    fn split_fours(self, v: Self::V, fours: &mut [Self::V]) {
        fours[0] = v;
    }
    #[inline(always)]
    fn splat64(self, x: u64) -> Self::V {
        PortableVector::from([x; Q])
    }
    #[inline(always)]
    fn load_words(self, words: &[u64; Q]) -> Self::V {
        PortableVector::from(*words)
    }
    #[inline(always)]
    fn store_words(self, v: Self::V) -> [u64; Q] {
        v.words()
    }
    #[inline(always)]
    fn zero_words(self) -> [u64; Q] {
        [0; Q]
    }
    #[inline(always)]
    fn load(self, bytes: &[u8]) -> Self::V {
        let bytes = &bytes[..8 * Q];
        each!(i => i16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]))
    }
    #[inline(always)]
    fn store(self, v: Self::V, bytes: &mut [u8]) {
        let bytes = &mut bytes[..8 * Q];
        for i in 0..N {
            let element = v.0[i].to_le_bytes();
            bytes[2 * i] = element[0];
            bytes[2 * i + 1] = element[1];
        }
    }
    #[inline(always)]
    fn store16(self, v: Self::V, elements: &mut [i16]) {
        elements[..N].copy_from_slice(&v.0);
    }
    #[inline(always)]
    fn transpose64(self, block: Self::Block) -> Self::Block {
        let mut out = block;
        for i in 0..Q {
            for j in 0..Q {
                for e in 0..4 {
                    out[i].0[4 * j + e] = block[j].0[4 * i + e];
                }
            }
        }
        out
    }
    #[inline(always)]
    fn block(self, v: Self::V) -> Self::Block {
        [v; Q]
    }
    #[inline(always)]
    fn xor(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => a.0[i] ^ b.0[i])
    }
    #[inline(always)]
    fn xor3(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        each!(i => a.0[i] ^ b.0[i] ^ c.0[i])
    }
    #[inline(always)]
    fn chi(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        each!(i => a.0[i] ^ (!b.0[i] & c.0[i]))
    }
    #[inline(always)]
    fn and(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => a.0[i] & b.0[i])
    }
    #[inline(always)]
    fn or(self, a: Self::V, b: Self::V) -> Self::V {
        each!(i => a.0[i] | b.0[i])
    }
    #[inline(always)]
    fn select(self, mask: Self::V, a: Self::V, b: Self::V) -> Self::V {
        each!(i => (mask.0[i] & a.0[i]) | (!mask.0[i] & b.0[i]))
    }
    #[inline(always)]
    fn rol64<const R: u32>(self, a: Self::V) -> Self::V {
        let a = a.words();
        each_word!(i => a[i].rotate_left(R))
    }
    #[inline(always)]
    fn shl64<const S: u32>(self, a: Self::V) -> Self::V {
        let a = a.words();
        each_word!(i => a[i] << S)
    }
    #[inline(always)]
    fn shr64<const S: u32>(self, a: Self::V) -> Self::V {
        let a = a.words();
        each_word!(i => a[i] >> S)
    }
    #[inline(always)]
    fn shl64_by(self, a: Self::V, n: u32) -> Self::V {
        let a = a.words();
        each_word!(i => a[i] << n)
    }
    #[inline(always)]
    fn shr64_by(self, a: Self::V, n: u32) -> Self::V {
        let a = a.words();
        each_word!(i => a[i] >> n)
    }
    #[inline(always)]
    fn shl32<const S: u32>(self, a: Self::V) -> Self::V {
        each32!(a, x => x << S)
    }
    #[inline(always)]
    fn shr32<const S: u32>(self, a: Self::V) -> Self::V {
        each32!(a, x => x >> S)
    }
    #[inline(always)]
    fn shl16<const S: u32>(self, a: Self::V) -> Self::V {
        each!(i => ((a.0[i] as u16) << S) as i16)
    }
    #[inline(always)]
    fn shr16<const S: u32>(self, a: Self::V) -> Self::V {
        each!(i => ((a.0[i] as u16) >> S) as i16)
    }
    #[inline(always)]
    fn sign16(self, a: Self::V) -> Self::V {
        each!(i => a.0[i] >> 15)
    }
    #[inline(always)]
    fn test16(self, a: Self::V, bits: Self::V) -> Self::V {
        // x is zero or a power of two: x | -x has its sign set exactly where x is not zero. The compiler must not see
        // that this is a mask: at opt-level 2 it makes a branch of what is done with it.
        core::hint::black_box(each!(i => {
            let x = a.0[i] & bits.0[i];
            (x | x.wrapping_neg()) >> 15
        }))
    }
    #[inline(always)]
    fn spread16<const C: u32>(self, a: Self::V) -> Self::V {
        each!(i => a.0[(i & !3) + C as usize])
    }
    #[inline(always)]
    fn nibbles(self, a: Self::V, table: &NibbleTable) -> [Self::V; 4] {
        // Pairs of bits are summed in place, then the sums of each nibble subtracted: no lookup.
        let pairs =
            each!(i => (a.0[i] & 0x5555).wrapping_add(((a.0[i] as u16 >> 1) & 0x5555) as i16));
        macro_rules! nibble {
            ($k:literal) => {
                each!(i => {
                    let x = pairs.0[i] as u16 >> (4 * $k);
                    ((x & 3) as i16 - (x >> 2 & 3) as i16)
                        .wrapping_mul(table.scale)
                        .wrapping_add(table.bias)
                })
            };
        }
        [nibble!(0), nibble!(1), nibble!(2), nibble!(3)]
    }
    #[inline(always)]
    fn narrow(self, a: Self::Wide) -> Self::V {
        each!(i => (a[i / 2] >> (16 * (i & 1))) as i16)
    }
    #[inline(always)]
    fn widen(self, a: Self::V) -> Self::Wide {
        let mut out = [0; N / 2];
        for i in 0..N / 2 {
            out[i] = a.0[2 * i] as u16 as i32 | (a.0[2 * i + 1] as i32) << 16;
        }
        out
    }
    #[inline(always)]
    fn sum_lanes32(self, a: Self::Wide) -> Self::Wide {
        let mut out = [0; N / 2];
        for i in 0..N / 2 {
            let i = i & 1;
            out[i] = a[i]
                .wrapping_add(a[i + 2])
                .wrapping_add(a[i + 4])
                .wrapping_add(a[i + 6]);
        }
        for i in 2..N / 2 {
            out[i] = out[i & 1];
        }
        out
    }
    #[inline(always)]
    fn vartime_take12(self, bytes: &[u8; 24], bound: i16, out: &mut [i16; 16]) -> usize {
        let mut count = 0;
        for i in 0..8 {
            let (a, b, c) = (
                bytes[3 * i] as i16,
                bytes[3 * i + 1] as i16,
                bytes[3 * i + 2] as i16,
            );
            for candidate in [a | (b & 15) << 8, b >> 4 | c << 4] {
                out[count & 15] = candidate;
                count += usize::from(candidate < bound);
            }
        }
        count
    }
}
