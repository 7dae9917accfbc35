//! `fips203` and `fips204`: portable Rust without `unsafe`. `fips204` keeps expanded keys.

use std::rc::Rc;

use super::{Dsa, Kem};
use crate::fixture::{mldsa, mlkem};
use crate::measure::Contender;

const KEM: &str = "fips203";
const DSA: &str = "fips204";

pub(super) fn enter_kem(fixture: &Rc<mlkem::Fixture>, kem: &mut Kem) {
    macro_rules! enter {
        ($module:ident) => {{
            use fips203::traits::{Decaps as _, Encaps as _, KeyGen as _, SerDes as _};
            use fips203::$module::{CipherText, DecapsKey, EncapsKey, KG};

            let import = |ek: &[u8]| {
                let ek = ek.try_into().expect("the length is right");
                EncapsKey::try_from_bytes(ek).expect("the key is valid")
            };
            let open = |dk: &DecapsKey, ct: &[u8]| {
                let ct = CipherText::try_from_bytes(ct.try_into().expect("the length is right"));
                let secret = dk.try_decaps(&ct.expect("every string of its length is one"));
                secret.expect("the key is valid").into_bytes()
            };

            let f = Rc::clone(fixture);
            kem.generate.push(Contender::peer(
                KEM,
                |_| KG::try_keygen().expect("the system has randomness"),
                move |_, (ek, dk)| {
                    let (d, z) = f.seed().split_at(32);
                    let half = |half: &[u8]| half.try_into().expect("half a seed has 32 bytes");
                    f.generated(&ek.into_bytes(), |ct| Some(open(&dk, ct)))
                        && KG::keygen_from_seed(half(d), half(z)).0.into_bytes() == *f.ek()
                },
            ));

            let (f, keys) = (Rc::clone(fixture), Rc::clone(fixture));
            kem.encapsulate_bytes.push(Contender::peer(
                KEM,
                move |n| {
                    let key = import(&keys.keys.at(n).1);
                    key.try_encaps().expect("the system has randomness")
                },
                move |n, (secret, ct)| f.encapsulated(n, &ct.into_bytes(), &secret.into_bytes()),
            ));

            let f = Rc::clone(fixture);
            let key = import(f.ek());
            let same = key.clone();
            kem.encapsulate_prepared.push(Contender::peer(
                KEM,
                move |_| key.try_encaps().expect("the system has randomness"),
                move |_, (secret, ct)| {
                    let made = same.encaps_from_seed(&f.coins);
                    f.encapsulated(0, &ct.into_bytes(), &secret.into_bytes())
                        && f.derandomised(&made.1.into_bytes(), &made.0.into_bytes())
                },
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let dk = f.dk.as_slice().try_into().expect("the length is right");
            let key = DecapsKey::try_from_bytes(dk).expect("the key is valid");
            kem.decapsulate_prepared.push(Contender::peer(
                KEM,
                move |n| open(&key, &inputs.ciphertexts.at(n).0),
                move |n, secret| f.decapsulated(n, &secret),
            ));
        }};
    }
    match fixture.set {
        mlkem::Set::MlKem512 => enter!(ml_kem_512),
        mlkem::Set::MlKem768 => enter!(ml_kem_768),
        mlkem::Set::MlKem1024 => enter!(ml_kem_1024),
    }
}

pub(super) fn enter_dsa(fixture: &Rc<mldsa::Fixture>, dsa: &mut Dsa) {
    macro_rules! enter {
        ($module:ident) => {{
            use fips204::traits::{KeyGen as _, SerDes as _, Signer as _, Verifier as _};
            use fips204::$module::{KG, PrivateKey, PublicKey};

            let import = |vk: &[u8]| {
                let vk = vk.try_into().expect("the length is right");
                PublicKey::try_from_bytes(vk).expect("the key is valid")
            };
            let verify = |vk: &PublicKey, message: &mldsa::Message, signature: &[u8]| {
                vk.verify(
                    message,
                    signature.try_into().expect("the length is right"),
                    b"",
                )
            };

            let f = Rc::clone(fixture);
            dsa.generate.push(Contender::peer(
                DSA,
                |_| KG::try_keygen().expect("the system has randomness"),
                move |_, (vk, sk)| {
                    let sign = |m: &mldsa::Message| Some(sk.try_sign(m, b"").ok()?.to_vec());
                    f.generated(&vk.into_bytes(), sign)
                        && KG::keygen_from_seed(f.xi()).0.into_bytes() == *f.vk()
                },
            ));

            let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
            let sk = f.sk.as_slice().try_into().expect("the length is right");
            let key = PrivateKey::try_from_bytes(sk).expect("the key is valid");
            let same = key.clone();
            dsa.sign_prepared.push(Contender::peer(
                DSA,
                move |n| {
                    let signature = key.try_sign(&inputs.messages.at(n).0, b"");
                    signature.expect("the system has randomness")
                },
                move |n, signature| {
                    f.signed(n, &signature)
                        && same
                            .try_sign_with_seed(&[0; 32], &f.messages.at(n).0, b"")
                            .is_ok_and(|signature| f.deterministic(n, &signature))
                },
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
        mldsa::Set::MlDsa44 => enter!(ml_dsa_44),
        mldsa::Set::MlDsa65 => enter!(ml_dsa_65),
        mldsa::Set::MlDsa87 => enter!(ml_dsa_87),
    }
}
