//! 512-bit vectors: AVX-512.

use core::arch::x86_64::{
    __m256i, __m512i, _mm512_add_epi16, _mm512_add_epi32, _mm512_and_si512, _mm512_loadu_si512,
    _mm512_madd_epi16, _mm512_mask_blend_epi16, _mm512_mask_shuffle_epi8,
    _mm512_mask_shuffle_epi32, _mm512_movm_epi16, _mm512_mulhi_epi16, _mm512_mulhrs_epi16,
    _mm512_mullo_epi16, _mm512_or_si512, _mm512_permutex2var_epi64, _mm512_permutexvar_epi16,
    _mm512_rolv_epi64, _mm512_set1_epi16, _mm512_set1_epi64, _mm512_shuffle_epi8,
    _mm512_shuffle_epi32, _mm512_shuffle_i64x2, _mm512_sll_epi16, _mm512_sll_epi32,
    _mm512_sll_epi64, _mm512_slli_epi32, _mm512_srai_epi16, _mm512_srl_epi16, _mm512_srl_epi32,
    _mm512_srl_epi64, _mm512_srli_epi16, _mm512_srli_epi32, _mm512_storeu_si512, _mm512_sub_epi16,
    _mm512_ternarylogic_epi64, _mm512_test_epi16_mask, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use super::super::{Aligned, Avx512, Lanes, Lanes16, NibbleTable};
use super::{SPREAD, op, ops, shifts};

/// Byte indices that move the odd 16-bit elements down (true) or the even ones up (false).
#[expect(clippy::cast_possible_truncation, reason = "indices below 16")]
const fn neighbour(down: bool) -> [u8; 64] {
    let mut bytes = [0x80; 64];
    let mut i = 0;
    while i < 64 {
        let at = (i & 15) as u8;
        if down && at & 2 == 0 {
            bytes[i] = at + 2;
        } else if !down && at & 2 != 0 {
            bytes[i] = at - 2;
        }
        i += 1;
    }
    bytes
}

static UP: Aligned<[u8; 64]> = Aligned(neighbour(false));
static DOWN: Aligned<[u8; 64]> = Aligned(neighbour(true));

/// Pairs of lanes of two vectors: those with an even number, and those with an odd one.
static PAIRS: Aligned<[[u64; 8]; 2]> =
    Aligned([[0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]]);

impl Lanes16 for Avx512 {
    type V = __m512i;
    type Wide = __m512i;
    const MANY_REGISTERS: bool = true;

    #[inline(always)]
    fn splat16(self, x: i16) -> __m512i {
        op!(self: _mm512_set1_epi16(x))
    }
    #[inline(always)]
    fn quad(self, x: &[i16; 4]) -> __m512i {
        let x = super::lane(x);
        op!(self: _mm512_set1_epi64(x))
    }
    #[inline(always)]
    fn load16(self, elements: &[i16]) -> __m512i {
        let elements = &elements[..32];
        // SAFETY: the token stands for the instruction, and the slice has the bytes, readable at any alignment.
        unsafe { _mm512_loadu_si512(elements.as_ptr().cast()) }
    }
    ops! {
        add16(a, b) -> __m512i = _mm512_add_epi16;
        sub16(a, b) -> __m512i = _mm512_sub_epi16;
        mul16(a, b) -> __m512i = _mm512_mullo_epi16;
        mullo16(a, b) -> __m512i = _mm512_mullo_epi16;
        mulhi16(a, b) -> __m512i = _mm512_mulhi_epi16;
        mulhrs16(a, b) -> __m512i = _mm512_mulhrs_epi16;
        madd16(a, b) -> __m512i = _mm512_madd_epi16;
        add32(a, b) -> __m512i = _mm512_add_epi32;
    }
    #[inline(always)]
    fn low_halves(self, a: __m512i, b: __m512i) -> __m512i {
        let b = op!(self: _mm512_slli_epi32::<16>(b));
        op!(self: _mm512_mask_blend_epi16(0xAAAA_AAAA, a, b))
    }
    #[inline(always)]
    fn high_halves(self, a: __m512i, b: __m512i) -> __m512i {
        let a = op!(self: _mm512_srli_epi32::<16>(a));
        op!(self: _mm512_mask_blend_epi16(0xAAAA_AAAA, a, b))
    }
    #[inline(always)]
    fn transpose16(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        let up = self.load(&UP.0);
        let down = self.load(&DOWN.0);
        (
            op!(self: _mm512_mask_shuffle_epi8(a, 0xCCCC_CCCC_CCCC_CCCC, b, up)),
            op!(self: _mm512_mask_shuffle_epi8(b, 0x3333_3333_3333_3333, a, down)),
        )
    }
    #[inline(always)]
    fn transpose32(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        (
            op!(self: _mm512_mask_shuffle_epi32::<0xA0>(a, 0xAAAA, b)),
            op!(self: _mm512_mask_shuffle_epi32::<0xF5>(b, 0x5555, a)),
        )
    }
    #[inline(always)]
    fn transpose_lanes<const BIT: u32>(self, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
        match BIT {
            0 => (
                op!(self: _mm512_unpacklo_epi64(a, b)),
                op!(self: _mm512_unpackhi_epi64(a, b)),
            ),
            1 => {
                let [even, odd] = [self.load_words(&PAIRS.0[0]), self.load_words(&PAIRS.0[1])];
                (
                    op!(self: _mm512_permutex2var_epi64(a, even, b)),
                    op!(self: _mm512_permutex2var_epi64(a, odd, b)),
                )
            }
            2 => (
                op!(self: _mm512_shuffle_i64x2::<0x44>(a, b)),
                op!(self: _mm512_shuffle_i64x2::<0xEE>(a, b)),
            ),
            _ => (a, b),
        }
    }
}

impl Lanes for Avx512 {
    const LANES: usize = 8;
    // SAFETY: every pattern of bits is a vector.
    const ZERO: __m512i = unsafe { core::mem::zeroed() };
    const TERNARY: bool = true;
    const WORD_INSTRUCTIONS: bool = true;
    type Four = super::super::Avx512Vl;
    type Words = [u64; 8];
    type Block = [__m512i; 8];

    #[inline(always)]
    fn four_lanes(self) -> Self::Four {
        Self::four_lanes(self)
    }
    #[inline(always)]
    fn join_fours(self, fours: &[__m256i]) -> __m512i {
        let fours = &fours[..2];
        // SAFETY: the token stands for AVX-512, and the slice has 64 bytes, readable at any alignment.
        unsafe { _mm512_loadu_si512(fours.as_ptr().cast()) }
    }
    #[inline(always)]
    fn split_fours(self, v: __m512i, fours: &mut [__m256i]) {
        let fours = &mut fours[..2];
        // SAFETY: the token stands for AVX-512, and the slice has 64 bytes, writable at any alignment.
        unsafe { _mm512_storeu_si512(fours.as_mut_ptr().cast(), v) };
    }
    #[inline(always)]
    fn splat64(self, x: u64) -> __m512i {
        let x = x.cast_signed();
        op!(self: _mm512_set1_epi64(x))
    }
    #[inline(always)]
    fn load_words(self, words: &[u64; 8]) -> __m512i {
        // SAFETY: the token stands for AVX-512, and the 64 bytes are readable at any alignment.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }
    #[inline(always)]
    fn store_words(self, v: __m512i) -> [u64; 8] {
        let mut words = [0; 8];
        // SAFETY: the token stands for AVX-512, and the 64 bytes are writable at any alignment.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), v) };
        words
    }
    #[inline(always)]
    fn zero_words(self) -> [u64; 8] {
        [0; 8]
    }
    #[inline(always)]
    fn load(self, bytes: &[u8]) -> __m512i {
        let bytes = &bytes[..64];
        // SAFETY: the token stands for AVX-512, and the slice has 64 bytes, readable at any alignment.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }
    #[inline(always)]
    fn store(self, v: __m512i, bytes: &mut [u8]) {
        let bytes = &mut bytes[..64];
        // SAFETY: the token stands for AVX-512, and the slice has 64 bytes, writable at any alignment.
        unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), v) };
    }
    #[inline(always)]
    fn store16(self, v: __m512i, elements: &mut [i16]) {
        let elements = &mut elements[..32];
        // SAFETY: the token stands for the instruction, and the slice has the bytes, writable at any alignment.
        unsafe { _mm512_storeu_si512(elements.as_mut_ptr().cast(), v) };
    }
    #[inline(always)]
    fn transpose64(self, r: [__m512i; 8]) -> [__m512i; 8] {
        macro_rules! low {
            ($a:literal, $b:literal) => {
                op!(self: _mm512_unpacklo_epi64(r[$a], r[$b]))
            };
        }
        macro_rules! high {
            ($a:literal, $b:literal) => {
                op!(self: _mm512_unpackhi_epi64(r[$a], r[$b]))
            };
        }
        macro_rules! halves {
            ($a:expr, $b:expr) => {{
                let (a, b) = ($a, $b);
                (
                    op!(self: _mm512_shuffle_i64x2::<0x88>(a, b)),
                    op!(self: _mm512_shuffle_i64x2::<0xDD>(a, b)),
                )
            }};
        }
        // Columns 0, 2, 4, 6 in the even vectors and 1, 3, 5, 7 in the odd ones, then quarters in place.
        let (even0, even1) = halves!(low!(0, 1), low!(2, 3));
        let (even2, even3) = halves!(low!(4, 5), low!(6, 7));
        let (odd0, odd1) = halves!(high!(0, 1), high!(2, 3));
        let (odd2, odd3) = halves!(high!(4, 5), high!(6, 7));
        let (c0, c4) = halves!(even0, even2);
        let (c2, c6) = halves!(even1, even3);
        let (c1, c5) = halves!(odd0, odd2);
        let (c3, c7) = halves!(odd1, odd3);
        [c0, c1, c2, c3, c4, c5, c6, c7]
    }
    #[inline(always)]
    fn block(self, v: __m512i) -> [__m512i; 8] {
        [v; 8]
    }
    ops! {
        xor(a, b) -> __m512i = _mm512_xor_si512;
        and(a, b) -> __m512i = _mm512_and_si512;
        or(a, b) -> __m512i = _mm512_or_si512;
    }
    #[inline(always)]
    fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        op!(self: _mm512_ternarylogic_epi64::<0x96>(a, b, c))
    }
    #[inline(always)]
    fn chi(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        op!(self: _mm512_ternarylogic_epi64::<0xD2>(a, b, c))
    }
    #[inline(always)]
    fn select(self, mask: __m512i, a: __m512i, b: __m512i) -> __m512i {
        op!(self: _mm512_ternarylogic_epi64::<0xCA>(mask, a, b))
    }
    #[inline(always)]
    fn rol64<const N: u32>(self, a: __m512i) -> __m512i {
        let counts = self.splat64(u64::from(N));
        op!(self: _mm512_rolv_epi64(a, counts))
    }
    shifts! {
        shl64 = _mm512_sll_epi64;
        shr64 = _mm512_srl_epi64;
        shl32 = _mm512_sll_epi32;
        shr32 = _mm512_srl_epi32;
        shl16 = _mm512_sll_epi16;
        shr16 = _mm512_srl_epi16;
    }
    #[inline(always)]
    fn test16(self, a: __m512i, bits: __m512i) -> __m512i {
        let found = op!(self: _mm512_test_epi16_mask(a, bits));
        op!(self: _mm512_movm_epi16(found))
    }
    #[inline(always)]
    fn spread16<const C: u32>(self, a: __m512i) -> __m512i {
        let indices = self.load(&SPREAD.0[C as usize]);
        op!(self: _mm512_shuffle_epi8(a, indices))
    }
    #[inline(always)]
    fn nibbles(self, a: __m512i, table: &NibbleTable) -> [__m512i; 4] {
        // SAFETY: the token stands for AVX-512, and the table's 64 bytes are readable.
        let table = unsafe { _mm512_loadu_si512(table.words.as_ptr().cast()) };
        [
            op!(self: _mm512_permutexvar_epi16(a, table)),
            {
                let a = op!(self: _mm512_srli_epi16::<4>(a));
                op!(self: _mm512_permutexvar_epi16(a, table))
            },
            {
                let a = op!(self: _mm512_srli_epi16::<8>(a));
                op!(self: _mm512_permutexvar_epi16(a, table))
            },
            {
                let a = op!(self: _mm512_srli_epi16::<12>(a));
                op!(self: _mm512_permutexvar_epi16(a, table))
            },
        ]
    }
    #[inline(always)]
    fn shl64_by(self, a: __m512i, n: u32) -> __m512i {
        let count = super::count(n);
        op!(self: _mm512_sll_epi64(a, count))
    }
    #[inline(always)]
    fn shr64_by(self, a: __m512i, n: u32) -> __m512i {
        let count = super::count(n);
        op!(self: _mm512_srl_epi64(a, count))
    }
    #[inline(always)]
    fn widen(self, a: __m512i) -> __m512i {
        a
    }
    #[inline(always)]
    fn sign16(self, a: __m512i) -> __m512i {
        op!(self: _mm512_srai_epi16::<15>(a))
    }
    #[inline(always)]
    fn sum_lanes32(self, a: __m512i) -> __m512i {
        let swapped = op!(self: _mm512_shuffle_i64x2::<0b01_00_11_10>(a, a));
        let a = self.add32(a, swapped);
        let swapped = op!(self: _mm512_shuffle_i64x2::<0b10_11_00_01>(a, a));
        let a = self.add32(a, swapped);
        let swapped = op!(self: _mm512_shuffle_epi32::<0b01_00_11_10>(a));
        self.add32(a, swapped)
    }
    #[inline(always)]
    fn vartime_take12(self, bytes: &[u8; 24], bound: i16, out: &mut [i16; 16]) -> usize {
        self.four_lanes().vartime_take12(bytes, bound, out)
    }
    #[inline(always)]
    fn narrow(self, a: __m512i) -> __m512i {
        a
    }
}
