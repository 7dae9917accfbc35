//! Sixteen lanes in one AVX-512 register.

#![expect(
    clippy::cast_possible_wrap,
    reason = "widths of fields are at most 24, sets of eight lanes are bytes"
)]

use core::arch::x86_64::{
    __m512i, _mm512_abs_epi32, _mm512_add_epi32, _mm512_add_epi64, _mm512_and_si512,
    _mm512_cmpge_epi32_mask, _mm512_cmplt_epi32_mask, _mm512_loadu_si512,
    _mm512_mask_shuffle_epi32, _mm512_mask_shuffle_i64x2, _mm512_maskz_compress_epi32,
    _mm512_maskz_permutexvar_epi8, _mm512_maskz_set1_epi32, _mm512_max_epi32, _mm512_min_epu32,
    _mm512_mul_epi32, _mm512_mullo_epi32, _mm512_or_si512, _mm512_permutexvar_epi8,
    _mm512_set1_epi32, _mm512_set1_epi64, _mm512_shuffle_epi32, _mm512_shuffle_i64x2,
    _mm512_sllv_epi32, _mm512_sllv_epi64, _mm512_srai_epi32, _mm512_srli_epi64, _mm512_srlv_epi32,
    _mm512_srlv_epi64, _mm512_storeu_si512, _mm512_sub_epi32, _mm512_sub_epi64,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use super::bits::{PackTable, UnpackTable};
use super::{Factor, FactorRow, Fields32, Lanes32};
use crate::lanes::Avx512;
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

/// Reads any 64-byte array.
macro_rules! read {
    ($array:expr) => {{
        let pointer = core::ptr::from_ref($array).cast();
        // SAFETY: every array given here has 64 bytes, and the load needs no alignment.
        unsafe { _mm512_loadu_si512(pointer) }
    }};
}

/// `vpmuldq`, which LLVM cannot see through. From the intrinsic it learns that only low halves of some products are
/// used, and takes full 64-bit multiplications for them, which cost three times as much.
#[inline]
#[target_feature(enable = "avx512f")]
fn multiply(a: __m512i, b: __m512i) -> __m512i {
    let product;
    // SAFETY: the instruction is one of those enabled; it reads and writes these registers only.
    unsafe {
        core::arch::asm!("vpmuldq {}, {}, {}", lateout(zmm_reg) product, in(zmm_reg) a, in(zmm_reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    product
}

impl Avx512 {
    /// Montgomery reduction of even and odd products, given `m`, their low halves times q^-1.
    #[inline(always)]
    fn montgomery(self, x: [__m512i; 2], m: [__m512i; 2]) -> __m512i {
        let q = self.splat(Q);
        let even = op!(self: _mm512_mul_epi32(m[0], q));
        let odd = op!(self: _mm512_mul_epi32(m[1], q));
        // The low halves cancel; the high halves are the results.
        let even = op!(self: _mm512_sub_epi64(x[0], even));
        let odd = op!(self: _mm512_sub_epi64(x[1], odd));
        op!(self: _mm512_mask_shuffle_epi32::<0xF5>(
            odd,
            0x5555,
            even
        ))
    }

    /// Products of even lanes of which only the low halves are used.
    #[inline(always)]
    fn mul_for_low(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: multiply(a, b))
    }

    /// Odd lanes to even positions.
    #[inline(always)]
    fn odd(self, a: __m512i) -> __m512i {
        op!(self: _mm512_srli_epi64::<32>(a))
    }
}

impl Lanes32 for Avx512 {
    type V = __m512i;
    type Wide = [__m512i; 2];
    const HOLDS_ALL: bool = true;

    #[inline(always)]
    fn load(self, from: &[i32; 16]) -> __m512i {
        read!(from)
    }
    #[inline(always)]
    fn store(self, v: __m512i, to: &mut [i32; 16]) {
        // SAFETY: `to` has 64 bytes, and the store needs no alignment.
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), v) };
    }
    #[inline(always)]
    fn splat(self, x: i32) -> __m512i {
        op!(self: _mm512_set1_epi32(x))
    }
    #[inline(always)]
    fn add(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_add_epi32(a, b))
    }
    #[inline(always)]
    fn sub(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_sub_epi32(a, b))
    }
    #[inline(always)]
    fn mul(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_mullo_epi32(a, b))
    }
    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_and_si512(a, b))
    }
    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_or_si512(a, b))
    }
    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_xor_si512(a, b))
    }
    #[inline(always)]
    fn abs(self, a: __m512i) -> __m512i {
        op!(self: _mm512_abs_epi32(a))
    }
    #[inline(always)]
    fn max(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_max_epi32(a, b))
    }
    #[inline(always)]
    fn sra<const N: u32>(self, a: __m512i) -> __m512i {
        // SAFETY: an `Avx512` exists, so the CPU has the instruction; it reads registers only.
        unsafe { _mm512_srai_epi32::<N>(a) }
    }
    #[inline(always)]
    fn wrap_negative(self, a: __m512i, m: i32) -> __m512i {
        // As unsigned numbers, a negative a is larger than a + m.
        let plus = self.add(a, self.splat(m));
        op!(self: _mm512_min_epu32(a, plus))
    }

    #[inline(always)]
    fn exchange8(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(self: _mm512_shuffle_i64x2::<0x44>(a, b)),
            op!(self: _mm512_shuffle_i64x2::<0xEE>(a, b)),
        )
    }
    #[inline(always)]
    fn exchange4(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(self: _mm512_mask_shuffle_i64x2::<0x80>(
                a,
                0xCC,
                b,
                b
            )),
            op!(self: _mm512_mask_shuffle_i64x2::<0x31>(
                b,
                0x33,
                a,
                a
            )),
        )
    }
    #[inline(always)]
    fn exchange2(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(self: _mm512_unpacklo_epi64(a, b)),
            op!(self: _mm512_unpackhi_epi64(a, b)),
        )
    }
    #[inline(always)]
    fn exchange1(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(self: _mm512_mask_shuffle_epi32::<0xA0>(
                a,
                0xAAAA,
                b
            )),
            op!(self: _mm512_mask_shuffle_epi32::<0xF5>(
                b,
                0x5555,
                a
            )),
        )
    }

    #[inline(always)]
    fn mul_factor(self, a: __m512i, f: &Factor) -> __m512i {
        let (z, zq, odd) = (self.splat(f.z), self.splat(f.zq), self.odd(a));
        let x = [
            op!(self: _mm512_mul_epi32(a, z)),
            op!(self: _mm512_mul_epi32(odd, z)),
        ];
        let m = [self.mul_for_low(a, zq), self.mul_for_low(odd, zq)];
        self.montgomery(x, m)
    }
    #[inline(always)]
    fn mul_row(self, a: __m512i, row: &FactorRow) -> __m512i {
        let odd = self.odd(a);
        let (z, z_odd) = (read!(&row.z), read!(&row.z_odd));
        let (zq, zq_odd) = (read!(&row.zq), read!(&row.zq_odd));
        let x = [
            op!(self: _mm512_mul_epi32(a, z)),
            op!(self: _mm512_mul_epi32(odd, z_odd)),
        ];
        let m = [self.mul_for_low(a, zq), self.mul_for_low(odd, zq_odd)];
        self.montgomery(x, m)
    }
    #[inline(always)]
    fn wide_mul(self, a: __m512i, b: __m512i) -> [__m512i; 2] {
        let (a_odd, b_odd) = (self.odd(a), self.odd(b));
        [
            op!(self: _mm512_mul_epi32(a, b)),
            op!(self: _mm512_mul_epi32(a_odd, b_odd)),
        ]
    }
    #[inline(always)]
    fn wide_add(self, a: [__m512i; 2], b: [__m512i; 2]) -> [__m512i; 2] {
        [
            op!(self: _mm512_add_epi64(a[0], b[0])),
            op!(self: _mm512_add_epi64(a[1], b[1])),
        ]
    }
    #[inline(always)]
    fn reduce_wide(self, x: [__m512i; 2]) -> __m512i {
        let q_inv = self.splat(Q_INV);
        let m = [self.mul_for_low(x[0], q_inv), self.mul_for_low(x[1], q_inv)];
        self.montgomery(x, m)
    }
    #[inline(always)]
    fn at_least(self, a: __m512i, bound: i32) -> u16 {
        let bound = self.splat(bound);
        op!(self: _mm512_cmpge_epi32_mask(a, bound))
    }
    #[inline(always)]
    fn spread(self, set: u16) -> __m512i {
        op!(self: _mm512_maskz_set1_epi32(set, -1))
    }
}

impl Fields32 for Avx512 {
    #[inline(always)]
    fn unpack<const D: usize>(self, window: &[u8; 64]) -> __m512i {
        let table = const { &UnpackTable::new(D) };
        let bytes = read!(window);
        let (index, shift) = (read!(&table.bytes), read!(&table.shifts));
        let words = op!(self: _mm512_permutexvar_epi8(index, bytes));
        let words = op!(self: _mm512_srlv_epi32(words, shift));
        self.and(words, self.splat(const { (1 << D) - 1 }))
    }
    #[inline(always)]
    fn pack<const D: usize>(self, v: __m512i, window: &mut [u8; 64]) {
        let table = const { &PackTable::new(D) };
        // Pairs of lanes to 2 D bits of each 64-bit word.
        let (left, right) = (
            read!(&table.left),
            op!(self: _mm512_set1_epi64(const { 32 - D as i64 })),
        );
        let pairs = op!(self: _mm512_sllv_epi32(v, left));
        let mut units = op!(self: _mm512_srlv_epi64(pairs, right));
        if D <= 16 {
            // Pairs of words to 4 D bits of each even word.
            let swapped = op!(self: _mm512_shuffle_epi32::<0x4E>(units));
            let count = op!(self: _mm512_set1_epi64(const { 2 * D as i64 }));
            let high = op!(self: _mm512_sllv_epi64(swapped, count));
            units = self.or(units, high);
        }
        // Units start at a byte, or odd ones in the middle of one.
        let index = read!(&table.even);
        let mut bytes = op!(self: _mm512_maskz_permutexvar_epi8(
            table.even_mask,
            index,
            units
        ));
        if table.odd_mask != 0 {
            let (index, four) = (read!(&table.odd), op!(self: _mm512_set1_epi64(4)));
            let shifted = op!(self: _mm512_sllv_epi64(units, four));
            let odd = op!(self: _mm512_maskz_permutexvar_epi8(
                table.odd_mask,
                index,
                shifted
            ));
            bytes = self.or(bytes, odd);
        }
        // SAFETY: `window` has 64 bytes, and the store needs no alignment.
        unsafe { _mm512_storeu_si512(window.as_mut_ptr().cast(), bytes) };
    }
    #[inline(always)]
    fn keep_below(self, v: __m512i, bound: i32, to: &mut [i32; 16]) -> usize {
        let bound = self.splat(bound);
        let mask = op!(self: _mm512_cmplt_epi32_mask(v, bound));
        let kept = op!(self: _mm512_maskz_compress_epi32(mask, v));
        self.store(kept, to);
        mask.count_ones() as usize
    }
}
