//! X-Wing against the draft's vectors and example keys.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use pkcs8::{DecodePrivateKey, DecodePublicKey};
use pqkm_core::hazmat::GivenBytes;
use pqkm_core::{
    Ciphertext, DecapsulationKey, DecodeError, EncapsulateError, EncapsulationKey, ExposeToken,
    XWing,
};
use pqkm_testkit::rng::{FailingRng, SeededRng};

/// The strings of `"key": "value"` pairs of one key, in the order of the file.
fn values(json: &str, key: &str) -> Vec<Vec<u8>> {
    let start = format!("\"{key}\": \"");
    json.split(&start)
        .skip(1)
        .map(|rest| pqkm_testkit::hex::decode(rest.split('"').next().unwrap()).unwrap())
        .collect()
}

#[test]
fn draft_vectors() {
    let Some(dir) = pqkm_testkit::vectors::dir("draft_vectors") else {
        return;
    };
    let json = std::fs::read_to_string(dir.join("pki/xwing/test-vectors.json")).unwrap();
    let [seeds, eseeds, secrets, keys, ciphertexts] =
        ["seed", "eseed", "ss", "pk", "ct"].map(|key| values(&json, key));
    assert_eq!(seeds.len(), 3);
    for (i, seed) in seeds.iter().enumerate() {
        let dk = DecapsulationKey::<XWing>::generate(&mut GivenBytes::new(seed)).unwrap();
        let imported = DecapsulationKey::<XWing>::from_raw_private_key(seed).unwrap();
        assert_eq!(regime::pkcs8(&dk), regime::pkcs8(&imported));
        let ek = dk.encapsulation_key();
        assert_eq!(ek.as_bytes(), keys[i]);
        assert!(imported.encapsulation_key() == ek);
        let (ciphertext, sent) = ek.encapsulate(&mut GivenBytes::new(&eseeds[i])).unwrap();
        assert_eq!(ciphertext.as_bytes(), ciphertexts[i]);
        assert_eq!(sent.expose(ExposeToken::acknowledge()), secrets[i]);
        let received = imported.decapsulate(&ciphertext).unwrap();
        assert_eq!(received.expose(ExposeToken::acknowledge()), secrets[i]);
    }
}

#[test]
fn draft_example_keys() {
    let Some(dir) = pqkm_testkit::vectors::dir("draft_example_keys") else {
        return;
    };
    let read = |name: &str| std::fs::read_to_string(dir.join("pki/xwing").join(name)).unwrap();
    let dk = DecapsulationKey::<XWing>::from_pkcs8_pem(&read("xwing.priv")).unwrap();
    let ek = EncapsulationKey::<XWing>::from_public_key_pem(&read("xwing.pub")).unwrap();
    assert!(dk.encapsulation_key() == ek);
}

#[test]
fn holds_the_regime() {
    let mut rng = SeededRng::from_label("X-Wing");
    let dk = DecapsulationKey::<XWing>::generate_checked(&mut rng).unwrap();
    regime::private_encodings(&dk, 1);
    regime::public_encodings(&dk.encapsulation_key());
    let ek = dk.encapsulation_key();
    // A key that is cut or has a coefficient out of range is refused.
    assert_eq!(
        EncapsulationKey::<XWing>::from_bytes(&ek.as_bytes()[1..]).err(),
        Some(DecodeError::Length)
    );
    let mut out_of_range = ek.as_bytes().to_vec();
    out_of_range[..3].fill(0xff);
    assert_eq!(
        EncapsulationKey::<XWing>::from_bytes(&out_of_range).err(),
        Some(DecodeError::Range)
    );

    // Batch = one by one.
    let prepared = ek.prepare();
    let many = prepared
        .encapsulate_many(5, &mut SeededRng::from_u64(1))
        .unwrap();
    let mut one_by_one = SeededRng::from_u64(1);
    let receiver = dk.prepare();
    let ciphertexts: Vec<_> = many.iter().map(|(ciphertext, _)| ciphertext).collect();
    let received = receiver.decapsulate_many(&ciphertexts).unwrap();
    for ((ciphertext, sent), received) in many.iter().zip(received) {
        let (again, secret) = ek.encapsulate(&mut one_by_one).unwrap();
        let reveal =
            |s: &pqkm_core::SharedSecret<XWing>| s.expose(ExposeToken::acknowledge()).to_vec();
        assert!(again == *ciphertext);
        assert_eq!(reveal(&secret), reveal(sent));
        assert_eq!(reveal(&received.unwrap()), reveal(sent));
    }

    // Every changed byte of a ciphertext changes the secret.
    let (ciphertext, sent) = &many[0];
    for byte in [0, 700, 1087, 1088, 1100, 1119] {
        let mut changed = ciphertext.as_bytes().to_vec();
        changed[byte] ^= 1;
        let changed = Ciphertext::from_bytes(&changed).unwrap();
        let secret = dk.decapsulate(&changed).unwrap();
        assert_ne!(
            secret.expose(ExposeToken::acknowledge()),
            sent.expose(ExposeToken::acknowledge())
        );
    }
    assert_eq!(
        ek.encapsulate(&mut FailingRng::after_calls(0)).err(),
        Some(EncapsulateError::Randomness)
    );
    assert!(
        prepared
            .encapsulate_many(2, &mut FailingRng::after_calls(1))
            .is_err()
    );
    assert!(DecapsulationKey::<XWing>::generate(&mut FailingRng::after_calls(0)).is_err());
}
