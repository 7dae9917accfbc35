//! Where the coefficients of one polynomial are, and the constants that meet them there.

#![forbid(unsafe_code)]
#![expect(
    clippy::integer_division_remainder_used,
    reason = "positions in tables, when they are made and by constants"
)]

use super::super::field::{montgomery_form, twisted, zeta};
use crate::lanes::{Aligned, Lanes, Lanes16, opaque};

/// Constants for [`montgomery`](super::field::montgomery), one an element.
#[derive(Clone, Copy)]
struct Row<const W: usize> {
    value: [i16; W],
    twisted: [i16; W],
}

/// The constants of the layers whose bit came from the element's number, a row a butterfly, for one direction;
/// and the coefficients that the elements hold after the last of them.
struct Table<const W: usize, const LAYERS: usize, const BLOCKS: usize> {
    rows: [[[Row<W>; 4]; LAYERS]; BLOCKS],
    order: [[[u8; W]; 8]; BLOCKS],
}

/// The bit of the vector's number that layer `n` of eight vectors acts on.
const fn register_bit(n: usize) -> usize {
    [2, 1, 0][n % 3]
}

/// The lower vector of butterfly `n` between vectors whose numbers differ in `bit`.
pub(super) const fn lower(bit: usize, n: usize) -> usize {
    let below = n & ((1 << bit) - 1);
    ((n - below) << 1) | below
}

/// Exchanges a bit of the vector's number with a bit of the element's, in what the elements hold.
const fn exchanged<const W: usize>(
    held: [[usize; W]; 8],
    register: usize,
    element: usize,
) -> [[usize; W]; 8] {
    let mut out = held;
    let mut r = 0;
    while r < 8 {
        let mut e = 0;
        while e < W {
            let differ = (r >> register ^ e >> element) & 1;
            out[r][e] = held[r ^ differ << register][e ^ differ << element];
            e += 1;
        }
        r += 1;
    }
    out
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "coefficients are below 256"
)]
const fn table<const W: usize, const LAYERS: usize, const BLOCKS: usize>(
    inverse: bool,
) -> Table<W, LAYERS, BLOCKS> {
    let zero = Row {
        value: [0; W],
        twisted: [0; W],
    };
    let mut t = Table {
        rows: [[[zero; 4]; LAYERS]; BLOCKS],
        order: [[[0; W]; 8]; BLOCKS],
    };
    // The highest bit of the element's number that is exchanged.
    let top = W.trailing_zeros() as usize - 1;
    let mut block = 0;
    while block < BLOCKS {
        let mut held = [[0; W]; 8];
        let mut at = 0;
        while at < 8 * W {
            held[at / W][at % W] = 8 * W * block + at;
            at += 1;
        }
        let mut layer = 0;
        while layer < LAYERS {
            if layer == 0 {
                held = exchanged(held, 2, top);
                held = exchanged(held, 1, top - 1);
                held = exchanged(held, 0, top - 2);
            } else if layer == 3 {
                held = exchanged(held, 2, top - 3);
            }
            let bit = top - layer;
            let register = register_bit(layer);
            let mut n = 0;
            while n < 4 {
                let mut e = 0;
                while e < W {
                    let group = held[lower(register, n)][e] >> (bit + 1);
                    let groups = 128 >> bit;
                    let k = if inverse {
                        2 * groups - 1 - group
                    } else {
                        groups + group
                    };
                    let value = montgomery_form(zeta(k));
                    t.rows[block][layer][n].value[e] = value;
                    t.rows[block][layer][n].twisted[e] = twisted(value);
                    e += 1;
                }
                n += 1;
            }
            layer += 1;
        }
        let mut at = 0;
        while at < 8 * W {
            t.order[block][at / W][at % W] = held[at / W][at % W] as u8;
            at += 1;
        }
        block += 1;
    }
    t
}

/// Of eight vectors of 32 elements, and of twice eight of 16: forward and inverse.
static EIGHT: Aligned<[Table<32, 4, 1>; 2]> = Aligned([table(false), table(true)]);
static SIXTEEN: Aligned<[Table<16, 3, 2>; 2]> = Aligned([table(false), table(true)]);

/// The constants of a butterfly: those of block `block` of N vectors.
#[inline(always)]
pub(super) fn row<L: Lanes16, const N: usize, const INVERSE: bool>(
    l: L,
    block: usize,
    layer: usize,
    n: usize,
) -> [L::V; 2] {
    if N == 8 {
        let row = &opaque(&EIGHT).0[usize::from(INVERSE)].rows[block][layer][n];
        [l.load16(&row.value), l.load16(&row.twisted)]
    } else {
        let row = &opaque(&SIXTEEN).0[usize::from(INVERSE)].rows[block][layer][n];
        [l.load16(&row.value), l.load16(&row.twisted)]
    }
}

/// The coefficient that each element holds.
pub(super) fn order<L: Lanes>() -> &'static [u8] {
    if L::LANES == 8 {
        EIGHT.0[0].order.as_flattened().as_flattened()
    } else {
        SIXTEEN.0[0].order.as_flattened().as_flattened()
    }
}
