//! `ml-kem` and `ml-dsa` of RustCrypto: portable Rust, the reference. Key objects keep the expanded
//! matrix. (They are also the judge, so that here only what they draw at random can disagree.)

use std::rc::Rc;

use getrandom::SysRng;
use ml_dsa::signature::Keypair as _;
use ml_dsa::{Generate as _, MlDsa44, MlDsa65, MlDsa87};
use ml_dsa::{Signature, SigningKey, VerifyingKey};
use ml_kem::kem::{Decapsulate as _, Encapsulate as _, Kem as _, KeyExport as _};
use ml_kem::kem::{KeyInit as _, TryKeyInit as _};
use ml_kem::{MlKem512, MlKem768, MlKem1024};

use super::{Dsa, Kem};
use crate::fixture::{mldsa, mlkem};
use crate::measure::Contender;

const KEM: &str = "ml-kem";
const DSA: &str = "ml-dsa";

pub(super) fn enter_kem(fixture: &Rc<mlkem::Fixture>, kem: &mut Kem) {
    macro_rules! enter {
        ($set:ident, $module:ident) => {{
            use ml_kem::$module::{DecapsulationKey, EncapsulationKey};

            let import =
                |ek: &[u8]| EncapsulationKey::new_from_slice(ek).expect("the key is valid");
            let open = |dk: &DecapsulationKey, ct: &[u8]| {
                dk.decapsulate_slice(ct).expect("the length is right")
            };

            let f = Rc::clone(fixture);
            kem.generate.push(Contender::peer(
                KEM,
                |_| $set::generate_keypair(),
                move |_, (dk, ek)| f.generated(&ek.to_bytes(), |ct| Some(open(&dk, ct).into())),
            ));

            let (f, keys) = (Rc::clone(fixture), Rc::clone(fixture));
            kem.encapsulate_bytes.push(Contender::peer(
                KEM,
                move |n| import(&keys.keys.at(n).1).encapsulate(),
                move |n, (ct, secret)| f.encapsulated(n, &ct, &secret),
            ));

            let f = Rc::clone(fixture);
            let key = import(f.ek());
            kem.encapsulate_prepared.push(Contender::peer(
                KEM,
                move |_| key.encapsulate(),
                move |_, (ct, secret)| f.encapsulated(0, &ct, &secret),
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let key = DecapsulationKey::new(&(*f.seed()).into());
            kem.decapsulate_prepared.push(Contender::peer(
                KEM,
                move |n| open(&key, &inputs.ciphertexts.at(n).0),
                move |n, secret| f.decapsulated(n, &secret),
            ));
        }};
    }
    match fixture.set {
        mlkem::Set::MlKem512 => enter!(MlKem512, ml_kem_512),
        mlkem::Set::MlKem768 => enter!(MlKem768, ml_kem_768),
        mlkem::Set::MlKem1024 => enter!(MlKem1024, ml_kem_1024),
    }
}

pub(super) fn enter_dsa(fixture: &Rc<mldsa::Fixture>, dsa: &mut Dsa) {
    macro_rules! enter {
        ($set:ident) => {{
            let import = |vk: &[u8]| {
                VerifyingKey::<$set>::decode(&vk.try_into().expect("the length is right"))
            };
            let sign = |sk: &SigningKey<$set>, message: &mldsa::Message| {
                let signature = sk.expanded_key().sign_randomized(message, b"", &mut SysRng);
                signature.expect("the system has randomness").encode()
            };
            let verify = |vk: &VerifyingKey<$set>, message: &mldsa::Message, signature: &[u8]| {
                let signature = Signature::<$set>::try_from(signature);
                signature.is_ok_and(|signature| vk.verify_with_context(message, b"", &signature))
            };

            let f = Rc::clone(fixture);
            dsa.generate.push(Contender::peer(
                DSA,
                |_| SigningKey::<$set>::generate(),
                move |_, sk| {
                    let vk = sk.verifying_key().encode();
                    f.generated(&vk, |message| Some(sign(&sk, message).to_vec()))
                },
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let key = SigningKey::<$set>::from_seed(&(*f.xi()).into());
            dsa.sign_prepared.push(Contender::peer(
                DSA,
                move |n| sign(&key, &inputs.messages.at(n).0),
                move |n, signature| f.signed(n, &signature),
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
        mldsa::Set::MlDsa44 => enter!(MlDsa44),
        mldsa::Set::MlDsa65 => enter!(MlDsa65),
        mldsa::Set::MlDsa87 => enter!(MlDsa87),
    }
}
