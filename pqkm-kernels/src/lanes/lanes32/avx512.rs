//! Sixteen lanes in one AVX-512 register.

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
    ($f:ident $(::<$($n:literal),+>)? ($($name:ident = $a:expr),*)) => {{
        $(let $name = $a;)*
        // SAFETY: the enclosing method has an `Avx512`, so the CPU has the instruction; it reads registers only.
        unsafe { $f $(::<$($n),+>)? ($($name),*) }
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
        let even = op!(_mm512_mul_epi32(a = m[0], b = q));
        let odd = op!(_mm512_mul_epi32(a = m[1], b = q));
        // The low halves cancel; the high halves are the results.
        let even = op!(_mm512_sub_epi64(a = x[0], b = even));
        let odd = op!(_mm512_sub_epi64(a = x[1], b = odd));
        op!(_mm512_mask_shuffle_epi32::<0xF5>(
            source = odd,
            mask = 0x5555,
            a = even
        ))
    }

    /// Products of even lanes of which only the low halves are used.
    #[inline(always)]
    fn mul_for_low(self, a: __m512i, b: __m512i) -> __m512i {
        op!(multiply(a = a, b = b))
    }

    /// Odd lanes to even positions.
    #[inline(always)]
    fn odd(self, a: __m512i) -> __m512i {
        op!(_mm512_srli_epi64::<32>(a = a))
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
        op!(_mm512_set1_epi32(a = x))
    }
    #[inline(always)]
    fn add(self, a: __m512i, b: __m512i) -> __m512i {
        op!(_mm512_add_epi32(a = a, b = b))
    }
    #[inline(always)]
    fn sub(self, a: __m512i, b: __m512i) -> __m512i {
        op!(_mm512_sub_epi32(a = a, b = b))
    }
    #[inline(always)]
    fn mul(self, a: __m512i, b: __m512i) -> __m512i {
        op!(_mm512_mullo_epi32(a = a, b = b))
    }
    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        op!(_mm512_and_si512(a = a, b = b))
    }
    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        op!(_mm512_or_si512(a = a, b = b))
    }
    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        op!(_mm512_xor_si512(a = a, b = b))
    }
    #[inline(always)]
    fn abs(self, a: __m512i) -> __m512i {
        op!(_mm512_abs_epi32(a = a))
    }
    #[inline(always)]
    fn max(self, a: __m512i, b: __m512i) -> __m512i {
        op!(_mm512_max_epi32(a = a, b = b))
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
        op!(_mm512_min_epu32(a = a, b = plus))
    }

    #[inline(always)]
    fn exchange8(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(_mm512_shuffle_i64x2::<0x44>(a = a, b = b)),
            op!(_mm512_shuffle_i64x2::<0xEE>(a = a, b = b)),
        )
    }
    #[inline(always)]
    fn exchange4(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(_mm512_mask_shuffle_i64x2::<0x80>(
                source = a,
                mask = 0xCC,
                b = b,
                c = b
            )),
            op!(_mm512_mask_shuffle_i64x2::<0x31>(
                source = b,
                mask = 0x33,
                a = a,
                c = a
            )),
        )
    }
    #[inline(always)]
    fn exchange2(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(_mm512_unpacklo_epi64(a = a, b = b)),
            op!(_mm512_unpackhi_epi64(a = a, b = b)),
        )
    }
    #[inline(always)]
    fn exchange1(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(_mm512_mask_shuffle_epi32::<0xA0>(
                source = a,
                mask = 0xAAAA,
                b = b
            )),
            op!(_mm512_mask_shuffle_epi32::<0xF5>(
                source = b,
                mask = 0x5555,
                a = a
            )),
        )
    }

    #[inline(always)]
    fn mul_factor(self, a: __m512i, f: &Factor) -> __m512i {
        let (z, zq, odd) = (self.splat(f.z), self.splat(f.zq), self.odd(a));
        let x = [
            op!(_mm512_mul_epi32(a = a, b = z)),
            op!(_mm512_mul_epi32(a = odd, b = z)),
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
            op!(_mm512_mul_epi32(a = a, b = z)),
            op!(_mm512_mul_epi32(a = odd, b = z_odd)),
        ];
        let m = [self.mul_for_low(a, zq), self.mul_for_low(odd, zq_odd)];
        self.montgomery(x, m)
    }
    #[inline(always)]
    fn wide_mul(self, a: __m512i, b: __m512i) -> [__m512i; 2] {
        let (a_odd, b_odd) = (self.odd(a), self.odd(b));
        [
            op!(_mm512_mul_epi32(a = a, b = b)),
            op!(_mm512_mul_epi32(a = a_odd, b = b_odd)),
        ]
    }
    #[inline(always)]
    fn wide_add(self, a: [__m512i; 2], b: [__m512i; 2]) -> [__m512i; 2] {
        [
            op!(_mm512_add_epi64(a = a[0], b = b[0])),
            op!(_mm512_add_epi64(a = a[1], b = b[1])),
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
        op!(_mm512_cmpge_epi32_mask(a = a, b = bound))
    }
    #[inline(always)]
    fn spread(self, set: u16) -> __m512i {
        op!(_mm512_maskz_set1_epi32(set = set, a = -1))
    }
}

impl Fields32 for Avx512 {
    #[inline(always)]
    fn unpack<const D: usize>(self, window: &[u8; 64]) -> __m512i {
        let table = const { &UnpackTable::new(D) };
        let bytes = read!(window);
        let (index, shift) = (read!(&table.bytes), read!(&table.shifts));
        let words = op!(_mm512_permutexvar_epi8(index = index, a = bytes));
        let words = op!(_mm512_srlv_epi32(a = words, count = shift));
        self.and(words, self.splat(const { (1 << D) - 1 }))
    }
    #[inline(always)]
    fn pack<const D: usize>(self, v: __m512i, window: &mut [u8; 64]) {
        let table = const { &PackTable::new(D) };
        // Pairs of lanes to 2 D bits of each 64-bit word.
        let (left, right) = (
            read!(&table.left),
            op!(_mm512_set1_epi64(a = const { 32 - D as i64 })),
        );
        let pairs = op!(_mm512_sllv_epi32(a = v, count = left));
        let mut units = op!(_mm512_srlv_epi64(a = pairs, count = right));
        if D <= 16 {
            // Pairs of words to 4 D bits of each even word.
            let swapped = op!(_mm512_shuffle_epi32::<0x4E>(a = units));
            let count = op!(_mm512_set1_epi64(a = const { 2 * D as i64 }));
            let high = op!(_mm512_sllv_epi64(a = swapped, count = count));
            units = self.or(units, high);
        }
        // Units start at a byte, or odd ones in the middle of one.
        let index = read!(&table.even);
        let mut bytes = op!(_mm512_maskz_permutexvar_epi8(
            mask = table.even_mask,
            index = index,
            a = units
        ));
        if table.odd_mask != 0 {
            let (index, four) = (read!(&table.odd), op!(_mm512_set1_epi64(a = 4)));
            let shifted = op!(_mm512_sllv_epi64(a = units, count = four));
            let odd = op!(_mm512_maskz_permutexvar_epi8(
                mask = table.odd_mask,
                index = index,
                a = shifted
            ));
            bytes = self.or(bytes, odd);
        }
        // SAFETY: `window` has 64 bytes, and the store needs no alignment.
        unsafe { _mm512_storeu_si512(window.as_mut_ptr().cast(), bytes) };
    }
    #[inline(always)]
    fn keep_below(self, v: __m512i, bound: i32, to: &mut [i32; 16]) -> usize {
        let bound = self.splat(bound);
        let mask = op!(_mm512_cmplt_epi32_mask(a = v, b = bound));
        let kept = op!(_mm512_maskz_compress_epi32(mask = mask, a = v));
        self.store(kept, to);
        mask.count_ones() as usize
    }
}
