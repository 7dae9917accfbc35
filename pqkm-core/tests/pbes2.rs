//! Private keys under a password: round trips, limits, damage. Against `openssl`: see the test of that name.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use pqkm_core::{
    AnyPrivateKey, DecapsulationKey, DecodeError, DecryptKeyError, EcdsaP256, Ed25519,
    EncryptKeyError, EncryptedPrivateKey, ExposeToken, MlDsa44, MlKem768, PasswordWork, SigningKey,
    SlhDsaSha2_128f, XWing,
};
use pqkm_testkit::{
    mutate,
    rng::{FailingRng, SeededRng},
};

/// As little as may be written.
const PBKDF2: PasswordWork = pbkdf2(1_000);
const SCRYPT: PasswordWork = PasswordWork::Scrypt {
    log_n: 10,
    r: 8,
    p: 1,
};
const PASSWORD: &[u8] = b"correct horse";

const fn pbkdf2(iterations: u32) -> PasswordWork {
    PasswordWork::Pbkdf2 { iterations }
}

fn key() -> DecapsulationKey<MlKem768> {
    DecapsulationKey::generate(&mut SeededRng::from_label("pbes2")).unwrap()
}

fn encrypted(work: PasswordWork) -> EncryptedPrivateKey {
    let key = key();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    exposed
        .encrypt_pkcs8(PASSWORD, work, &mut SeededRng::from_u64(1))
        .unwrap()
}

#[test]
fn every_kind_of_key_round_trips() {
    fn check<A: pqkm_core::role::HasKey<R>, R: pqkm_core::role::PrivateRole>(
        key: &pqkm_core::Key<A, R>,
    ) where
        A::Material: pqkm_core::PrivateMaterial,
    {
        let document = regime::pkcs8(key);
        let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
        for work in [PBKDF2, SCRYPT] {
            let mut rng = SeededRng::from_u64(2);
            let encrypted = exposed.encrypt_pkcs8(PASSWORD, work, &mut rng).unwrap();
            assert_eq!(encrypted.work(), work);
            let again = EncryptedPrivateKey::from_pem(&encrypted.to_pem()).unwrap();
            assert!(again == encrypted);
            let read = again.decrypt(PASSWORD).unwrap();
            assert_eq!(read.expose(ExposeToken::acknowledge()), document);
            let promoted: pqkm_core::Key<A, R> = read.promote().unwrap();
            assert_eq!(regime::pkcs8(&promoted), document);
            // The document as it was read gives the same ciphertext from the same generator.
            let mut rng = SeededRng::from_u64(2);
            let anew = read.encrypt(ExposeToken::acknowledge(), PASSWORD, work, &mut rng);
            assert!(anew.unwrap() == encrypted);
        }
    }
    let mut rng = SeededRng::from_label("round trips");
    check(&key());
    check(&SigningKey::<MlDsa44>::generate(&mut rng).unwrap());
    check(&SigningKey::<SlhDsaSha2_128f>::generate(&mut rng).unwrap());
    check(&SigningKey::<EcdsaP256>::generate(&mut rng).unwrap());
    check(&SigningKey::<Ed25519>::generate(&mut rng).unwrap());
    check(&DecapsulationKey::<XWing>::generate(&mut rng).unwrap());
}

#[test]
fn a_key_that_may_not_leave_is_not_encrypted() {
    let key = key().into_non_exportable();
    assert!(key.expose(ExposeToken::acknowledge()).is_err());
}

#[test]
fn a_wrong_password_is_one_error() {
    for work in [PBKDF2, SCRYPT] {
        let encrypted = encrypted(work);
        // Not a zero byte at the end: HMAC pads its key with them, so that is the same password to both
        // functions.
        for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
            assert_eq!(
                encrypted.decrypt(wrong.as_bytes()).err(),
                Some(DecryptKeyError::Failed),
                "{wrong:?}"
            );
        }
    }
}

#[test]
fn work_is_limited_both_ways() {
    let scrypt = |log_n, r, p| PasswordWork::Scrypt { log_n, r, p };
    let key = key();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    for work in [
        pbkdf2(0),
        pbkdf2(999),
        pbkdf2(10_000_001),
        pbkdf2(u32::MAX),
        scrypt(0, 8, 1),
        scrypt(14, 0, 1),
        scrypt(14, 8, 0),
        scrypt(9, 8, 1),
        scrypt(17, 8, 1),
        // Little work with a large memory: the blocks, not the array.
        scrypt(1, u16::MAX, 3),
        scrypt(4, 32, 4097),
        scrypt(16, 8, 9),
        scrypt(63, 8, 1),
        scrypt(255, u16::MAX, u16::MAX),
    ] {
        let error = exposed.encrypt_pkcs8(PASSWORD, work, &mut SeededRng::from_u64(1));
        assert_eq!(error.err(), Some(EncryptKeyError::Work), "{work:?}");
    }
}

/// Replaces the only place of some bytes by others of the same length.
fn replaced(der: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<_> = der
        .windows(from.len())
        .enumerate()
        .filter(|(_, w)| *w == from)
        .collect();
    assert_eq!(places.len(), 1);
    let at = places[0].0;
    [&der[..at], to, &der[at + from.len()..]].concat()
}

#[test]
fn a_document_that_asks_for_too_much_is_refused_before_any_work() {
    let read = |der: &[u8]| EncryptedPrivateKey::from_der(der).map(|read| read.work());
    let pbkdf2_der = encrypted(pbkdf2(600_000)).as_der().to_vec();
    let with = |count: [u8; 3]| {
        let from = [2, 3, 0x09, 0x27, 0xc0];
        read(&replaced(
            &pbkdf2_der,
            &from,
            &[&[2, 3], count.as_slice()].concat(),
        ))
    };
    assert_eq!(with([0x7f, 0xff, 0xff]), Ok(pbkdf2(8_388_607)));
    // Three bytes carry no more than the limit; the version with four is as long as one without.
    let scrypt_der = encrypted(SCRYPT).as_der().to_vec();
    let with = |n: [u8; 2], r: u8, p: u8| {
        let from = [2, 2, 4, 0, 2, 1, 8, 2, 1, 1];
        read(&replaced(
            &scrypt_der,
            &from,
            &[2, 2, n[0], n[1], 2, 1, r, 2, 1, p],
        ))
    };
    assert_eq!(with([4, 0], 8, 1), Ok(SCRYPT));
    assert_eq!(with([0x40, 0], 32, 1).map(|_| ()), Ok(()));
    assert_eq!(with([0x40, 0], 33, 1), Err(DecryptKeyError::Work));
    assert_eq!(with([0x40, 0], 8, 32).map(|_| ()), Ok(()));
    assert_eq!(with([0x40, 0], 8, 33), Err(DecryptKeyError::Work));
    assert_eq!(with([4, 1], 8, 1), Err(DecryptKeyError::Malformed));
    assert_eq!(with([4, 0], 0, 1), Err(DecryptKeyError::Work));
    assert_eq!(with([4, 0], 8, 0), Err(DecryptKeyError::Work));
}

#[test]
fn other_encryptions_are_named_as_such() {
    let der = encrypted(PBKDF2).as_der().to_vec();
    let aes_256_cbc = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42];
    let hmac_sha_256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9];
    let other = |from: &[u8], last: u8| {
        let mut to = from.to_vec();
        *to.last_mut().unwrap() = last;
        EncryptedPrivateKey::from_der(&replaced(&der, from, &to)).err()
    };
    // AES-128-CBC and AES-192-CBC; HMAC-SHA-1 and HMAC-SHA-224; nothing known.
    for last in [2, 22, 99] {
        assert_eq!(other(&aes_256_cbc, last), Some(DecryptKeyError::Algorithm));
    }
    for last in [7, 8, 99] {
        assert_eq!(other(&hmac_sha_256, last), Some(DecryptKeyError::Algorithm));
    }
    assert_eq!(other(&hmac_sha_256, 11), None);
}

/// Damage is refused, or changes what comes out. Nothing but that can be had: there is no integrity check.
#[test]
fn damage_never_goes_unseen() {
    for work in [PBKDF2, SCRYPT] {
        let encrypted = encrypted(work);
        let document = regime::pkcs8(&key());
        let der = encrypted.as_der();
        mutate::for_each_truncation(der, |cut| {
            assert!(EncryptedPrivateKey::from_der(cut).is_err());
        });
        mutate::for_each_extension(der, |long| {
            assert!(EncryptedPrivateKey::from_der(long).is_err());
        });
        let mut other_keys = 0;
        mutate::for_each_bit_flip(der, |bit, damaged| {
            let Ok(read) = EncryptedPrivateKey::from_der(damaged) else {
                return;
            };
            assert_eq!(read.as_der(), damaged);
            // More work than this is a flip of the count, and would only take long.
            let PasswordWork::Pbkdf2 {
                iterations: ..=5_000,
            } = read.work()
            else {
                return;
            };
            if let Ok(any) = read.decrypt(PASSWORD) {
                assert_ne!(
                    any.expose(ExposeToken::acknowledge()),
                    document,
                    "bit {bit}"
                );
                other_keys += usize::from(any.known().is_ok());
            }
        });
        // A flip in the ciphertext of the seed's first block garbles that block and no structure.
        assert!(
            work == SCRYPT || other_keys > 0,
            "CBC is malleable, and the docs say so"
        );
    }
}

#[test]
fn damaged_pem_stands_for_its_own_bytes() {
    let pem = encrypted(PBKDF2).to_pem();
    let check = |text: &str| {
        if let Ok(read) = EncryptedPrivateKey::from_pem(text) {
            assert_eq!(regime::squeezed(&read.to_pem()), regime::squeezed(text));
        }
    };
    regime::damaged_texts(&pem, check);
    let label = pem.replace("ENCRYPTED ", "");
    assert_eq!(
        EncryptedPrivateKey::from_pem(&label).err(),
        Some(DecryptKeyError::Pem)
    );
    assert_eq!(AnyPrivateKey::from_pem(&pem).err(), Some(DecodeError::Pem));
}

#[test]
fn a_generator_that_fails_gives_nothing() {
    let key = key();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    for calls in 0..2 {
        let error = exposed.encrypt_pkcs8(PASSWORD, PBKDF2, &mut FailingRng::after_calls(calls));
        assert_eq!(error.err(), Some(EncryptKeyError::Randomness));
    }
}

#[test]
fn salt_and_vector_are_fresh() {
    let key = key();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let mut rng = SeededRng::from_u64(1);
    let drawn = SeededRng::from_u64(1).bytes(32);
    let der = exposed.encrypt_pkcs8(PASSWORD, PBKDF2, &mut rng).unwrap();
    for part in drawn.chunks(16) {
        assert!(der.as_der().windows(16).any(|window| window == part));
    }
    let again = exposed.encrypt_pkcs8(PASSWORD, PBKDF2, &mut rng).unwrap();
    assert!(again != der);
}

#[test]
fn debug_shows_no_bytes() {
    assert_eq!(
        format!("{:?}", encrypted(PBKDF2)),
        "EncryptedPrivateKey { work: Pbkdf2 { iterations: 1000 }, length: 198, .. }"
    );
}
