//! Bytes as elements of GF(2^8): GFNI on 512-bit vectors, and nibble shuffles of AVX2.

use core::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi8, _mm256_and_si256, _mm256_andnot_si256, _mm256_blendv_epi8,
    _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_storeu_si256, _mm256_xor_si256,
    _mm512_gf2p8affineinv_epi64_epi8, _mm512_gf2p8mul_epi8, _mm512_loadu_si512,
    _mm512_mask_storeu_epi8, _mm512_maskz_loadu_epi8, _mm512_movm_epi8, _mm512_set1_epi8,
    _mm512_set1_epi64, _mm512_storeu_si512, _mm512_ternarylogic_epi64, _mm512_testn_epi8_mask,
    _mm512_xor_si512,
};

use super::super::bytes::ByteLanes;
use super::super::{Aligned, Avx2, Avx512Gfni};
use super::op;

/// Truth table of (mask & a) | (!mask & b), the first input the most significant.
const SELECT: i32 = 0xca;

/// The matrix of the identity, as the affine instructions take it: bit i of a result from the byte 7 - i.
const IDENTITY: i64 = 0x0102_0408_1020_4080;

/// The first `count` bits, at most 64.
#[inline(always)]
const fn first(count: usize) -> u64 {
    if count >= 64 {
        u64::MAX
    } else {
        (1 << count) - 1
    }
}

impl ByteLanes for Avx512Gfni {
    type V = __m512i;
    type Factor = __m512i;
    const BYTES: usize = 64;
    const MANY_REGISTERS: bool = true;

    #[inline(always)]
    fn splat(self, x: u8) -> __m512i {
        op!(self: _mm512_set1_epi8(x.cast_signed()))
    }
    #[inline(always)]
    fn load(self, bytes: &[u8]) -> __m512i {
        if bytes.len() >= 64 {
            // SAFETY: the token stands for AVX-512, and the slice has 64 bytes, readable at any alignment.
            unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
        } else {
            let mask = first(bytes.len());
            // SAFETY: the token stands for AVX-512BW, and the mask has only bytes of the slice read.
            unsafe { _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().cast()) }
        }
    }
    #[inline(always)]
    fn store(self, v: __m512i, bytes: &mut [u8]) {
        if bytes.len() >= 64 {
            // SAFETY: the token stands for AVX-512, and the slice has 64 bytes, writable at any alignment.
            unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), v) };
        } else {
            let mask = first(bytes.len());
            // SAFETY: the token stands for AVX-512BW, and the mask has only bytes of the slice written.
            unsafe { _mm512_mask_storeu_epi8(bytes.as_mut_ptr().cast(), mask, v) };
        }
    }
    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_xor_si512(a, b))
    }
    #[inline(always)]
    fn select(self, mask: __m512i, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_ternarylogic_epi64::<SELECT>(mask, a, b))
    }
    #[inline(always)]
    fn is_zero(self, a: __m512i) -> __m512i {
        let zero = op!(self: _mm512_testn_epi8_mask(a, a));
        op!(self: _mm512_movm_epi8(zero))
    }
    #[inline(always)]
    fn factor(self, x: u8) -> __m512i {
        self.splat(x)
    }
    #[inline(always)]
    fn scale(self, a: __m512i, factor: &__m512i) -> __m512i {
        op!(self: _mm512_gf2p8mul_epi8(a, *factor))
    }
    #[inline(always)]
    fn mul(self, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_gf2p8mul_epi8(a, b))
    }
    #[inline(always)]
    fn inverse(self, a: __m512i) -> __m512i {
        let identity = op!(self: _mm512_set1_epi64(IDENTITY));
        op!(self: _mm512_gf2p8affineinv_epi64_epi8::<0>(a, identity))
    }
}

/// Byte n of table i is all ones if bit i of n is set; n runs over the nibbles, twice.
static NIBBLE_BITS: Aligned<[[u8; 32]; 4]> = Aligned({
    let mut tables = [[0; 32]; 4];
    let mut i = 0;
    while i < 4 {
        let mut n = 0;
        while n < 32 {
            if n >> i & 1 == 1 {
                tables[i][n] = 0xff;
            }
            n += 1;
        }
        i += 1;
    }
    tables
});

/// The products of a factor with every low and every high nibble.
#[expect(unnameable_types, reason = "factors are prepared by the token alone")]
#[derive(Clone, Copy, Debug)]
pub struct NibbleProducts {
    low: __m256i,
    high: __m256i,
}

impl Avx2 {
    /// Every byte times x, the variable.
    #[inline(always)]
    fn times_x(self, a: __m256i) -> __m256i {
        let zero = op!(self: _mm256_setzero_si256());
        let reduction = op!(self: _mm256_set1_epi8(0x1b));
        let reduced = op!(self: _mm256_blendv_epi8(zero, reduction, a));
        let doubled = op!(self: _mm256_add_epi8(a, a));
        op!(self: _mm256_xor_si256(doubled, reduced))
    }

    /// The bytes of `a` where the highest bit of the byte of `bits` is set.
    #[inline(always)]
    fn where_high(self, bits: __m256i, a: __m256i) -> __m256i {
        let zero = op!(self: _mm256_setzero_si256());
        op!(self: _mm256_blendv_epi8(zero, a, bits))
    }
}

impl ByteLanes for Avx2 {
    type V = __m256i;
    type Factor = NibbleProducts;
    const BYTES: usize = 32;
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat(self, x: u8) -> __m256i {
        op!(self: _mm256_set1_epi8(x.cast_signed()))
    }
    #[inline(always)]
    fn load(self, bytes: &[u8]) -> __m256i {
        let mut padded = [0; 32];
        let pointer = if bytes.len() >= 32 {
            bytes.as_ptr()
        } else {
            padded[..bytes.len()].copy_from_slice(bytes);
            padded.as_ptr()
        };
        // SAFETY: the token stands for AVX2, and both the slice and the array have 32 bytes, readable at any alignment.
        unsafe { _mm256_loadu_si256(pointer.cast()) }
    }
    #[inline(always)]
    fn store(self, v: __m256i, bytes: &mut [u8]) {
        if bytes.len() >= 32 {
            // SAFETY: the token stands for AVX2, and the slice has 32 bytes, writable at any alignment.
            unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), v) };
        } else {
            let mut padded = [0; 32];
            // SAFETY: the token stands for AVX2, and the array has 32 bytes, writable at any alignment.
            unsafe { _mm256_storeu_si256(padded.as_mut_ptr().cast(), v) };
            bytes.copy_from_slice(&padded[..bytes.len()]);
        }
    }
    #[inline(always)]
    fn xor(self, a: __m256i, b: __m256i) -> __m256i {
        op!(self: _mm256_xor_si256(a, b))
    }
    #[inline(always)]
    fn select(self, mask: __m256i, a: __m256i, b: __m256i) -> __m256i {
        let a = op!(self: _mm256_and_si256(mask, a));
        let b = op!(self: _mm256_andnot_si256(mask, b));
        op!(self: _mm256_or_si256(a, b))
    }
    #[inline(always)]
    fn is_zero(self, a: __m256i) -> __m256i {
        let zero = op!(self: _mm256_setzero_si256());
        op!(self: _mm256_cmpeq_epi8(a, zero))
    }
    #[inline(always)]
    fn factor(self, x: u8) -> NibbleProducts {
        let mut power = self.splat(x);
        let zero = self.splat(0);
        let mut products = [zero; 2];
        let mut half = 0;
        while half < 2 {
            let mut i = 0;
            while i < 4 {
                let bits = self.load(&NIBBLE_BITS.0[i]);
                let part = op!(self: _mm256_and_si256(power, bits));
                products[half] = self.xor(products[half], part);
                power = self.times_x(power);
                i += 1;
            }
            half += 1;
        }
        NibbleProducts {
            low: products[0],
            high: products[1],
        }
    }
    #[inline(always)]
    fn scale(self, a: __m256i, factor: &NibbleProducts) -> __m256i {
        let nibble = self.splat(0x0f);
        let low = op!(self: _mm256_and_si256(a, nibble));
        let shifted = op!(self: _mm256_srli_epi16::<4>(a));
        let high = op!(self: _mm256_and_si256(shifted, nibble));
        let low = op!(self: _mm256_shuffle_epi8(factor.low, low));
        let high = op!(self: _mm256_shuffle_epi8(factor.high, high));
        self.xor(low, high)
    }
    #[inline(always)]
    fn mul(self, a: __m256i, b: __m256i) -> __m256i {
        let mut product = self.where_high(b, a);
        let mut bits = b;
        let mut i = 0;
        while i < 7 {
            bits = op!(self: _mm256_add_epi8(bits, bits));
            product = self.xor(self.times_x(product), self.where_high(bits, a));
            i += 1;
        }
        product
    }
}
