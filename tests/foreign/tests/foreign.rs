//! Keys of algorithms of another crate, and keys held elsewhere, do what our own do.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use pkcs8::{DecodePrivateKey, EncodePrivateKey};
use pqkm_core::{
    Aes256Key, Algorithm, DataKey, DecapsulationKey, DecodeError, EncapsulationKey, ExposeToken,
    Kek, KeyId, SecretBytes, Signature, SignedWrappedKey, SigningKey, Unwrap, UnwrapError,
    UnwrapItem, VerifyingKey, Wrap, WrapContext, WrapItem, WrappedKey,
};
use pqkm_foreign_test::{
    Device, DeviceKek, DeviceKem, DevicePrf, DeviceSigner, ToyKem, ToyMac, ToyOneTime,
};
use pqkm_testkit::rng::SeededRng;
use sha2::{Digest, Sha256};
use signature::Verifier;
use spki::{DecodePublicKey, EncodePublicKey};

fn context() -> WrapContext<'static> {
    WrapContext::new(b"foreign").unwrap()
}

fn bytes_of(key: &Aes256Key) -> Vec<u8> {
    key.expose(ExposeToken::acknowledge())
        .unwrap()
        .to_bytes()
        .to_vec()
}

#[test]
fn a_foreign_kem_has_keys_encodings_and_records() {
    let mut rng = SeededRng::from_label("foreign kem");
    let dk = DecapsulationKey::<ToyKem>::generate_checked(&mut rng).unwrap();
    let ek = dk.encapsulation_key();
    let read =
        EncapsulationKey::<ToyKem>::from_public_key_der(ek.to_public_key_der().unwrap().as_bytes());
    assert_eq!(read.unwrap(), ek);
    let other = EncapsulationKey::<pqkm_core::MlKem512>::from_spki_der(&ek.to_spki_der());
    assert_eq!(other.err(), Some(DecodeError::Algorithm));

    let exposed = dk.expose(ExposeToken::acknowledge()).unwrap();
    let pem = exposed.to_pkcs8_pem(pkcs8::LineEnding::LF).unwrap();
    let read = DecapsulationKey::<ToyKem>::from_pkcs8_pem(&pem).unwrap();
    assert_eq!(read.encapsulation_key(), ek);

    // Its private key is wrapped to itself, as any is, and signed by a foreign key.
    let record = ek.wrap_key(&dk, context(), &mut rng).unwrap();
    let signing = SigningKey::<ToyMac>::generate(&mut rng).unwrap();
    let signed = SignedWrappedKey::sign(record.clone(), &signing, &mut rng).unwrap();
    let signed = SignedWrappedKey::from_der(&signed.to_der()).unwrap();
    let record = signed.verify(&signing.verifying_key()).unwrap();
    let unwrapped: DecapsulationKey<ToyKem> = dk.prepare().unwrap_key(record, context()).unwrap();
    assert_eq!(unwrapped.encapsulation_key(), ek);
    assert!(
        dk.unwrap_key::<SigningKey<ToyMac>>(record, context())
            .is_err()
    );

    // An algorithm that rejects explicitly gives the same one error.
    let der = record.to_der();
    let at = der.windows(32).position(|w| w == record.encapsulation());
    let mut zeroed = der.clone();
    zeroed[at.unwrap()..][..32].fill(0);
    let zeroed = WrappedKey::from_der(&zeroed).unwrap();
    let refused = dk.unwrap_key::<DecapsulationKey<ToyKem>>(&zeroed, context());
    assert_eq!(refused.err(), Some(UnwrapError));
}

#[test]
fn a_foreign_signature_algorithm_signs_and_verifies() {
    let mut rng = SeededRng::from_label("foreign signature");
    let key = SigningKey::<ToyMac>::generate_checked(&mut rng).unwrap();
    let signature = key.prepare().sign(b"message", &mut rng).unwrap();
    let verifying = key.verifying_key();
    assert!(Verifier::verify(&verifying, b"message", &signature).is_ok());
    assert!(Verifier::verify(&verifying.prepare(), b"other", &signature).is_err());
}

#[test]
fn an_algorithm_without_a_reusable_signer_verifies() {
    let public = [5; 32];
    let key = VerifyingKey::<ToyOneTime>::from_bytes(&public).unwrap();
    let read = VerifyingKey::<ToyOneTime>::from_public_key_der(&key.to_spki_der()).unwrap();
    let bytes: [u8; 32] = Sha256::new()
        .chain_update(public)
        .chain_update(b"leaf")
        .finalize()
        .into();
    let signature = Signature::from_bytes(&bytes).unwrap();
    assert!(read.verify(b"leaf", &signature).is_ok());
    assert!(read.verify(b"root", &signature).is_err());
}

#[test]
fn a_key_in_a_module_does_what_a_key_does() {
    let mut rng = SeededRng::from_label("module");
    let device = Device::new(
        DecapsulationKey::generate(&mut rng).unwrap(),
        SigningKey::generate(&mut rng).unwrap(),
    );
    let (kem, signer) = (DeviceKem(&device), DeviceSigner(&device));
    let ek = pqkm_core::Decapsulate::encapsulation_key(&kem);
    let keys: Vec<Aes256Key> = (0..3)
        .map(|_| DataKey::generate(&mut rng).unwrap())
        .collect();
    let items: Vec<_> = keys
        .iter()
        .map(|key| WrapItem {
            key,
            generation: pqkm_core::Version::FIRST,
            context: context(),
        })
        .collect();
    let records: Vec<_> = ek.prepare().wrap_many(&items, &mut rng).unwrap();
    let records: Vec<_> = records.into_iter().map(Result::unwrap).collect();
    let items: Vec<_> = records
        .iter()
        .map(|record| UnwrapItem {
            record,
            context: context(),
        })
        .collect();
    for (unwrapped, key) in kem.unwrap_many::<Aes256Key>(&items).iter().zip(&keys) {
        assert_eq!(bytes_of(unwrapped.as_ref().unwrap()), bytes_of(key));
    }
    let toy = DecapsulationKey::<ToyKem>::generate(&mut rng).unwrap();
    let moved = kem.rewrap(&items[0], &toy.encapsulation_key(), &mut rng);
    let unwrapped: Aes256Key = toy.unwrap_key(&moved.unwrap(), context()).unwrap();
    assert_eq!(bytes_of(&unwrapped), bytes_of(&keys[0]));

    let signed = SignedWrappedKey::sign(records[0].clone(), &signer, &mut rng).unwrap();
    let verifying = pqkm_core::Sign::verifying_key(&signer);
    assert!(signed.verify(&verifying).is_ok());
    assert_eq!(device.calls(), 5);
}

#[test]
fn a_symmetric_key_in_a_module_wraps_and_unwraps() {
    let mut rng = SeededRng::from_label("module kek");
    let kek = DeviceKek::generate(&mut rng).unwrap();
    let other = DeviceKek::generate(&mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = kek.wrap_key(&key, context(), &mut rng).unwrap();
    assert_eq!(record.header().suite(), &DevicePrf::key_algorithm());
    let record = WrappedKey::from_der(&record.to_der()).unwrap();
    let unwrapped: Aes256Key = kek.unwrap_key(&record, context()).unwrap();
    assert_eq!(bytes_of(&unwrapped), bytes_of(&key));
    let refused = other.unwrap_key::<Aes256Key>(&record, context());
    assert_eq!(refused.err(), Some(UnwrapError));
    // Every record has a secret of its own.
    let again = kek.wrap_key(&key, context(), &mut rng).unwrap();
    assert_ne!(again.encapsulation(), record.encapsulation());

    let short = SecretBytes::copy_from(&[1; 31]);
    let refused = Kek::of_module::<DevicePrf>(KeyId::from_bytes([0; 16]), &[0; 32], &short);
    assert_eq!(refused.err(), Some(DecodeError::Length));
}
