//! Weights of interpolation.

use super::{Engine, with_token};
use crate::lanes::{ByteLanes, Kernel, Token};

/// Weight i is the value at `at` of the polynomial of least degree that is 1 at `points[i]` and 0 at all other points:
/// the values of a polynomial of lower degree than there are points, each times its weight, add up to its value at `at`.
///
/// The points must differ: for points that do not, the weights have no meaning. Weights beyond the points, and points
/// beyond the weights, do not count.
pub fn weights(engine: Engine, points: &[u8], at: u8, out: &mut [u8]) {
    with_token!(
        engine,
        Weights {
            points,
            at: Some(at),
            out
        }
    );
}

/// Weight i is the inverse of the product of `points[i] - points[j]` over all j but i.
///
/// The values of a polynomial p at m points, times these weights and times those of any polynomial of degree less than
/// `m - 1 - deg p`, add up to zero: they generate the dual of the code that shares belong to.
pub fn dual_weights(engine: Engine, points: &[u8], out: &mut [u8]) {
    with_token!(
        engine,
        Weights {
            points,
            at: None,
            out
        }
    );
}

struct Weights<'a> {
    points: &'a [u8],
    at: Option<u8>,
    out: &'a mut [u8],
}

impl<L: ByteLanes> Kernel<L> for Weights<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let one = l.splat(1);
        let count = if self.points.len() < self.out.len() {
            self.points.len()
        } else {
            self.out.len()
        };
        let mut first = 0;
        while first < count {
            let own = l.load(&self.points[first..count]);
            let (mut numerator, mut denominator) = (one, one);
            let mut j = 0;
            while j < count {
                let difference = l.xor(own, l.splat(self.points[j]));
                // The point itself is the one that does not differ.
                let itself = l.is_zero(difference);
                denominator = l.mul(denominator, l.select(itself, one, difference));
                if let Some(at) = self.at {
                    let distance = l.splat(at ^ self.points[j]);
                    numerator = l.mul(numerator, l.select(itself, one, distance));
                }
                j += 1;
            }
            let weight = l.mul(numerator, l.inverse(denominator));
            l.store(weight, &mut self.out[first..count]);
            first += L::BYTES;
        }
    }
}
