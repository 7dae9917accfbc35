//! Every encoding of a key has one form: round trips, truncations, flipped bits, arbitrary bytes.
#![expect(clippy::unwrap_used, reason = "a failure is the test's")]

use pqkm_core::{
    DecapsulationKey, DecodeError, EncapsulationKey, ExposeToken, KemAlgorithm, Key, MlDsa44,
    MlDsa65, MlDsa87, MlKem512, MlKem768, MlKem1024, PrivateKeyForm, PrivateMaterial,
    PublicMaterial, Sealed, SeedForms, SignatureAlgorithm, SignedWrappedKey, SigningKey,
    VerifyingKey, WrappedKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding},
    role::{HasKey, PrivateRole, PublicRole},
    spki::{DecodePublicKey, EncodePublicKey},
};
use pqkm_testkit::{
    mutate::{for_each_bit_flip, for_each_extension, for_each_truncation},
    rng::SeededRng,
};
use proptest::prelude::{ProptestConfig, any, proptest};

const FORMS: [PrivateKeyForm; 3] = [
    PrivateKeyForm::Seed,
    PrivateKeyForm::Expanded,
    PrivateKeyForm::Both,
];

fn check_public<A: HasKey<R>, R: PublicRole>(key: &Key<A, R>)
where
    A::Material: PublicMaterial,
{
    let raw = key.as_bytes();
    assert!(Key::<A, R>::from_bytes(raw).unwrap() == *key);
    for_each_truncation(raw, |cut| {
        assert_eq!(
            Key::<A, R>::from_bytes(cut).err(),
            Some(DecodeError::Length)
        );
    });
    for_each_extension(raw, |longer| {
        assert_eq!(
            Key::<A, R>::from_bytes(longer).err(),
            Some(DecodeError::Length)
        );
    });

    let der = key.to_spki_der();
    assert!(Key::<A, R>::from_spki_der(&der).unwrap() == *key);
    let pem = key.to_public_key_pem(LineEnding::LF).unwrap();
    assert!(Key::<A, R>::from_public_key_pem(&pem).unwrap() == *key);
    for_each_truncation(&der, |cut| {
        assert!(Key::<A, R>::from_spki_der(cut).is_err());
    });
    for_each_extension(&der, |longer| {
        assert!(Key::<A, R>::from_spki_der(longer).is_err());
    });
    for_each_bit_flip(&der, |bit, flipped| {
        if let Ok(read) = Key::<A, R>::from_spki_der(flipped) {
            assert_eq!(read.to_spki_der(), flipped, "bit {bit}");
            assert!(read.fingerprint() != key.fingerprint());
        }
    });
}

fn check_private<A: HasKey<R>, R: PrivateRole>(key: &Key<A, R>)
where
    A::Material: PrivateMaterial + SeedForms,
{
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    for form in FORMS {
        let der = exposed.to_pkcs8_der_as(form).unwrap();
        let read = Key::<A, R>::from_pkcs8_der(der.as_bytes()).unwrap();
        let again = read.expose(ExposeToken::acknowledge()).unwrap();
        // A key that came without its seed has only the expanded form.
        let expected = if form == PrivateKeyForm::Expanded {
            form
        } else {
            PrivateKeyForm::Seed
        };
        assert_eq!(
            again.to_pkcs8_der().unwrap().as_bytes(),
            exposed.to_pkcs8_der_as(expected).unwrap().as_bytes()
        );
        assert_eq!(
            again.to_pkcs8_der_as(PrivateKeyForm::Seed).is_ok(),
            form != PrivateKeyForm::Expanded
        );
        for_each_extension(der.as_bytes(), |longer| {
            assert!(Key::<A, R>::from_pkcs8_der(longer).is_err());
        });
    }
    let pem = exposed.to_pkcs8_pem(LineEnding::LF).unwrap();
    assert!(Key::<A, R>::from_pkcs8_pem(&pem).is_ok());
    assert!(Key::<A, R>::from_pkcs8_pem(&pem.replace("PRIVATE", "PUBLIC")).is_err());
}

/// Every truncation and every flipped bit of the three forms. A flipped bit of a seed is another seed;
/// every other one is refused, or read as a key whose encoding has that bit.
fn damage_private<A: HasKey<R>, R: PrivateRole>(key: &Key<A, R>)
where
    A::Material: PrivateMaterial + SeedForms,
{
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    for form in FORMS {
        let der = exposed.to_pkcs8_der_as(form).unwrap();
        for_each_truncation(der.as_bytes(), |cut| {
            assert!(Key::<A, R>::from_pkcs8_der(cut).is_err());
        });
        for_each_bit_flip(der.as_bytes(), |bit, flipped| {
            if let Ok(read) = Key::<A, R>::from_pkcs8_der(flipped) {
                let again = read.expose(ExposeToken::acknowledge()).unwrap();
                let again = again.to_pkcs8_der_as(form).unwrap();
                assert_eq!(again.as_bytes(), flipped, "{form:?}, bit {bit}");
            }
        });
    }
}

fn kem<A: KemAlgorithm<Decapsulation: SeedForms>>() -> DecapsulationKey<A> {
    DecapsulationKey::generate(&mut SeededRng::from_label(A::NAME)).unwrap()
}

fn signature<A: SignatureAlgorithm<Signing: SeedForms>>() -> SigningKey<A> {
    SigningKey::generate(&mut SeededRng::from_label(A::NAME)).unwrap()
}

#[test]
fn ml_kem_public_keys() {
    check_public(&kem::<MlKem512>().encapsulation_key());
    check_public(&kem::<MlKem768>().encapsulation_key());
    check_public(&kem::<MlKem1024>().encapsulation_key());
}

#[test]
fn ml_dsa_public_keys() {
    check_public(&signature::<MlDsa44>().verifying_key());
    check_public(&signature::<MlDsa65>().verifying_key());
    check_public(&signature::<MlDsa87>().verifying_key());
}

#[test]
fn ml_kem_private_keys() {
    check_private(&kem::<MlKem512>());
    check_private(&kem::<MlKem768>());
    check_private(&kem::<MlKem1024>());
}

#[test]
fn ml_dsa_private_keys() {
    check_private(&signature::<MlDsa44>());
    check_private(&signature::<MlDsa65>());
    check_private(&signature::<MlDsa87>());
}

#[test]
fn damaged_ml_kem_private_keys() {
    damage_private(&kem::<MlKem512>());
}

#[test]
fn damaged_ml_dsa_private_keys() {
    damage_private(&signature::<MlDsa44>());
}

/// A key of one algorithm is not read as one of another, though the lengths may agree.
#[test]
fn keys_of_another_algorithm_are_refused() {
    let der = kem::<MlKem768>().encapsulation_key().to_spki_der();
    assert_eq!(
        EncapsulationKey::<MlKem1024>::from_spki_der(&der).err(),
        Some(DecodeError::Algorithm)
    );
    assert_eq!(
        VerifyingKey::<MlDsa65>::from_spki_der(&der).err(),
        Some(DecodeError::Algorithm)
    );
    let key = kem::<MlKem768>();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let der = exposed.to_pkcs8_der().unwrap();
    assert_eq!(
        DecapsulationKey::<MlKem512>::from_pkcs8_der(der.as_bytes()).err(),
        Some(DecodeError::Algorithm)
    );
}

/// Seeds of one key with the expanded form of another.
#[test]
fn halves_of_two_keys_are_refused() {
    let a = kem::<MlKem512>();
    let b = DecapsulationKey::<MlKem512>::generate(&mut SeededRng::from_u64(2)).unwrap();
    let [a, b] = [&a, &b].map(|key| {
        let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
        exposed
            .to_pkcs8_der_as(PrivateKeyForm::Both)
            .unwrap()
            .as_bytes()
            .to_vec()
    });
    let (seed, expanded) = (a.len() - 1632 - 4 - 64, a.len() - 1632);
    let mut mixed = a.clone();
    mixed[expanded..].copy_from_slice(&b[expanded..]);
    assert_eq!(
        DecapsulationKey::<MlKem512>::from_pkcs8_der(&mixed).err(),
        Some(DecodeError::Inconsistent)
    );
    mixed[seed..seed + 64].copy_from_slice(&b[seed..seed + 64]);
    assert!(DecapsulationKey::<MlKem512>::from_pkcs8_der(&mixed).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Arbitrary bytes, and arbitrary bytes after a start that looks right.
    #[test]
    fn parsers_survive_arbitrary_bytes(tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let spki = kem_spki_start();
        for bytes in [tail.clone(), [vec![0x30, 0x82], tail.clone()].concat(), [spki, tail].concat()] {
            let _ = EncapsulationKey::<MlKem512>::from_spki_der(&bytes).is_ok();
            let _ = VerifyingKey::<MlDsa44>::from_spki_der(&bytes).is_ok();
            let _ = DecapsulationKey::<MlKem512>::from_pkcs8_der(&bytes).is_ok();
            let _ = SigningKey::<MlDsa44>::from_pkcs8_der(&bytes).is_ok();
            let _ = WrappedKey::from_der(&bytes).is_ok();
            let _ = SignedWrappedKey::from_der(&bytes).is_ok();
            let _ = Sealed::from_der(&bytes).is_ok();
            let text = String::from_utf8_lossy(&bytes);
            let _ = WrappedKey::from_pem(&text).is_ok();
            let _ = EncapsulationKey::<MlKem512>::from_public_key_pem(&text).is_ok();
        }
    }
}

/// The first bytes of an SPKI, up to where the key begins.
fn kem_spki_start() -> Vec<u8> {
    vec![
        0x30, 0x82, 0x03, 0x32, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
        0x04, 0x01, 0x03, 0x82, 0x03, 0x21, 0x00,
    ]
}
