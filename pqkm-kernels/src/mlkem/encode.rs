//! ByteEncode and ByteDecode with d = 12, of transformed polynomials.

#![forbid(unsafe_code)]

use super::field::{Q, barrett};
use super::poly::NttPoly;
use super::product::vector_of_pair;
use crate::lanes::Lanes;
use crate::rows::{Rows, RowsMut, read_words, write_words};

/// The length of an encoded polynomial in bytes.
pub const POLY_BYTES: usize = 384;

/// Words of one half of an encoded polynomial.
const HALF: usize = POLY_BYTES >> 4;

kernel! {
    /// Writes the canonical coefficients of each lane to its row, from byte `at` on.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 5 (ByteEncode), d = 12.
    ///
    /// # Bounds
    ///
    /// Any coefficients; they are reduced to 0..q first.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient.
    pub fn encode12(l, poly: &NttPoly<L>, out: &mut RowsMut<'_>, at: usize) {
        let mut words = [l.splat64(0); 2 * HALF];
        for group in 0..8 {
            let mut u = [l.splat64(0); 6];
            for half in 0..2 {
                let pair = 8 * group + 4 * half;
                let p = [
                    twenty_four_bits(l, poly.v[vector_of_pair(pair)]),
                    twenty_four_bits(l, poly.v[vector_of_pair(pair + 1)]),
                    twenty_four_bits(l, poly.v[vector_of_pair(pair + 2)]),
                    twenty_four_bits(l, poly.v[vector_of_pair(pair + 3)]),
                ];
                u[3 * half] = l.or(p[0], l.shl32::<24>(p[1]));
                u[3 * half + 1] = l.or(l.shr32::<8>(p[1]), l.shl32::<16>(p[2]));
                u[3 * half + 2] = l.or(l.shr32::<16>(p[2]), l.shl32::<8>(p[3]));
            }
            for i in 0..3 {
                let (low, high) = l.transpose32(u[2 * i], u[2 * i + 1]);
                words[3 * group + i] = low;
                words[HALF + 3 * group + i] = high;
            }
        }
        write_words(l, &words, out, at);
    }
}

/// Canonical pairs as 24-bit integers in 32-bit elements.
#[inline(always)]
fn twenty_four_bits<L: Lanes>(l: L, x: L::V) -> L::V {
    let x = canonical(l, x);
    l.or(
        l.and(x, l.splat64(0x0000_0fff_0000_0fff)),
        l.shl32::<12>(l.shr32::<16>(x)),
    )
}

/// The representative in 0..q.
#[inline(always)]
pub(super) fn canonical<L: Lanes>(l: L, x: L::V) -> L::V {
    let x = barrett(l, x);
    l.add16(x, l.and(l.sign16(x), l.splat16(Q)))
}

kernel! {
    /// Reads an encoded polynomial of each lane from its row, from byte `at` on; the result has a lane of ones
    /// for each lane with a coefficient that is not below q, and zeros for the others.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 6 (ByteDecode), d = 12, without the reduction modulo q: the modulus check of
    /// section 7.2 is made instead.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the bytes.
    pub fn decode12(l, rows: &Rows<'_>, at: usize, to: &mut NttPoly<L>) -> L::Words {
        let mut words = [l.splat64(0); 2 * HALF];
        read_words(l, rows, at, &mut words);
        let mut wrong = l.splat64(0);
        for group in 0..8 {
            let mut u = [l.splat64(0); 6];
            for i in 0..3 {
                let at = 3 * group + i;
                (u[2 * i], u[2 * i + 1]) = l.transpose32(words[at], words[HALF + at]);
            }
            for half in 0..2 {
                let (a, b, c) = (u[3 * half], u[3 * half + 1], u[3 * half + 2]);
                let p = [
                    a,
                    l.or(l.shr32::<24>(a), l.shl32::<8>(b)),
                    l.or(l.shr32::<16>(b), l.shl32::<16>(c)),
                    l.shr32::<8>(c),
                ];
                for i in 0..4 {
                    let x = l.or(
                        l.and(p[i], l.splat64(0x0000_0fff_0000_0fff)),
                        l.and(l.shl32::<4>(p[i]), l.splat64(0x0fff_0000_0fff_0000)),
                    );
                    wrong = l.or(wrong, l.sign16(l.sub16(l.splat16(Q - 1), x)));
                    to.v[vector_of_pair(8 * group + 4 * half + i)] = x;
                }
            }
        }
        let mut flags = l.store_words(wrong);
        for flag in flags.as_mut() {
            *flag = if *flag == 0 { 0 } else { u64::MAX };
        }
        flags
    }
}
