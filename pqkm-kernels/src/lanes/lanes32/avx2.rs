//! Sixteen lanes in two AVX2 registers: lanes 0-7 and 8-15.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "widths of fields are at most 24, sets of eight lanes are bytes"
)]

use core::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si64, _mm_loadu_si128, _mm256_abs_epi32, _mm256_add_epi32,
    _mm256_add_epi64, _mm256_and_si256, _mm256_blend_epi32, _mm256_castsi256_ps,
    _mm256_cmpeq_epi32, _mm256_cmpgt_epi32, _mm256_cvtepu8_epi32, _mm256_loadu_si256,
    _mm256_max_epi32, _mm256_min_epu32, _mm256_movemask_ps, _mm256_mul_epi32, _mm256_mullo_epi32,
    _mm256_or_si256, _mm256_permute2x128_si256, _mm256_permutevar8x32_epi32, _mm256_set_m128i,
    _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_shuffle_epi8, _mm256_shuffle_epi32,
    _mm256_sllv_epi32, _mm256_srav_epi32, _mm256_srli_epi64, _mm256_srlv_epi32, _mm256_srlv_epi64,
    _mm256_storeu_si256, _mm256_sub_epi32, _mm256_sub_epi64, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use super::bits::{COMPRESS, HalfTable, PackTable};
use super::{Factor, FactorRow, Fields32, Lanes32};
use crate::lanes::Avx2;
use crate::memcheck::declassify;
use crate::mldsa::Q;
use crate::mldsa::zetas::Q_INV;

/// One instruction on registers.
macro_rules! op {
    ($token:ident: $call:expr) => {{
        let _ = $token;
        // SAFETY: the token exists, so the CPU has the instruction; it reads registers only.
        unsafe { $call }
    }};
}

/// The same instruction on both halves.
macro_rules! both {
    ($token:ident: $f:ident $(::<$($n:literal),+>)? ($($a:ident),*)) => {
        [
            op!($token: $f $(::<$($n),+>)? ($($a[0]),*)),
            op!($token: $f $(::<$($n),+>)? ($($a[1]),*)),
        ]
    };
}

type Pair = [__m256i; 2];

/// `vpmuldq`, which LLVM cannot see through. From the intrinsic it learns that only low halves of some products are
/// used, and takes full 64-bit multiplications for them, which cost three times as much.
#[inline]
#[target_feature(enable = "avx2")]
fn multiply(a: __m256i, b: __m256i) -> __m256i {
    let product;
    // SAFETY: the instruction is one of those enabled; it reads and writes these registers only.
    unsafe {
        core::arch::asm!("vpmuldq {}, {}, {}", lateout(ymm_reg) product, in(ymm_reg) a, in(ymm_reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    product
}

impl Avx2 {
    /// Thirty-two bytes of an array, from index `AT`.
    #[inline(always)]
    fn half<T: Copy, const N: usize, const AT: usize>(self, from: &[T; N]) -> __m256i {
        const { assert!(size_of::<T>() * (N - AT) >= 32 && AT <= N) };
        let pointer = from.as_ptr();
        // SAFETY: AT <= N, as asserted.
        let pointer = unsafe { pointer.add(AT) };
        // SAFETY: 32 bytes follow, as asserted; the load needs no alignment.
        unsafe { _mm256_loadu_si256(pointer.cast()) }
    }

    /// Sixteen bytes of a window, from `at` (at most 48).
    #[inline(always)]
    fn sixteen(self, window: &[u8; 64], at: usize) -> __m128i {
        // SAFETY: the offset is at most 48 of 64.
        let pointer = unsafe { window.as_ptr().add(at.min(48)) };
        // SAFETY: sixteen bytes follow; the load needs no alignment.
        unsafe { _mm_loadu_si128(pointer.cast()) }
    }

    /// Eight fields of `D` bits, from byte `at`.
    #[inline(always)]
    fn unpack_half<const D: usize>(self, window: &[u8; 64], at: usize) -> __m256i {
        const { assert!(D + (D >> 1) + 16 <= 64) };
        let table = const { &HalfTable::new(D) };
        // The fields of the upper half may begin in the middle of this byte.
        let (low, high) = (
            self.sixteen(window, at),
            self.sixteen(window, at + (D >> 1)),
        );
        let bytes = op!(self: _mm256_set_m128i(high, low));
        let index = self.half::<_, _, 0>(&table.bytes);
        let (shift, mask) = (
            self.half::<_, _, 0>(&table.shifts),
            op!(self: _mm256_set1_epi32(const { (1 << D) - 1 })),
        );
        let words = op!(self: _mm256_shuffle_epi8(bytes, index));
        let words = op!(self: _mm256_srlv_epi32(words, shift));
        op!(self: _mm256_and_si256(words, mask))
    }

    /// Eight fields of `D` bits, to byte `at`.
    #[inline(always)]
    fn pack_half<const D: usize>(self, v: __m256i, window: &mut [u8; 64], at: usize) {
        let table = const { &PackTable::new(D) };
        // Pairs of lanes to 2 D bits of each 64-bit word.
        let left = self.half::<_, _, 0>(&table.left);
        let right = op!(self: _mm256_set1_epi64x(const { 32 - D as i64 }));
        let pairs = op!(self: _mm256_sllv_epi32(v, left));
        let units = self.words(op!(self: _mm256_srlv_epi64(pairs, right)));
        // Four fields are 4 D bits, eight D bytes.
        let low = u128::from(units[0]) | u128::from(units[1]) << (2 * D);
        let high = u128::from(units[2]) | u128::from(units[3]) << (2 * D);
        if D <= 16 {
            put(window, at, low | high << (4 * D));
        } else {
            const { assert!(D <= 16 || D & 1 == 0) };
            put(window, at, low);
            put(window, at + (D >> 1), high);
        }
    }

    /// The lanes below `bound` to `to[at..]`; returns how many.
    #[inline(always)]
    fn keep_half(self, v: __m256i, bound: i32, to: &mut [i32; 16], at: usize) -> usize {
        let mask = declassify(!self.half_at_least(v, bound) & 0xFF);
        let index = &COMPRESS[mask as usize & 0xFF];
        // SAFETY: the array has eight bytes, and the load needs no alignment.
        let index = unsafe { _mm_loadu_si64(index.as_ptr()) };
        let index = op!(self: _mm256_cvtepu8_epi32(index));
        let kept = op!(self: _mm256_permutevar8x32_epi32(v, index));
        // SAFETY: the offset is at most 8 of 16.
        let pointer = unsafe { to.as_mut_ptr().add(at.min(8)) };
        // SAFETY: eight words follow; the store needs no alignment.
        unsafe { _mm256_storeu_si256(pointer.cast(), kept) };
        mask.count_ones() as usize
    }

    /// Products of even lanes of which only the low halves are used.
    #[inline(always)]
    fn mul_for_low(self, a: __m256i, b: __m256i) -> __m256i {
        op!(self: multiply(a, b))
    }

    #[inline(always)]
    fn odd(self, a: __m256i) -> __m256i {
        op!(self: _mm256_srli_epi64::<32>(a))
    }

    /// Montgomery reduction of even and odd products, given `m`, their low halves times q^-1.
    #[inline(always)]
    fn montgomery(self, x: [__m256i; 2], m: [__m256i; 2]) -> __m256i {
        let q = op!(self: _mm256_set1_epi32(Q));
        let even = op!(self: _mm256_mul_epi32(m[0], q));
        let odd = op!(self: _mm256_mul_epi32(m[1], q));
        // The low halves cancel; the high halves are the results.
        let even = op!(self: _mm256_sub_epi64(x[0], even));
        let odd = op!(self: _mm256_sub_epi64(x[1], odd));
        let even = op!(self: _mm256_shuffle_epi32::<0xF5>(even));
        op!(self: _mm256_blend_epi32::<0xAA>(even, odd))
    }

    /// The product with factors `z` at even positions, and `z_odd` for the odd ones.
    #[inline(always)]
    fn mul_half(self, a: __m256i, z: [__m256i; 2], zq: [__m256i; 2]) -> __m256i {
        let odd = self.odd(a);
        let x = [
            op!(self: _mm256_mul_epi32(a, z[0])),
            op!(self: _mm256_mul_epi32(odd, z[1])),
        ];
        let m = [self.mul_for_low(a, zq[0]), self.mul_for_low(odd, zq[1])];
        self.montgomery(x, m)
    }

    /// Bits set where `a >= bound`.
    #[inline(always)]
    fn half_at_least(self, a: __m256i, bound: i32) -> u32 {
        let bound = op!(self: _mm256_set1_epi32(bound - 1));
        let mask = op!(self: _mm256_cmpgt_epi32(a, bound));
        let mask = op!(self: _mm256_castsi256_ps(mask));
        op!(self: _mm256_movemask_ps(mask)).cast_unsigned()
    }

    /// The four words of 64 bits.
    #[inline(always)]
    fn words(self, a: __m256i) -> [u64; 4] {
        let mut words = [0; 4];
        // SAFETY: the array has 32 bytes, and the store needs no alignment.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), a) };
        words
    }
}

impl Lanes32 for Avx2 {
    type V = Pair;
    type Wide = [Pair; 2];
    const HOLDS_ALL: bool = false;

    #[inline(always)]
    fn load(self, from: &[i32; 16]) -> Pair {
        [self.half::<_, _, 0>(from), self.half::<_, _, 8>(from)]
    }
    #[inline(always)]
    fn store(self, v: Pair, to: &mut [i32; 16]) {
        let pointer = to.as_mut_ptr();
        // SAFETY: sixteen words of four bytes; the store needs no alignment.
        unsafe { _mm256_storeu_si256(pointer.cast(), v[0]) };
        // SAFETY: index 8 of sixteen.
        let pointer = unsafe { pointer.add(8) };
        // SAFETY: eight words follow.
        unsafe { _mm256_storeu_si256(pointer.cast(), v[1]) };
    }
    #[inline(always)]
    fn splat(self, x: i32) -> Pair {
        let v = op!(self: _mm256_set1_epi32(x));
        [v, v]
    }
    #[inline(always)]
    fn add(self, a: Pair, b: Pair) -> Pair {
        both!(self: _mm256_add_epi32(a, b))
    }
    #[inline(always)]
    fn sub(self, a: Pair, b: Pair) -> Pair {
        both!(self: _mm256_sub_epi32(a, b))
    }
    #[inline(always)]
    fn mul(self, a: Pair, b: Pair) -> Pair {
        both!(self: _mm256_mullo_epi32(a, b))
    }
    #[inline(always)]
    fn and(self, a: Pair, b: Pair) -> Pair {
        both!(self: _mm256_and_si256(a, b))
    }
    #[inline(always)]
    fn or(self, a: Pair, b: Pair) -> Pair {
        both!(self: _mm256_or_si256(a, b))
    }
    #[inline(always)]
    fn xor(self, a: Pair, b: Pair) -> Pair {
        both!(self: _mm256_xor_si256(a, b))
    }
    #[inline(always)]
    fn abs(self, a: Pair) -> Pair {
        both!(self: _mm256_abs_epi32(a))
    }
    #[inline(always)]
    fn max(self, a: Pair, b: Pair) -> Pair {
        both!(self: _mm256_max_epi32(a, b))
    }
    #[inline(always)]
    fn sra<const N: u32>(self, a: Pair) -> Pair {
        let count = op!(self: _mm256_set1_epi32(N.cast_signed()));
        [
            op!(self: _mm256_srav_epi32(a[0], count)),
            op!(self: _mm256_srav_epi32(a[1], count)),
        ]
    }
    #[inline(always)]
    fn wrap_negative(self, a: Pair, m: i32) -> Pair {
        // As unsigned numbers, a negative a is larger than a + m.
        let plus = self.add(a, self.splat(m));
        both!(self: _mm256_min_epu32(a, plus))
    }

    #[inline(always)]
    fn exchange8(self, a: Pair, b: Pair) -> (Pair, Pair) {
        ([a[0], b[0]], [a[1], b[1]])
    }
    #[inline(always)]
    fn exchange4(self, a: Pair, b: Pair) -> (Pair, Pair) {
        (
            both!(self: _mm256_permute2x128_si256::<0x20>(a, b)),
            both!(self: _mm256_permute2x128_si256::<0x31>(a, b)),
        )
    }
    #[inline(always)]
    fn exchange2(self, a: Pair, b: Pair) -> (Pair, Pair) {
        (
            both!(self: _mm256_unpacklo_epi64(a, b)),
            both!(self: _mm256_unpackhi_epi64(a, b)),
        )
    }
    #[inline(always)]
    fn exchange1(self, a: Pair, b: Pair) -> (Pair, Pair) {
        let even = both!(self: _mm256_shuffle_epi32::<0xA0>(b));
        let odd = both!(self: _mm256_shuffle_epi32::<0xF5>(a));
        (
            both!(self: _mm256_blend_epi32::<0xAA>(a, even)),
            both!(self: _mm256_blend_epi32::<0xAA>(odd, b)),
        )
    }

    #[inline(always)]
    fn mul_factor(self, a: Pair, f: &Factor) -> Pair {
        let (z, zq) = (self.splat(f.z), self.splat(f.zq));
        [self.mul_half(a[0], z, zq), self.mul_half(a[1], z, zq)]
    }
    #[inline(always)]
    fn mul_row(self, a: Pair, row: &FactorRow) -> Pair {
        let (z, z_odd) = (self.load(&row.z), self.load(&row.z_odd));
        let (zq, zq_odd) = (self.load(&row.zq), self.load(&row.zq_odd));
        [
            self.mul_half(a[0], [z[0], z_odd[0]], [zq[0], zq_odd[0]]),
            self.mul_half(a[1], [z[1], z_odd[1]], [zq[1], zq_odd[1]]),
        ]
    }
    #[inline(always)]
    fn wide_mul(self, a: Pair, b: Pair) -> [Pair; 2] {
        let a_odd = [self.odd(a[0]), self.odd(a[1])];
        let b_odd = [self.odd(b[0]), self.odd(b[1])];
        [
            both!(self: _mm256_mul_epi32(a, b)),
            both!(self: _mm256_mul_epi32(a_odd, b_odd)),
        ]
    }
    #[inline(always)]
    fn wide_add(self, a: [Pair; 2], b: [Pair; 2]) -> [Pair; 2] {
        let ([a_even, a_odd], [b_even, b_odd]) = (a, b);
        [
            both!(self: _mm256_add_epi64(a_even, b_even)),
            both!(self: _mm256_add_epi64(a_odd, b_odd)),
        ]
    }
    #[inline(always)]
    fn reduce_wide(self, x: [Pair; 2]) -> Pair {
        let q_inv = op!(self: _mm256_set1_epi32(Q_INV));
        let mut result = x[0];
        for i in 0..2 {
            let m = [
                self.mul_for_low(x[0][i], q_inv),
                self.mul_for_low(x[1][i], q_inv),
            ];
            result[i] = self.montgomery([x[0][i], x[1][i]], m);
        }
        result
    }
    #[inline(always)]
    fn at_least(self, a: Pair, bound: i32) -> u16 {
        (self.half_at_least(a[0], bound) | self.half_at_least(a[1], bound) << 8) as u16
    }
    #[inline(always)]
    fn spread(self, set: u16) -> Pair {
        let set = self.splat(i32::from(set));
        let lanes = self.load(&const { lane_bits() });
        let set = self.and(set, lanes);
        both!(self: _mm256_cmpeq_epi32(set, lanes))
    }
}

const fn lane_bits() -> [i32; 16] {
    let mut bits = [0; 16];
    let mut lane = 0;
    while lane < 16 {
        bits[lane] = 1 << lane;
        lane += 1;
    }
    bits
}

/// Sixteen bytes of a window, from `at`.
#[inline(always)]
fn put(window: &mut [u8; 64], at: usize, bits: u128) {
    if let Some(to) = window.get_mut(at..at + 16) {
        to.copy_from_slice(&bits.to_le_bytes());
    }
}

impl Fields32 for Avx2 {
    #[inline(always)]
    fn unpack<const D: usize>(self, window: &[u8; 64]) -> Pair {
        [
            self.unpack_half::<D>(window, 0),
            self.unpack_half::<D>(window, D),
        ]
    }
    #[inline(always)]
    fn pack<const D: usize>(self, v: Pair, window: &mut [u8; 64]) {
        self.pack_half::<D>(v[0], window, 0);
        self.pack_half::<D>(v[1], window, D);
    }
    #[inline(always)]
    fn keep_below(self, v: Pair, bound: i32, to: &mut [i32; 16]) -> usize {
        let n = self.keep_half(v[0], bound, to, 0);
        n + self.keep_half(v[1], bound, to, n)
    }
}
