//! `pqcrypto-mlkem` and `pqcrypto-mldsa`: PQClean's C, with its AVX2 code. Keys are bytes; an
//! encapsulation key is not checked.

use std::rc::Rc;

use pqcrypto_traits::{kem, sign};

use super::{Dsa, Kem};
use crate::fixture::{mldsa, mlkem};
use crate::measure::Contender;

const KEM: &str = "pqcrypto-mlkem";
const DSA: &str = "pqcrypto-mldsa";

pub(super) fn enter_kem(fixture: &Rc<mlkem::Fixture>, kem: &mut Kem) {
    macro_rules! enter {
        ($module:ident) => {{
            use kem::{Ciphertext as _, PublicKey as _, SecretKey as _, SharedSecret as _};
            use pqcrypto_mlkem::$module::{
                Ciphertext, PublicKey, SecretKey, decapsulate, encapsulate, keypair,
            };

            let import = |ek: &[u8]| PublicKey::from_bytes(ek).expect("the length is right");
            let ciphertext = |ct: &[u8]| Ciphertext::from_bytes(ct).expect("the length is right");

            let f = Rc::clone(fixture);
            kem.generate.push(Contender::peer(
                KEM,
                |_| keypair(),
                move |_, (ek, dk)| {
                    let open = |ct: &[u8]| {
                        let secret = decapsulate(&ciphertext(ct), &dk);
                        secret.as_bytes().try_into().ok()
                    };
                    f.generated(ek.as_bytes(), open)
                },
            ));

            let (f, keys) = (Rc::clone(fixture), Rc::clone(fixture));
            kem.encapsulate_bytes.push(Contender::peer(
                KEM,
                move |n| encapsulate(&import(&keys.keys.at(n).1)),
                move |n, (secret, ct)| f.encapsulated(n, ct.as_bytes(), secret.as_bytes()),
            ));

            let f = Rc::clone(fixture);
            let key = import(f.ek());
            kem.encapsulate_prepared.push(Contender::peer(
                KEM,
                move |_| encapsulate(&key),
                move |_, (secret, ct)| f.encapsulated(0, ct.as_bytes(), secret.as_bytes()),
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let key = SecretKey::from_bytes(&f.dk).expect("the length is right");
            kem.decapsulate_prepared.push(Contender::peer(
                KEM,
                move |n| decapsulate(&ciphertext(&inputs.ciphertexts.at(n).0), &key),
                move |n, secret| f.decapsulated(n, secret.as_bytes()),
            ));
        }};
    }
    match fixture.set {
        mlkem::Set::MlKem512 => enter!(mlkem512),
        mlkem::Set::MlKem768 => enter!(mlkem768),
        mlkem::Set::MlKem1024 => enter!(mlkem1024),
    }
}

pub(super) fn enter_dsa(fixture: &Rc<mldsa::Fixture>, dsa: &mut Dsa) {
    macro_rules! enter {
        ($module:ident) => {{
            use pqcrypto_mldsa::$module::{
                DetachedSignature, PublicKey, SecretKey, detached_sign, keypair,
                verify_detached_signature,
            };
            use sign::{DetachedSignature as _, PublicKey as _, SecretKey as _};

            let import = |vk: &[u8]| PublicKey::from_bytes(vk).expect("the length is right");
            let verify = |vk: &PublicKey, message: &mldsa::Message, signature: &[u8]| {
                let signature = DetachedSignature::from_bytes(signature);
                let signature = signature.expect("the length is right");
                verify_detached_signature(&signature, message, vk).is_ok()
            };

            let f = Rc::clone(fixture);
            dsa.generate.push(Contender::peer(
                DSA,
                |_| keypair(),
                move |_, (vk, sk)| {
                    let sign = |m: &mldsa::Message| Some(detached_sign(m, &sk).as_bytes().to_vec());
                    f.generated(vk.as_bytes(), sign)
                },
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let key = SecretKey::from_bytes(&f.sk).expect("the length is right");
            dsa.sign_prepared.push(Contender::peer(
                DSA,
                move |n| detached_sign(&inputs.messages.at(n).0, &key),
                move |n, signature| f.signed(n, signature.as_bytes()),
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            dsa.verify_bytes.push(Contender::peer(
                DSA,
                move |n| {
                    let signed = inputs.keys.at(n);
                    verify(&import(&signed.vk), &signed.message, &signed.signature)
                },
                move |_, accepted| accepted && f.verifies(|m, s| verify(&import(f.vk()), m, s)),
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let key = import(f.vk());
            dsa.verify_prepared.push(Contender::peer(
                DSA,
                move |n| {
                    let (message, signature) = inputs.messages.at(n);
                    verify(&key, message, signature)
                },
                move |_, accepted| accepted && f.verifies(|m, s| verify(&import(f.vk()), m, s)),
            ));
        }};
    }
    match fixture.set {
        mldsa::Set::MlDsa44 => enter!(mldsa44),
        mldsa::Set::MlDsa65 => enter!(mldsa65),
        mldsa::Set::MlDsa87 => enter!(mldsa87),
    }
}
