//! The transform of FIPS 203, section 4.3, of one polynomial that has the vectors to itself.
//!
//! Layers whose coefficient bit is in a vector's number act on whole vectors, as over lanes. Then three bits of
//! the element's number are exchanged with three of the vector's, eight vectors at a time, and the rest of the
//! layers follow: eight vectors of 32 elements need a fourth exchange, sixteen vectors of 16 elements begin with
//! the layer that joins their two halves.

#![forbid(unsafe_code)]

mod table;

use core::marker::PhantomData;

use super::field::barrett;
use super::ntt::{butterfly, butterfly_by, butterfly_inverse, butterfly_inverse_by};
use super::zetas::uniform;
use crate::lanes::{Lanes, Lanes16};
use table::{lower, order, row};

/// What [`ntt_single`] gives.
pub const NTT_SINGLE_BOUND: i16 = 16_320;
/// What [`ntt_inverse_single`] gives.
pub const NTT_INVERSE_SINGLE_BOUND: i16 = 15_130;

/// One polynomial, by coefficients in the order of the standard. Overwritten when it is dropped.
#[repr(C, align(64))]
pub struct SinglePoly([i16; 256]);

/// One transformed polynomial, its coefficients in the order in which a token's vectors have them. Overwritten when it
/// is dropped.
#[repr(C, align(64))]
pub struct SingleNttPoly<L: Lanes> {
    elements: [i16; 256],
    token: PhantomData<L>,
}

/// Exchanges bit R of the vector's number with bit `element` of the element's, in eight vectors from `base` on.
#[inline(always)]
fn exchange<L: Lanes16, const N: usize, const R: usize>(
    l: L,
    x: &mut [L::V; N],
    base: usize,
    element: usize,
) {
    for n in 0..4 {
        let i = base + lower(R, n);
        let j = i + (1 << R);
        (x[i], x[j]) = match element {
            1 => l.transpose32(x[i], x[j]),
            2 => l.transpose_lanes::<0>(x[i], x[j]),
            3 => l.transpose_lanes::<1>(x[i], x[j]),
            _ => l.transpose_lanes::<2>(x[i], x[j]),
        };
    }
}

/// Exchanges the three bits of the number of eight vectors with the three highest bits of the element's.
#[inline(always)]
fn exchange_three<L: Lanes16, const N: usize>(l: L, x: &mut [L::V; N], base: usize) {
    let top = if N == 8 { 4 } else { 3 };
    exchange::<L, N, 2>(l, x, base, top);
    exchange::<L, N, 1>(l, x, base, top - 1);
    exchange::<L, N, 0>(l, x, base, top - 2);
}

/// A layer of block `block` whose constants are the same in all elements of a vector.
#[inline(always)]
fn uniform_layer<L: Lanes16, const N: usize, const R: usize, const INVERSE: bool>(
    l: L,
    x: &mut [L::V; N],
    block: usize,
) {
    for n in 0..4 {
        let i = lower(R, n);
        let constant = uniform(INVERSE, (((N >> 3) + block) << (2 - R)) + (i >> (R + 1)));
        let (i, j) = (8 * block + i, 8 * block + i + (1 << R));
        if INVERSE {
            butterfly_inverse(l, x, i, j, constant);
        } else {
            butterfly(l, x, i, j, constant);
        }
    }
}

/// Layer `layer` of those whose constants are in a table.
#[inline(always)]
fn layer<L: Lanes16, const N: usize, const R: usize, const INVERSE: bool>(
    l: L,
    x: &mut [L::V; N],
    block: usize,
    layer: usize,
) {
    for n in 0..4 {
        let i = 8 * block + lower(R, n);
        let z = row::<L, N, INVERSE>(l, block, layer, n);
        if INVERSE {
            butterfly_inverse_by(l, x, i, i + (1 << R), z);
        } else {
            butterfly_by(l, x, i, i + (1 << R), z);
        }
    }
}

/// Six layers of eight vectors, or seven.
#[inline(always)]
fn forward_block<L: Lanes16, const N: usize>(l: L, x: &mut [L::V; N], block: usize) {
    uniform_layer::<L, N, 2, false>(l, x, block);
    uniform_layer::<L, N, 1, false>(l, x, block);
    uniform_layer::<L, N, 0, false>(l, x, block);
    exchange_three(l, x, 8 * block);
    layer::<L, N, 2, false>(l, x, block, 0);
    layer::<L, N, 1, false>(l, x, block, 1);
    layer::<L, N, 0, false>(l, x, block, 2);
    if N == 8 {
        exchange::<L, N, 2>(l, x, 8 * block, 1);
        layer::<L, N, 2, false>(l, x, block, 3);
    }
}

/// The inverse of [`forward_block`], without division by two in each layer.
#[inline(always)]
fn inverse_block<L: Lanes16, const N: usize>(l: L, x: &mut [L::V; N], block: usize) {
    let base = 8 * block;
    if N == 8 {
        layer::<L, N, 2, true>(l, x, block, 3);
        exchange::<L, N, 2>(l, x, base, 1);
    }
    layer::<L, N, 0, true>(l, x, block, 2);
    // Sums of four in vectors that hold both, or sums of two.
    if N == 8 {
        for j in 0..4 {
            x[base + 2 * j] = barrett(l, x[base + 2 * j]);
        }
    }
    layer::<L, N, 1, true>(l, x, block, 1);
    if N == 16 {
        x[base] = barrett(l, x[base]);
        x[base + 4] = barrett(l, x[base + 4]);
    }
    layer::<L, N, 2, true>(l, x, block, 0);
    x[base] = barrett(l, x[base]);
    x[base + 1] = barrett(l, x[base + 1]);
    exchange_three(l, x, base);
    uniform_layer::<L, N, 0, true>(l, x, block);
    uniform_layer::<L, N, 1, true>(l, x, block);
    // What comes next would not fit 16 bits, or the bound.
    if N == 16 {
        x[base] = barrett(l, x[base]);
        x[base + 4] = barrett(l, x[base + 4]);
    }
    uniform_layer::<L, N, 2, true>(l, x, block);
    if N == 8 {
        x[base] = barrett(l, x[base]);
    }
}

/// The forward transform of N vectors: eight of 32 elements, or sixteen of 16.
#[inline(always)]
pub(super) fn forward<L: Lanes16, const N: usize>(l: L, x: &mut [L::V; N]) {
    const { assert!(N == 8 || N == 16) };
    if N == 16 {
        for j in 0..8 {
            butterfly(l, x, j, j + 8, uniform(false, 1));
        }
    }
    forward_block(l, x, 0);
    if N == 16 {
        forward_block(l, x, 1);
    }
}

/// The inverse transform of N vectors, times 128.
#[inline(always)]
pub(super) fn inverse<L: Lanes16, const N: usize>(l: L, x: &mut [L::V; N]) {
    const { assert!(N == 8 || N == 16) };
    inverse_block(l, x, 0);
    if N == 16 {
        inverse_block(l, x, 1);
        for j in 0..8 {
            butterfly_inverse(l, x, j, j + 8, uniform(true, 1));
        }
    }
}

impl SinglePoly {
    /// The polynomial of these coefficients, in the order of the standard.
    #[must_use]
    pub const fn new(coefficients: [i16; 256]) -> Self {
        Self(coefficients)
    }

    /// The coefficients, in the order of the standard.
    #[must_use]
    pub const fn coefficients(&self) -> &[i16; 256] {
        &self.0
    }
}

impl Drop for SinglePoly {
    fn drop(&mut self) {
        forget(&mut self.0);
    }
}

impl<L: Lanes> SingleNttPoly<L> {
    /// Zero.
    #[must_use]
    pub const fn zero() -> Self {
        Self {
            elements: [0; 256],
            token: PhantomData,
        }
    }

    /// The coefficients, in the order of the standard.
    #[must_use]
    pub fn coefficients(&self) -> [i16; 256] {
        let mut coefficients = [0; 256];
        for (element, at) in self.elements.iter().zip(order::<L>()) {
            coefficients[usize::from(*at)] = *element;
        }
        coefficients
    }

    /// The transformed polynomial of these coefficients, in the order of the standard.
    #[must_use]
    pub fn new(coefficients: &[i16; 256]) -> Self {
        let mut poly = Self::zero();
        for (element, at) in poly.elements.iter_mut().zip(order::<L>()) {
            *element = coefficients[usize::from(*at)];
        }
        poly
    }
}

impl<L: Lanes> Drop for SingleNttPoly<L> {
    fn drop(&mut self) {
        forget(&mut self.elements);
    }
}

/// Overwrites elements that may be secret.
fn forget(elements: &mut [i16; 256]) {
    elements.fill(0);
    core::hint::black_box(elements);
}

/// The elements of one of `vectors` vectors.
const fn width(vectors: usize) -> usize {
    if vectors == 8 { 32 } else { 16 }
}

/// The elements as N vectors.
#[inline(always)]
fn load<L: Lanes, const N: usize>(l: L, elements: &[i16; 256]) -> [L::V; N] {
    let mut x = [l.splat64(0); N];
    for n in 0..N {
        x[n] = l.load16(&elements[width(N) * n..]);
    }
    x
}

#[inline(always)]
fn store<L: Lanes, const N: usize>(l: L, x: &[L::V; N], elements: &mut [i16; 256]) {
    for n in 0..N {
        l.store16(x[n], &mut elements[width(N) * n..]);
    }
}

kernel! {
    /// The forward transform of one polynomial.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 9 (NTT).
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`super::NTT_INPUT_BOUND`] in magnitude, gives up to [`NTT_SINGLE_BOUND`].
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient.
    pub fn ntt_single(l, from: &SinglePoly, to: &mut SingleNttPoly<L>) {
        if L::LANES == 8 {
            let mut x = load::<L, 8>(l, &from.0);
            forward(l, &mut x);
            store(l, &x, &mut to.elements);
        } else {
            let mut x = load::<L, 16>(l, &from.0);
            forward(l, &mut x);
            store(l, &x, &mut to.elements);
        }
    }
}

kernel! {
    /// The inverse transform of one polynomial, times 128.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 10 (NTT^-1), without line 14.
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`super::PRODUCT_BOUND`] in magnitude, gives up to [`NTT_INVERSE_SINGLE_BOUND`].
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient.
    pub fn ntt_inverse_single(l, from: &SingleNttPoly<L>, to: &mut SinglePoly) {
        if L::LANES == 8 {
            let mut x = load::<L, 8>(l, &from.elements);
            inverse(l, &mut x);
            store(l, &x, &mut to.0);
        } else {
            let mut x = load::<L, 16>(l, &from.elements);
            inverse(l, &mut x);
            store(l, &x, &mut to.0);
        }
    }
}
