//! Bit packing against bits.

use std::vec;
use std::vec::Vec;

use super::{Poly, Random, with_every_token};
use crate::mldsa::{Format, MlDsaKernels};

/// Format, bits, and the range of its coefficients with what they are subtracted from (FIPS 204, Section 7.2).
const FORMATS: [(Format, usize, i32, i32, bool); 8] = [
    (Format::Eta2, 3, -2, 2, true),
    (Format::Eta4, 4, -4, 4, true),
    (Format::T1, 10, 0, 1023, false),
    (Format::T0, 13, -4095, 4096, true),
    (Format::Gamma17, 18, -131_071, 131_072, true),
    (Format::Gamma19, 20, -524_287, 524_288, true),
    (Format::W1Of44, 6, 0, 43, false),
    (Format::W1Of16, 4, 0, 15, false),
];

/// FIPS 204, Algorithm 17 (`BitPack`): bits, the least significant first, then bytes.
fn pack_bits(p: &Poly, bits: usize, high: i32, subtracted: bool) -> Vec<u8> {
    let mut bytes = vec![0; 32 * bits];
    for (i, x) in p.coefficients().iter().enumerate() {
        let field = if subtracted { high - x } else { *x };
        for b in 0..bits {
            let at = i * bits + b;
            bytes[at / 8] |= u8::from(field >> b & 1 == 1) << (at % 8);
        }
    }
    bytes
}

fn formats<L: MlDsaKernels>(l: L) {
    for (format, bits, low, high, subtracted) in FORMATS {
        assert_eq!(format.bytes(), 32 * bits);
        for p in super::inputs(low, high) {
            let expected = pack_bits(&p, bits, high, subtracted);
            let mut bytes = vec![0xEE; 32 * bits];
            l.bit_pack(format, &p, &mut bytes);
            assert_eq!(bytes, expected, "{format:?} with {}", L::NAME);
            let mut back = Poly::ZERO;
            assert!(l.bit_unpack(format, &bytes, &mut back));
            assert_eq!(
                back.coefficients(),
                p.coefficients(),
                "{format:?} with {}",
                L::NAME
            );
        }
    }
}

#[test]
fn packing_is_by_bits() {
    with_every_token!(formats());
}

fn ranges<L: MlDsaKernels>(l: L) {
    for (format, largest) in [(Format::Eta2, 4), (Format::Eta4, 8)] {
        for i in 0..256 {
            for field in 0..1 << format.bits() {
                let mut bytes = vec![0; format.bytes()];
                for b in 0..format.bits() {
                    let at = i * format.bits() + b;
                    bytes[at / 8] |= u8::from(field >> b & 1 == 1) << (at % 8);
                }
                let in_range = l.bit_unpack(format, &bytes, &mut Poly::default());
                assert_eq!(in_range, field <= largest, "{field} at {i}");
            }
        }
    }
}

#[test]
fn private_key_coefficients_out_of_range_are_seen() {
    with_every_token!(ranges());
}

fn short<L: MlDsaKernels>(l: L) {
    let mut random = Random(3);
    for (format, bits, ..) in FORMATS {
        let mut bytes = vec![0; 32 * bits];
        random.bytes(&mut bytes);
        for length in 0..bytes.len() {
            l.bit_unpack(format, &bytes[..length], &mut Poly::default());
            l.bit_pack(format, &Poly::ZERO, &mut bytes[..length]);
        }
    }
}

#[test]
fn wrong_lengths_do_not_panic() {
    with_every_token!(short());
}
