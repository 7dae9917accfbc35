//! Against the `sha3` crate, and the round constants against FIPS 202.

use std::vec;
use std::vec::Vec;

use sha3::Digest;
use shake::{ExtendableOutput, Update, XofReader};

use super::permutation::ROUND_CONSTANTS;
use super::{SHA3_256, SHA3_512, SHAKE128, SHAKE256, Sponge, Xof, hash, permute, permute_one};
use crate::lanes::Lanes;
use crate::rows::{Rows, RowsMut, UnequalRows};
use crate::testing::Random;

fn reference(sponge: Sponge, message: &[u8], out: &mut [u8]) {
    match sponge {
        SHAKE128 => {
            let mut h = shake::Shake128::default();
            h.update(message);
            h.finalize_xof().read(out);
        }
        SHAKE256 => {
            let mut h = shake::Shake256::default();
            h.update(message);
            h.finalize_xof().read(out);
        }
        SHA3_256 => out.copy_from_slice(&sha3::Sha3_256::digest(message)),
        _ => out.copy_from_slice(&sha3::Sha3_512::digest(message)),
    }
}

fn lengths_and_splits<L: Lanes>(l: L) {
    let mut random = Random(7);
    let lengths = [
        0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 71, 72, 73, 135, 136, 137, 167, 168, 169, 400, 1184,
    ];
    for (sponge, outputs) in [
        (SHAKE128, &[1, 8, 167, 168, 169, 504, 700][..]),
        (SHAKE256, &[32, 64, 128, 136, 137, 192, 600]),
        (SHA3_256, &[32]),
        (SHA3_512, &[64]),
    ] {
        for length in lengths {
            for &output in outputs {
                let rows = 1 + random.below(L::LANES as u64) as usize;
                let messages: Vec<_> = (0..rows).map(|_| random.bytes(length)).collect();
                let cut = random.below(length as u64 + 1) as usize;
                let heads: Vec<_> = messages.iter().map(|m| &m[..cut]).collect();
                let tails: Vec<_> = messages.iter().map(|m| &m[cut..]).collect();
                let pieces = [Rows::new(&heads).unwrap(), Rows::new(&tails).unwrap()];
                let mut got = vec![vec![0; output]; rows];
                hash(l, sponge, &pieces, &mut RowsMut::new(&mut got).unwrap());
                for (message, got) in messages.iter().zip(&got) {
                    let mut expected = vec![0; output];
                    reference(sponge, message, &mut expected);
                    assert_eq!(got, &expected, "{} {sponge:?} {length} {output}", L::NAME);
                }
            }
        }
    }
}

#[test]
fn sponges_equal_the_sha3_crate() {
    on_every_instance!(lengths_and_splits);
}

fn pieces_of_output<L: Lanes>(l: L) {
    let message = [[3_u8; 34], [4; 34]];
    let mut whole = [[0; 700]; 2];
    hash(
        l,
        SHAKE128,
        &[Rows::new(&[&message[0], &message[1]]).unwrap()],
        &mut RowsMut::new(&mut whole).unwrap(),
    );
    let mut xof = Xof::absorb(
        l,
        SHAKE128,
        &[Rows::new(&[&message[0], &message[1]]).unwrap()],
    );
    let mut at = 0;
    for length in [1, 5, 64, 100, 168, 3, 200, 159] {
        let mut part = vec![vec![0; length]; 2];
        xof.read(&mut RowsMut::new(&mut part).unwrap());
        for lane in 0..2 {
            assert_eq!(
                part[lane],
                whole[lane][at..at + length],
                "{} at {at}",
                L::NAME
            );
        }
        at += length;
    }
    assert_eq!(at, 700);
}

#[test]
fn output_may_be_read_in_pieces() {
    on_every_instance!(pieces_of_output);
}

fn permutation_of_lanes<L: Lanes>(l: L) {
    let mut random = Random(11);
    for _ in 0..20 {
        let mut words = [l.zero_words(); 25];
        for w in words.iter_mut().flat_map(|w| w.as_mut().iter_mut()) {
            *w = random.next();
        }
        let mut state = words.map(|w| l.load_words(&w));
        permute(l, &mut state);
        for lane in 0..L::LANES {
            let mut one: [u64; 25] = core::array::from_fn(|i| words[i].as_ref()[lane]);
            permute_one(&mut one);
            let got: [u64; 25] = core::array::from_fn(|i| l.store_words(state[i]).as_ref()[lane]);
            assert_eq!(got, one, "{} lane {lane}", L::NAME);
        }
    }
}

#[test]
fn lanes_are_independent() {
    on_every_instance!(permutation_of_lanes);
}

#[test]
fn permutation_of_zero() {
    // The first words of Keccak-f[1600] of the zero state, twice (XKCP, KeccakF-1600-IntermediateValues).
    let mut state = [0; 25];
    permute_one(&mut state);
    assert_eq!(state[..2], [0xf125_8f79_40e1_dde7, 0x84d5_ccf9_33c0_478a]);
    permute_one(&mut state);
    assert_eq!(state[..2], [0x2d5c_954d_f96e_cb3c, 0x6a33_2cd0_7057_b56d]);
}

#[test]
fn round_constants_are_those_of_the_standard() {
    assert_eq!(
        ROUND_CONSTANTS[..4],
        [1, 0x8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000]
    );
    assert_eq!(ROUND_CONSTANTS[23], 0x8000_0000_8000_8008);
}

#[test]
fn groups_must_have_equal_rows() {
    let none: [&[u8; 1]; 0] = [];
    assert_eq!(Rows::new(&none).err(), Some(UnequalRows));
    assert_eq!(Rows::new(&[&[1][..], &[1, 2]]).err(), Some(UnequalRows));
    assert_eq!(Rows::new(&[&[0_u8; 3]; 9]).err(), Some(UnequalRows));
    let (mut a, mut b) = (vec![0; 3], vec![0; 4]);
    assert_eq!(RowsMut::new([&mut a, &mut b]).err(), Some(UnequalRows));
}
