//! `aws-lc-rs`: AWS-LC's C and assembly (mlkem-native, and ML-DSA with a kept expanded key). It draws
//! from a generator of its own in user space.

use std::rc::Rc;

use aws_lc_rs::kem::{self, Ciphertext, DecapsulationKey, EncapsulationKey};
use aws_lc_rs::signature::{
    self, KeyPair as _, ParsedPublicKey, PqdsaKeyPair, PqdsaSigningAlgorithm,
    PqdsaVerificationAlgorithm, UnparsedPublicKey,
};

use super::{Dsa, Kem};
use crate::fixture::{mldsa, mlkem};
use crate::measure::Contender;

const NAME: &str = "aws-lc-rs";

pub(super) fn enter_kem(fixture: &Rc<mlkem::Fixture>, kem: &mut Kem) {
    let algorithm = match fixture.set {
        mlkem::Set::MlKem512 => &kem::ML_KEM_512,
        mlkem::Set::MlKem768 => &kem::ML_KEM_768,
        mlkem::Set::MlKem1024 => &kem::ML_KEM_1024,
    };
    let import = move |ek: &[u8]| EncapsulationKey::new(algorithm, ek).expect("the key is valid");
    let open = |key: &DecapsulationKey, ct: &[u8]| {
        let secret = key.decapsulate(Ciphertext::from(ct));
        secret.expect("the length is right")
    };

    let f = Rc::clone(fixture);
    kem.generate.push(Contender::peer(
        NAME,
        move |_| DecapsulationKey::generate(algorithm).expect("generation does not fail"),
        move |_, key| {
            let ek = key.encapsulation_key().and_then(|ek| {
                let bytes = ek.key_bytes()?;
                Ok(bytes.as_ref().to_vec())
            });
            ek.is_ok_and(|ek| f.generated(&ek, |ct| open(&key, ct).as_ref().try_into().ok()))
        },
    ));

    let (f, keys) = (Rc::clone(fixture), Rc::clone(fixture));
    kem.encapsulate_bytes.push(Contender::peer(
        NAME,
        move |n| {
            import(&keys.keys.at(n).1)
                .encapsulate()
                .expect("the key is valid")
        },
        move |n, (ct, secret)| f.encapsulated(n, ct.as_ref(), secret.as_ref()),
    ));

    let f = Rc::clone(fixture);
    let key = import(f.ek());
    kem.encapsulate_prepared.push(Contender::peer(
        NAME,
        move |_| key.encapsulate().expect("the key is valid"),
        move |_, (ct, secret)| f.encapsulated(0, ct.as_ref(), secret.as_ref()),
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let key = DecapsulationKey::new(algorithm, &f.dk).expect("the key is valid");
    kem.decapsulate_prepared.push(Contender::peer(
        NAME,
        move |n| open(&key, &inputs.ciphertexts.at(n).0),
        move |n, secret| f.decapsulated(n, secret.as_ref()),
    ));
}

pub(super) fn enter_dsa(fixture: &Rc<mldsa::Fixture>, dsa: &mut Dsa) {
    let (signing, verifying): (
        &'static PqdsaSigningAlgorithm,
        &'static PqdsaVerificationAlgorithm,
    ) = match fixture.set {
        mldsa::Set::MlDsa44 => (&signature::ML_DSA_44_SIGNING, &signature::ML_DSA_44),
        mldsa::Set::MlDsa65 => (&signature::ML_DSA_65_SIGNING, &signature::ML_DSA_65),
        mldsa::Set::MlDsa87 => (&signature::ML_DSA_87_SIGNING, &signature::ML_DSA_87),
    };
    let from_seed = move |xi: &[u8]| PqdsaKeyPair::from_seed(signing, xi).expect("a seed is a key");
    let sign = move |key: &PqdsaKeyPair, message: &mldsa::Message| {
        let mut signature = vec![0; signing.signature_len()];
        key.sign(message, &mut signature)
            .expect("the buffer has the length of a signature");
        signature
    };

    let f = Rc::clone(fixture);
    dsa.generate.push(Contender::peer(
        NAME,
        move |_| PqdsaKeyPair::generate(signing).expect("generation does not fail"),
        move |_, pair| {
            f.generated(pair.public_key().as_ref(), |m| Some(sign(&pair, m)))
                && from_seed(f.xi()).public_key().as_ref() == f.vk()
        },
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let key = from_seed(f.xi());
    dsa.sign_prepared.push(Contender::peer(
        NAME,
        move |n| sign(&key, &inputs.messages.at(n).0),
        move |n, signature| f.signed(n, &signature),
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    dsa.verify_bytes.push(Contender::peer(
        NAME,
        move |n| {
            let signed = inputs.keys.at(n);
            let key = UnparsedPublicKey::new(verifying, &signed.vk);
            key.verify(&signed.message, &signed.signature).is_ok()
        },
        move |_, accepted| {
            let key = UnparsedPublicKey::new(verifying, f.vk());
            accepted && f.verifies(|m, s| key.verify(m, s).is_ok())
        },
    ));

    let (f, inputs) = (Rc::clone(fixture), Rc::clone(fixture));
    let parse = move |vk: &[u8]| ParsedPublicKey::new(verifying, vk).expect("the key is valid");
    let key = parse(f.vk());
    dsa.verify_prepared.push(Contender::peer(
        NAME,
        move |n| {
            let (message, signature) = inputs.messages.at(n);
            key.verify_sig(message, signature).is_ok()
        },
        move |_, accepted| accepted && f.verifies(|m, s| parse(f.vk()).verify_sig(m, s).is_ok()),
    ));
}
