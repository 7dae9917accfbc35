//! Polynomials in lanes, and the public operands that are prepared once.

#![forbid(unsafe_code)]

use crate::lanes::{Lanes, wipe};

/// A polynomial a lane, by coefficients. Overwritten when it is dropped.
pub struct Poly<L: Lanes> {
    pub(super) l: L,
    pub(super) v: [L::V; 64],
}

/// A polynomial a lane, transformed. Overwritten when it is dropped.
pub struct NttPoly<L: Lanes> {
    pub(super) l: L,
    pub(super) v: [L::V; 64],
}

/// A transformed polynomial a lane, as the secret or varying factor of a product: (a0, gamma a1) and (a1, a0)
/// for each pair. Overwritten when it is dropped.
pub struct Factor<L: Lanes> {
    pub(super) l: L,
    pub(super) v: [[L::V; 2]; 64],
}

impl<L: Lanes> Poly<L> {
    /// Zero.
    #[must_use]
    #[inline(always)]
    pub fn zero(l: L) -> Self {
        Self {
            l,
            v: [L::ZERO; 64],
        }
    }
}

impl<L: Lanes> NttPoly<L> {
    /// Zero.
    #[must_use]
    #[inline(always)]
    pub fn zero(l: L) -> Self {
        Self {
            l,
            v: [L::ZERO; 64],
        }
    }
}

impl<L: Lanes> Factor<L> {
    /// Zero.
    #[must_use]
    #[inline(always)]
    pub fn zero(l: L) -> Self {
        Self {
            l,
            v: [[L::ZERO; 2]; 64],
        }
    }
}

impl<L: Lanes> Drop for Poly<L> {
    fn drop(&mut self) {
        wipe(self.l, &mut self.v);
    }
}

impl<L: Lanes> Drop for NttPoly<L> {
    fn drop(&mut self) {
        wipe(self.l, &mut self.v);
    }
}

impl<L: Lanes> Drop for Factor<L> {
    fn drop(&mut self) {
        wipe(self.l, self.v.as_flattened_mut());
    }
}

/// A prepared K x K matrix of transformed polynomials, 4096 K bytes: for each vector of the layout and each
/// column, both forms of up to four rows.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Matrix<const K: usize> {
    pub(super) words: [[[[u64; 4]; 2]; K]; 64],
}

/// A prepared row of up to four transformed polynomials, 4096 bytes: for each vector of the layout, both forms
/// of all columns.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Row {
    pub(super) words: [[[u64; 4]; 2]; 64],
}

impl<const K: usize> Matrix<K> {
    /// The zero matrix.
    #[must_use]
    pub const fn zero() -> Self {
        Self {
            words: [[[[0; 4]; 2]; K]; 64],
        }
    }
}

impl Row {
    /// The zero row.
    #[must_use]
    pub const fn zero() -> Self {
        Self {
            words: [[[0; 4]; 2]; 64],
        }
    }

    /// Overwrites the row, where it was made from a secret.
    pub fn wipe(&mut self) {
        self.words.fill([[0; 4]; 2]);
        core::hint::black_box(&mut self.words);
    }
}
