//! Our keys in the hands of the ecosystem: `x509-cert`'s builders, `kem`, `signature`.
#![expect(clippy::unwrap_used, reason = "a failure is the test's")]

use core::str::FromStr;

use pqkm_core::{
    DecapsulationKey, EncapsulationKey, MlDsa65, MlKem512, MlKem768, MlKem1024,
    PreparedDecapsulationKey, Signature, SigningKey, VerifyingKey,
    der::{Decode, Encode},
    kem::{self, Encapsulate, Kem, KeyExport, TryDecapsulate, TryKeyInit},
    signature::{Keypair, RandomizedSigner, SignatureEncoding, Verifier},
    spki::{EncodePublicKey, SubjectPublicKeyInfoOwned},
};
use pqkm_testkit::rng::{FailingRng, SeededRng};
use x509_cert::{
    Certificate,
    builder::{Builder, CertificateBuilder, RequestBuilder, profile::cabf},
    name::Name,
    request::CertReq,
    serial_number::SerialNumber,
    time::{Time, Validity},
};

#[test]
fn a_certificate_is_issued_parsed_and_verified() {
    let mut rng = SeededRng::from_label("certificate");
    let key = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
    let spki = SubjectPublicKeyInfoOwned::from_der(
        key.verifying_key().to_public_key_der().unwrap().as_bytes(),
    )
    .unwrap();
    let profile =
        cabf::Root::new(false, Name::from_str("CN=pqkm root,O=pqkm,C=DE").unwrap()).unwrap();
    let builder = CertificateBuilder::new(
        profile,
        SerialNumber::from(42_u32),
        Validity::new(Time::INFINITY, Time::INFINITY),
        spki,
    )
    .unwrap();
    let certificate = builder
        .build_with_rng::<_, Signature<MlDsa65>, _>(&key, &mut rng)
        .unwrap();
    let der = certificate.to_der().unwrap();

    let read = Certificate::from_der(&der).unwrap();
    let subject = read
        .tbs_certificate()
        .subject_public_key_info()
        .to_der()
        .unwrap();
    let public = VerifyingKey::<MlDsa65>::from_spki_der(&subject).unwrap();
    assert!(public == key.verifying_key());
    assert_eq!(
        read.signature_algorithm().oid.to_string(),
        "2.16.840.1.101.3.4.3.18"
    );
    assert!(read.signature_algorithm().parameters.is_none());
    let signature = Signature::from_bytes(read.signature().as_bytes().unwrap()).unwrap();
    let signed = read.tbs_certificate().to_der().unwrap();
    public.verify(&signed, &signature).unwrap();
    assert!(public.verify(&signed[1..], &signature).is_err());
}

#[test]
fn a_request_is_made_parsed_and_verified() {
    let mut rng = SeededRng::from_label("request");
    let key = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
    let builder = RequestBuilder::new(Name::from_str("CN=pqkm leaf").unwrap()).unwrap();
    let request = builder
        .build_with_rng::<_, Signature<MlDsa65>, _>(&key.prepare(), &mut rng)
        .unwrap();
    let read = CertReq::from_der(&request.to_der().unwrap()).unwrap();
    let public =
        VerifyingKey::<MlDsa65>::from_spki_der(&read.info.public_key.to_der().unwrap()).unwrap();
    let signature = Signature::from_bytes(read.signature.as_bytes().unwrap()).unwrap();
    public
        .verify(&read.info.to_der().unwrap(), &signature)
        .unwrap();
}

#[test]
fn the_signature_traits_work() {
    let mut rng = SeededRng::from_label("signature traits");
    let key = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
    let signature: Signature<MlDsa65> = key.try_sign_with_rng(&mut rng, b"message").unwrap();
    let verifying = Keypair::verifying_key(&key);
    Verifier::verify(&verifying, b"message", &signature).unwrap();
    Verifier::verify(&verifying.prepare(), b"message", &signature).unwrap();
    assert!(Verifier::verify(&verifying, b"other", &signature).is_err());
    assert_eq!(signature.to_vec(), signature.as_bytes());
    assert!(
        key.try_sign_with_rng(&mut FailingRng::after_calls(0), b"message")
            .is_err()
    );
}

fn kem_round_trip<K>()
where
    K: Kem<EncapsulationKey = EncapsulationKey<K>, DecapsulationKey = PreparedDecapsulationKey<K>>
        + pqkm_core::KemAlgorithm,
    EncapsulationKey<K>: Encapsulate<Kem = K>,
    PreparedDecapsulationKey<K>: TryDecapsulate<Kem = K>,
{
    let mut rng = SeededRng::from_label(K::NAME);
    let (dk, ek) = K::generate_keypair_from_rng(&mut rng);
    let (ciphertext, sent) = Encapsulate::encapsulate_with_rng(&ek, &mut rng);
    let got = dk.try_decapsulate(&ciphertext);
    assert!(got.is_ok_and(|got| got == sent));
    let exported: kem::Key<EncapsulationKey<K>> = ek.to_bytes();
    assert!(<EncapsulationKey<K> as TryKeyInit>::new(&exported).unwrap() == ek);
}

#[test]
fn the_kem_traits_work() {
    kem_round_trip::<MlKem512>();
    kem_round_trip::<MlKem768>();
    kem_round_trip::<MlKem1024>();
}

/// `kem`'s generation gives back the generator's own error.
#[test]
fn the_kem_traits_report_a_failing_generator() {
    let failed = <PreparedDecapsulationKey<MlKem768> as kem::Generate>::try_generate_from_rng(
        &mut FailingRng::after_calls(0),
    );
    assert!(failed.is_err());
    assert!(DecapsulationKey::<MlKem768>::generate(&mut FailingRng::after_calls(0)).is_err());
}
