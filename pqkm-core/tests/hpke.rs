//! HPKE against the `hpke` crate, both ways, and what must not open.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable,
    aead::AesGcm256,
    kdf::{HkdfSha256, HkdfSha384, Kdf, KdfShake256},
};
use pqkm_core::{
    Ciphertext, DecapsulationKey, EncapsulationKey, ExposeToken, HpkeError, HpkeKdf, HpkeKem,
    HpkeRecipient, HpkeSender, MlKem768, MlKem1024, XWing, hazmat::GivenBytes,
};
use pqkm_testkit::{
    mutate,
    rng::{FailingRng, SeededRng},
};

const INFO: &[u8] = b"an application";

/// Messages of several lengths, in both directions, and exported secrets.
fn both_ways<A: HpkeKem, Theirs: Kem, F: Kdf>(seed: &[u8], kdf: HpkeKdf) {
    // X-Wing's key generation takes 32 bytes, ML-KEM's 64: d || z.
    let ours = DecapsulationKey::<A>::generate(&mut GivenBytes::new(seed)).unwrap();
    let theirs = Theirs::PrivateKey::from_bytes(seed).unwrap();
    let public = Theirs::sk_to_pk(&theirs);
    assert_eq!(
        public.to_bytes().as_slice(),
        ours.encapsulation_key().as_bytes()
    );
    assert_eq!(A::KEM_ID, Theirs::KEM_ID);
    assert_eq!(kdf.id(), F::KDF_ID);

    // Theirs to ours.
    let (encapsulated, mut sender) =
        hpke::setup_sender::<AesGcm256, F, Theirs>(&OpModeS::Base, &public, INFO).unwrap();
    let encapsulated = Ciphertext::from_bytes(&encapsulated.to_bytes()).unwrap();
    let mut recipient = HpkeRecipient::new(&ours, kdf, INFO, &encapsulated).unwrap();
    for length in 0..300 {
        let (message, aad) = (vec![7; length], vec![9; length % 40]);
        let sealed = sender.seal(&message, &aad).unwrap();
        let opened = recipient.open(&aad, &sealed).unwrap();
        assert_eq!(opened.expose(ExposeToken::acknowledge()), message);
    }
    let mut exported = [0; 50];
    sender.export(b"context", &mut exported).unwrap();
    let same = recipient.export(b"context", 50).unwrap();
    assert_eq!(same.expose(ExposeToken::acknowledge()), exported);

    // Ours to theirs.
    let public = EncapsulationKey::<A>::from_bytes(&public.to_bytes()).unwrap();
    let mut rng = SeededRng::from_u64(1);
    let (encapsulated, mut sender) = HpkeSender::new(&public, kdf, INFO, &mut rng).unwrap();
    let encapsulated = Theirs::EncappedKey::from_bytes(encapsulated.as_bytes()).unwrap();
    let mut recipient =
        hpke::setup_receiver::<AesGcm256, F, Theirs>(&OpModeR::Base, &theirs, &encapsulated, INFO)
            .unwrap();
    for length in 0..300 {
        let (message, aad) = (vec![5; length], vec![3; length % 40]);
        let sealed = sender.seal(&aad, &message).unwrap();
        assert_eq!(recipient.open(&sealed, &aad).unwrap(), message);
    }
    recipient.export(b"context", &mut exported).unwrap();
    let same = sender.export(b"context", 50).unwrap();
    assert_eq!(same.expose(ExposeToken::acknowledge()), exported);
}

fn every_kdf<A: HpkeKem, Theirs: Kem>(seed: &[u8]) {
    both_ways::<A, Theirs, HkdfSha256>(seed, HpkeKdf::HkdfSha256);
    both_ways::<A, Theirs, HkdfSha384>(seed, HpkeKdf::HkdfSha384);
    both_ways::<A, Theirs, KdfShake256>(seed, HpkeKdf::Shake256);
}

#[test]
fn the_hpke_crate_and_we_understand_each_other() {
    every_kdf::<MlKem768, hpke::kem::MlKem768>(&[1; 64]);
    every_kdf::<MlKem1024, hpke::kem::MlKem1024>(&[2; 64]);
    every_kdf::<XWing, hpke::kem::XWing>(&[3; 32]);
}

fn pair() -> (DecapsulationKey<MlKem768>, Ciphertext<MlKem768>, HpkeSender) {
    let mut rng = SeededRng::from_label("hpke");
    let key = DecapsulationKey::<MlKem768>::generate(&mut rng).unwrap();
    let public = key.encapsulation_key();
    let (encapsulated, sender) =
        HpkeSender::new(&public, HpkeKdf::HkdfSha256, INFO, &mut rng).unwrap();
    (key, encapsulated, sender)
}

#[test]
fn nothing_opens_that_is_not_exactly_what_was_sealed() {
    let (key, encapsulated, mut sender) = pair();
    let sealed = sender.seal(b"aad", b"message").unwrap();
    let mut recipient = HpkeRecipient::new(&key, HpkeKdf::HkdfSha256, INFO, &encapsulated).unwrap();
    let mut refused = |aad: &[u8], sealed: &[u8]| {
        assert_eq!(recipient.open(aad, sealed).err(), Some(HpkeError::Failed));
    };
    mutate::for_each_bit_flip(&sealed, |_, damaged| refused(b"aad", damaged));
    mutate::for_each_truncation(&sealed, |cut| refused(b"aad", cut));
    mutate::for_each_extension(&sealed, |long| refused(b"aad", long));
    mutate::for_each_bit_flip(b"aad", |_, aad| refused(aad, &sealed));
    // A message that did not open did not count.
    assert!(recipient.open(b"aad", &sealed).is_ok());
    assert_eq!(
        recipient.open(b"aad", &sealed).err(),
        Some(HpkeError::Failed),
        "a replay"
    );

    for (kdf, info) in [
        (HpkeKdf::HkdfSha256, b"another".as_slice()),
        (HpkeKdf::Shake256, INFO),
    ] {
        let mut other = HpkeRecipient::new(&key, kdf, info, &encapsulated).unwrap();
        assert_eq!(other.open(b"aad", &sealed).err(), Some(HpkeError::Failed));
    }
    let stranger = pair_of_another_key();
    let mut other =
        HpkeRecipient::new(&stranger, HpkeKdf::HkdfSha256, INFO, &encapsulated).unwrap();
    assert_eq!(other.open(b"aad", &sealed).err(), Some(HpkeError::Failed));
}

fn pair_of_another_key() -> DecapsulationKey<MlKem768> {
    DecapsulationKey::generate(&mut SeededRng::from_label("stranger")).unwrap()
}

#[test]
fn messages_open_in_their_order() {
    let (key, encapsulated, mut sender) = pair();
    let sealed = [b"one", b"two"].map(|message| sender.seal(b"", message).unwrap());
    let mut recipient = HpkeRecipient::new(&key, HpkeKdf::HkdfSha256, INFO, &encapsulated).unwrap();
    assert_eq!(
        recipient.open(b"", &sealed[1]).err(),
        Some(HpkeError::Failed)
    );
    for (sealed, message) in sealed.iter().zip([b"one", b"two"]) {
        let opened = recipient.open(b"", sealed).unwrap();
        assert_eq!(opened.expose(ExposeToken::acknowledge()), message);
    }
}

#[test]
fn a_generator_that_fails_and_an_info_that_is_too_long_are_errors() {
    let public = pair().0.encapsulation_key();
    let mut failing = FailingRng::after_calls(0);
    let error = HpkeSender::new(&public, HpkeKdf::HkdfSha256, INFO, &mut failing).err();
    assert_eq!(error, Some(HpkeError::Randomness));
    let mut rng = SeededRng::from_u64(1);
    let error = HpkeSender::new(&public, HpkeKdf::HkdfSha256, &[0; 65_536], &mut rng).err();
    assert_eq!(error, Some(HpkeError::TooLong));
}
