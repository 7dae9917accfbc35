//! Signatures that are verified before they are released, with a fault in the signer.

use alloc::vec::Vec;
use std::eprintln;

use super::PreparedSigningKey;
use crate::{
    algorithm::SignatureAlgorithm,
    engine::Engine,
    error::SignError,
    given::GivenBytes,
    key::SigningKey,
    message::Message,
    mldsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParameters, PreparedSigning},
};

const RANDOMNESS: [u8; 512] = [0x39; 512];

/// The engines that this CPU has; says which it lacks.
fn engines() -> impl Iterator<Item = Engine> {
    let engines = Engine::ALL.iter().copied();
    engines.filter(|engine| {
        if !engine.is_available() {
            eprintln!("not tested: this CPU has no {engine}");
        }
        engine.is_available()
    })
}

/// The prepared key of a seed that repeats a byte.
fn prepared<A: SignatureAlgorithm>(engine: Engine, seed: u8) -> PreparedSigningKey<A> {
    let seed = [seed; 96];
    let pairs = SigningKey::<A>::generate_many_with(engine, 1, &mut GivenBytes::new(&seed));
    let (key, _) = pairs.unwrap().pop().unwrap();
    key.prepare_with(engine).unwrap()
}

/// `Ok` if a signature comes out: of one message, and of several.
fn sign<A: SignatureAlgorithm>(
    key: &PreparedSigningKey<A>,
) -> (Result<(), SignError>, Result<(), SignError>) {
    let messages = [&b"a"[..], b"b", b"c"].map(Message::pure);
    let alone = key.sign(b"a", &mut GivenBytes::new(&RANDOMNESS));
    let batch = key.sign_many(&messages, &mut GivenBytes::new(&RANDOMNESS));
    (alone.map(drop), batch.map(drop))
}

/// A faulty key signs, and nobody can verify it; then it is told to verify, and nothing comes out.
fn is_kept_inside<A: SignatureAlgorithm>(key: PreparedSigningKey<A>) -> PreparedSigningKey<A> {
    let released = key.sign(b"a", &mut GivenBytes::new(&RANDOMNESS)).unwrap();
    assert!(key.verifying_key.verify(b"a", &released).is_err());
    let key = key.verifying_each();
    assert_eq!(sign(&key), (Err(SignError::Fault), Err(SignError::Fault)));
    key
}

/// One coefficient of the expanded private key is wrong by one.
fn a_wrong_coefficient<A>(engine: Engine, coefficient: usize)
where
    A: SignatureAlgorithm<PreparedSigning = PreparedSigning<A>> + MlDsaParameters,
{
    let mut key = prepared::<A>(engine, 7);
    key.expanded.disturb(coefficient, 1);
    let mut key = is_kept_inside(key);
    key.expanded.disturb(coefficient, -1);
    assert_eq!(sign(&key), (Ok(()), Ok(())), "{engine}: the fault undone");
}

/// The whole expanded private key is another's.
fn another_key<A: SignatureAlgorithm>(engine: Engine) {
    let mut key = prepared::<A>(engine, 7);
    let mut other = prepared::<A>(engine, 8);
    core::mem::swap(&mut key.expanded, &mut other.expanded);
    let mut key = is_kept_inside(key);
    core::mem::swap(&mut key.expanded, &mut other.expanded);
    assert_eq!(sign(&key), (Ok(()), Ok(())), "{engine}: the fault undone");
}

#[test]
fn a_signature_of_a_disturbed_key_is_not_released() {
    for engine in engines().filter(|engine| *engine != Engine::REFERENCE) {
        for coefficient in [0, 77, 255] {
            a_wrong_coefficient::<MlDsa44>(engine, coefficient);
            a_wrong_coefficient::<MlDsa65>(engine, coefficient);
            a_wrong_coefficient::<MlDsa87>(engine, coefficient);
        }
    }
}

#[test]
fn a_signature_of_another_key_is_not_released() {
    for engine in engines() {
        another_key::<MlDsa44>(engine);
        another_key::<MlDsa65>(engine);
        another_key::<MlDsa87>(engine);
    }
}

#[test]
fn one_bad_signature_holds_back_its_batch() {
    let key = prepared::<MlDsa65>(Engine::detect(), 7).verifying_each();
    let messages = [&b"a"[..], b"b", b"c"].map(Message::pure);
    let made = key.sign_many(&messages, &mut GivenBytes::new(&RANDOMNESS));
    let mut made: Vec<_> = made.unwrap().into_iter().map(|made| made.0).collect();
    assert_eq!(key.verified(&messages, &made), Ok(()));
    for at in 0..made.len() {
        made[at][1000] ^= 1;
        assert_eq!(
            key.verified(&messages, &made),
            Err(SignError::Fault),
            "{at}"
        );
        made[at][1000] ^= 1;
    }
}
