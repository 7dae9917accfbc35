//! The number theoretic transform of FIPS 204: eight layers over sixteen vectors of sixteen lanes.
//!
//! The first four layers combine coefficients 128, 64, 32 and 16 apart, which are in different vectors; then the
//! 16 x 16 square is transposed, and the last four layers again combine different vectors, with a factor for each
//! lane. The result stays transposed: see [`NttPoly`](super::NttPoly).
//!
//! No reduction stands between the layers. Montgomery multiplication by a centred constant returns less than
//! 3q/4 for every `i32`, so that the forward transform grows by that much a layer; the inverse transform doubles
//! its bound a layer, 256 times in all, and 256 (q - 1) is below 2^31.

use super::zetas::{FORWARD, INVERSE, SCALE, SCALE_LAST};
use crate::lanes::{Factor, FactorRow, Lanes32};

/// The largest absolute value of a coefficient that `forward` takes.
pub const FORWARD_IN: i32 = super::Q - 1;
/// The largest absolute value of a coefficient that `forward` returns.
pub const FORWARD_OUT: i32 = 42_040_934;
/// The largest absolute value of a coefficient that `inverse` takes.
pub const INVERSE_IN: i32 = super::Q - 1;
/// The largest absolute value of a coefficient that `inverse` returns.
pub const INVERSE_OUT: i32 = super::Q - 1;

/// Cooley-Tukey: (a + z b, a - z b).
macro_rules! forward_butterfly {
    ($l:ident, $x:ident[$i:expr, $j:expr], $mul:ident, $z:expr) => {
        let (i, j) = ($i, $j);
        let t = $l.$mul($x[j], $z);
        $x[j] = $l.sub($x[i], t);
        $x[i] = $l.add($x[i], t);
    };
}

/// Gentleman-Sande: (a + b, z (a - b)).
macro_rules! inverse_butterfly {
    ($l:ident, $x:ident[$i:expr, $j:expr], $mul:ident, $z:expr) => {
        let (i, j) = ($i, $j);
        let t = $l.sub($x[i], $x[j]);
        $x[i] = $l.add($x[i], $x[j]);
        $x[j] = $l.$mul(t, $z);
    };
}

/// Four times the same. With registers for all vectors the indices must be constants (a loop would keep the vectors
/// in memory); without, a loop is shorter and as fast.
macro_rules! four {
    ($lanes:ident, $i:ident => $body:block) => {
        if $lanes::HOLDS_ALL {
            four!(@ $i = 0, $body);
            four!(@ $i = 1, $body);
            four!(@ $i = 2, $body);
            four!(@ $i = 3, $body);
        } else {
            for $i in 0..4 $body
        }
    };
    (@ $i:ident = $value:literal, $body:block) => {
        let $i = $value;
        $body
    };
}

macro_rules! exchange {
    ($l:ident, $x:ident[$i:expr, $j:expr], $exchange:ident) => {
        let (i, j) = ($i, $j);
        ($x[i], $x[j]) = $l.$exchange($x[i], $x[j]);
    };
}

/// FIPS 204, Algorithm 41 (NTT)
#[inline(always)]
pub(crate) fn forward<L: Lanes32>(l: L, x: &mut [L::V; 16]) {
    let z: &[Factor; 16] = &FORWARD.whole;
    four!(L, j => {
        forward_butterfly!(l, x[j, j + 8], mul_factor, &z[1]);
        forward_butterfly!(l, x[j + 4, j + 12], mul_factor, &z[1]);
        forward_butterfly!(l, x[j, j + 4], mul_factor, &z[2]);
        forward_butterfly!(l, x[j + 8, j + 12], mul_factor, &z[3]);
    });
    four!(L, h => {
        let k = 4 * h;
        forward_butterfly!(l, x[k, k + 2], mul_factor, &z[4 + h]);
        forward_butterfly!(l, x[k + 1, k + 3], mul_factor, &z[4 + h]);
        forward_butterfly!(l, x[k, k + 1], mul_factor, &z[8 + 2 * h]);
        forward_butterfly!(l, x[k + 2, k + 3], mul_factor, &z[9 + 2 * h]);
        exchange!(l, x[k, k + 2], exchange2);
        exchange!(l, x[k + 1, k + 3], exchange2);
        exchange!(l, x[k, k + 1], exchange1);
        exchange!(l, x[k + 2, k + 3], exchange1);
    });
    let rows: &[FactorRow; 15] = &FORWARD.rows;
    four!(L, j => {
        exchange!(l, x[j, j + 8], exchange8);
        exchange!(l, x[j + 4, j + 12], exchange8);
        exchange!(l, x[j, j + 4], exchange4);
        exchange!(l, x[j + 8, j + 12], exchange4);
        forward_butterfly!(l, x[j, j + 8], mul_row, &rows[0]);
        forward_butterfly!(l, x[j + 4, j + 12], mul_row, &rows[0]);
        forward_butterfly!(l, x[j, j + 4], mul_row, &rows[1]);
        forward_butterfly!(l, x[j + 8, j + 12], mul_row, &rows[2]);
    });
    four!(L, h => {
        let k = 4 * h;
        forward_butterfly!(l, x[k, k + 2], mul_row, &rows[3 + h]);
        forward_butterfly!(l, x[k + 1, k + 3], mul_row, &rows[3 + h]);
        forward_butterfly!(l, x[k, k + 1], mul_row, &rows[7 + 2 * h]);
        forward_butterfly!(l, x[k + 2, k + 3], mul_row, &rows[8 + 2 * h]);
    });
}

/// FIPS 204, Algorithm 42 (NTT^-1), times 2^32: the factor that a Montgomery product took away.
#[inline(always)]
pub(crate) fn inverse<L: Lanes32>(l: L, x: &mut [L::V; 16]) {
    let rows: &[FactorRow; 15] = &INVERSE.rows;
    four!(L, h => {
        let k = 4 * h;
        inverse_butterfly!(l, x[k, k + 1], mul_row, &rows[7 + 2 * h]);
        inverse_butterfly!(l, x[k + 2, k + 3], mul_row, &rows[8 + 2 * h]);
        inverse_butterfly!(l, x[k, k + 2], mul_row, &rows[3 + h]);
        inverse_butterfly!(l, x[k + 1, k + 3], mul_row, &rows[3 + h]);
    });
    four!(L, j => {
        inverse_butterfly!(l, x[j, j + 4], mul_row, &rows[1]);
        inverse_butterfly!(l, x[j + 8, j + 12], mul_row, &rows[2]);
        inverse_butterfly!(l, x[j, j + 8], mul_row, &rows[0]);
        inverse_butterfly!(l, x[j + 4, j + 12], mul_row, &rows[0]);
        exchange!(l, x[j, j + 8], exchange8);
        exchange!(l, x[j + 4, j + 12], exchange8);
        exchange!(l, x[j, j + 4], exchange4);
        exchange!(l, x[j + 8, j + 12], exchange4);
    });
    let z: &[Factor; 16] = &INVERSE.whole;
    four!(L, h => {
        let k = 4 * h;
        exchange!(l, x[k, k + 2], exchange2);
        exchange!(l, x[k + 1, k + 3], exchange2);
        exchange!(l, x[k, k + 1], exchange1);
        exchange!(l, x[k + 2, k + 3], exchange1);
        inverse_butterfly!(l, x[k, k + 1], mul_factor, &z[8 + 2 * h]);
        inverse_butterfly!(l, x[k + 2, k + 3], mul_factor, &z[9 + 2 * h]);
        inverse_butterfly!(l, x[k, k + 2], mul_factor, &z[4 + h]);
        inverse_butterfly!(l, x[k + 1, k + 3], mul_factor, &z[4 + h]);
    });
    four!(L, j => {
        inverse_butterfly!(l, x[j, j + 4], mul_factor, &z[2]);
        inverse_butterfly!(l, x[j + 8, j + 12], mul_factor, &z[3]);
        inverse_butterfly!(l, x[j, j + 8], mul_factor, &SCALE_LAST);
        inverse_butterfly!(l, x[j + 4, j + 12], mul_factor, &SCALE_LAST);
        x[j] = l.mul_factor(x[j], &SCALE);
        x[j + 4] = l.mul_factor(x[j + 4], &SCALE);
    });
}

/// Brings coefficients in standard order to the order of the transform.
#[inline(always)]
pub(crate) fn transpose<L: Lanes32>(l: L, x: &mut [L::V; 16]) {
    four!(L, h => {
        let k = 4 * h;
        exchange!(l, x[k, k + 2], exchange2);
        exchange!(l, x[k + 1, k + 3], exchange2);
        exchange!(l, x[k, k + 1], exchange1);
        exchange!(l, x[k + 2, k + 3], exchange1);
    });
    four!(L, j => {
        exchange!(l, x[j, j + 8], exchange8);
        exchange!(l, x[j + 4, j + 12], exchange8);
        exchange!(l, x[j, j + 4], exchange4);
        exchange!(l, x[j + 8, j + 12], exchange4);
    });
}
