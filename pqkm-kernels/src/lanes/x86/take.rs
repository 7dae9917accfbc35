//! Rejection of 12-bit integers: public data, sorted out by value.

use core::arch::x86_64::{
    __m128i, _mm_loadu_si128, _mm_shuffle_epi8, _mm_storeu_si128, _mm256_blend_epi16,
    _mm256_castsi256_si128, _mm256_cmpgt_epi16, _mm256_cmplt_epi16_mask, _mm256_extracti128_si256,
    _mm256_maskz_compress_epi16, _mm256_maskz_loadu_epi8, _mm256_movemask_epi8, _mm256_packs_epi16,
    _mm256_permutexvar_epi8, _mm256_set_m128i, _mm256_shuffle_epi8, _mm256_srli_epi16,
    _mm256_storeu_si256,
};

use super::super::{Aligned, Avx2, Avx512Vl, Lanes, Lanes16};
use super::op;

/// Byte indices that put integer i into the 16-bit element i, four bits too high where i is odd; the second
/// half counts from byte `second`.
#[expect(clippy::cast_possible_truncation, reason = "indices below 32")]
const fn spread12(second: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 16 {
        let from = (i >> 1) * 3 + (i & 1) - if i < 8 { 0 } else { 12 - second };
        bytes[2 * i] = from as u8;
        bytes[2 * i + 1] = from as u8 + 1;
        i += 1;
    }
    bytes
}

static SPREAD_ACROSS: Aligned<[u8; 32]> = Aligned(spread12(12));
static SPREAD_WITHIN: Aligned<[u8; 32]> = Aligned(spread12(4));

/// For each set of elements, the byte indices that move them together.
static COMPRESS: Aligned<[[u8; 16]; 256]> = Aligned({
    let mut tables = [[0x80; 16]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut from, mut to) = (0_u8, 0);
        while from < 8 {
            if set >> from & 1 == 1 {
                tables[set][2 * to] = 2 * from;
                tables[set][2 * to + 1] = 2 * from + 1;
                to += 1;
            }
            from += 1;
        }
        set += 1;
    }
    tables
});

impl Avx512Vl {
    #[inline(always)]
    pub(super) fn take12(self, bytes: &[u8; 24], bound: i16, out: &mut [i16; 16]) -> usize {
        // SAFETY: the token stands for AVX-512VL and BW; the mask reads 24 bytes, which the array has.
        let bytes = unsafe { _mm256_maskz_loadu_epi8(0x00ff_ffff, bytes.as_ptr().cast()) };
        let indices = self.load(&SPREAD_ACROSS.0);
        let spread = op!(self: _mm256_permutexvar_epi8(indices, bytes));
        let shifted = op!(self: _mm256_srli_epi16::<4>(spread));
        let values = op!(self: _mm256_blend_epi16::<0xAA>(spread, shifted));
        let values = self.and(values, self.splat16(0x0fff));
        let bound = self.splat16(bound);
        let kept = op!(self: _mm256_cmplt_epi16_mask(values, bound));
        let values = op!(self: _mm256_maskz_compress_epi16(kept, values));
        // SAFETY: the token stands for AVX2, and the array has the 32 bytes that are written.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), values) };
        kept.count_ones() as usize
    }
}

impl Avx2 {
    #[inline(always)]
    pub(super) fn take12(self, bytes: &[u8; 24], bound: i16, out: &mut [i16; 16]) -> usize {
        let (first, second) = (half(bytes.first_chunk()), half(bytes.last_chunk()));
        let bytes = op!(self: _mm256_set_m128i(second, first));
        let indices = self.load(&SPREAD_WITHIN.0);
        let spread = op!(self: _mm256_shuffle_epi8(bytes, indices));
        let shifted = op!(self: _mm256_srli_epi16::<4>(spread));
        let values = op!(self: _mm256_blend_epi16::<0xAA>(spread, shifted));
        let values = self.and(values, self.splat16(0x0fff));
        let bound = self.splat16(bound);
        let kept = op!(self: _mm256_cmpgt_epi16(bound, values));
        let kept = op!(self: _mm256_packs_epi16(kept, kept));
        let kept = op!(self: _mm256_movemask_epi8(kept)).cast_unsigned();
        let [first_set, _, second_set, _] = kept.to_le_bytes();
        let low = op!(self: _mm256_castsi256_si128(values));
        let high = op!(self: _mm256_extracti128_si256::<1>(values));
        let count = first_set.count_ones() as usize;
        self.compress(low, first_set, out.first_chunk_mut());
        self.compress(high, second_set, out[count..].first_chunk_mut());
        count + second_set.count_ones() as usize
    }

    /// Moves the elements of `set` together and writes all eight.
    #[inline(always)]
    fn compress(self, values: __m128i, set: u8, out: Option<&mut [i16; 8]>) {
        let indices = half(Some(&COMPRESS.0[usize::from(set)]));
        let values = op!(self: _mm_shuffle_epi8(values, indices));
        if let Some(out) = out {
            // SAFETY: SSE2 is part of x86-64, and the array has the 16 bytes that are written.
            unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), values) };
        }
    }
}

#[inline(always)]
fn half(bytes: Option<&[u8; 16]>) -> __m128i {
    let bytes = bytes.unwrap_or(&[0; 16]);
    // SAFETY: SSE2 is part of x86-64, and the array has the 16 bytes that are read.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}
