//! Every engine against RustCrypto's `ml-kem`: whole and partial groups, good and damaged ciphertexts.

#![expect(
    clippy::integer_division_remainder_used,
    reason = "tests hold no secrets"
)]

mod differential;

use alloc::vec::Vec;
use std::eprintln;

use shake::{ExtendableOutput, Shake128, Update, XofReader};

use super::{
    M_BYTES, MlKem512, MlKem768, MlKem1024, MlKemParameters, SEED_BYTES, SHARED_SECRET_BYTES,
    dispatch,
};
use crate::engine::Engine;

/// The engines of the kernels that this CPU has; says which it lacks.
fn engines() -> impl Iterator<Item = Engine> {
    let kernels = Engine::ALL.iter().copied();
    let kernels = kernels.filter(|engine| *engine != Engine::REFERENCE);
    kernels.filter(|engine| {
        if !engine.is_available() {
            eprintln!("not tested: this CPU has no {engine}");
        }
        engine.is_available()
    })
}

/// Reproducible bytes.
struct Random(<Shake128 as ExtendableOutput>::Reader);

impl Random {
    fn new(label: &str) -> Self {
        let mut xof = Shake128::default();
        xof.update(label.as_bytes());
        Self(xof.finalize_xof())
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read(&mut bytes);
        bytes
    }

    fn many<const N: usize>(&mut self, count: usize) -> Vec<[u8; N]> {
        (0..count).map(|_| self.bytes()).collect()
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.read(bytes);
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(u32::from_le_bytes(self.bytes())).unwrap() % bound
    }
}

/// A result as it is.
fn both<P: MlKemParameters>(
    ciphertext: P::CiphertextBytes,
    secret: [u8; SHARED_SECRET_BYTES],
) -> dispatch::Encapsulated<P> {
    (ciphertext, secret)
}

/// Key pairs, and ciphertexts of `count` messages to one key and to a key each.
fn same_bytes<P: MlKemParameters>(engine: Engine, count: usize, random: &mut Random) {
    let seeds = random.many::<SEED_BYTES>(count);
    let seeds: Vec<_> = seeds.iter().collect();
    let pairs = dispatch::generate::<P>(engine, &seeds);
    let expected = dispatch::generate::<P>(Engine::REFERENCE, &seeds);
    assert!(pairs == expected, "{engine} {} {count} keys", P::NAME);

    let messages = random.many::<M_BYTES>(count);
    let items: Vec<_> = pairs
        .iter()
        .map(|(_, ek)| ek.as_slice())
        .zip(&messages)
        .collect();
    assert!(
        dispatch::encapsulate_each::<P, _>(engine, &items, both::<P>)
            == dispatch::encapsulate_each::<P, _>(Engine::REFERENCE, &items, both::<P>),
        "{engine} {} {count} keys and messages",
        P::NAME
    );

    let (dk, ek) = &pairs[count - 1];
    let messages: Vec<_> = messages.iter().collect();
    let key = dispatch::expand_ek::<P>(engine, ek);
    let reference = dispatch::expand_ek::<P>(Engine::REFERENCE, ek);
    let encapsulated = dispatch::encapsulate::<P, _>(&key, &messages, both::<P>);
    assert!(
        encapsulated == dispatch::encapsulate::<P, _>(&reference, &messages, both::<P>),
        "{engine} {} {count} messages",
        P::NAME
    );
    for (message, expected) in messages.iter().zip(&encapsulated) {
        assert!(
            dispatch::encapsulate_one::<P>(&key, message) == *expected,
            "{engine} {} alone",
            P::NAME
        );
    }
    same_secrets::<P>(engine, dk, &encapsulated, random);
}

/// Good ciphertexts give their secrets; damaged ones what the reference rejects them with.
fn same_secrets<P: MlKemParameters>(
    engine: Engine,
    dk: &[u8],
    encapsulated: &[dispatch::Encapsulated<P>],
    random: &mut Random,
) {
    let mut ciphertexts = Vec::new();
    for (i, (ciphertext, _)) in encapsulated.iter().enumerate() {
        let mut bytes = ciphertext.as_ref().to_vec();
        if i % 2 == 1 {
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        ciphertexts.push(P::CiphertextBytes::try_from(&bytes).ok().unwrap());
    }
    let ciphertexts: Vec<_> = ciphertexts.iter().collect();
    let key = dispatch::expand_dk::<P>(engine, dk);
    let reference = dispatch::expand_dk::<P>(Engine::REFERENCE, dk);
    let secrets = dispatch::decapsulate::<P>(&key, &ciphertexts);
    assert!(
        secrets == dispatch::decapsulate::<P>(&reference, &ciphertexts),
        "{engine} {} secrets",
        P::NAME
    );
    for (i, (_, secret)) in encapsulated.iter().enumerate() {
        assert_eq!(*secret == secrets[i], i % 2 == 0, "{engine} {}", P::NAME);
        assert!(dispatch::decapsulate_one::<P>(&key, ciphertexts[i]) == secrets[i]);
    }
}

#[test]
fn engines_give_the_bytes_of_the_reference() {
    let mut random = Random::new("ML-KEM engines");
    for engine in engines() {
        // One, less than a group, groups of four and eight exactly, and with something over.
        for count in [1, 2, 3, 4, 5, 7, 8, 9, 11, 16] {
            same_bytes::<MlKem512>(engine, count, &mut random);
            same_bytes::<MlKem768>(engine, count, &mut random);
            same_bytes::<MlKem1024>(engine, count, &mut random);
        }
    }
}

#[test]
fn empty_batches_are_empty() {
    let mut random = Random::new("ML-KEM empty");
    let seed = random.bytes();
    for engine in Engine::ALL
        .iter()
        .copied()
        .filter(|engine| engine.is_available())
    {
        let (dk, ek) = dispatch::generate::<MlKem768>(engine, &[&seed])
            .pop()
            .unwrap();
        assert!(dispatch::generate::<MlKem768>(engine, &[]).is_empty());
        assert!(
            dispatch::encapsulate_each::<MlKem768, _>(engine, &[], both::<MlKem768>).is_empty()
        );
        let key = dispatch::expand_ek::<MlKem768>(engine, &ek);
        assert!(dispatch::encapsulate::<MlKem768, _>(&key, &[], both::<MlKem768>).is_empty());
        let key = dispatch::expand_dk::<MlKem768>(engine, &dk);
        assert!(dispatch::decapsulate::<MlKem768>(&key, &[]).is_empty());
    }
}
