//! ML-DSA as a user of pqkm calls it.

use std::rc::Rc;

use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    Engine, Message, MlDsa44, MlDsa65, MlDsa87, SeedForms, Signature, SignatureAlgorithm,
    SigningKey, SysRng, VerifyingKey,
};

use super::Pair;
use super::mlkem::sampled;
use crate::fixture::mldsa::{Fixture, Set};
use crate::measure::Contender;
use crate::pool::BATCH;

/// Ours in the contests of one parameter set.
pub(crate) struct Dsa {
    pub(crate) generate: Pair,
    pub(crate) sign_prepared: Pair,
    pub(crate) verify_bytes: Pair,
    pub(crate) verify_prepared: Pair,
}

pub(crate) fn dsa(engine: Engine, fixture: &Rc<Fixture>) -> Dsa {
    match fixture.set {
        Set::MlDsa44 => of::<MlDsa44>(engine, fixture),
        Set::MlDsa65 => of::<MlDsa65>(engine, fixture),
        Set::MlDsa87 => of::<MlDsa87>(engine, fixture),
    }
}

fn of<A: SignatureAlgorithm<Signing: SeedForms>>(engine: Engine, fixture: &Rc<Fixture>) -> Dsa {
    Dsa {
        generate: generate::<A>(engine, fixture),
        sign_prepared: sign_prepared::<A>(engine, fixture),
        verify_bytes: verify_bytes::<A>(engine, fixture),
        verify_prepared: verify_prepared::<A>(engine, fixture),
    }
}

fn generate<A: SignatureAlgorithm>(engine: Engine, fixture: &Rc<Fixture>) -> Pair {
    let call = move |count| {
        let pairs = hazmat::generate_signature_pairs::<A, _>(engine, count, &mut SysRng);
        pairs
            .expect("the engine runs")
            .expect("the system has randomness")
    };
    let agrees = |f: Rc<Fixture>| {
        move |_, pairs: Vec<(SigningKey<A>, VerifyingKey<A>)>| {
            let xi = &mut GivenBytes::new(f.xi());
            let seeded = hazmat::generate_signature_pairs::<A, _>(engine, 1, xi);
            let seeded = seeded
                .expect("the engine runs")
                .expect("there are 32 bytes");
            sampled(&pairs).all(|(sk, vk)| {
                let sign = |m: &[u8; 32]| Some(sk.sign(m, &mut SysRng).ok()?.as_bytes().to_vec());
                f.generated(vk.as_bytes(), sign)
            }) && seeded.iter().all(|(_, vk)| vk.as_bytes() == f.vk())
        }
    };
    let f = || Rc::clone(fixture);
    Pair::both(
        Contender::ours(move |_| call(1), agrees(f())),
        Contender::ours(move |_| call(BATCH), agrees(f())).doing(BATCH),
    )
}

fn sign_prepared<A: SignatureAlgorithm<Signing: SeedForms>>(
    engine: Engine,
    fixture: &Rc<Fixture>,
) -> Pair {
    let prepare = || {
        let key = SigningKey::<A>::from_seed(fixture.xi()).expect("a seed is a key");
        key.prepare_with(engine).expect("the engine runs")
    };
    let (key, same) = (prepare(), prepare());
    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let single = Contender::ours(
        move |n| {
            let signature = key.sign(&inputs.messages.at(n).0, &mut SysRng);
            signature.expect("the system has randomness")
        },
        move |n, signature| {
            let message = &f.messages.at(n).0;
            let deterministic = same.sign(message, &mut GivenBytes::new(&[0; 32]));
            f.signed(n, signature.as_bytes())
                && deterministic.is_ok_and(|s| f.deterministic(n, s.as_bytes()))
        },
    );
    let (key, f, inputs) = (prepare(), Rc::clone(fixture), Rc::clone(fixture));
    let together = Contender::ours(
        move |n| {
            let messages = (n..n + BATCH).map(|n| Message::pure(&inputs.messages.at(n).0));
            let signatures = key.sign_many(&messages.collect::<Vec<_>>(), &mut SysRng);
            signatures.expect("the system has randomness")
        },
        move |n, signatures: Vec<Signature<A>>| {
            sampled(&signatures.iter().enumerate().collect::<Vec<_>>())
                .all(|(i, signature)| f.signed(n + i, signature.as_bytes()))
        },
    );
    Pair::both(single, together.doing(BATCH))
}

fn verify_bytes<A: SignatureAlgorithm>(engine: Engine, fixture: &Rc<Fixture>) -> Pair {
    let verify = move |vk: &[u8], message: &[u8], bytes: &[u8]| {
        let key = import::<A>(vk)
            .prepare_with(engine)
            .expect("the engine runs");
        key.verify(message, &signature(bytes)).is_ok()
    };
    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    Pair::alone(Contender::ours(
        move |n| {
            let signed = inputs.keys.at(n);
            verify(&signed.vk, &signed.message, &signed.signature)
        },
        move |_, accepted| accepted && f.verifies(|m, s| verify(f.vk(), m, s)),
    ))
}

fn verify_prepared<A: SignatureAlgorithm>(engine: Engine, fixture: &Rc<Fixture>) -> Pair {
    let prepare = || {
        let key = import::<A>(fixture.vk());
        key.prepare_with(engine).expect("the engine runs")
    };
    let (key, same) = (prepare(), prepare());
    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let single = Contender::ours(
        move |n| {
            let (message, bytes) = inputs.messages.at(n);
            key.verify(message, &signature(bytes)).is_ok()
        },
        move |_, accepted| accepted && f.verifies(|m, s| same.verify(m, &signature(s)).is_ok()),
    );
    let (key, same) = (prepare(), prepare());
    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let together = Contender::ours(
        move |n| {
            let pool = (n..n + BATCH).map(|n| inputs.messages.at(n));
            let signatures = pool.clone().map(|(_, bytes)| signature(bytes));
            let signatures: Vec<Signature<A>> = signatures.collect();
            let messages = pool.map(|(message, _)| Message::pure(message));
            let items: Vec<_> = messages.zip(&signatures).collect();
            key.verify_many(&items)
        },
        move |_, accepted| {
            accepted.iter().all(Result::is_ok)
                && f.verifies(|m, s| {
                    let (right, this) = (f.messages.at(0), signature(s));
                    let first = signature(&right.1);
                    let items = [(Message::pure(&right.0), &first), (Message::pure(m), &this)];
                    matches!(same.verify_many(&items).as_slice(), [Ok(()), Ok(())])
                })
        },
    );
    Pair::both(single, together.doing(BATCH))
}

fn import<A: SignatureAlgorithm>(vk: &[u8]) -> VerifyingKey<A> {
    VerifyingKey::from_bytes(vk).expect("the key is valid")
}

fn signature<A: SignatureAlgorithm>(bytes: &[u8]) -> Signature<A> {
    Signature::from_bytes(bytes).expect("the length is right")
}
