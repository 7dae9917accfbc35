//! Every encoding round-trips, and every damaged one is refused or stands for exactly its own bytes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::integer_division_remainder_used,
    reason = "a test may fail loudly"
)]

mod regime;

use core::ops::Range;

use pkcs8::{EncodePrivateKey as _, LineEnding};
use pqkm_core::{
    Aes256Key, AnyPrivateKey, AnyPublicKey, DecapsulationKey, DecodeError, Ed25519,
    EncapsulationKey, ExposeToken, Key, MlDsa44, MlDsa65, MlDsa87, MlKem512, MlKem768, MlKem1024,
    PrivateKeyForm, PrivateMaterial, Sealed, SeedForms, SignedWrappedKey, SigningKey, VerifyingKey,
    WrapContext, WrappedKey, der, role,
};
use pqkm_testkit::{mutate, rng::SeededRng, strategy};
use proptest::prelude::{any, proptest};

const FORMS: [PrivateKeyForm; 3] = [
    PrivateKeyForm::Seed,
    PrivateKeyForm::Expanded,
    PrivateKeyForm::Both,
];

fn pkcs8<A, R: role::PrivateRole>(key: &Key<A, R>, form: PrivateKeyForm) -> Vec<u8>
where
    A: role::HasKey<R>,
    A::Material: SeedForms,
{
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    exposed.to_pkcs8_der_as(form).unwrap().as_bytes().to_vec()
}

/// A read key must write what was read: in the form that was read.
fn check_private<A, R: role::PrivateRole>(bytes: &[u8], form: PrivateKeyForm) -> bool
where
    A: role::HasKey<R>,
    A::Material: SeedForms + PrivateMaterial,
{
    Key::<A, R>::from_pkcs8_der(bytes).is_ok_and(|key| {
        assert_eq!(pkcs8(&key, form), bytes);
        true
    })
}

/// `free` are the bytes of an expanded key of this length that nothing in it depends on.
fn damage_private<A, R: role::PrivateRole>(key: &Key<A, R>, length: usize, free: &[Range<usize>])
where
    A: role::HasKey<R>,
    A::Material: SeedForms + PrivateMaterial,
{
    for form in FORMS {
        let der = pkcs8(key, form);
        assert!(check_private::<A, R>(&der, form));
        mutate::for_each_truncation(&der, |cut| assert!(!check_private::<A, R>(cut, form)));
        let mut longer = der.clone();
        longer.push(0);
        assert!(!check_private::<A, R>(&longer, form), "trailing byte");
        // Every bit of the first 96 bytes, which hold all of the structure, and one bit of each byte
        // after them.
        for i in (0..der.len() * 8).filter(|i| *i < 96 * 8 || i % 9 == 0) {
            let mut damaged = der.clone();
            mutate::flip(&mut damaged, i);
            let read = check_private::<A, R>(&damaged, form);
            let is_free = (i / 8)
                .checked_sub(der.len().saturating_sub(length))
                .is_some_and(|byte| free.iter().any(|range| range.contains(&byte)));
            match form {
                PrivateKeyForm::Seed => {}
                PrivateKeyForm::Expanded => assert_eq!(read, is_free, "bit {i}, expanded"),
                PrivateKeyForm::Both => assert!(!read, "bit {i}, both"),
            }
        }
    }
}

macro_rules! private_keys {
    ($($test:ident: $key:ident<$algorithm:ty>, $role:ident, $length:literal, [$($free:expr),+];)+) => {$(
        #[test]
        fn $test() {
            let mut rng = SeededRng::from_label(stringify!($test));
            let key = $key::<$algorithm>::generate(&mut rng).unwrap();
            damage_private::<$algorithm, role::$role>(&key, $length, &[$($free),+]);
        }
    )+};
}

// Free are z of ML-KEM and K of ML-DSA, which are random and determine nothing else.
private_keys! {
    ml_kem_512_private: DecapsulationKey<MlKem512>, Decapsulation, 1632, [1600..1632];
    ml_kem_768_private: DecapsulationKey<MlKem768>, Decapsulation, 2400, [2368..2400];
    ml_kem_1024_private: DecapsulationKey<MlKem1024>, Decapsulation, 3168, [3136..3168];
    ml_dsa_44_private: SigningKey<MlDsa44>, Signing, 2560, [32..64];
    ml_dsa_65_private: SigningKey<MlDsa65>, Signing, 4032, [32..64];
    ml_dsa_87_private: SigningKey<MlDsa87>, Signing, 4896, [32..64];
}

/// Damages a valid encoding; whatever is read anyway must write those very bytes.
fn damage(valid: &[u8], read_and_write: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    assert_eq!(read_and_write(valid).as_deref(), Some(valid));
    mutate::for_each_truncation(valid, |cut| assert_eq!(read_and_write(cut), None));
    mutate::for_each_bit_flip(valid, |position, damaged| {
        if let Some(written) = read_and_write(damaged) {
            assert_eq!(written, damaged, "bit {position}");
        }
    });
    assert_eq!(read_and_write(&[valid, &[0]].concat()), None);
}

macro_rules! public_keys {
    ($($test:ident: $private:ident, $public:ident<$algorithm:ty>, $half:ident;)+) => {$(
        #[test]
        fn $test() {
            let mut rng = SeededRng::from_label(stringify!($test));
            let key = $private::<$algorithm>::generate(&mut rng).unwrap().$half();
            damage(&key.to_spki_der(), |der| {
                $public::<$algorithm>::from_spki_der(der).ok().map(|key| key.to_spki_der())
            });
            damage(key.as_bytes(), |bytes| {
                $public::<$algorithm>::from_bytes(bytes).ok().map(|key| key.as_bytes().to_vec())
            });
        }
    )+};
}

public_keys! {
    ml_kem_512_public: DecapsulationKey, EncapsulationKey<MlKem512>, encapsulation_key;
    ml_kem_768_public: DecapsulationKey, EncapsulationKey<MlKem768>, encapsulation_key;
    ml_kem_1024_public: DecapsulationKey, EncapsulationKey<MlKem1024>, encapsulation_key;
    ml_dsa_44_public: SigningKey, VerifyingKey<MlDsa44>, verifying_key;
    ml_dsa_65_public: SigningKey, VerifyingKey<MlDsa65>, verifying_key;
    ml_dsa_87_public: SigningKey, VerifyingKey<MlDsa87>, verifying_key;
}

/// A record, a signed record and a sealed payload.
fn records() -> (WrappedKey, SignedWrappedKey, Sealed) {
    let mut rng = SeededRng::from_label("records");
    let context = WrapContext::new(b"c").unwrap();
    let dk = DecapsulationKey::<MlKem512>::generate(&mut rng).unwrap();
    let signing = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = dk
        .encapsulation_key()
        .wrap_key(&key, context, &mut rng)
        .unwrap();
    let signed = SignedWrappedKey::sign(record.clone(), &signing, &mut rng).unwrap();
    let (sealed, _) = Sealed::seal(b"payload", context, &mut rng).unwrap();
    (record, signed, sealed)
}

#[test]
fn records_have_one_encoding() {
    let (record, signed, sealed) = records();
    damage(&record.to_der(), |der| {
        WrappedKey::from_der(der).ok().map(|it| it.to_der())
    });
    damage(&signed.to_der(), |der| {
        SignedWrappedKey::from_der(der).ok().map(|it| it.to_der())
    });
    damage(&sealed.to_der(), |der| {
        Sealed::from_der(der).ok().map(|it| it.to_der())
    });
}

#[test]
fn pem_round_trips_under_its_own_label() {
    let (record, signed, sealed) = records();
    assert_eq!(WrappedKey::from_pem(&record.to_pem()), Ok(record.clone()));
    assert_eq!(
        SignedWrappedKey::from_pem(&signed.to_pem()),
        Ok(signed.clone())
    );
    assert_eq!(Sealed::from_pem(&sealed.to_pem()), Ok(sealed.clone()));
    assert_eq!(
        WrappedKey::from_pem(&signed.to_pem()),
        Err(DecodeError::Pem)
    );
    assert_eq!(Sealed::from_pem(&record.to_pem()), Err(DecodeError::Pem));
}

/// Whatever a damaged document is read as, it is what stands there.
#[test]
fn damaged_pem_stands_for_its_own_bytes() {
    let key = SigningKey::<Ed25519>::generate(&mut SeededRng::from_label("pem")).unwrap();
    let public = AnyPublicKey::from(&key.verifying_key()).to_pem();
    regime::damaged_texts(&public, |text| {
        if let Ok(read) = AnyPublicKey::from_pem(text) {
            assert_eq!(regime::squeezed(&read.to_pem()), regime::squeezed(text));
        }
    });
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let private = exposed.to_pkcs8_pem(LineEnding::LF).unwrap();
    regime::damaged_texts(&private, |text| {
        if let Ok(read) = AnyPrivateKey::from_pem(text) {
            let der = read.expose(ExposeToken::acknowledge());
            let again = der::pem::encode_string("PRIVATE KEY", LineEnding::LF, der).unwrap();
            assert_eq!(regime::squeezed(&again), regime::squeezed(text));
        }
    });
    let (record, _, _) = records();
    regime::damaged_texts(&record.to_pem(), |text| {
        if let Ok(read) = WrappedKey::from_pem(text) {
            assert_eq!(regime::squeezed(&read.to_pem()), regime::squeezed(text));
        }
    });
}

proptest! {
    #[test]
    fn no_parser_panics(bytes in strategy::message(3000)) {
        let _read = (
            WrappedKey::from_der(&bytes).is_ok(),
            SignedWrappedKey::from_der(&bytes).is_ok(),
            Sealed::from_der(&bytes).is_ok(),
            EncapsulationKey::<MlKem768>::from_spki_der(&bytes).is_ok(),
            EncapsulationKey::<MlKem768>::from_bytes(&bytes).is_ok(),
            DecapsulationKey::<MlKem768>::from_pkcs8_der(&bytes).is_ok(),
            DecapsulationKey::<MlKem768>::from_expanded(&bytes).is_ok(),
            SigningKey::<MlDsa65>::from_pkcs8_der(&bytes).is_ok(),
            SigningKey::<MlDsa65>::from_expanded(&bytes).is_ok(),
            VerifyingKey::<MlDsa65>::from_spki_der(&bytes).is_ok(),
            String::from_utf8(bytes).is_ok_and(|text| WrappedKey::from_pem(&text).is_ok()),
        );
    }

    #[test]
    fn any_expanded_key_of_the_right_length_is_answered(
        bytes in proptest::collection::vec(any::<u8>(), 4032),
    ) {
        let _read = SigningKey::<MlDsa65>::from_expanded(&bytes).is_ok();
        let _read = DecapsulationKey::<MlKem768>::from_expanded(&bytes[..2400]).is_ok();
    }
}
