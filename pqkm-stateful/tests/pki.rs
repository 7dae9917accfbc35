//! HSS in `SubjectPublicKeyInfo` and certificates, through the types of `pqkm-core` and the builder of `x509-cert`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    reason = "test code: a panic is the failure"
)]

mod support;

use std::str::FromStr as _;
use std::time::Duration;

use pqkm_core::signature::{Keypair as _, Signer as _};
use pqkm_core::{
    Algorithm as _, AnyPublicKey, DecapsulationKey, DecodeError, InvalidSignature, MlKem1024,
    Signature, Verifiers, VerifyByOidError, VerifyingKey,
};
use pqkm_stateful::store::MemoryStore;
use pqkm_stateful::{
    Hss, HssParameters, HssSigner, HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, OpenError,
};
use support::keys::{TestRng, wrapping};
use x509_cert::Certificate;
use x509_cert::builder::{Builder as _, CertificateBuilder, profile::cabf::Root};
use x509_cert::der::{Decode as _, DecodePem as _, Encode as _};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Validity;

fn signer(seed: u64) -> HssSigner<MemoryStore> {
    let parameters =
        HssParameters::new(&[(LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W4)]).unwrap();
    let mut rng = TestRng::new(seed);
    HssSigner::create(MemoryStore::new(), parameters, &wrapping(1), &mut rng).unwrap()
}

/// The signature on a certificate, by the identifier that it names itself.
fn verify(certificate: &Certificate, verifiers: &Verifiers) -> Result<(), VerifyByOidError> {
    let signed = certificate.tbs_certificate();
    let info = signed.subject_public_key_info().to_der().unwrap();
    verifiers.verify(
        certificate.signature_algorithm(),
        &AnyPublicKey::from_spki_der(&info).unwrap(),
        &signed.to_der().unwrap(),
        certificate.signature().raw_bytes(),
    )
}

fn with_hss() -> Verifiers {
    let mut verifiers = Verifiers::core();
    verifiers.add_algorithm::<Hss>().unwrap();
    verifiers
}

/// The certificate of RFC 9802's authors signs itself.
#[test]
fn a_published_certificate_verifies() {
    let Some(pem) = support::load_from("pki/rfc9802-shbs", "hss_cert.pem") else {
        return;
    };
    let certificate = Certificate::from_pem(&pem).unwrap();
    verify(&certificate, &with_hss()).unwrap();
    assert_eq!(
        verify(&certificate, &Verifiers::core()),
        Err(VerifyByOidError::UnknownAlgorithm)
    );
    let info = certificate.tbs_certificate().subject_public_key_info();
    let der = info.to_der().unwrap();
    let key = VerifyingKey::<Hss>::from_spki_der(&der).unwrap();
    assert_eq!(key.to_spki_der(), der);
    // Whatever is altered in what is signed is noticed.
    let mut tbs = certificate.tbs_certificate().to_der().unwrap();
    *tbs.last_mut().unwrap() ^= 1;
    let signature = Signature::from_bytes(certificate.signature().raw_bytes()).unwrap();
    assert_eq!(key.verify(&tbs, &signature), Err(InvalidSignature));
}

#[test]
fn a_certificate_is_issued_with_one_index_and_that_signer_signs_no_second() {
    let signer = signer(1);
    let mut rng = TestRng::new(2);
    let index = signer.reserve(1).unwrap().take().unwrap();
    let once = index.one_shot(&signer, &mut rng).unwrap();
    let subject = Name::from_str("CN=pqkm firmware root,O=pqkm,C=US").unwrap();
    let build = || {
        CertificateBuilder::new(
            Root::new(false, subject.clone()).unwrap(),
            SerialNumber::new(&[7]).unwrap(),
            Validity::from_now(Duration::from_secs(3600)).unwrap(),
            SubjectPublicKeyInfoOwned::from_key(&once.verifying_key()).unwrap(),
        )
        .unwrap()
        .build::<_, Signature<Hss>>(&once)
    };
    let der = build().unwrap().to_der().unwrap();
    let certificate = Certificate::from_der(&der).unwrap();
    assert_eq!(*certificate.signature_algorithm(), Hss::key_algorithm());
    verify(&certificate, &with_hss()).unwrap();
    assert!(build().is_err());
    assert!(once.try_sign(b"another message").is_err());
    assert_eq!(signer.remaining(), 31);
}

/// An index of another key, dressed as a signer of this one, signs nothing.
#[test]
fn a_foreign_index_is_refused_as_a_signer_too() {
    let (one, other) = (signer(3), signer(4));
    let index = other.reserve(1).unwrap().take().unwrap();
    let once = index.one_shot(&one, &mut TestRng::new(5)).unwrap();
    assert!(once.try_sign(b"m").is_err());
}

#[test]
fn a_key_survives_its_encodings_and_other_identifiers_are_refused() {
    let signer = signer(6);
    let key: VerifyingKey<Hss> = (*signer.verifying_key()).into();
    let der = key.to_spki_der();
    let any = AnyPublicKey::from_spki_der(&der).unwrap();
    assert_eq!(any.promote::<VerifyingKey<Hss>>().unwrap(), key);
    assert_eq!(
        HssVerifyingKey::try_from(&key).as_ref(),
        Ok(signer.verifying_key())
    );
    let mut reservation = signer.reserve(1).unwrap();
    let mut rng = TestRng::new(7);
    let signature = reservation.sign_next(&signer, b"m", &mut rng).unwrap();
    pqkm_core::signature::Verifier::verify(&key, b"m", &signature).unwrap();
    key.prepare().verify(b"m", &signature).unwrap();
    assert!(key.prepare().verify(b"n", &signature).is_err());

    // The last arc of the identifier, the number of levels, a byte too many, parameters that RFC 9802 forbids.
    let refused = |der: &[u8]| VerifyingKey::<Hss>::from_spki_der(der).unwrap_err();
    let change = |at: usize, to: u8| {
        let mut other = der.clone();
        other[at] = to;
        other
    };
    let levels = der.len() - key.as_bytes().len() + 3;
    assert_eq!((der[levels], der[16]), (1, 17));
    assert_eq!(refused(&change(16, 18)), DecodeError::Algorithm);
    assert_eq!(refused(&change(levels, 9)), DecodeError::Range);
    assert_eq!(refused(&change(levels + 4, 99)), DecodeError::Algorithm);
    assert_eq!(refused(&[&der[..], &[0]].concat()), DecodeError::Malformed);
    let mut info = SubjectPublicKeyInfoOwned::from_der(&der).unwrap();
    info.algorithm.parameters = Some(x509_cert::der::asn1::Null.into());
    assert_eq!(refused(&info.to_der().unwrap()), DecodeError::Algorithm);
}

/// The secrets can rest under any key of `pqkm-core` that wraps: here a KEM, whose private half only opens.
#[test]
fn a_key_is_opened_with_the_decapsulation_key_it_was_wrapped_to() {
    let mut rng = TestRng::new(8);
    let custodian = DecapsulationKey::<MlKem1024>::generate(&mut rng).unwrap();
    let other = DecapsulationKey::<MlKem1024>::generate(&mut rng).unwrap();
    let store = MemoryStore::new();
    let parameters =
        HssParameters::new(&[(LmsAlgorithm::Sha256M32H5, LmotsAlgorithm::Sha256N32W8)]).unwrap();
    let wrapping = custodian.encapsulation_key();
    let created = HssSigner::create(store.clone(), parameters, &wrapping, &mut rng).unwrap();
    let key = *created.verifying_key();
    drop(created);
    let refused = HssSigner::open(store.clone(), &other).err();
    assert_eq!(refused, Some(OpenError::WrongKey));
    let opened = HssSigner::open(store, &custodian).unwrap();
    assert_eq!(*opened.verifying_key(), key);
}
