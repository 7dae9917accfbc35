//! Composite keys and signatures; certificates, requests, revocation lists and OCSP responses.

use std::{sync::LazyLock, time::Duration};

use pkcs8::{EncodePrivateKey, der::asn1::GeneralizedTime};
use pqkm_composite::{
    CompositeKemAlgorithm, CompositeSignatureAlgorithm, KemVisitor, MlDsa44EcdsaP256,
    MlDsa44Ed25519, MlKem768EcdhP256, MlKem768X25519, SignatureVisitor, family_verifiers, lenient,
    visit_kem, visit_signature,
    x509::{
        self, CertStatus, Certificate, Issuance, OcspResponse, Profile, Request, ResponderRole,
        RevocationList, Revoked, SingleStatus,
    },
    x509_cert::{
        ext::pkix::CrlReason,
        serial_number::SerialNumber,
        time::{Time, Validity},
    },
};
use pqkm_core::{
    AnyPrivateKey, AnyPublicKey, DecapsulationKey, EncapsulationKey, ExposeToken, Signature,
    SigningKey, UnixTime, Verifiers, VerifyingKey,
};

use crate::{Target, rng::TestRng, target};

pub const TARGETS: &[Target] = &[
    target!(composite_public, public_keys),
    target!(composite_private, private_keys),
    target!(composite_signature, || vec![ISSUED.signature.clone()]),
    target!(certificate, || vec![ISSUED.root.as_der().to_vec()]),
    target!(certificate_request, || vec![ISSUED.request.clone()]),
    target!(revocation_list, || vec![ISSUED.list.clone()]),
    target!(ocsp_response, || vec![ISSUED.response.clone()]),
];

const MESSAGE: &[u8] = b"message";
const NOW: u64 = 1_800_000_000;

/// Bytes as a key of the algorithm that is visited: what is read is written again as it was.
struct Public<'a>(&'a [u8]);

impl SignatureVisitor for Public<'_> {
    type Output = bool;

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) -> bool {
        let key = VerifyingKey::<A>::from_spki_der(self.0);
        key.is_ok_and(|key| key.to_spki_der() == self.0 || panic!("written otherwise"))
    }
}

impl KemVisitor for Public<'_> {
    type Output = bool;

    fn visit<A: CompositeKemAlgorithm>(&mut self) -> bool {
        let key = EncapsulationKey::<A>::from_spki_der(self.0);
        key.is_ok_and(|key| key.to_spki_der() == self.0 || panic!("written otherwise"))
    }
}

/// The same of private keys.
struct Private<'a>(&'a [u8]);

impl SignatureVisitor for Private<'_> {
    type Output = bool;

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) -> bool {
        SigningKey::<A>::from_pkcs8_der(self.0).is_ok_and(|key| {
            let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
            assert_eq!(exposed.to_pkcs8_der().unwrap().as_bytes(), self.0);
            true
        })
    }
}

impl KemVisitor for Private<'_> {
    type Output = bool;

    fn visit<A: CompositeKemAlgorithm>(&mut self) -> bool {
        DecapsulationKey::<A>::from_pkcs8_der(self.0).is_ok_and(|key| {
            let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
            assert_eq!(exposed.to_pkcs8_der().unwrap().as_bytes(), self.0);
            true
        })
    }
}

/// A key of the pair that its identifier names, and what a diagnosis says of it.
fn composite_public(data: &[u8]) -> bool {
    let _diagnosis = lenient::public_key(data);
    AnyPublicKey::from_spki_der(data).is_ok_and(|any| {
        visit_signature(any.oid(), &mut Public(data)) == Some(true)
            || visit_kem(any.oid(), &mut Public(data)) == Some(true)
    })
}

fn composite_private(data: &[u8]) -> bool {
    let _diagnosis = lenient::private_key(data);
    AnyPrivateKey::from_pkcs8_der(data).is_ok_and(|any| {
        visit_signature(any.oid(), &mut Private(data)) == Some(true)
            || visit_kem(any.oid(), &mut Private(data)) == Some(true)
    })
}

fn public_keys() -> Vec<Vec<u8>> {
    let mut rng = TestRng::new(11);
    macro_rules! of {
        ($($key:ident<$set:ty>, $public:ident;)+) => {
            vec![$($key::<$set>::generate(&mut rng).unwrap().$public().to_spki_der()),+]
        };
    }
    of! {
        SigningKey<MlDsa44EcdsaP256>, verifying_key;
        SigningKey<MlDsa44Ed25519>, verifying_key;
        DecapsulationKey<MlKem768EcdhP256>, encapsulation_key;
        DecapsulationKey<MlKem768X25519>, encapsulation_key;
    }
}

fn private_keys() -> Vec<Vec<u8>> {
    let mut rng = TestRng::new(12);
    macro_rules! of {
        ($($key:ident<$set:ty>;)+) => {
            vec![$({
                let key = $key::<$set>::generate(&mut rng).unwrap();
                let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
                exposed.to_pkcs8_der().unwrap().as_bytes().to_vec()
            }),+]
        };
    }
    of! {
        SigningKey<MlDsa44EcdsaP256>;
        SigningKey<MlDsa44Ed25519>;
        DecapsulationKey<MlKem768EcdhP256>;
        DecapsulationKey<MlKem768X25519>;
    }
}

/// A root, and one of everything that it signs. Both its halves are strict: no second signature verifies.
struct Issued {
    verifiers: Verifiers,
    key: VerifyingKey<MlDsa44Ed25519>,
    signature: Vec<u8>,
    root: Certificate,
    request: Vec<u8>,
    list: Vec<u8>,
    response: Vec<u8>,
}

static ISSUED: LazyLock<Issued> = LazyLock::new(issue_all);

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds).unwrap()
}

fn issue_all() -> Issued {
    let rng = &mut TestRng::new(13);
    let time = |seconds| {
        let since = Duration::from_secs(seconds);
        Time::GeneralTime(GeneralizedTime::from_unix_duration(since).unwrap())
    };
    let signer = SigningKey::<MlDsa44Ed25519>::generate(rng).unwrap();
    let public = AnyPublicKey::from(&signer.verifying_key());
    let issuance = Issuance {
        serial_number: SerialNumber::new(&[1]).unwrap(),
        validity: Validity::new(time(NOW - 9), time(NOW + 9)),
        subject_key: &public,
    };
    let subject = x509::name("CN=Root,O=Example").unwrap();
    let root = Profile::root(subject.clone(), Some(1));
    let root = x509::issue(root, issuance, None, &signer, rng).unwrap();
    let revoked = Revoked {
        serial_number: SerialNumber::new(&[7]).unwrap(),
        since: time(NOW - 5),
        reason: CrlReason::KeyCompromise,
    };
    let times = (time(NOW - 4), time(NOW + 4));
    let list = x509::sign_revocation_list(&root, 3, times, &[revoked], &signer, rng).unwrap();
    let single = SingleStatus {
        serial_number: root.serial_number().clone(),
        status: CertStatus::Good,
        this_update: at(NOW - 4),
        next_update: at(NOW + 4),
    };
    let nonce = Some(b"asked for this".as_slice());
    let when = (at(NOW), nonce);
    let role = ResponderRole::Issuer;
    let response = x509::sign_ocsp_response(&root, role, when, &[single], &signer, rng).unwrap();
    Issued {
        verifiers: family_verifiers().unwrap(),
        key: signer.verifying_key(),
        signature: signer.sign(MESSAGE, rng).unwrap().as_bytes().to_vec(),
        request: x509::sign_request(subject, &signer, rng)
            .unwrap()
            .as_der()
            .to_vec(),
        list: list.as_der().to_vec(),
        response: response.as_der().to_vec(),
        root,
    }
}

fn composite_signature(data: &[u8]) -> bool {
    let signature = Signature::from_bytes(data);
    let verifies = signature.is_ok_and(|signature| ISSUED.key.verify(MESSAGE, &signature).is_ok());
    assert!(
        !verifies || data == ISSUED.signature,
        "a second signature verifies"
    );
    verifies
}

/// Only what was signed verifies.
fn check(verifies: bool, data: &[u8], signed: &[u8]) -> bool {
    assert!(!verifies || data == signed, "what nobody signed verifies");
    true
}

fn certificate(data: &[u8]) -> bool {
    let Ok(read) = Certificate::from_der(data) else {
        return false;
    };
    assert_eq!(read.as_der(), data);
    let verifies = read
        .verify_signature(ISSUED.root.key(), &ISSUED.verifiers)
        .is_ok();
    check(verifies, data, ISSUED.root.as_der())
}

fn certificate_request(data: &[u8]) -> bool {
    let Ok(read) = Request::from_der(data) else {
        return false;
    };
    assert_eq!(read.as_der(), data);
    check(
        read.verify(&ISSUED.verifiers).is_ok(),
        data,
        &ISSUED.request,
    )
}

fn revocation_list(data: &[u8]) -> bool {
    let Ok(read) = RevocationList::from_der(data) else {
        return false;
    };
    assert_eq!(read.as_der(), data);
    let verifies = read
        .verify(&ISSUED.root, &ISSUED.verifiers, at(NOW))
        .is_ok();
    check(verifies, data, &ISSUED.list)
}

fn ocsp_response(data: &[u8]) -> bool {
    let Ok(read) = OcspResponse::from_der(data) else {
        return false;
    };
    assert_eq!(read.as_der(), data);
    let root = &ISSUED.root;
    let nonce = read.nonce();
    let verifies = read
        .status(root, root, &ISSUED.verifiers, at(NOW), nonce)
        .is_ok();
    check(verifies, data, &ISSUED.response)
}
