//! Polynomials at points: what splits a string into shares.

use super::{Engine, with_token};
use crate::lanes::{ByteLanes, Kernel, Token};

/// Rows of equal length in one buffer, of which a range of columns is written.
#[derive(Debug)]
pub struct Rows<'a> {
    /// The rows, one after the other.
    pub bytes: &'a mut [u8],
    /// Length of a row in bytes.
    pub stride: usize,
    /// The first column that is written.
    pub at: usize,
}

/// Row i of `out` becomes the value at `points[i]` of the polynomials whose constant terms are `constant` and whose
/// other coefficients are the rows of `coefficients`, each as long as `constant`, that of x first.
///
/// # Panics
/// If `coefficients` is not a whole number of rows, or `out` has not a row of that length for each point.
pub fn evaluate(
    engine: Engine,
    points: &[u8],
    constant: &[u8],
    coefficients: &[u8],
    out: Rows<'_>,
) {
    let width = constant.len();
    if width == 0 {
        return;
    }
    assert!(coefficients.len().is_multiple_of(width));
    assert!(out.at <= out.stride && width <= out.stride - out.at);
    assert!(out.bytes.len() >= points.len() * out.stride);
    with_token!(
        engine,
        Evaluate {
            points,
            constant,
            coefficients,
            out
        }
    );
}

struct Evaluate<'a> {
    points: &'a [u8],
    constant: &'a [u8],
    coefficients: &'a [u8],
    out: Rows<'a>,
}

impl<L: ByteLanes> Kernel<L> for Evaluate<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, l: L) {
        let mut first = 0;
        while L::MANY_REGISTERS && first + 8 <= self.points.len() {
            self.group::<L, 8>(l, first);
            first += 8;
        }
        while first + 4 <= self.points.len() {
            self.group::<L, 4>(l, first);
            first += 4;
        }
        while first < self.points.len() {
            self.group::<L, 1>(l, first);
            first += 1;
        }
    }
}

impl Evaluate<'_> {
    /// Horner's rule at `N` points at a time.
    #[inline(always)]
    fn group<L: ByteLanes, const N: usize>(&mut self, l: L, first: usize) {
        let width = self.constant.len();
        let mut factors = [l.factor(0); N];
        let mut p = 0;
        while p < N {
            factors[p] = l.factor(self.points[first + p]);
            p += 1;
        }
        let mut at = 0;
        while at < width {
            let end = if width - at > L::BYTES {
                at + L::BYTES
            } else {
                width
            };
            let mut sums = [l.splat(0); N];
            let mut row = self.coefficients.len();
            while row > 0 {
                row -= width;
                let coefficient = l.load(&self.coefficients[row + at..row + end]);
                let mut p = 0;
                while p < N {
                    sums[p] = l.scale(l.xor(sums[p], coefficient), &factors[p]);
                    p += 1;
                }
            }
            let constant = l.load(&self.constant[at..end]);
            let mut p = 0;
            while p < N {
                let row = (first + p) * self.out.stride + self.out.at;
                l.store(
                    l.xor(sums[p], constant),
                    &mut self.out.bytes[row + at..row + end],
                );
                p += 1;
            }
            at = end;
        }
    }
}
