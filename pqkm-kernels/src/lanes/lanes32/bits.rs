//! Byte permutations for fields of `d` bits, sixteen at a time.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions are below 64 and lanes below 8"
)]

/// How to spread sixteen fields to sixteen words.
#[repr(C, align(64))]
pub(super) struct UnpackTable {
    /// For each word, the four bytes that contain its field.
    pub(super) bytes: [u8; 64],
    /// The position of the field in them.
    pub(super) shifts: [u32; 16],
}

impl UnpackTable {
    pub(super) const fn new(d: usize) -> Self {
        let mut table = Self {
            bytes: [0; 64],
            shifts: [0; 16],
        };
        let mut i = 0;
        while i < 64 {
            table.bytes[i] = ((((i >> 2) * d) >> 3) + (i & 3)) as u8;
            table.shifts[i >> 2] = (((i >> 2) * d) & 7) as u32;
            i += 1;
        }
        table
    }
}

/// How to gather sixteen words to fields.
///
/// Words are first joined to units of `2 d` bits (four fields, `4 d` bits, where that fits 64), each in a word of
/// 64 bits. A unit with an odd number may start in the middle of a byte: it is shifted by four and gathered apart.
#[repr(C, align(64))]
pub(super) struct PackTable {
    pub(super) left: [u32; 16],
    pub(super) even: [u8; 64],
    pub(super) odd: [u8; 64],
    pub(super) even_mask: u64,
    pub(super) odd_mask: u64,
}

impl PackTable {
    pub(super) const fn new(d: usize) -> Self {
        let mut table = Self {
            left: [0; 16],
            even: [0; 64],
            odd: [0; 64],
            even_mask: 0,
            odd_mask: 0,
        };
        let mut lane = 0;
        while lane < 16 {
            table.left[lane] = if lane & 1 == 0 { 32 - d as u32 } else { 0 };
            lane += 1;
        }
        // Bits of a unit, units in all, and bytes from one unit to the next in the register.
        let (bits, units, stride) = if d <= 16 {
            (4 * d, 4, 16)
        } else {
            (2 * d, 8, 8)
        };
        let mut unit = 0;
        while unit < units {
            let (start, shift) = ((unit * bits) >> 3, (unit * bits) & 7);
            let mut i = 0;
            while i < (bits + shift + 7) >> 3 {
                let from = (unit * stride + i) as u8;
                if shift == 0 {
                    table.even[start + i] = from;
                    table.even_mask |= 1 << (start + i);
                } else {
                    table.odd[start + i] = from;
                    table.odd_mask |= 1 << (start + i);
                }
                i += 1;
            }
            unit += 1;
        }
        table
    }
}

/// [`UnpackTable`] for eight words, where permutations stay within sixteen bytes: the upper four words are
/// gathered from bytes that begin at `d / 2`.
#[repr(C, align(32))]
pub(super) struct HalfTable {
    pub(super) bytes: [u8; 32],
    pub(super) shifts: [u32; 8],
}

impl HalfTable {
    pub(super) const fn new(d: usize) -> Self {
        let mut table = Self {
            bytes: [0; 32],
            shifts: [0; 8],
        };
        let mut i = 0;
        while i < 32 {
            let word = i >> 2;
            let bit = word * d - 8 * (d >> 1) * (word >> 2);
            table.bytes[i] = ((bit >> 3) + (i & 3)) as u8;
            table.shifts[word] = (bit & 7) as u32;
            i += 1;
        }
        table
    }
}

/// For each set of eight lanes: the indices of its members, in order, first.
pub(super) static COMPRESS: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut lane, mut n) = (0, 0);
        while lane < 8 {
            if set >> lane & 1 == 1 {
                table[set][n] = lane as u8;
                n += 1;
            }
            lane += 1;
        }
        set += 1;
    }
    table
};
