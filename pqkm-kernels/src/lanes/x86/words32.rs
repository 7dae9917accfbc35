//! 32-bit words: AVX-512 (16 lanes), AVX2 (8 lanes) and, with the SHA extensions, four messages at a time.

use core::arch::x86_64::{
    __m128i, __m256i, __m512i, _mm_add_epi32, _mm_alignr_epi8, _mm_and_si128, _mm_andnot_si128,
    _mm_loadu_si128, _mm_or_si128, _mm_set1_epi32, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32,
    _mm_sha256rnds2_epu32, _mm_shuffle_epi32, _mm_sll_epi32, _mm_srl_epi32, _mm_storeu_si128,
    _mm_unpackhi_epi32, _mm_unpackhi_epi64, _mm_unpacklo_epi32, _mm_unpacklo_epi64, _mm_xor_si128,
    _mm256_add_epi32, _mm256_and_si256, _mm256_andnot_si256, _mm256_loadu_si256, _mm256_or_si256,
    _mm256_set1_epi32, _mm256_sll_epi32, _mm256_srl_epi32, _mm256_storeu_si256, _mm256_xor_si256,
    _mm512_add_epi32, _mm512_loadu_si512, _mm512_or_si512, _mm512_rorv_epi32, _mm512_set1_epi32,
    _mm512_shldv_epi32, _mm512_sll_epi32, _mm512_srl_epi32, _mm512_storeu_si512,
    _mm512_ternarylogic_epi32,
};

use super::super::words32::HashLanes;
use super::super::{Avx2, Avx512, ShaNi};
use super::{op, ops};
use crate::sha256::K;

/// Truth tables of three inputs, the first one the most significant.
const XOR3: i32 = 0x96;
const CH: i32 = 0xca;
const MAJ: i32 = 0xe8;

#[expect(clippy::cast_possible_wrap, reason = "a shift count below 32")]
const fn signed(n: u32) -> i32 {
    n as i32
}

macro_rules! memory {
    ($vector:ty, $lanes:literal, $load:ident, $store:ident, $splat:ident) => {
        type V = $vector;
        type Array = [u32; $lanes];
        const LANES: usize = $lanes;

        #[inline(always)]
        fn splat(self, x: u32) -> $vector {
            op!(self: $splat(x.cast_signed()))
        }
        #[inline(always)]
        fn zeros(self) -> [u32; $lanes] {
            [0; $lanes]
        }
        #[inline(always)]
        fn load(self, words: &[u32; $lanes]) -> $vector {
            // The array has exactly the vector's bytes; the load asks for no alignment.
            op!(self: $load(words.as_ptr().cast()))
        }
        #[inline(always)]
        fn store(self, v: $vector) -> [u32; $lanes] {
            let mut out = [0; $lanes];
            op!(self: $store(out.as_mut_ptr().cast(), v));
            out
        }
    };
}

/// Shifts, rotation and funnel from shifts by a count in a register.
macro_rules! shifted {
    ($left:ident, $right:ident) => {
        #[inline(always)]
        fn shl<const N: u32>(self, a: Self::V) -> Self::V {
            let count = super::count(N);
            op!(self: $left(a, count))
        }
        #[inline(always)]
        fn shr<const N: u32>(self, a: Self::V) -> Self::V {
            let count = super::count(N);
            op!(self: $right(a, count))
        }
    };
}

macro_rules! rotated {
    () => {
        #[inline(always)]
        fn rotr<const N: u32>(self, a: Self::V) -> Self::V {
            self.funnel_by(a, a, 32 - N)
        }
        #[inline(always)]
        fn funnel<const N: u32>(self, high: Self::V, low: Self::V) -> Self::V {
            self.funnel_by(high, low, N)
        }
    };
}

impl HashLanes for Avx512 {
    memory!(
        __m512i,
        16,
        _mm512_loadu_si512,
        _mm512_storeu_si512,
        _mm512_set1_epi32
    );
    ops! {
    add(a, b) -> __m512i = _mm512_add_epi32;
    or(a, b) -> __m512i = _mm512_or_si512;
    }
    #[inline(always)]
    fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        op!(self: _mm512_ternarylogic_epi32::<XOR3>(a, b, c))
    }
    #[inline(always)]
    fn ch(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        op!(self: _mm512_ternarylogic_epi32::<CH>(a, b, c))
    }
    #[inline(always)]
    fn maj(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        op!(self: _mm512_ternarylogic_epi32::<MAJ>(a, b, c))
    }
    shifted!(_mm512_sll_epi32, _mm512_srl_epi32);
    #[inline(always)]
    fn rotr<const N: u32>(self, a: __m512i) -> __m512i {
        let count = op!(self: _mm512_set1_epi32(signed(N)));
        op!(self: _mm512_rorv_epi32(a, count))
    }
    #[inline(always)]
    fn funnel<const N: u32>(self, high: __m512i, low: __m512i) -> __m512i {
        let count = op!(self: _mm512_set1_epi32(signed(N)));
        op!(self: _mm512_shldv_epi32(high, low, count))
    }
}

impl Avx2 {
    #[inline(always)]
    fn funnel_by(self, high: __m256i, low: __m256i, n: u32) -> __m256i {
        let (left, right) = (super::count(n), super::count(32 - n));
        let high = op!(self: _mm256_sll_epi32(high, left));
        let low = op!(self: _mm256_srl_epi32(low, right));
        op!(self: _mm256_or_si256(high, low))
    }
}

impl HashLanes for Avx2 {
    memory!(
        __m256i,
        8,
        _mm256_loadu_si256,
        _mm256_storeu_si256,
        _mm256_set1_epi32
    );
    ops! {
        add(a, b) -> __m256i = _mm256_add_epi32;
        or(a, b) -> __m256i = _mm256_or_si256;
    }
    shifted!(_mm256_sll_epi32, _mm256_srl_epi32);
    rotated!();
    #[inline(always)]
    fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        let ab = op!(self: _mm256_xor_si256(a, b));
        op!(self: _mm256_xor_si256(ab, c))
    }
    #[inline(always)]
    fn ch(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        let ab = op!(self: _mm256_and_si256(a, b));
        let ac = op!(self: _mm256_andnot_si256(a, c));
        op!(self: _mm256_or_si256(ab, ac))
    }
    #[inline(always)]
    fn maj(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        let both = op!(self: _mm256_and_si256(a, b));
        let either = op!(self: _mm256_or_si256(a, b));
        let with = op!(self: _mm256_and_si256(c, either));
        op!(self: _mm256_or_si256(both, with))
    }
}

impl ShaNi {
    #[inline(always)]
    fn funnel_by(self, high: __m128i, low: __m128i, n: u32) -> __m128i {
        let (left, right) = (super::count(n), super::count(32 - n));
        let high = op!(self: _mm_sll_epi32(high, left));
        let low = op!(self: _mm_srl_epi32(low, right));
        op!(self: _mm_or_si128(high, low))
    }

    /// Exchanges lanes with registers.
    #[inline(always)]
    fn transpose(self, [a, b, c, d]: [__m128i; 4]) -> [__m128i; 4] {
        let ab_low = op!(self: _mm_unpacklo_epi32(a, b));
        let ab_high = op!(self: _mm_unpackhi_epi32(a, b));
        let cd_low = op!(self: _mm_unpacklo_epi32(c, d));
        let cd_high = op!(self: _mm_unpackhi_epi32(c, d));
        [
            op!(self: _mm_unpacklo_epi64(ab_low, cd_low)),
            op!(self: _mm_unpackhi_epi64(ab_low, cd_low)),
            op!(self: _mm_unpacklo_epi64(ab_high, cd_high)),
            op!(self: _mm_unpackhi_epi64(ab_high, cd_high)),
        ]
    }

    /// The next four words of a message schedule, from the sixteen before them.
    #[inline(always)]
    fn schedule(self, [w0, w1, w2, w3]: [__m128i; 4]) -> __m128i {
        let part = op!(self: _mm_sha256msg1_epu32(w0, w1));
        let back = op!(self: _mm_alignr_epi8::<4>(w3, w2));
        let part = op!(self: _mm_add_epi32(part, back));
        op!(self: _mm_sha256msg2_epu32(part, w3))
    }
}

impl HashLanes for ShaNi {
    memory!(
        __m128i,
        4,
        _mm_loadu_si128,
        _mm_storeu_si128,
        _mm_set1_epi32
    );
    ops! {
        add(a, b) -> __m128i = _mm_add_epi32;
        or(a, b) -> __m128i = _mm_or_si128;
    }
    shifted!(_mm_sll_epi32, _mm_srl_epi32);
    rotated!();
    #[inline(always)]
    fn xor3(self, a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        let ab = op!(self: _mm_xor_si128(a, b));
        op!(self: _mm_xor_si128(ab, c))
    }
    #[inline(always)]
    fn ch(self, a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        let ab = op!(self: _mm_and_si128(a, b));
        let ac = op!(self: _mm_andnot_si128(a, c));
        op!(self: _mm_or_si128(ab, ac))
    }
    #[inline(always)]
    fn maj(self, a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        let both = op!(self: _mm_and_si128(a, b));
        let either = op!(self: _mm_or_si128(a, b));
        let with = op!(self: _mm_and_si128(c, either));
        op!(self: _mm_or_si128(both, with))
    }

    /// Four blocks interleaved: the rounds of one message wait for each other, those of four do not.
    #[inline(always)]
    fn whole_block(self, state: &[__m128i; 8], block: &[__m128i; 16]) -> Option<[__m128i; 8]> {
        let [a, b, c, d, e, f, g, h] = *state;
        // The instructions want (f, e, b, a) and (h, g, d, c) of one message in a register.
        let first = self.transpose([f, e, b, a]);
        let second = self.transpose([h, g, d, c]);
        let [
            w0,
            w1,
            w2,
            w3,
            w4,
            w5,
            w6,
            w7,
            w8,
            w9,
            w10,
            w11,
            w12,
            w13,
            w14,
            w15,
        ] = *block;
        let mut w = [
            self.transpose([w0, w1, w2, w3]),
            self.transpose([w4, w5, w6, w7]),
            self.transpose([w8, w9, w10, w11]),
            self.transpose([w12, w13, w14, w15]),
        ];
        let (mut x, mut y) = (first, second);
        let mut group = 0;
        while group < 16 {
            let now = group & 3;
            let k = op!(self: _mm_loadu_si128(K[4 * group..4 * group + 4].as_ptr().cast()));
            let mut lane = 0;
            while lane < 4 {
                if group >= 4 {
                    w[now][lane] = self.schedule([
                        w[now][lane],
                        w[(now + 1) & 3][lane],
                        w[(now + 2) & 3][lane],
                        w[(now + 3) & 3][lane],
                    ]);
                }
                let words = op!(self: _mm_add_epi32(w[now][lane], k));
                y[lane] = op!(self: _mm_sha256rnds2_epu32(y[lane], x[lane], words));
                let words = op!(self: _mm_shuffle_epi32::<0x0e>(words));
                x[lane] = op!(self: _mm_sha256rnds2_epu32(x[lane], y[lane], words));
                lane += 1;
            }
            group += 1;
        }
        let [f, e, b, a] = self.transpose(x);
        let [h, g, d, c] = self.transpose(y);
        let out = [a, b, c, d, e, f, g, h];
        let mut sums = *state;
        let mut i = 0;
        while i < 8 {
            sums[i] = self.add(sums[i], out[i]);
            i += 1;
        }
        Some(sums)
    }
}
