//! Every engine against RustCrypto's `ml-dsa`, case by case: a message signed, and a signature verified that is the
//! right one, damaged or arbitrary. A key has several.

use alloc::vec::Vec;
use std::eprintln;

use super::{Random, engines};
use crate::{
    engine::Engine,
    mldsa::{
        MU_BYTES, MlDsa44, MlDsa65, MlDsa87, MlDsaParameters, RND_BYTES, SEED_BYTES, dispatch,
    },
};

/// Cases of a key: more than one group of the widest engine, and a group that is not whole.
const CASES: usize = 10;

/// A message representative and the randomness of its signature.
type Case = ([u8; MU_BYTES], [u8; RND_BYTES]);

fn signed<P: MlDsaParameters>(
    engine: Engine,
    sk: &[u8],
    cases: &[Case],
) -> Vec<Option<P::SignatureBytes>> {
    let key = dispatch::expand_sk::<P>(engine, sk);
    let items: Vec<_> = cases.iter().map(|(mu, rnd)| (*mu, rnd)).collect();
    dispatch::sign::<P>(&key, &items)
}

fn verified<P: MlDsaParameters>(
    engine: Engine,
    pk: &[u8],
    cases: &[Case],
    signatures: &[P::SignatureBytes],
) -> Vec<bool> {
    let key = dispatch::expand_pk::<P>(engine, pk);
    let mus = cases.iter().map(|(mu, _)| *mu);
    let items: Vec<_> = mus.zip(signatures).collect();
    dispatch::verify::<P>(&key, &items)
}

/// Half of the signatures stay as they are; others have a bit changed, anywhere or in the hint, a coefficient of the
/// response at its end of range, a hint that is longer, or nothing to do with the key.
fn damage(case: usize, bytes: &mut [u8], random: &mut Random) {
    let length = bytes.len();
    let flipped = |bytes: &mut [u8], at: usize, random: &mut Random| {
        bytes[at] ^= 1 << random.below(8);
    };
    match case % 10 {
        0 => {
            let at = random.below(length);
            flipped(bytes, at, random);
        }
        2 => {
            let at = length - 1 - random.below(60);
            flipped(bytes, at, random);
        }
        4 => {
            let at = 64 + random.below(length - 200);
            let end = [0, 0xff][random.below(2)];
            bytes[at..at + 3].fill(end);
        }
        6 => bytes[length - 1] = bytes[length - 1].wrapping_add(1),
        8 => random.fill(bytes),
        _ => {}
    }
}

fn cases<P: MlDsaParameters>(keys: usize, random: &mut Random) {
    for number in 0..keys {
        let seed: [u8; SEED_BYTES] = random.bytes();
        let (sk, pk) = dispatch::generate::<P>(Engine::REFERENCE, &[&seed]).remove(0);
        let cases: Vec<Case> = (0..CASES)
            .map(|_| (random.bytes(), random.bytes()))
            .collect();
        let expected = signed::<P>(Engine::REFERENCE, &sk, &cases);
        let claimed = expected.iter().enumerate().map(|(case, signature)| {
            let mut bytes = signature.as_ref().unwrap().as_ref().to_vec();
            damage(case, &mut bytes, random);
            P::SignatureBytes::try_from(&bytes).ok().unwrap()
        });
        let claimed: Vec<_> = claimed.collect();
        let verdicts = verified::<P>(Engine::REFERENCE, &pk, &cases, &claimed);
        for (case, verdict) in verdicts.iter().enumerate() {
            assert!(*verdict == (case % 2 == 1), "{} key {number}", P::NAME);
        }
        for engine in engines() {
            let pairs = dispatch::generate::<P>(engine, &[&seed]);
            assert!(pairs[0] == (sk.clone(), pk.clone()), "{engine} {}", P::NAME);
            let found = signed::<P>(engine, &sk, &cases);
            assert!(found == expected, "{engine} {} key {number}", P::NAME);
            let found = verified::<P>(engine, &pk, &cases, &claimed);
            assert!(found == verdicts, "{engine} {} key {number}", P::NAME);
        }
    }
}

#[test]
fn hundreds_of_cases() {
    let mut random = Random::new("ML-DSA, hundreds");
    cases::<MlDsa44>(200 / CASES, &mut random);
    cases::<MlDsa65>(200 / CASES, &mut random);
    cases::<MlDsa87>(200 / CASES, &mut random);
}

#[test]
#[ignore = "three hours with optimisation"]
fn a_million_cases() {
    let mut random = Random::new("ML-DSA, a million");
    for done in 1..=100 {
        cases::<MlDsa44>(10_000 / CASES, &mut random);
        cases::<MlDsa65>(10_000 / CASES, &mut random);
        cases::<MlDsa87>(10_000 / CASES, &mut random);
        eprintln!("{done}0000 cases of each parameter set");
    }
}
