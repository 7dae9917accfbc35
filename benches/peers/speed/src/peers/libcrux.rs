//! `libcrux-ml-kem` and `libcrux-ml-dsa`: verified Rust. ML-KEM has an "unpacked" form of keys, which
//! is its prepared key; ML-DSA 0.0.11 has none, its keys are bytes. Randomness is an argument.

use std::rc::Rc;

use super::{Dsa, Kem};
use crate::fixture::{mldsa, mlkem, system};
use crate::measure::Contender;

const KEM: &str = "libcrux-ml-kem";
const DSA: &str = "libcrux-ml-dsa";

pub(super) fn enter_kem(fixture: &Rc<mlkem::Fixture>, kem: &mut Kem) {
    macro_rules! enter {
        ($module:ident, $public:ident, $private:ident, $ciphertext:ident) => {{
            use libcrux_ml_kem::$module::avx2::unpacked;
            use libcrux_ml_kem::$module::{self as api, $ciphertext, $private, $public};

            let import = |ek: &[u8]| $public::try_from(ek).expect("the length is right");

            let f = Rc::clone(fixture);
            kem.generate.push(Contender::peer(
                KEM,
                |_| api::generate_key_pair(system()),
                move |_, pair| {
                    let open = |ct: &[u8]| {
                        let ct = $ciphertext::try_from(ct).ok()?;
                        Some(api::decapsulate(pair.private_key(), &ct))
                    };
                    f.generated(pair.pk(), open) && api::generate_key_pair(*f.seed()).pk() == f.ek()
                },
            ));

            let (f, keys) = (Rc::clone(fixture), Rc::clone(fixture));
            kem.encapsulate_bytes.push(Contender::peer(
                KEM,
                move |n| {
                    let ek = import(&keys.keys.at(n).1);
                    let valid = api::validate_public_key(&ek);
                    (valid, api::encapsulate(&ek, system()))
                },
                move |n, (valid, (ct, secret))| valid && f.encapsulated(n, ct.as_slice(), &secret),
            ));

            // The caller saw that the CPU has AVX2 (`cpu_suffices`).
            let f = Rc::clone(fixture);
            let mut key = unpacked::init_public_key();
            unpacked::unpacked_public_key(&import(f.ek()), &mut key);
            let same = key.clone();
            kem.encapsulate_prepared.push(Contender::peer(
                KEM,
                move |_| unpacked::encapsulate(&key, system()),
                move |_, (ct, secret)| {
                    let made = unpacked::encapsulate(&same, f.coins);
                    f.encapsulated(0, ct.as_slice(), &secret)
                        && f.derandomised(made.0.as_slice(), &made.1)
                },
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let dk = $private::try_from(f.dk.as_slice()).expect("the length is right");
            let mut pair = unpacked::init_key_pair();
            unpacked::key_pair_from_private_mut(&dk, &mut pair);
            kem.decapsulate_prepared.push(Contender::peer(
                KEM,
                move |n| {
                    let ct = $ciphertext::try_from(inputs.ciphertexts.at(n).0.as_slice());
                    unpacked::decapsulate(&pair, &ct.expect("the length is right"))
                },
                move |n, secret| f.decapsulated(n, &secret),
            ));
        }};
    }
    match fixture.set {
        mlkem::Set::MlKem512 => {
            enter!(
                mlkem512,
                MlKem512PublicKey,
                MlKem512PrivateKey,
                MlKem512Ciphertext
            );
        }
        mlkem::Set::MlKem768 => {
            enter!(
                mlkem768,
                MlKem768PublicKey,
                MlKem768PrivateKey,
                MlKem768Ciphertext
            );
        }
        mlkem::Set::MlKem1024 => {
            enter!(
                mlkem1024,
                MlKem1024PublicKey,
                MlKem1024PrivateKey,
                MlKem1024Ciphertext
            );
        }
    }
}

pub(super) fn enter_dsa(fixture: &Rc<mldsa::Fixture>, dsa: &mut Dsa) {
    macro_rules! enter {
        ($module:ident, $signing:ident, $verifying:ident, $signature:ident) => {{
            use libcrux_ml_dsa::$module::{self as api, $signature, $signing, $verifying};

            let signing = |sk: &[u8]| $signing::new(sk.try_into().expect("the length is right"));
            let verifying =
                |vk: &[u8]| $verifying::new(vk.try_into().expect("the length is right"));
            let verify = |vk: &$verifying, message: &mldsa::Message, signature: &[u8]| {
                let signature = signature.try_into().expect("the length is right");
                api::verify(vk, message, b"", &$signature::new(signature)).is_ok()
            };

            let f = Rc::clone(fixture);
            dsa.generate.push(Contender::peer(
                DSA,
                |_| api::generate_key_pair(system()),
                move |_, pair| {
                    let sign = |m: &mldsa::Message| {
                        let signature = api::sign(&pair.signing_key, m, b"", system()).ok()?;
                        Some(signature.as_slice().to_vec())
                    };
                    f.generated(pair.verification_key.as_slice(), sign)
                        && api::generate_key_pair(*f.xi()).verification_key.as_slice() == f.vk()
                },
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let key = signing(&f.sk);
            let same = signing(&f.sk);
            dsa.sign_prepared.push(Contender::peer(
                DSA,
                move |n| {
                    let signature = api::sign(&key, &inputs.messages.at(n).0, b"", system());
                    signature.expect("814 attempts are enough")
                },
                move |n, signature| {
                    f.signed(n, signature.as_slice())
                        && api::sign(&same, &f.messages.at(n).0, b"", [0; 32])
                            .is_ok_and(|signature| f.deterministic(n, signature.as_slice()))
                },
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            dsa.verify_bytes.push(Contender::peer(
                DSA,
                move |n| {
                    let signed = inputs.keys.at(n);
                    verify(&verifying(&signed.vk), &signed.message, &signed.signature)
                },
                move |_, accepted| accepted && f.verifies(|m, s| verify(&verifying(f.vk()), m, s)),
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let key = verifying(f.vk());
            dsa.verify_prepared.push(Contender::peer(
                DSA,
                move |n| {
                    let (message, signature) = inputs.messages.at(n);
                    verify(&key, message, signature)
                },
                move |_, accepted| accepted && f.verifies(|m, s| verify(&verifying(f.vk()), m, s)),
            ));
        }};
    }
    match fixture.set {
        mldsa::Set::MlDsa44 => {
            enter!(
                ml_dsa_44,
                MLDSA44SigningKey,
                MLDSA44VerificationKey,
                MLDSA44Signature
            );
        }
        mldsa::Set::MlDsa65 => {
            enter!(
                ml_dsa_65,
                MLDSA65SigningKey,
                MLDSA65VerificationKey,
                MLDSA65Signature
            );
        }
        mldsa::Set::MlDsa87 => {
            enter!(
                ml_dsa_87,
                MLDSA87SigningKey,
                MLDSA87VerificationKey,
                MLDSA87Signature
            );
        }
    }
}
