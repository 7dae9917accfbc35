//! Coefficients into lanes and out of them, in the order of FIPS 203: for benches and tests that set the kernels
//! beside others'. Operations never need it: their polynomials are sampled and decoded where they are.

#![forbid(unsafe_code)]

use super::poly::{NttPoly, Poly};
use crate::lanes::Lanes;

/// The coefficient in an element of a vector of [`Poly`].
const fn plain(vector: usize, element: usize) -> usize {
    16 * (vector >> 2) + 4 * element + (vector & 3)
}

/// The coefficient in an element of a vector of [`NttPoly`].
const fn transformed(vector: usize, element: usize) -> usize {
    let pair = 8 * (vector >> 2 & 7) + 4 * (vector >> 5) + (vector & 3);
    2 * pair + (element & 1) + 128 * (element >> 1)
}

fn gather<L: Lanes>(
    l: L,
    polys: &[[i16; 256]],
    to: &mut [L::V; 64],
    at: fn(usize, usize) -> usize,
) {
    for (n, v) in to.iter_mut().enumerate() {
        let mut words = l.zero_words();
        for (word, poly) in words.as_mut().iter_mut().zip(polys) {
            for e in 0..4 {
                *word |= u64::from(poly[at(n, e)].cast_unsigned()) << (16 * e);
            }
        }
        *v = l.load_words(&words);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "one element of a lane at a time"
)]
fn scatter<L: Lanes>(
    l: L,
    from: &[L::V; 64],
    lane: usize,
    at: fn(usize, usize) -> usize,
) -> [i16; 256] {
    let mut poly = [0; 256];
    for (n, v) in from.iter().enumerate() {
        let words = l.store_words(*v);
        let word = words.as_ref().get(lane).copied().unwrap_or(0);
        for e in 0..4 {
            poly[at(n, e)] = ((word >> (16 * e)) as u16).cast_signed();
        }
    }
    poly
}

macro_rules! lanes {
    ($name:ident, $at:ident) => {
        impl<L: Lanes> $name<L> {
            /// A polynomial a lane, coefficients in the standard's order; lanes beyond the last are zero.
            #[must_use]
            pub fn from_lanes(l: L, polys: &[[i16; 256]]) -> Self {
                let mut poly = Self::zero(l);
                gather(l, polys, &mut poly.v, $at);
                poly
            }

            /// The polynomial of a lane, coefficients in the standard's order; zero beyond the last lane.
            #[must_use]
            pub fn lane(&self, lane: usize) -> [i16; 256] {
                scatter(self.l, &self.v, lane, $at)
            }
        }
    };
}

lanes!(Poly, plain);
lanes!(NttPoly, transformed);
