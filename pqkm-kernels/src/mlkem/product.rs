//! Products of transformed polynomials, summed.
//!
//! Pairs (a0, a1) and (b0, b1) multiply to a0 b0 + gamma a1 b1 and a0 b1 + a1 b0. One operand has both
//! *forms*, (a0, gamma a1) and (a1, a0), so that each is one multiply-add of adjacent elements; all terms of a
//! sum are added in 32 bits and reduced once.

#![forbid(unsafe_code)]

use super::field::{Constant, Scale, gamma, montgomery, reduce_products};
use super::poly::{Factor, Matrix, NttPoly, Row};
use crate::lanes::{Aligned, Lanes, Lanes16, opaque};

/// What the products give.
pub const PRODUCT_BOUND: i16 = 5171;

/// The largest coefficient of an operand that is prepared or multiplied as it was sampled or decoded.
pub const DECODED_BOUND: i16 = 4095;

/// (1, gamma) for both pairs of each vector of the layout.
static GAMMAS: Aligned<[Constant; 64]> = Aligned({
    let mut table = [Constant::ZERO; 64];
    let mut pair = 0;
    while pair < 64 {
        table[vector_of_pair(pair)] = Constant::new([1, gamma(pair), 1, gamma(pair + 64)]);
        pair += 1;
    }
    table
});

/// The vector of the layout that has coefficients 2 pair, 2 pair + 1, and those 128 further.
#[inline(always)]
pub(super) const fn vector_of_pair(pair: usize) -> usize {
    (pair >> 2 & 1) * 32 + (pair >> 3) * 4 + (pair & 3)
}

/// The two elements of every pair exchanged.
#[inline(always)]
fn swapped<L: Lanes>(l: L, x: L::V) -> L::V {
    l.or(l.shl32::<16>(x), l.shr32::<16>(x))
}

/// Both forms of one vector times a constant.
#[inline(always)]
fn forms<L: Lanes>(l: L, x: L::V, scale: &Constant, gammas: &Constant) -> [L::V; 2] {
    let scaled = montgomery(l, x, scale);
    [montgomery(l, scaled, gammas), swapped(l, scaled)]
}

/// FIPS 203, Algorithm 12 (BaseCaseMultiply), of both forms: the two sums of products.
#[inline(always)]
pub(super) fn products<L: Lanes16>(l: L, x: L::V, forms: [L::V; 2]) -> [L::Wide; 2] {
    [l.madd16(x, forms[0]), l.madd16(x, forms[1])]
}

#[inline(always)]
pub(super) fn add_products<L: Lanes16>(l: L, a: [L::Wide; 2], b: [L::Wide; 2]) -> [L::Wide; 2] {
    [l.add32(a[0], b[0]), l.add32(a[1], b[1])]
}

/// Both forms of one prepared polynomial, in every lane.
#[inline(always)]
fn everywhere<L: Lanes>(l: L, words: &[[u64; 4]; 2], which: usize) -> [L::V; 2] {
    [l.splat64(words[0][which]), l.splat64(words[1][which])]
}

/// Both forms of four prepared polynomials, one a lane.
#[inline(always)]
fn in_lanes<L: Lanes<Words = [u64; 4]>>(l: L, words: &[[u64; 4]; 2]) -> [L::V; 2] {
    [l.load_words(&words[0]), l.load_words(&words[1])]
}

kernel! {
    /// Prepares column `j` of a matrix: lane i of `column` is row i.
    ///
    /// # Bounds
    ///
    /// Takes coefficients in 0..=[`DECODED_BOUND`].
    pub fn prepare_column<const K: usize>(
        l, column: &NttPoly<L::Four>, scale: Scale, matrix: &mut Matrix<K>, j: usize,
    ) {
        prepare_columns(l.four_lanes(), column, scale, matrix, j);
    }
}

/// The text of [`prepare_column`].
#[inline(always)]
pub(super) fn prepare_columns<F: Lanes, const K: usize>(
    four: F,
    column: &NttPoly<F>,
    scale: Scale,
    matrix: &mut Matrix<K>,
    j: usize,
) {
    let scale = scale.constant();
    for n in 0..64 {
        let [direct, crossed] = forms(four, column.v[n], &scale, &GAMMAS.0[n]);
        let word = |v| {
            let mut words = [0; 4];
            words.copy_from_slice(four.store_words(v).as_ref());
            words
        };
        matrix.words[n][j] = [word(direct), word(crossed)];
    }
}

kernel! {
    /// Prepares a row: lane j of `columns` is column j; lanes from `count` on become zero.
    ///
    /// # Bounds
    ///
    /// Takes coefficients in 0..=[`DECODED_BOUND`].
    pub fn prepare_row(l, columns: &NttPoly<L::Four>, count: usize, scale: Scale, row: &mut Row) {
        let (l, scale) = (l.four_lanes(), scale.constant());
        for n in 0..64 {
            let [direct, crossed] = forms(l, columns.v[n], &scale, &GAMMAS.0[n]);
            row.words[n] = [l.store_words(direct), l.store_words(crossed)];
            for form in &mut row.words[n] {
                form[count..].fill(0);
            }
        }
    }
}

kernel! {
    /// Prepares the varying operand of [`multiply_lanes`].
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`super::NTT_BOUND`] in magnitude.
    pub fn prepare_factor(l, from: &NttPoly<L>, scale: Scale, to: &mut Factor<L>) {
        let scale = scale.constant();
        for n in 0..64 {
            to.v[n] = forms(l, from.v[n], &scale, &opaque(&GAMMAS).0[n]);
        }
    }
}

kernel! {
    /// Multiplies by a scale, modulo q.
    ///
    /// # Bounds
    ///
    /// Takes coefficients in 0..=[`DECODED_BOUND`].
    pub fn rescale(l, poly: &mut NttPoly<L>, scale: Scale) {
        let scale = scale.constant();
        for n in 0..64 {
            poly.v[n] = montgomery(l, poly.v[n], &scale);
        }
    }
}

kernel! {
    /// One prepared matrix, a vector of polynomials in each lane.
    ///
    /// # Spec
    ///
    /// FIPS 203, section 2.4.7, equation 2.12, with Algorithm 11 (MultiplyNTTs).
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`super::NTT_BOUND`] in magnitude, gives up to [`PRODUCT_BOUND`].
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient.
    pub fn multiply_matrix<const K: usize>(
        l, matrix: &Matrix<K>, y: &[NttPoly<L>; K], to: &mut [NttPoly<L>; K],
    ) {
        for n in 0..64 {
            let words = &matrix.words[n];
            for i in 0..K {
                let mut sum = products(l, y[0].v[n], everywhere(l, &words[0], i));
                for j in 1..K {
                    let forms = everywhere(l, &words[j], i);
                    sum = add_products(l, sum, products(l, y[j].v[n], forms));
                }
                to[i].v[n] = reduce_products(l, sum[0], sum[1]);
            }
        }
    }
}

kernel! {
    /// One prepared row, a vector of polynomials in each lane. Bounds and channels as [`multiply_matrix`].
    pub fn multiply_row<const K: usize>(l, row: &Row, y: &[NttPoly<L>; K], to: &mut NttPoly<L>) {
        for n in 0..64 {
            let words = &row.words[n];
            let mut sum = products(l, y[0].v[n], everywhere(l, words, 0));
            for j in 1..K {
                let forms = everywhere(l, words, j);
                sum = add_products(l, sum, products(l, y[j].v[n], forms));
            }
            to.v[n] = reduce_products(l, sum[0], sum[1]);
        }
    }
}

kernel! {
    /// One prepared matrix and one vector: lane j of `y` is its entry j, lane i of `to` entry i of the product.
    /// Bounds and channels as [`multiply_matrix`].
    pub fn multiply_matrix_once<const K: usize>(
        l, matrix: &Matrix<K>, y: &NttPoly<L::Four>, to: &mut NttPoly<L::Four>,
    ) {
        let l = l.four_lanes();
        for n in 0..64 {
            let y = l.store_words(y.v[n]);
            let words = &matrix.words[n];
            let mut sum = products(l, l.splat64(y[0]), in_lanes(l, &words[0]));
            for j in 1..K {
                let forms = in_lanes(l, &words[j]);
                sum = add_products(l, sum, products(l, l.splat64(y[j]), forms));
            }
            to.v[n] = reduce_products(l, sum[0], sum[1]);
        }
    }
}

kernel! {
    /// One prepared row and one vector, whose entry j is lane j of `y`; lane `lane` of `to` is replaced by
    /// their product. Bounds and channels as [`multiply_matrix`].
    pub fn multiply_row_once(
        l, row: &Row, y: &NttPoly<L::Four>, to: &mut NttPoly<L::Four>, lane: usize,
    ) {
        let l = l.four_lanes();
        let mut mask = [0; 4];
        mask[lane & 3] = u64::MAX;
        let mask = l.load_words(&mask);
        for n in 0..16 {
            let n = 4 * n;
            let (a, b) = (sum_of_two(l, row, y, n), sum_of_two(l, row, y, n + 2));
            let (even, odd) = l.transpose_lanes::<0>(a, b);
            let total = l.store_words(reduce_products(l, l.widen(even), l.widen(odd)));
            for (i, at) in [0, 2, 1, 3].into_iter().enumerate() {
                to.v[n + at] = l.select(mask, l.splat64(total[i]), to.v[n + at]);
            }
        }
    }
}

/// The products of vectors n and n + 1, summed over the lanes: both sums of n, then both of n + 1.
#[inline(always)]
fn sum_of_two<L: Lanes<Words = [u64; 4]>>(l: L, row: &Row, y: &NttPoly<L>, n: usize) -> L::V {
    let sums = [sum_of_pairs(l, row, y, n), sum_of_pairs(l, row, y, n + 1)];
    let (low, high) = l.transpose_lanes::<1>(sums[0], sums[1]);
    l.narrow(l.add32(l.widen(low), l.widen(high)))
}

/// The products of vector n: both sums of lanes 0 and 1, then both of lanes 2 and 3.
#[inline(always)]
fn sum_of_pairs<L: Lanes<Words = [u64; 4]>>(l: L, row: &Row, y: &NttPoly<L>, n: usize) -> L::V {
    let [direct, crossed] = products(l, y.v[n], in_lanes(l, &row.words[n]));
    let (even, odd) = l.transpose_lanes::<0>(l.narrow(direct), l.narrow(crossed));
    l.narrow(l.add32(l.widen(even), l.widen(odd)))
}

kernel! {
    /// A row of polynomials and a vector, both of each lane's own. Bounds and channels as
    /// [`multiply_matrix`]; the row's coefficients are in 0..=[`DECODED_BOUND`], or rescaled.
    pub fn multiply_lanes<const K: usize>(
        l, row: &[NttPoly<L>; K], y: &[Factor<L>; K], to: &mut NttPoly<L>,
    ) {
        for n in 0..64 {
            let mut sum = products(l, row[0].v[n], y[0].v[n]);
            for j in 1..K {
                sum = add_products(l, sum, products(l, row[j].v[n], y[j].v[n]));
            }
            to.v[n] = reduce_products(l, sum[0], sum[1]);
        }
    }
}

kernel! {
    /// Adds `b` to `a`.
    ///
    /// # Bounds
    ///
    /// `a` up to [`PRODUCT_BOUND`], `b` up to [`super::NTT_BOUND`] in magnitude.
    pub fn add(l, a: &mut NttPoly<L>, b: &NttPoly<L>) {
        for n in 0..64 {
            a.v[n] = l.add16(a.v[n], b.v[n]);
        }
    }
}
