//! Sixteen lanes in two AVX2 registers: lanes 0-7 and 8-15.

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
use crate::mldsa::Q;
use crate::mldsa::zetas::Q_INV;

/// One instruction on registers.
macro_rules! op {
    ($f:ident $(::<$($n:literal),+>)? ($($name:ident = $a:expr),*)) => {{
        $(let $name = $a;)*
        // SAFETY: the enclosing method has an `Avx2`, so the CPU has the instruction; it reads registers only.
        unsafe { $f $(::<$($n),+>)? ($($name),*) }
    }};
}

/// The same instruction on both halves.
macro_rules! both {
    ($f:ident $(::<$($n:literal),+>)? ($($name:ident = $a:expr),*)) => {
        [
            op!($f $(::<$($n),+>)? ($($name = $a[0]),*)),
            op!($f $(::<$($n),+>)? ($($name = $a[1]),*)),
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
        const { assert!(D + D / 2 + 16 <= 64) };
        let table = const { &HalfTable::new(D) };
        // The fields of the upper half may begin in the middle of this byte.
        let (low, high) = (self.sixteen(window, at), self.sixteen(window, at + D / 2));
        let bytes = op!(_mm256_set_m128i(high = high, low = low));
        let index = self.half::<_, _, 0>(&table.bytes);
        let (shift, mask) = (
            self.half::<_, _, 0>(&table.shifts),
            op!(_mm256_set1_epi32(a = const { (1 << D) - 1 })),
        );
        let words = op!(_mm256_shuffle_epi8(a = bytes, index = index));
        let words = op!(_mm256_srlv_epi32(a = words, count = shift));
        op!(_mm256_and_si256(a = words, b = mask))
    }

    /// Eight fields of `D` bits, to byte `at`.
    #[inline(always)]
    fn pack_half<const D: usize>(self, v: __m256i, window: &mut [u8; 64], at: usize) {
        let table = const { &PackTable::new(D) };
        // Pairs of lanes to 2 D bits of each 64-bit word.
        let left = self.half::<_, _, 0>(&table.left);
        let right = op!(_mm256_set1_epi64x(a = const { 32 - D as i64 }));
        let pairs = op!(_mm256_sllv_epi32(a = v, count = left));
        let units = self.words(op!(_mm256_srlv_epi64(a = pairs, count = right)));
        // Four fields are 4 D bits, eight D bytes.
        let low = u128::from(units[0]) | u128::from(units[1]) << (2 * D);
        let high = u128::from(units[2]) | u128::from(units[3]) << (2 * D);
        if D <= 16 {
            put(window, at, low | high << (4 * D));
        } else {
            const { assert!(D <= 16 || D % 2 == 0) };
            put(window, at, low);
            put(window, at + D / 2, high);
        }
    }

    /// The lanes below `bound` to `to[at..]`; returns how many.
    #[inline(always)]
    fn keep_half(self, v: __m256i, bound: i32, to: &mut [i32; 16], at: usize) -> usize {
        let mask = !self.half_at_least(v, bound) & 0xFF;
        let index = &COMPRESS[mask as usize & 0xFF];
        // SAFETY: the array has eight bytes, and the load needs no alignment.
        let index = unsafe { _mm_loadu_si64(index.as_ptr()) };
        let index = op!(_mm256_cvtepu8_epi32(a = index));
        let kept = op!(_mm256_permutevar8x32_epi32(a = v, index = index));
        // SAFETY: the offset is at most 8 of 16.
        let pointer = unsafe { to.as_mut_ptr().add(at.min(8)) };
        // SAFETY: eight words follow; the store needs no alignment.
        unsafe { _mm256_storeu_si256(pointer.cast(), kept) };
        mask.count_ones() as usize
    }

    /// Products of even lanes of which only the low halves are used.
    #[inline(always)]
    fn mul_for_low(self, a: __m256i, b: __m256i) -> __m256i {
        op!(multiply(a = a, b = b))
    }

    #[inline(always)]
    fn odd(self, a: __m256i) -> __m256i {
        op!(_mm256_srli_epi64::<32>(a = a))
    }

    /// Montgomery reduction of even and odd products, given `m`, their low halves times q^-1.
    #[inline(always)]
    fn montgomery(self, x: [__m256i; 2], m: [__m256i; 2]) -> __m256i {
        let q = op!(_mm256_set1_epi32(a = Q));
        let even = op!(_mm256_mul_epi32(a = m[0], b = q));
        let odd = op!(_mm256_mul_epi32(a = m[1], b = q));
        // The low halves cancel; the high halves are the results.
        let even = op!(_mm256_sub_epi64(a = x[0], b = even));
        let odd = op!(_mm256_sub_epi64(a = x[1], b = odd));
        let even = op!(_mm256_shuffle_epi32::<0xF5>(a = even));
        op!(_mm256_blend_epi32::<0xAA>(a = even, b = odd))
    }

    /// The product with factors `z` at even positions, and `z_odd` for the odd ones.
    #[inline(always)]
    fn mul_half(self, a: __m256i, z: [__m256i; 2], zq: [__m256i; 2]) -> __m256i {
        let odd = self.odd(a);
        let x = [
            op!(_mm256_mul_epi32(a = a, b = z[0])),
            op!(_mm256_mul_epi32(a = odd, b = z[1])),
        ];
        let m = [self.mul_for_low(a, zq[0]), self.mul_for_low(odd, zq[1])];
        self.montgomery(x, m)
    }

    /// Bits set where `a >= bound`.
    #[inline(always)]
    fn half_at_least(self, a: __m256i, bound: i32) -> u32 {
        let bound = op!(_mm256_set1_epi32(a = bound - 1));
        let mask = op!(_mm256_cmpgt_epi32(a = a, b = bound));
        let mask = op!(_mm256_castsi256_ps(a = mask));
        op!(_mm256_movemask_ps(a = mask)).cast_unsigned()
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
        let v = op!(_mm256_set1_epi32(a = x));
        [v, v]
    }
    #[inline(always)]
    fn add(self, a: Pair, b: Pair) -> Pair {
        both!(_mm256_add_epi32(x = a, y = b))
    }
    #[inline(always)]
    fn sub(self, a: Pair, b: Pair) -> Pair {
        both!(_mm256_sub_epi32(x = a, y = b))
    }
    #[inline(always)]
    fn mul(self, a: Pair, b: Pair) -> Pair {
        both!(_mm256_mullo_epi32(x = a, y = b))
    }
    #[inline(always)]
    fn and(self, a: Pair, b: Pair) -> Pair {
        both!(_mm256_and_si256(x = a, y = b))
    }
    #[inline(always)]
    fn or(self, a: Pair, b: Pair) -> Pair {
        both!(_mm256_or_si256(x = a, y = b))
    }
    #[inline(always)]
    fn xor(self, a: Pair, b: Pair) -> Pair {
        both!(_mm256_xor_si256(x = a, y = b))
    }
    #[inline(always)]
    fn abs(self, a: Pair) -> Pair {
        both!(_mm256_abs_epi32(x = a))
    }
    #[inline(always)]
    fn max(self, a: Pair, b: Pair) -> Pair {
        both!(_mm256_max_epi32(x = a, y = b))
    }
    #[inline(always)]
    fn sra<const N: u32>(self, a: Pair) -> Pair {
        let count = op!(_mm256_set1_epi32(n = N.cast_signed()));
        [
            op!(_mm256_srav_epi32(a = a[0], n = count)),
            op!(_mm256_srav_epi32(a = a[1], n = count)),
        ]
    }
    #[inline(always)]
    fn wrap_negative(self, a: Pair, m: i32) -> Pair {
        // As unsigned numbers, a negative a is larger than a + m.
        let plus = self.add(a, self.splat(m));
        both!(_mm256_min_epu32(x = a, y = plus))
    }

    #[inline(always)]
    fn exchange8(self, a: Pair, b: Pair) -> (Pair, Pair) {
        ([a[0], b[0]], [a[1], b[1]])
    }
    #[inline(always)]
    fn exchange4(self, a: Pair, b: Pair) -> (Pair, Pair) {
        (
            both!(_mm256_permute2x128_si256::<0x20>(x = a, y = b)),
            both!(_mm256_permute2x128_si256::<0x31>(x = a, y = b)),
        )
    }
    #[inline(always)]
    fn exchange2(self, a: Pair, b: Pair) -> (Pair, Pair) {
        (
            both!(_mm256_unpacklo_epi64(x = a, y = b)),
            both!(_mm256_unpackhi_epi64(x = a, y = b)),
        )
    }
    #[inline(always)]
    fn exchange1(self, a: Pair, b: Pair) -> (Pair, Pair) {
        let even = both!(_mm256_shuffle_epi32::<0xA0>(x = b));
        let odd = both!(_mm256_shuffle_epi32::<0xF5>(x = a));
        (
            both!(_mm256_blend_epi32::<0xAA>(x = a, y = even)),
            both!(_mm256_blend_epi32::<0xAA>(x = odd, y = b)),
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
            both!(_mm256_mul_epi32(x = a, y = b)),
            both!(_mm256_mul_epi32(x = a_odd, y = b_odd)),
        ]
    }
    #[inline(always)]
    fn wide_add(self, a: [Pair; 2], b: [Pair; 2]) -> [Pair; 2] {
        [
            both!(_mm256_add_epi64(x = a[0], y = b[0])),
            both!(_mm256_add_epi64(x = a[1], y = b[1])),
        ]
    }
    #[inline(always)]
    fn reduce_wide(self, x: [Pair; 2]) -> Pair {
        let q_inv = op!(_mm256_set1_epi32(a = Q_INV));
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
        both!(_mm256_cmpeq_epi32(x = set, y = lanes))
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
