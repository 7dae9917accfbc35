//! What the algorithms of another crate get without a line of code for it.
#![expect(clippy::unwrap_used, reason = "a failure is the test's")]

use pqkm_core::{
    Aes256Key, Aes256Kwp, DecapsulationKey, EncapsulationKey, ExposeToken, MlKem768,
    SignedWrappedKey, SigningKey, Unwrap, UnwrapItem, VerifyingKey, WrapContext, WrappingKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
    signature::{RandomizedSigner, Verifier},
    spki::{DecodePublicKey, EncodePublicKey},
};
use pqkm_foreign_test::{ModuleHandle, ToyKem, ToySignature, ToyStateful};
use pqkm_testkit::rng::SeededRng;

fn context() -> WrapContext<'static> {
    WrapContext::new(b"foreign").unwrap()
}

#[test]
fn a_kem_encapsulates_wraps_and_travels() {
    let mut rng = SeededRng::from_label("foreign KEM");
    let dk = DecapsulationKey::<ToyKem>::generate_checked(&mut rng).unwrap();
    let ek = dk.encapsulation_key();

    let (ciphertext, sent) = ek.encapsulate(&mut rng).unwrap();
    let got = dk.decapsulate(&ciphertext).unwrap();
    let token = ExposeToken::acknowledge;
    assert_eq!(sent.expose(token()), got.expose(token()));
    assert_eq!(ek.prepare().encapsulate_many(3, &mut rng).unwrap().len(), 3);

    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = ek.wrap_key(&key, context(), &mut rng).unwrap();
    assert!(dk.unwrap_key::<Aes256Key>(&record, context()).is_ok());
    let item = UnwrapItem {
        record: &record,
        context: context(),
    };
    let new = DecapsulationKey::<MlKem768>::generate(&mut rng).unwrap();
    let record = dk
        .rewrap(&item, &new.encapsulation_key(), &mut rng)
        .unwrap();
    assert!(new.unwrap_key::<Aes256Key>(&record, context()).is_ok());

    let der = ek.to_public_key_der().unwrap();
    assert!(EncapsulationKey::<ToyKem>::from_public_key_der(der.as_bytes()).unwrap() == ek);
    assert!(EncapsulationKey::<MlKem768>::from_public_key_der(der.as_bytes()).is_err());
    let exposed = dk.expose(token()).unwrap();
    let der = exposed.to_pkcs8_der().unwrap();
    let read = <DecapsulationKey<ToyKem> as DecodePrivateKey>::from_pkcs8_der(der.as_bytes());
    assert!(read.unwrap().encapsulation_key() == ek);
}

#[test]
fn a_signature_algorithm_signs_records_and_plugs_into_the_ecosystem() {
    let mut rng = SeededRng::from_label("foreign signature");
    let key = SigningKey::<ToySignature>::generate_checked(&mut rng).unwrap();
    let signature = key.sign(b"message", &mut rng).unwrap();
    key.verifying_key().verify(b"message", &signature).unwrap();
    assert!(key.verifying_key().verify(b"massage", &signature).is_err());

    let signature = key.try_sign_with_rng(&mut rng, b"message").unwrap();
    Verifier::verify(&key.verifying_key(), b"message", &signature).unwrap();

    let kek = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&key, context(), &mut rng).unwrap();
    let back: SigningKey<ToySignature> = kek.unwrap_key(&record, context()).unwrap();
    assert!(back.verifying_key() == key.verifying_key());
    let signed = SignedWrappedKey::sign(record, &key, &mut rng).unwrap();
    assert!(signed.verify(&key.verifying_key()).is_ok());
}

#[test]
fn an_algorithm_without_a_reusable_signer_still_verifies() {
    let mut rng = SeededRng::from_label("foreign stateful");
    let signer = SigningKey::<ToySignature>::generate(&mut rng).unwrap();
    let signature = signer.sign(b"firmware", &mut rng).unwrap();
    let key = VerifyingKey::<ToyStateful>::from_bytes(signer.verifying_key().as_bytes()).unwrap();
    let signature = pqkm_core::Signature::from_bytes(signature.as_bytes()).unwrap();
    key.verify(b"firmware", &signature).unwrap();
    assert!(key.prepare().verify(b"software", &signature).is_err());
}

#[test]
fn a_handle_unwraps_what_its_key_could() {
    let mut rng = SeededRng::from_label("handle");
    let key = DecapsulationKey::<MlKem768>::generate(&mut rng).unwrap();
    let ek = key.encapsulation_key();
    let handle = ModuleHandle(key);
    let data_key = Aes256Key::generate(&mut rng).unwrap();
    let record = ek.wrap_key(&data_key, context(), &mut rng).unwrap();
    let back: Aes256Key = handle.unwrap_key(&record, context()).unwrap();
    let token = ExposeToken::acknowledge;
    assert_eq!(
        *back.expose(token()).unwrap().to_bytes(),
        *data_key.expose(token()).unwrap().to_bytes()
    );
    let items = [UnwrapItem {
        record: &record,
        context: context(),
    }];
    assert!(handle.unwrap_many::<Aes256Key>(&items).remove(0).is_ok());
}
