//! ML-KEM as a user of pqkm calls it. An engine other than the default is named through `hazmat`,
//! where generating and encapsulating from bytes are batches, here of one.

use std::rc::Rc;

use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    Ciphertext, DecapsulationKey, EncapsulationKey, Engine, ExposeToken, KemAlgorithm, MlKem512,
    MlKem768, MlKem1024, SeedForms, SharedSecret, SysRng,
};

use super::Pair;
use crate::fixture::mlkem::{Fixture, Secret, Set};
use crate::measure::Contender;
use crate::pool::BATCH;

/// Ours in the contests of one parameter set.
pub(crate) struct Kem {
    pub(crate) generate: Pair,
    pub(crate) encapsulate_bytes: Pair,
    pub(crate) encapsulate_prepared: Pair,
    pub(crate) decapsulate_prepared: Pair,
}

pub(crate) fn kem(engine: Engine, fixture: &Rc<Fixture>) -> Kem {
    match fixture.set {
        Set::MlKem512 => of::<MlKem512>(engine, fixture),
        Set::MlKem768 => of::<MlKem768>(engine, fixture),
        Set::MlKem1024 => of::<MlKem1024>(engine, fixture),
    }
}

fn of<A: KemAlgorithm<Decapsulation: SeedForms>>(engine: Engine, fixture: &Rc<Fixture>) -> Kem {
    Kem {
        generate: generate::<A>(engine, fixture),
        encapsulate_bytes: encapsulate_bytes::<A>(engine, fixture),
        encapsulate_prepared: encapsulate_prepared::<A>(engine, fixture),
        decapsulate_prepared: decapsulate_prepared::<A>(engine, fixture),
    }
}

fn generate<A: KemAlgorithm<Decapsulation: SeedForms>>(engine: Engine, f: &Rc<Fixture>) -> Pair {
    let call = move |count| {
        let pairs = hazmat::generate_kem_pairs::<A, _>(engine, count, &mut SysRng);
        pairs
            .expect("the engine runs")
            .expect("the system has randomness")
    };
    let agrees = |f: Rc<Fixture>| {
        move |_, pairs: Vec<(DecapsulationKey<A>, EncapsulationKey<A>)>| {
            let seeded =
                hazmat::generate_kem_pairs::<A, _>(engine, 1, &mut GivenBytes::new(f.seed()));
            let seeded = seeded
                .expect("the engine runs")
                .expect("there are 64 bytes");
            sampled(&pairs)
                .all(|(dk, ek)| f.generated(ek.as_bytes(), |ct| Some(bytes(&open(dk, ct)))))
                && seeded.iter().all(|(_, ek)| ek.as_bytes() == f.ek())
        }
    };
    Pair::both(
        Contender::ours(move |_| call(1), agrees(Rc::clone(f))),
        Contender::ours(move |_| call(BATCH), agrees(Rc::clone(f))).doing(BATCH),
    )
}

fn encapsulate_bytes<A: KemAlgorithm>(engine: Engine, fixture: &Rc<Fixture>) -> Pair {
    let call = |f: Rc<Fixture>, count| {
        move |n| {
            let keys: Vec<EncapsulationKey<A>> =
                (n..n + count).map(|n| import(&f.keys.at(n).1)).collect();
            let keys: Vec<&EncapsulationKey<A>> = keys.iter().collect();
            let made = hazmat::encapsulate_each(engine, &keys, &mut SysRng);
            made.expect("the engine runs")
                .expect("the system has randomness")
        }
    };
    let agrees = |f: Rc<Fixture>| {
        move |n, made: Vec<(Ciphertext<A>, SharedSecret<A>)>| {
            sampled(&made.into_iter().enumerate().collect::<Vec<_>>())
                .all(|(i, (ct, secret))| f.encapsulated(n + i, ct.as_bytes(), &bytes(secret)))
        }
    };
    let f = || Rc::clone(fixture);
    Pair::both(
        Contender::ours(call(f(), 1), agrees(f())),
        Contender::ours(call(f(), BATCH), agrees(f())).doing(BATCH),
    )
}

fn encapsulate_prepared<A: KemAlgorithm>(engine: Engine, fixture: &Rc<Fixture>) -> Pair {
    let prepare = || {
        let key = import::<A>(fixture.ek());
        key.prepare_with(engine).expect("the engine runs")
    };
    let (key, same, f) = (prepare(), prepare(), Rc::clone(fixture));
    let single = Contender::ours(
        move |_| {
            key.encapsulate(&mut SysRng)
                .expect("the system has randomness")
        },
        move |_, (ct, secret)| {
            let made = same.encapsulate(&mut GivenBytes::new(&f.coins));
            f.encapsulated(0, ct.as_bytes(), &bytes(&secret))
                && made.is_ok_and(|(ct, secret)| f.derandomised(ct.as_bytes(), &bytes(&secret)))
        },
    );
    let (key, f) = (prepare(), Rc::clone(fixture));
    let together = Contender::ours(
        move |_| {
            let made = key.encapsulate_many(BATCH, &mut SysRng);
            made.expect("the system has randomness")
        },
        move |_, made| {
            sampled(&made).all(|(ct, secret)| f.encapsulated(0, ct.as_bytes(), &bytes(secret)))
        },
    );
    Pair::both(single, together.doing(BATCH))
}

fn decapsulate_prepared<A: KemAlgorithm<Decapsulation: SeedForms>>(
    engine: Engine,
    fixture: &Rc<Fixture>,
) -> Pair {
    let prepare = || {
        let key = DecapsulationKey::<A>::from_seed(fixture.seed()).expect("a seed is a key");
        key.prepare_with(engine).expect("the engine runs")
    };
    let (key, f, inputs) = (prepare(), Rc::clone(fixture), Rc::clone(fixture));
    let single = Contender::ours(
        move |n| {
            let secret = key.decapsulate(&ciphertext::<A>(&inputs.ciphertexts.at(n).0));
            secret.expect("decapsulation does not fail")
        },
        move |n, secret| f.decapsulated(n, &bytes(&secret)),
    );
    let (key, f, inputs) = (prepare(), Rc::clone(fixture), Rc::clone(fixture));
    let together = Contender::ours(
        move |n| {
            let all = (n..n + BATCH).map(|n| ciphertext::<A>(&inputs.ciphertexts.at(n).0));
            let all: Vec<Ciphertext<A>> = all.collect();
            let all: Vec<&Ciphertext<A>> = all.iter().collect();
            key.decapsulate_many(&all)
                .expect("the library is operational")
        },
        move |n, secrets| {
            secrets.into_iter().enumerate().all(|(i, secret)| {
                secret.is_ok_and(|secret| f.decapsulated(n + i, &bytes(&secret)))
            })
        },
    );
    Pair::both(single, together.doing(BATCH))
}

fn import<A: KemAlgorithm>(ek: &[u8]) -> EncapsulationKey<A> {
    EncapsulationKey::from_bytes(ek).expect("the key is valid")
}

fn ciphertext<A: KemAlgorithm>(bytes: &[u8]) -> Ciphertext<A> {
    Ciphertext::from_bytes(bytes).expect("the length is right")
}

fn open<A: KemAlgorithm>(dk: &DecapsulationKey<A>, ct: &[u8]) -> SharedSecret<A> {
    dk.decapsulate(&ciphertext(ct))
        .expect("decapsulation does not fail")
}

fn bytes<A: KemAlgorithm>(secret: &SharedSecret<A>) -> Secret {
    let bytes = secret.expose(ExposeToken::acknowledge()).try_into();
    bytes.expect("ML-KEM's shared secret key has 32 bytes")
}

/// Some results of a batch, the first and the last among them: the judge is slow.
pub(super) fn sampled<T>(results: &[T]) -> impl Iterator<Item = &T> {
    results.iter().step_by(93)
}
