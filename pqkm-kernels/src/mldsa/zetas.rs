//! Powers of the root of unity, in the shapes that the kernels load.
//!
//! Everything here is computed by `const fn` from q = 8380417 and zeta = 1753 (FIPS 204, Section 2.5 and
//! Appendix B); a test compares [`ZETAS`] with the table of the standard.

#![expect(
    clippy::cast_possible_truncation,
    reason = "residues are below q, which fits 32 bits"
)]

use super::Q;
use crate::lanes::{Factor, FactorRow};

/// 2^32 mod q: the Montgomery radix.
pub(crate) const R_MOD_Q: i64 = (1_i64 << 32).rem_euclid(MODULUS);
/// q^-1 mod 2^32, as a signed word. check-magic: 1 == `unsigned_mod(58728449` * 8380417, 2^32)
pub(crate) const Q_INV: i32 = 58_728_449;
/// zeta, a primitive 512th root of unity modulo q.
const ZETA: i64 = 1753;
const MODULUS: i64 = Q as i64;

/// The factors of one transform: [`Tables::whole`] for the layers whose butterflies lie between rows (indexed
/// as FIPS 204 indexes `zetas`, 1 to 15), [`Tables::rows`] for the four layers after (or before) the transposition.
#[repr(C, align(64))]
pub(crate) struct Tables {
    pub(crate) whole: [Factor; 16],
    pub(crate) rows: [FactorRow; 15],
}

/// FIPS 204, Appendix B: zetas[k] = zeta^BitRev8(k) mod q; zetas[0] is not used.
pub(crate) const ZETAS: [i32; 256] = zetas();
/// Factors of the forward transform.
pub(crate) static FORWARD: Tables = tables(false);
/// Factors of the inverse transform, already negated, so that butterflies compute `a - b`.
pub(crate) static INVERSE: Tables = tables(true);
/// 2^64 / 256 mod q: the last layer of the inverse transform divides by 256 and removes the 2^-32 that the
/// pointwise product left.
pub(crate) const SCALE: Factor = factor(scale());
/// [`SCALE`] times the factor of the last layer.
pub(crate) const SCALE_LAST: Factor =
    factor((scale() * (MODULUS - ZETAS[1] as i64)).rem_euclid(MODULUS));

const fn power(mut base: i64, mut exponent: u32) -> i64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = (result * base).rem_euclid(MODULUS);
        }
        base = (base * base).rem_euclid(MODULUS);
        exponent >>= 1;
    }
    result
}

const fn zetas() -> [i32; 256] {
    let mut table = [0; 256];
    let mut k = 0_u8;
    loop {
        table[k as usize] = power(ZETA, k.reverse_bits() as u32) as i32;
        if k == 255 {
            return table;
        }
        k += 1;
    }
}

/// 2^32 / 256 mod q, to be brought into Montgomery form by [`factor`].
const fn scale() -> i64 {
    (R_MOD_Q * power(256, (Q - 2) as u32)).rem_euclid(MODULUS)
}

/// Brings `x` into Montgomery form, centred.
const fn factor(x: i64) -> Factor {
    let mut z = (x * R_MOD_Q).rem_euclid(MODULUS);
    if 2 * z > MODULUS {
        z -= MODULUS;
    }
    Factor {
        z: z as i32,
        zq: (z as i32).wrapping_mul(Q_INV),
    }
}

/// The factor at zeta index `k`; the inverse transform visits the `n` blocks of a layer backwards and negates.
const fn at(k: usize, inverse: bool) -> Factor {
    if !inverse {
        return factor(ZETAS[k] as i64);
    }
    let n = 1 << k.ilog2();
    factor(MODULUS - ZETAS[3 * n - 1 - k] as i64)
}

const fn tables(inverse: bool) -> Tables {
    let zero = FactorRow {
        z: [0; 16],
        zq: [0; 16],
        z_odd: [0; 16],
        zq_odd: [0; 16],
    };
    let mut t = Tables {
        whole: [Factor { z: 0, zq: 0 }; 16],
        rows: [zero; 15],
    };
    let mut k = 1;
    while k < 16 {
        t.whole[k] = at(k, inverse);
        k += 1;
    }
    // Layer s (of 2^s groups of rows) butterflies coefficients 8 >> s apart; lane l holds the coefficients 16 l + row.
    let mut index = 0;
    while index < 15 {
        let s = (index + 1_usize).ilog2();
        let group = index + 1 - (1 << s);
        let mut lane = 0;
        while lane < 16 {
            let f = at((16 << s) + (lane << s) + group, inverse);
            t.rows[index].z[lane] = f.z;
            t.rows[index].zq[lane] = f.zq;
            if lane & 1 == 1 {
                t.rows[index].z_odd[lane - 1] = f.z;
                t.rows[index].zq_odd[lane - 1] = f.zq;
            }
            lane += 1;
        }
        index += 1;
    }
    t
}
