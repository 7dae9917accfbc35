//! Every engine against RustCrypto's `ml-kem`, case by case: a key, a message encapsulated to it, and a ciphertext
//! decapsulated with it that is the right one, damaged or arbitrary.

use alloc::vec::Vec;
use std::eprintln;

use super::{Random, both, engines};
use crate::{
    engine::Engine,
    mlkem::{
        M_BYTES, MlKem512, MlKem768, MlKem1024, MlKemParameters, SEED_BYTES, SHARED_SECRET_BYTES,
        dispatch, engine::KeyBytes,
    },
};

/// Cases whose keys are generated together.
const GROUP: usize = 125;

/// Key pairs of seeds, and what encapsulating a message to each of them gives.
type Sent<P> = (Vec<KeyBytes>, Vec<dispatch::Encapsulated<P>>);

fn sent<P: MlKemParameters>(
    engine: Engine,
    seeds: &[[u8; SEED_BYTES]],
    messages: &[[u8; M_BYTES]],
) -> Sent<P> {
    let pairs = dispatch::generate::<P>(engine, &seeds.iter().collect::<Vec<_>>());
    let eks = pairs.iter().map(|(_, ek)| ek.as_slice());
    let items: Vec<_> = eks.zip(messages).collect();
    let sent = dispatch::encapsulate_each::<P, _>(engine, &items, both::<P>);
    (pairs, sent)
}

/// What decapsulating a ciphertext with each key gives.
fn received<P: MlKemParameters>(
    engine: Engine,
    pairs: &[KeyBytes],
    ciphertexts: &[P::CiphertextBytes],
) -> Vec<[u8; SHARED_SECRET_BYTES]> {
    let items = pairs.iter().zip(ciphertexts);
    items
        .map(|((dk, _), ciphertext)| {
            dispatch::decapsulate_one::<P>(&dispatch::expand_dk::<P>(engine, dk), ciphertext)
        })
        .collect()
}

/// Half of the ciphertexts stay as they are; others have a bit changed, are all zeros or ones, or have nothing to do
/// with the key.
fn damage(case: usize, bytes: &mut [u8], random: &mut Random) {
    match case % 8 {
        0 | 1 => {
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        2 if case % 64 == 2 => bytes.fill(0),
        2 if case % 64 == 10 => bytes.fill(0xff),
        2 => random.fill(bytes),
        _ => {}
    }
}

fn cases<P: MlKemParameters>(count: usize, random: &mut Random) {
    let mut done = 0;
    while done < count {
        let group = GROUP.min(count - done);
        let seeds = random.many::<SEED_BYTES>(group);
        let messages = random.many::<M_BYTES>(group);
        let expected = sent::<P>(Engine::REFERENCE, &seeds, &messages);
        let ciphertexts = expected
            .1
            .iter()
            .enumerate()
            .map(|(case, (ciphertext, _))| {
                let mut bytes = ciphertext.as_ref().to_vec();
                damage(case, &mut bytes, random);
                P::CiphertextBytes::try_from(&bytes).ok().unwrap()
            });
        let ciphertexts: Vec<_> = ciphertexts.collect();
        let opened = received::<P>(Engine::REFERENCE, &expected.0, &ciphertexts);
        for engine in engines() {
            let found = sent::<P>(engine, &seeds, &messages);
            assert!(found == expected, "{engine} {} from {done}", P::NAME);
            let found = received::<P>(engine, &found.0, &ciphertexts);
            assert!(found == opened, "{engine} {} from {done}", P::NAME);
        }
        done += group;
    }
}

#[test]
fn hundreds_of_cases() {
    let mut random = Random::new("ML-KEM, hundreds");
    cases::<MlKem512>(250, &mut random);
    cases::<MlKem768>(250, &mut random);
    cases::<MlKem1024>(250, &mut random);
}

#[test]
#[ignore = "half an hour with optimisation"]
fn a_million_cases() {
    let mut random = Random::new("ML-KEM, a million");
    for done in 1..=100 {
        cases::<MlKem512>(10_000, &mut random);
        cases::<MlKem768>(10_000, &mut random);
        cases::<MlKem1024>(10_000, &mut random);
        eprintln!("{done}0000 cases of each parameter set");
    }
}
