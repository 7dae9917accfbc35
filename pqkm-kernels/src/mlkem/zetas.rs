//! The powers of zeta, where the transforms over lanes meet them.

#![forbid(unsafe_code)]

use super::field::{Constant, centred, zeta};
use crate::lanes::{Aligned, Lanes16, opaque};

/// The constants of both directions.
pub(super) struct Tables {
    /// zeta\[1\] for small inputs, where a product modulo 2^16 is exact.
    pub(super) first: [i16; 4],
    /// The layers of bits 7 to 4: number 2^i + g for group g of layer i.
    pub(super) outer: [Constant; 16],
    pub(super) outer_inverse: [Constant; 16],
    /// The layers of bits 3, 2 and 1, for each value of bits 6 to 4: one, two and four groups. The two halves
    /// of a lane belong to different values of bit 7.
    inner: [[Constant; 7]; 8],
    inner_inverse: [[Constant; 7]; 8],
}

const fn tables() -> Tables {
    let mut t = Tables {
        first: [centred(zeta(1)); 4],
        outer: [Constant::ZERO; 16],
        outer_inverse: [Constant::ZERO; 16],
        inner: [[Constant::ZERO; 7]; 8],
        inner_inverse: [[Constant::ZERO; 7]; 8],
    };
    let mut groups = 1;
    while groups < 16 {
        let mut g = 0;
        while g < groups {
            t.outer[groups + g] = Constant::new([zeta(groups + g); 4]);
            t.outer_inverse[groups + g] = Constant::new([zeta(2 * groups - 1 - g); 4]);
            g += 1;
        }
        groups *= 2;
    }
    let mut block = 0;
    while block < 8 {
        let mut layer = 0;
        while layer < 3 {
            let groups = 16 << layer;
            let mut s = 0;
            while s < 1 << layer {
                let (low, high) = ((block << layer) + s, ((8 + block) << layer) + s);
                let at = (1 << layer) - 1 + s;
                t.inner[block][at] = pair(groups + low, groups + high);
                t.inner_inverse[block][at] = pair(2 * groups - 1 - low, 2 * groups - 1 - high);
                s += 1;
            }
            layer += 1;
        }
        block += 1;
    }
    t
}

const fn pair(low: usize, high: usize) -> Constant {
    let (low, high) = (zeta(low), zeta(high));
    Constant::new([low, low, high, high])
}

pub(super) static TABLES: Aligned<Tables> = Aligned(tables());

/// Seven constants of eight lanes: the factors, and the same twisted.
type OfPair = [[[i16; 32]; 2]; 7];

/// The inner constants of a pair of blocks for each direction, in the lower and the upper four of eight lanes: the
/// factors, and the same twisted.
#[expect(
    clippy::integer_division_remainder_used,
    reason = "positions in a table, when it is made"
)]
static PAIRS: Aligned<[[OfPair; 4]; 2]> = Aligned({
    let mut pairs = [[[[[0; 32]; 2]; 7]; 4]; 2];
    let t = tables();
    let mut at = 0;
    while at < 32 * 7 * 4 * 2 {
        let (element, n, pair, inverse) = (at % 32, at / 32 % 7, at / 224 % 4, at / 896);
        let block = 2 * pair + element / 16;
        let constant = if inverse == 1 {
            t.inner_inverse[block][n]
        } else {
            t.inner[block][n]
        };
        pairs[inverse][pair][n][0][element] = constant.value[element & 3];
        pairs[inverse][pair][n][1][element] = constant.twisted[element & 3];
        at += 1;
    }
    pairs
});

/// The constant of group `n - 2^i` of layer i where n is 2^i or more and below 2^(i + 1), of either direction.
#[inline(always)]
pub(super) fn uniform(inverse: bool, n: usize) -> &'static Constant {
    let tables = &opaque(&TABLES).0;
    if inverse {
        &tables.outer_inverse[n]
    } else {
        &tables.outer[n]
    }
}

/// Constant `n` of an inner layer: that of a block, or those of a pair of blocks.
#[inline(always)]
pub(super) fn of_block<L: Lanes16, const PAIR: bool, const INVERSE: bool>(
    l: L,
    block: usize,
    n: usize,
) -> [L::V; 2] {
    if PAIR {
        let [value, twisted] = &opaque(&PAIRS).0[usize::from(INVERSE)][block][n];
        [l.load16(value), l.load16(twisted)]
    } else {
        let tables = &opaque(&TABLES).0;
        let blocks = if INVERSE {
            &tables.inner_inverse
        } else {
            &tables.inner
        };
        blocks[block][n].everywhere(l)
    }
}
