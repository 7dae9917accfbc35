//! 256-bit vectors: AVX2, and AVX-512VL where it has a shorter way.

use core::arch::x86_64::{
    __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_and_si256, _mm256_andnot_si256,
    _mm256_blend_epi16, _mm256_blend_epi32, _mm256_cmpeq_epi16, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_mulhi_epi16, _mm256_mulhrs_epi16, _mm256_mullo_epi16,
    _mm256_or_si256, _mm256_permute2x128_si256, _mm256_permute4x64_epi64, _mm256_permutexvar_epi16,
    _mm256_rolv_epi64, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi64x,
    _mm256_shuffle_epi8, _mm256_shuffle_epi32, _mm256_sll_epi16, _mm256_sll_epi32,
    _mm256_sll_epi64, _mm256_slli_epi16, _mm256_slli_epi32, _mm256_slli_epi64, _mm256_srai_epi16,
    _mm256_srl_epi16, _mm256_srl_epi32, _mm256_srl_epi64, _mm256_srli_epi16, _mm256_srli_epi32,
    _mm256_srli_epi64, _mm256_storeu_si256, _mm256_sub_epi16, _mm256_ternarylogic_epi64,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use super::super::{Aligned, Avx2, Avx512Vl, Lanes, Lanes16, NibbleTable, nibble_value};
use super::{SPREAD, op, ops, shifts};

/// Byte indices that rotate each 64-bit lane left by 8 bits, and by 56.
const ROTATE_8: [u8; 32] = rotation(7);
const ROTATE_56: [u8; 32] = rotation(1);

#[expect(clippy::cast_possible_truncation, reason = "indices below 16")]
const fn rotation(from: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 32 {
        bytes[i] = ((i & 8) + ((i + from) & 7)) as u8;
        i += 1;
    }
    bytes
}

/// `bit0 + bit1 - bit2 - bit3` of each nibble, as bytes, twice.
static NIBBLES: Aligned<[u8; 32]> = Aligned({
    let mut bytes = [0; 32];
    let mut n = 0;
    while n < 32 {
        bytes[n] = nibble_value(n).to_le_bytes()[0];
        n += 1;
    }
    bytes
});

#[inline(always)]
fn load<T: Copy>(token: T, bytes: &[u8; 32]) -> __m256i {
    let _ = token;
    // SAFETY: the caller's token stands for AVX2, and the 32 bytes are readable at any alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

macro_rules! common16 {
    ($many:literal) => {
        type V = __m256i;
        type Wide = __m256i;
        const MANY_REGISTERS: bool = $many;

        #[inline(always)]
        fn splat16(self, x: i16) -> __m256i {
            op!(self: _mm256_set1_epi16(x))
        }
        #[inline(always)]
        fn quad(self, x: &[i16; 4]) -> __m256i {
            let x = super::lane(x);
            op!(self: _mm256_set1_epi64x(x))
        }
        #[inline(always)]
        fn load16(self, elements: &[i16]) -> __m256i {
            let elements = &elements[..16];
            // SAFETY: the token stands for the instruction, and the slice has the bytes, readable at any alignment.
            unsafe { _mm256_loadu_si256(elements.as_ptr().cast()) }
        }
        ops! {
            add16(a, b) -> __m256i = _mm256_add_epi16;
            sub16(a, b) -> __m256i = _mm256_sub_epi16;
            mul16(a, b) -> __m256i = _mm256_mullo_epi16;
            mullo16(a, b) -> __m256i = _mm256_mullo_epi16;
            mulhi16(a, b) -> __m256i = _mm256_mulhi_epi16;
            mulhrs16(a, b) -> __m256i = _mm256_mulhrs_epi16;
            madd16(a, b) -> __m256i = _mm256_madd_epi16;
            add32(a, b) -> __m256i = _mm256_add_epi32;
        }
        #[inline(always)]
        fn low_halves(self, a: __m256i, b: __m256i) -> __m256i {
            self.transpose16(a, b).0
        }
        #[inline(always)]
        fn high_halves(self, a: __m256i, b: __m256i) -> __m256i {
            self.transpose16(a, b).1
        }
        #[inline(always)]
        fn transpose16(self, a: __m256i, b: __m256i) -> (__m256i, __m256i) {
            let up = op!(self: _mm256_slli_epi32::<16>(b));
            let down = op!(self: _mm256_srli_epi32::<16>(a));
            (
                op!(self: _mm256_blend_epi16::<0xAA>(a, up)),
                op!(self: _mm256_blend_epi16::<0xAA>(down, b)),
            )
        }
        #[inline(always)]
        fn transpose32(self, a: __m256i, b: __m256i) -> (__m256i, __m256i) {
            let up = op!(self: _mm256_slli_epi64::<32>(b));
            let down = op!(self: _mm256_srli_epi64::<32>(a));
            (
                op!(self: _mm256_blend_epi32::<0xAA>(a, up)),
                op!(self: _mm256_blend_epi32::<0xAA>(down, b)),
            )
        }
        #[inline(always)]
        fn transpose_lanes<const BIT: u32>(self, a: __m256i, b: __m256i) -> (__m256i, __m256i) {
            match BIT {
                0 => (
                    op!(self: _mm256_unpacklo_epi64(a, b)),
                    op!(self: _mm256_unpackhi_epi64(a, b)),
                ),
                1 => (
                    op!(self: _mm256_permute2x128_si256::<0x20>(a, b)),
                    op!(self: _mm256_permute2x128_si256::<0x31>(a, b)),
                ),
                _ => (a, b),
            }
        }
    };
}

macro_rules! common {
    ($ternary:literal) => {
        const LANES: usize = 4;
        // SAFETY: every pattern of bits is a vector.
        const ZERO: __m256i = unsafe { core::mem::zeroed() };
        const TERNARY: bool = $ternary;
        const WORD_INSTRUCTIONS: bool = true;
        type Four = Self;
    type Words = [u64; 4];
        type Block = [__m256i; 4];

        #[inline(always)]
        fn four_lanes(self) -> Self::Four {
            self
        }
        #[inline(always)]
        fn join_fours(self, fours: &[__m256i]) -> __m256i {
            fours[0]
        }
        #[inline(always)]
        fn split_fours(self, v: __m256i, fours: &mut [__m256i]) {
            fours[0] = v;
        }
        #[inline(always)]
        fn splat64(self, x: u64) -> __m256i {
            let x = x.cast_signed();
            op!(self: _mm256_set1_epi64x(x))
        }
        #[inline(always)]
        fn load_words(self, words: &[u64; 4]) -> __m256i {
            // SAFETY: the token stands for AVX2, and the 32 bytes are readable at any alignment.
            unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
        }
        #[inline(always)]
        fn store_words(self, v: __m256i) -> [u64; 4] {
            let mut words = [0; 4];
            // SAFETY: the token stands for AVX2, and the 32 bytes are writable at any alignment.
            unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), v) };
            words
        }
        #[inline(always)]
        fn zero_words(self) -> [u64; 4] {
            [0; 4]
        }
        #[inline(always)]
        fn load(self, bytes: &[u8]) -> __m256i {
            let bytes = &bytes[..32];
            // SAFETY: the token stands for AVX2, and the slice has 32 bytes, readable at any alignment.
            unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
        }
        #[inline(always)]
        fn store(self, v: __m256i, bytes: &mut [u8]) {
            let bytes = &mut bytes[..32];
            // SAFETY: the token stands for AVX2, and the slice has 32 bytes, writable at any alignment.
            unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), v) };
        }
        #[inline(always)]
        fn store16(self, v: __m256i, elements: &mut [i16]) {
            let elements = &mut elements[..16];
            // SAFETY: the token stands for the instruction, and the slice has the bytes, writable at any alignment.
            unsafe { _mm256_storeu_si256(elements.as_mut_ptr().cast(), v) };
        }
        #[inline(always)]
        fn transpose64(self, [a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
            let (even0, odd0) = self.transpose_lanes::<0>(a, b);
            let (even1, odd1) = self.transpose_lanes::<0>(c, d);
            let (c0, c2) = self.transpose_lanes::<1>(even0, even1);
            let (c1, c3) = self.transpose_lanes::<1>(odd0, odd1);
            [c0, c1, c2, c3]
        }
        #[inline(always)]
        fn block(self, v: __m256i) -> [__m256i; 4] {
            [v; 4]
        }
        ops! {
            xor(a, b) -> __m256i = _mm256_xor_si256;
            and(a, b) -> __m256i = _mm256_and_si256;
            or(a, b) -> __m256i = _mm256_or_si256;
        }
        shifts! {
            shl64 = _mm256_sll_epi64;
            shr64 = _mm256_srl_epi64;
            shl32 = _mm256_sll_epi32;
            shr32 = _mm256_srl_epi32;
            shl16 = _mm256_sll_epi16;
            shr16 = _mm256_srl_epi16;
        }
        #[inline(always)]
        fn test16(self, a: __m256i, bits: __m256i) -> __m256i {
            let found = op!(self: _mm256_and_si256(a, bits));
            op!(self: _mm256_cmpeq_epi16(found, bits))
        }
        #[inline(always)]
        fn spread16<const C: u32>(self, a: __m256i) -> __m256i {
            let indices = self.load(&SPREAD.0[C as usize]);
            op!(self: _mm256_shuffle_epi8(a, indices))
        }
        #[inline(always)]
        fn shl64_by(self, a: __m256i, n: u32) -> __m256i {
            let count = super::count(n);
            op!(self: _mm256_sll_epi64(a, count))
        }
        #[inline(always)]
        fn shr64_by(self, a: __m256i, n: u32) -> __m256i {
            let count = super::count(n);
            op!(self: _mm256_srl_epi64(a, count))
        }
        #[inline(always)]
        fn widen(self, a: __m256i) -> __m256i {
            a
        }
        #[inline(always)]
        fn sign16(self, a: __m256i) -> __m256i {
            op!(self: _mm256_srai_epi16::<15>(a))
        }
        #[inline(always)]
        fn sum_lanes32(self, a: __m256i) -> __m256i {
            let swapped = op!(self: _mm256_permute4x64_epi64::<0b01_00_11_10>(a));
            let a = self.add32(a, swapped);
            let swapped = op!(self: _mm256_shuffle_epi32::<0b01_00_11_10>(a));
            self.add32(a, swapped)
        }
        #[inline(always)]
        fn vartime_take12(self, bytes: &[u8; 24], bound: i16, out: &mut [i16; 16]) -> usize {
            self.take12(bytes, bound, out)
        }
        #[inline(always)]
        fn narrow(self, a: __m256i) -> __m256i {
            a
        }
    };
}

impl Lanes16 for Avx2 {
    common16!(false);
}

impl Lanes16 for Avx512Vl {
    common16!(true);
}

impl Lanes for Avx2 {
    common!(false);

    #[inline(always)]
    fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        self.xor(self.xor(a, b), c)
    }
    #[inline(always)]
    fn chi(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        let masked = op!(self: _mm256_andnot_si256(b, c));
        self.xor(a, masked)
    }
    #[inline(always)]
    fn select(self, mask: __m256i, a: __m256i, b: __m256i) -> __m256i {
        let cleared = op!(self: _mm256_andnot_si256(mask, b));
        self.or(self.and(mask, a), cleared)
    }
    #[inline(always)]
    fn rol64<const N: u32>(self, a: __m256i) -> __m256i {
        if N == 8 {
            let indices = load(self, &ROTATE_8);
            return op!(self: _mm256_shuffle_epi8(a, indices));
        }
        if N == 56 {
            let indices = load(self, &ROTATE_56);
            return op!(self: _mm256_shuffle_epi8(a, indices));
        }
        let up = super::count(N);
        let down = super::count(64 - N);
        self.or(
            op!(self: _mm256_sll_epi64(a, up)),
            op!(self: _mm256_srl_epi64(a, down)),
        )
    }
    #[inline(always)]
    fn nibbles(self, a: __m256i, table: &NibbleTable) -> [__m256i; 4] {
        // Byte lookups: the low nibbles hold results 0 and 2, the high nibbles 1 and 3, sign extended after.
        let values = self.load(&NIBBLES.0);
        let mask = op!(self: _mm256_set1_epi8(15));
        let low = op!(self: _mm256_and_si256(a, mask));
        let shifted = op!(self: _mm256_srli_epi16::<4>(a));
        let high = op!(self: _mm256_and_si256(shifted, mask));
        let low = op!(self: _mm256_shuffle_epi8(values, low));
        let high = op!(self: _mm256_shuffle_epi8(values, high));
        let (low_up, high_up) = (
            op!(self: _mm256_slli_epi16::<8>(low)),
            op!(self: _mm256_slli_epi16::<8>(high)),
        );
        let mut out = [
            op!(self: _mm256_srai_epi16::<8>(low_up)),
            op!(self: _mm256_srai_epi16::<8>(high_up)),
            op!(self: _mm256_srai_epi16::<8>(low)),
            op!(self: _mm256_srai_epi16::<8>(high)),
        ];
        if table.scale != 1 || table.bias != 0 {
            let (scale, bias) = (self.splat16(table.scale), self.splat16(table.bias));
            for x in &mut out {
                *x = self.add16(self.mul16(*x, scale), bias);
            }
        }
        out
    }
}

impl Lanes for Avx512Vl {
    common!(true);

    #[inline(always)]
    fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        op!(self: _mm256_ternarylogic_epi64::<0x96>(a, b, c))
    }
    #[inline(always)]
    fn chi(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        op!(self: _mm256_ternarylogic_epi64::<0xD2>(a, b, c))
    }
    #[inline(always)]
    fn select(self, mask: __m256i, a: __m256i, b: __m256i) -> __m256i {
        op!(self: _mm256_ternarylogic_epi64::<0xCA>(mask, a, b))
    }
    #[inline(always)]
    fn rol64<const N: u32>(self, a: __m256i) -> __m256i {
        let counts = self.splat64(u64::from(N));
        op!(self: _mm256_rolv_epi64(a, counts))
    }
    #[inline(always)]
    fn nibbles(self, a: __m256i, table: &NibbleTable) -> [__m256i; 4] {
        // SAFETY: the token stands for AVX2, and the table's first 32 bytes are readable.
        let table = unsafe { _mm256_loadu_si256(table.words.as_ptr().cast()) };
        [
            op!(self: _mm256_permutexvar_epi16(a, table)),
            {
                let a = op!(self: _mm256_srli_epi16::<4>(a));
                op!(self: _mm256_permutexvar_epi16(a, table))
            },
            {
                let a = op!(self: _mm256_srli_epi16::<8>(a));
                op!(self: _mm256_permutexvar_epi16(a, table))
            },
            {
                let a = op!(self: _mm256_srli_epi16::<12>(a));
                op!(self: _mm256_permutexvar_epi16(a, table))
            },
        ]
    }
}
