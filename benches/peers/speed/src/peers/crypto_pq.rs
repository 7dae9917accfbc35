//! `crypto-pq`: pure Rust with AVX2 kernels. A key object keeps the expanded matrix and the decoded
//! key from its first use on, so that a key used again is a prepared key.

use std::rc::Rc;

use crypto_pq::hazmat;
use crypto_pq::{
    KemAlgorithm, KeyFormat, KeyGenOptions, ML_DSA_44, ML_DSA_65, ML_DSA_87, ML_KEM_512,
    ML_KEM_768, ML_KEM_1024, SignOptions, SignatureAlgorithm, VerifyOptions,
};

use super::{Dsa, Kem};
use crate::fixture::{mldsa, mlkem};
use crate::measure::Contender;

const NAME: &str = "crypto-pq";

pub(super) fn enter_kem(fixture: &Rc<mlkem::Fixture>, kem: &mut Kem) {
    let algorithm: KemAlgorithm = match fixture.set {
        mlkem::Set::MlKem512 => ML_KEM_512,
        mlkem::Set::MlKem768 => ML_KEM_768,
        mlkem::Set::MlKem1024 => ML_KEM_1024,
    };
    let import = move |ek: &[u8]| {
        let key = algorithm.import_public_key(ek, KeyFormat::Raw);
        key.expect("the key is valid")
    };

    let f = Rc::clone(fixture);
    let options = KeyGenOptions::default().with_self_test(false);
    kem.generate.push(Contender::peer(
        NAME,
        move |_| {
            algorithm
                .generate_key_pair(&options)
                .expect("the system has randomness")
        },
        move |_, pair| {
            let seeded = hazmat::generate_kem_key_pair(algorithm, f.seed());
            let seeded = seeded.expect("the seed has 64 bytes").public_key;
            let raw = |key: crypto_pq::KemPublicKey| key.export_key(KeyFormat::Raw);
            let open = |ct: &[u8]| {
                pair.private_key
                    .decapsulate(ct)
                    .ok()?
                    .as_ref()
                    .try_into()
                    .ok()
            };
            raw(pair.public_key).is_ok_and(|ek| f.generated(&ek, open))
                && raw(seeded).is_ok_and(|ek| ek == f.ek())
        },
    ));

    let (f, keys) = (Rc::clone(fixture), Rc::clone(fixture));
    kem.encapsulate_bytes.push(Contender::peer(
        NAME,
        move |n| {
            import(&keys.keys.at(n).1)
                .encapsulate()
                .expect("the system has randomness")
        },
        move |n, made| f.encapsulated(n, &made.ciphertext, &made.shared_secret),
    ));

    let f = Rc::clone(fixture);
    let key = import(f.ek());
    let same = key.clone();
    kem.encapsulate_prepared.push(Contender::peer(
        NAME,
        move |_| key.encapsulate().expect("the system has randomness"),
        move |_, made| {
            f.encapsulated(0, &made.ciphertext, &made.shared_secret)
                && hazmat::encapsulate(&same, &f.coins)
                    .is_ok_and(|made| f.derandomised(&made.ciphertext, &made.shared_secret))
        },
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let key = algorithm
        .import_private_key(f.seed(), KeyFormat::Raw)
        .expect("a seed is a key");
    kem.decapsulate_prepared.push(Contender::peer(
        NAME,
        move |n| {
            key.decapsulate(&inputs.ciphertexts.at(n).0)
                .expect("the length is right")
        },
        move |n, secret| f.decapsulated(n, &secret),
    ));
}

pub(super) fn enter_dsa(fixture: &Rc<mldsa::Fixture>, dsa: &mut Dsa) {
    let algorithm: SignatureAlgorithm = match fixture.set {
        mldsa::Set::MlDsa44 => ML_DSA_44,
        mldsa::Set::MlDsa65 => ML_DSA_65,
        mldsa::Set::MlDsa87 => ML_DSA_87,
    };
    let import = move |vk: &[u8]| {
        let key = algorithm.import_public_key(vk, KeyFormat::Raw);
        key.expect("the key is valid")
    };

    let f = Rc::clone(fixture);
    let options = KeyGenOptions::default().with_self_test(false);
    dsa.generate.push(Contender::peer(
        NAME,
        move |_| {
            algorithm
                .generate_key_pair(&options)
                .expect("the system has randomness")
        },
        move |_, pair| {
            let seeded = hazmat::generate_signature_key_pair(algorithm, f.xi());
            let seeded = seeded.expect("the seed has 32 bytes").public_key;
            let raw = |key: crypto_pq::SignaturePublicKey| key.export_key(KeyFormat::Raw);
            let sign = |m: &mldsa::Message| pair.private_key.sign(m, &SignOptions::default()).ok();
            raw(pair.public_key).is_ok_and(|vk| f.generated(&vk, sign))
                && raw(seeded).is_ok_and(|vk| vk == f.vk())
        },
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let key = algorithm
        .import_private_key(f.xi(), KeyFormat::Raw)
        .expect("a seed is a key");
    let key = Rc::new(key);
    let same = Rc::clone(&key);
    dsa.sign_prepared.push(Contender::peer(
        NAME,
        move |n| {
            let signature = key.sign(&inputs.messages.at(n).0, &SignOptions::default());
            signature.expect("the system has randomness")
        },
        move |n, signature| {
            let options = SignOptions::default().with_deterministic(true);
            f.signed(n, &signature)
                && same
                    .sign(&f.messages.at(n).0, &options)
                    .is_ok_and(|signature| f.deterministic(n, &signature))
        },
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    dsa.verify_bytes.push(Contender::peer(
        NAME,
        move |n| {
            let signed = inputs.keys.at(n);
            let options = VerifyOptions::default();
            import(&signed.vk).verify(&signed.signature, &signed.message, &options)
        },
        move |_, accepted| {
            let key = import(f.vk());
            accepted && f.verifies(|m, s| key.verify(s, m, &VerifyOptions::default()))
        },
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let key = import(f.vk());
    let same = key.clone();
    dsa.verify_prepared.push(Contender::peer(
        NAME,
        move |n| {
            let (message, signature) = inputs.messages.at(n);
            key.verify(signature, message, &VerifyOptions::default())
        },
        move |_, accepted| {
            accepted && f.verifies(|m, s| same.verify(s, m, &VerifyOptions::default()))
        },
    ));
}
