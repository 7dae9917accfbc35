//! Sixteen lanes as an array, vectorised by the compiler with what the target always has.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "halves of products are taken as the instructions take them; indices are below 16 or 64"
)]

use super::{Factor, FactorRow, Fields32, Lanes32};
use crate::lanes::Portable;
use crate::memcheck::declassify;
use crate::mldsa::{Q, zetas::Q_INV};

/// Sixteen lanes of the portable instance.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Words32([i32; 16]);

macro_rules! each {
    ($i:ident => $e:expr) => {{
        let mut result = [0; 16];
        for $i in 0..16 {
            result[$i] = $e;
        }
        Words32(result)
    }};
}

macro_rules! exchange {
    ($a:ident, $b:ident, $bit:literal) => {
        (
            each!(i => if i & $bit == 0 { $a.0[i] } else { $b.0[i ^ $bit] }),
            each!(i => if i & $bit == 0 { $a.0[i ^ $bit] } else { $b.0[i] }),
        )
    };
}

/// FIPS 204, Algorithm 49 (`MontgomeryReduce`)
#[inline(always)]
fn montgomery_reduce(x: i64) -> i32 {
    let m = (x as i32).wrapping_mul(Q_INV);
    ((x - i64::from(m) * i64::from(Q)) >> 32) as i32
}

impl Lanes32 for Portable {
    type V = Words32;
    type Wide = [i64; 16];
    const HOLDS_ALL: bool = false;

    #[inline(always)]
    fn load(self, from: &[i32; 16]) -> Words32 {
        Words32(*from)
    }
    #[inline(always)]
    fn store(self, v: Words32, to: &mut [i32; 16]) {
        *to = v.0;
    }
    #[inline(always)]
    fn splat(self, x: i32) -> Words32 {
        Words32([x; 16])
    }
    #[inline(always)]
    fn add(self, a: Words32, b: Words32) -> Words32 {
        each!(i => a.0[i].wrapping_add(b.0[i]))
    }
    #[inline(always)]
    fn sub(self, a: Words32, b: Words32) -> Words32 {
        each!(i => a.0[i].wrapping_sub(b.0[i]))
    }
    #[inline(always)]
    fn mul(self, a: Words32, b: Words32) -> Words32 {
        each!(i => a.0[i].wrapping_mul(b.0[i]))
    }
    #[inline(always)]
    fn and(self, a: Words32, b: Words32) -> Words32 {
        each!(i => a.0[i] & b.0[i])
    }
    #[inline(always)]
    fn or(self, a: Words32, b: Words32) -> Words32 {
        each!(i => a.0[i] | b.0[i])
    }
    #[inline(always)]
    fn xor(self, a: Words32, b: Words32) -> Words32 {
        each!(i => a.0[i] ^ b.0[i])
    }
    #[inline(always)]
    fn abs(self, a: Words32) -> Words32 {
        each!(i => a.0[i].wrapping_abs())
    }
    #[inline(always)]
    fn max(self, a: Words32, b: Words32) -> Words32 {
        each!(i => a.0[i].max(b.0[i]))
    }
    #[inline(always)]
    fn sra<const N: u32>(self, a: Words32) -> Words32 {
        let shifted = each!(i => a.0[i] >> N);
        if N == 31 {
            // A mask of signs: at opt-level 2 the compiler makes a branch of what is done with it, if it sees one.
            core::hint::black_box(shifted)
        } else {
            shifted
        }
    }
    #[inline(always)]
    fn wrap_negative(self, a: Words32, m: i32) -> Words32 {
        each!(i => a.0[i].wrapping_add((a.0[i] >> 31) & m))
    }
    #[inline(always)]
    fn exchange8(self, a: Words32, b: Words32) -> (Words32, Words32) {
        exchange!(a, b, 8)
    }
    #[inline(always)]
    fn exchange4(self, a: Words32, b: Words32) -> (Words32, Words32) {
        exchange!(a, b, 4)
    }
    #[inline(always)]
    fn exchange2(self, a: Words32, b: Words32) -> (Words32, Words32) {
        exchange!(a, b, 2)
    }
    #[inline(always)]
    fn exchange1(self, a: Words32, b: Words32) -> (Words32, Words32) {
        exchange!(a, b, 1)
    }
    #[inline(always)]
    fn mul_factor(self, a: Words32, f: &Factor) -> Words32 {
        each!(i => montgomery_reduce(i64::from(a.0[i]) * i64::from(f.z)))
    }
    #[inline(always)]
    fn mul_row(self, a: Words32, row: &FactorRow) -> Words32 {
        each!(i => montgomery_reduce(i64::from(a.0[i]) * i64::from(row.z[i])))
    }
    #[inline(always)]
    fn wide_mul(self, a: Words32, b: Words32) -> [i64; 16] {
        let mut result = [0; 16];
        for i in 0..16 {
            result[i] = i64::from(a.0[i]) * i64::from(b.0[i]);
        }
        result
    }
    #[inline(always)]
    fn wide_add(self, a: [i64; 16], b: [i64; 16]) -> [i64; 16] {
        let mut result = a;
        for i in 0..16 {
            result[i] = result[i].wrapping_add(b[i]);
        }
        result
    }
    #[inline(always)]
    fn reduce_wide(self, x: [i64; 16]) -> Words32 {
        each!(i => montgomery_reduce(x[i]))
    }
    #[inline(always)]
    fn at_least(self, a: Words32, bound: i32) -> u16 {
        // bound - 1 - lane is negative exactly where lane >= bound.
        let mut set = 0;
        for i in 0..16 {
            set |= ((bound - 1).wrapping_sub(a.0[i]) as u32 >> 31) << i;
        }
        set as u16
    }
    #[inline(always)]
    fn spread(self, set: u16) -> Words32 {
        each!(i => -i32::from(set >> i & 1))
    }
}

impl Fields32 for Portable {
    #[inline(always)]
    fn unpack<const D: usize>(self, window: &[u8; 64]) -> Words32 {
        each!(i => {
            let at = (i * D) >> 3;
            let word = u32::from_le_bytes([window[at], window[at + 1], window[at + 2], window[at + 3]]);
            ((word >> ((i * D) & 7)) & ((1 << D) - 1)) as i32
        })
    }
    #[inline(always)]
    fn pack<const D: usize>(self, v: Words32, window: &mut [u8; 64]) {
        pack_words::<D>(&v.0, window);
    }
    #[inline(always)]
    fn keep_below(self, v: Words32, bound: i32, to: &mut [i32; 16]) -> usize {
        let mut n = 0_usize;
        for x in v.0 {
            // n < 16: one at most for each lane before this one.
            to[n & 15] = x;
            n += usize::from(declassify(x < bound));
        }
        n
    }
}

/// Sixteen fields of `D` bits, least significant bit first.
#[inline(always)]
pub(super) fn pack_words<const D: usize>(words: &[i32; 16], window: &mut [u8; 64]) {
    let (mut accumulator, mut held, mut at) = (0_u64, 0, 0);
    for &x in words {
        accumulator |= u64::from(x as u32) << held;
        held += D;
        while held >= 8 {
            window[at & 63] = accumulator as u8;
            at += 1;
            accumulator >>= 8;
            held -= 8;
        }
    }
}
