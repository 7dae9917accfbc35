//! Our keys where the ecosystem's traits are asked for: certificates, requests, `kem`.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use core::{str::FromStr, time::Duration};

use kem::{
    Decapsulator as _, Encapsulate as _, Generate as _, KeyExport as _, TryDecapsulate as _,
};
use pqkm_core::{MlDsa65, MlKem768, PreparedDecapsulationKey, Signature, SigningKey, VerifyingKey};
use pqkm_testkit::rng::SeededRng;
use x509_cert::{
    Certificate,
    builder::{Builder, CertificateBuilder, RequestBuilder, profile::cabf::Root},
    der::{Decode, Encode},
    name::Name,
    request::CertReq,
    serial_number::SerialNumber,
    spki::SubjectPublicKeyInfoOwned,
    time::Validity,
};

/// Checks a signature with a key that came out of the document itself.
fn verify(info: &SubjectPublicKeyInfoOwned, signed: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::<MlDsa65>::from_spki_der(&info.to_der().unwrap()).unwrap();
    Signature::from_bytes(signature).is_ok_and(|signature| key.verify(signed, &signature).is_ok())
}

#[test]
fn a_certificate_is_issued_parsed_and_verified() {
    let mut rng = SeededRng::from_label("certificate");
    let key = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
    let subject = Name::from_str("CN=pqkm test root,O=pqkm,C=US").unwrap();
    let info = SubjectPublicKeyInfoOwned::from_key(&key.verifying_key()).unwrap();
    let builder = CertificateBuilder::new(
        Root::new(false, subject).unwrap(),
        SerialNumber::new(&[1, 2, 3]).unwrap(),
        Validity::from_now(Duration::from_secs(3600)).unwrap(),
        info,
    )
    .unwrap();
    let der = builder
        .build_with_rng::<_, Signature<MlDsa65>, _>(&key, &mut rng)
        .unwrap()
        .to_der()
        .unwrap();
    let certificate = Certificate::from_der(&der).unwrap();
    let signed = certificate.tbs_certificate();
    let tbs = signed.to_der().unwrap();
    let signature = certificate.signature().raw_bytes();
    assert!(verify(signed.subject_public_key_info(), &tbs, signature));
    let mut damaged = tbs.clone();
    damaged[20] ^= 1;
    assert!(!verify(
        signed.subject_public_key_info(),
        &damaged,
        signature
    ));
}

#[test]
fn a_request_is_made_parsed_and_verified() {
    let mut rng = SeededRng::from_label("request");
    let key = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
    let builder = RequestBuilder::new(Name::from_str("CN=pqkm test").unwrap()).unwrap();
    let der = builder
        .build_with_rng::<_, Signature<MlDsa65>, _>(&key, &mut rng)
        .unwrap()
        .to_der()
        .unwrap();
    let request = CertReq::from_der(&der).unwrap();
    assert_eq!(request.algorithm.oid.to_string(), "2.16.840.1.101.3.4.3.18");
    assert_eq!(request.algorithm.parameters, None);
    let info = request.info.to_der().unwrap();
    assert!(verify(
        &request.info.public_key,
        &info,
        request.signature.raw_bytes()
    ));
}

#[test]
fn the_kem_traits_round_trip() {
    let mut rng = SeededRng::from_label("kem");
    let dk = PreparedDecapsulationKey::<MlKem768>::try_generate_from_rng(&mut rng).unwrap();
    let ek = dk.encapsulation_key();
    let bytes = ek.to_bytes();
    assert_eq!(bytes.as_slice(), ek.as_bytes());
    let read = <pqkm_core::EncapsulationKey<MlKem768> as kem::TryKeyInit>::new(&bytes).unwrap();
    let (ciphertext, sent) = read.encapsulate_with_rng(&mut rng);
    assert_eq!(dk.try_decapsulate(&ciphertext).unwrap(), sent);
}
