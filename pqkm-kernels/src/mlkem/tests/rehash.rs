//! The hashes that share lanes against the same hashes by themselves.

use std::vec::Vec;

use super::super::{Noise, Rehashed, prf, prf_once, rehash};
use crate::lanes::{Lanes, Portable};
use crate::rows::Rows;
use crate::seed::{Seed, sha3_512, shake256_32};
use crate::testing::Random;

/// The 64 `eta` bytes of every lane, as words.
fn words<L: Lanes>(l: L, noise: &Noise<L>, eta: usize) -> Vec<Vec<u64>> {
    let used = noise.words[..8 * eta].iter();
    used.map(|v| l.store_words(*v).as_ref().to_vec()).collect()
}

/// The PRF of one seed for many nonces against that of a seed a lane.
fn one_seed_equals_many<L: Lanes>(l: L) {
    fn check<L: Lanes, const A: usize, const B: usize>(l: L) {
        let four = l.four_lanes();
        let seed = Seed::same(four, &[0x5a; 32]);
        let nonces = [[0, 1, 2, 3], [3, 4, 5, 250]];
        let zero = || Noise::zero(four);
        let [mut a, mut b, mut first, mut second] = [zero(), zero(), zero(), zero()];
        prf::<_, A>(four, &seed, &nonces[0], &mut a);
        prf::<_, B>(four, &seed, &nonces[1], &mut b);
        prf_once::<L, A, B>(l, &seed, &nonces, &mut first, &mut second);
        assert_eq!(words(four, &a, A), words(four, &first, A), "{}", L::NAME);
        assert_eq!(words(four, &b, B), words(four, &second, B), "{}", L::NAME);
    }
    check::<L, 2, 2>(l);
    check::<L, 3, 2>(l);
    check::<L, 3, 3>(l);
}

#[test]
fn noise_of_one_seed_is_that_of_every_lane() {
    on_every_instance!(one_seed_equals_many);
}

/// All hashes of a decapsulation against one after the other.
fn shared_lanes_equal_separate<L: Lanes>(l: L) {
    fn check<L: Lanes, const K: usize, const ETA: usize>(l: L, bytes: usize) {
        let four = l.four_lanes();
        let mut random = Random(u64::try_from(bytes).unwrap());
        let mut draw = || <[u8; 32]>::try_from(random.bytes(32)).unwrap();
        let (m, h, z) = (Seed::same(four, &draw()), draw(), draw());
        let c = random.bytes(bytes);
        let zero = || Noise::zero(four);
        let [mut y, mut e1, mut e2] = [zero(), zero(), zero()];
        let (in_words, []) = c.as_chunks() else {
            panic!("{bytes} bytes are whole words");
        };
        let input = Rehashed {
            h: &h,
            z: &z,
            c: in_words,
        };
        let found = rehash::<L, K, ETA>(l, &m, input, [&mut y, &mut e1, &mut e2]);

        let (secret, r) = sha3_512(four, &m, &Seed::same(four, &h));
        let rejection = shake256_32(four, &Rows::same(&z), &Rows::same(&c));
        for (found, expected) in found.iter().zip([&secret, &rejection]) {
            let lanes = |seed: &Seed<L::Four>| seed.words().map(|v| four.store_words(v));
            assert_eq!(lanes(found), lanes(expected), "{} {K}", L::NAME);
        }
        for n in 0..=2 * K {
            let eta = if n < K { ETA } else { 2 };
            let nonce = [u64::try_from(n).unwrap(); 4];
            let mut expected = zero();
            if n < K {
                prf::<_, ETA>(four, &r, &nonce, &mut expected);
            } else {
                prf::<_, 2>(four, &r, &nonce, &mut expected);
            }
            let (noise, lane) = match n {
                _ if n < K => (&y, n),
                8 => (&e2, 0),
                _ => (&e1, n - K),
            };
            for (found, expected) in words(four, noise, eta)
                .iter()
                .zip(words(four, &expected, eta))
            {
                assert_eq!(found[lane], expected[0], "{} {K}: {n}", L::NAME);
            }
        }
    }
    check::<L, 2, 3>(l, 768);
    check::<L, 3, 2>(l, 1088);
    check::<L, 4, 2>(l, 1568);
}

#[test]
fn hashes_of_a_decapsulation_are_those_one_by_one() {
    on_every_instance!(shared_lanes_equal_separate);
}

#[test]
#[should_panic(expected = "LEAST_WORDS")]
fn a_ciphertext_shorter_than_any_is_refused() {
    let l = Portable::new();
    let zero = || Noise::zero(l.four_lanes());
    let input = Rehashed {
        h: &[0; 32],
        z: &[0; 32],
        c: &[[0; 8]; 95],
    };
    let [mut y, mut e1, mut e2] = [zero(), zero(), zero()];
    let m = Seed::same(l.four_lanes(), &[0; 32]);
    drop(rehash::<_, 2, 3>(l, &m, input, [&mut y, &mut e1, &mut e2]));
}
