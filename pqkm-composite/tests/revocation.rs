//! Revocation lists and OCSP responses that say too little, too much, or the same twice; and requests.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests are not recognised as tests"
)]

mod support;

use pqkm_composite::{
    MlDsa44Ed25519, ReadError, family_verifiers,
    x509::{CertStatus, OcspResponse, Request, RevocationList},
};
use pqkm_core::{AnyPublicKey, PreHash, VerificationAlgorithm};
use x509_cert::{
    Version,
    certificate::Rfc5280,
    crl::{RevokedCert, TbsCertList},
    der::{Any, Decode, Encode, asn1::SetOfVec},
    ext::Extension,
    name::Name,
};

use support::{
    Authority, DAY, NOW, at, extension,
    forge::{element, sequence, sign},
    x509_time,
};

type Pair = MlDsa44Ed25519;
type List = TbsCertList<Rfc5280>;

const AUTHORITY_KEY: &str = "2.5.29.35";
const NUMBER: &str = "2.5.29.20";
const DELTA: &str = "2.5.29.27";
const DISTRIBUTION_POINT: &str = "2.5.29.28";
const REASON: &str = "2.5.29.21";
const INVALIDITY_DATE: &str = "2.5.29.24";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";

/// A list of the intermediate's with one entry and nothing wrong.
fn sound(top: &Authority<Pair>) -> List {
    List {
        version: Version::V2,
        signature: Pair::signature_algorithm(),
        issuer: top.sub.subject().clone(),
        this_update: x509_time(NOW - DAY),
        next_update: Some(x509_time(NOW + DAY)),
        revoked_certificates: Some(vec![RevokedCert {
            serial_number: top.leaf.serial_number().clone(),
            revocation_date: x509_time(NOW - DAY),
            crl_entry_extensions: None,
        }]),
        crl_extensions: None,
    }
}

fn with(list: &List, extensions: &[Extension]) -> List {
    let crl_extensions = Some(extensions.to_vec());
    List {
        crl_extensions,
        ..list.clone()
    }
}

/// With extensions of its entry.
fn with_in_entry(list: &List, extensions: &[Extension]) -> List {
    let mut list = list.clone();
    let entries = list.revoked_certificates.iter_mut().flatten();
    entries.for_each(|entry| entry.crl_entry_extensions = Some(extensions.to_vec()));
    list
}

fn read(top: &Authority<Pair>, list: &List) -> Result<RevocationList, ReadError> {
    RevocationList::from_der(&sign(&list.to_der().unwrap(), &top.sub_key))
}

#[test]
fn lists_that_break_the_profile_are_not_read() {
    let top = Authority::<Pair>::new("lists");
    let sound = sound(&top);
    for (list, expected) in [
        (
            List {
                version: Version::V1,
                ..sound.clone()
            },
            ReadError::Version,
        ),
        (
            List {
                version: Version::V3,
                ..sound.clone()
            },
            ReadError::Version,
        ),
        (
            List {
                issuer: Name::default(),
                ..sound.clone()
            },
            ReadError::Name,
        ),
        (
            List {
                revoked_certificates: Some(vec![]),
                ..sound.clone()
            },
            ReadError::Malformed,
        ),
    ] {
        assert_eq!(read(&top, &list), Err(expected), "{list:?}");
    }
    let one = |oid, value: &[u8]| vec![extension(oid, false, value)];
    let number = extension(NUMBER, false, &[2, 1, 7]);
    for extensions in [
        vec![],
        vec![number.clone(), number],
        vec![extension("1.2.3.4", true, b"")],
        one(NUMBER, b"garbage"),
        one(NUMBER, &[2, 1, 0x80]),
        one(NUMBER, &[2, 2, 0, 1]),
        one(NUMBER, &element(2, &[1; 21])),
        one(AUTHORITY_KEY, b"garbage"),
        one(DELTA, &[2, 1, 1]),
        // onlyContainsUserCerts, critical as it must be, and not.
        one(DISTRIBUTION_POINT, &[0x30, 3, 0x81, 1, 0xff]),
        vec![extension(
            DISTRIBUTION_POINT,
            true,
            &[0x30, 3, 0x81, 1, 0xff],
        )],
    ] {
        let refused = read(&top, &with(&sound, &extensions));
        assert_eq!(refused, Err(ReadError::Extension), "{extensions:?}");
    }
    let reason = extension(REASON, false, &[10, 1, 1]);
    for extensions in [
        vec![],
        vec![reason.clone(), reason],
        vec![extension("1.2.3.4", true, b"")],
        one(REASON, &[10, 1, 7]),
        one(REASON, &[10, 1, 8]),
        one(REASON, b"garbage"),
        one(INVALIDITY_DATE, b"garbage"),
        one(CERTIFICATE_ISSUER, &[0x30, 0]),
    ] {
        let refused = read(&top, &with_in_entry(&sound, &extensions));
        assert_eq!(refused, Err(ReadError::Extension), "{extensions:?}");
    }
    let longest = extension(NUMBER, false, &element(2, &[1; 20]));
    let unknown = extension("1.2.3.4", false, b"");
    let list = with_in_entry(&with(&sound, &[longest, unknown.clone()]), &[unknown]);
    let list = read(&top, &list).unwrap();
    assert_eq!(list.number(), Some(&[1; 20][..]));
    assert!(list.is_revoked(top.leaf.serial_number()));
}

#[test]
fn a_list_is_its_issuers_and_for_a_time() {
    let top = Authority::<Pair>::new("lists");
    let sound = sound(&top);
    let verifiers = family_verifiers().unwrap();
    let verdict = |list: &List| {
        read(&top, list)
            .unwrap()
            .verify(&top.sub, &verifiers, at(NOW))
    };
    assert!(verdict(&sound).is_ok());
    assert!(
        verdict(&List {
            next_update: None,
            ..sound.clone()
        })
        .is_err(),
        "for ever"
    );
    let named = |identifier: &[u8]| {
        let value = sequence(&[&element(0x80, identifier)]);
        with(&sound, &[extension(AUTHORITY_KEY, false, &value)])
    };
    assert!(verdict(&named(top.sub.subject_key_identifier().unwrap())).is_ok());
    assert!(
        verdict(&named(top.root.subject_key_identifier().unwrap())).is_err(),
        "another key"
    );
}

/// An answer about the leaf, and the fields around it.
struct Answer {
    version: Vec<u8>,
    next_update: Vec<u8>,
    single_extensions: Vec<Extension>,
    extensions: Vec<Extension>,
}

const THIS_UPDATE: &[u8] = b"20270114080000Z";
const NEXT_UPDATE: &[u8] = b"20270116080000Z";

impl Answer {
    fn sound() -> Self {
        Self {
            version: Vec::new(),
            next_update: element(0xa0, &element(0x18, NEXT_UPDATE)),
            single_extensions: Vec::new(),
            extensions: Vec::new(),
        }
    }

    fn sign(&self, top: &Authority<Pair>) -> Vec<u8> {
        let hash = |bytes: &[u8]| element(4, &PreHash::Sha2_256.digest(bytes)[..32]);
        let sha_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
        let optional = |all: &[Extension]| match all {
            [] => Vec::new(),
            _ => element(0xa1, &all.to_vec().to_der().unwrap()),
        };
        let id = sequence(&[
            &sequence(&[&element(6, &sha_256)]),
            &hash(&top.sub.subject().to_der().unwrap()),
            &hash(top.sub.key().key_bytes()),
            &top.leaf.serial_number().to_der().unwrap(),
        ]);
        let this_update = element(0x18, THIS_UPDATE);
        let single = optional(&self.single_extensions);
        let single = sequence(&[&id, &[0x80, 0], &this_update, &self.next_update, &single]);
        let data = sequence(&[
            &self.version,
            &element(0xa1, &top.sub.subject().to_der().unwrap()),
            &this_update,
            &sequence(&[&single]),
            &optional(&self.extensions),
        ]);
        let basic = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1];
        let basic = sequence(&[&element(6, &basic), &element(4, &sign(&data, &top.sub_key))]);
        sequence(&[&[10, 1, 0], &element(0xa0, &basic)])
    }
}

const NONCE: &str = "1.3.6.1.5.5.7.48.1.2";

#[test]
fn responses_that_break_the_profile_are_not_read() {
    let top = Authority::<Pair>::new("responses");
    let read = |answer: &Answer| OcspResponse::from_der(&answer.sign(&top));
    assert!(read(&Answer::sound()).is_ok());
    let version = element(0xa0, &[2, 1, 1]);
    let later = Answer {
        version,
        ..Answer::sound()
    };
    assert_eq!(read(&later), Err(ReadError::Version));
    let nonce = |value: &[u8]| vec![extension(NONCE, false, value)];
    let unknown = extension("1.2.3.4", false, b"");
    for extensions in [
        vec![unknown.clone(), unknown.clone()],
        vec![extension("1.2.3.4", true, b"")],
        nonce(b"garbage"),
        nonce(&[4, 0]),
        nonce(&[4, 0x81, 1, 7]),
        nonce(&element(4, &[7; 129])),
    ] {
        let in_all = Answer {
            extensions: extensions.clone(),
            ..Answer::sound()
        };
        let in_one = Answer {
            single_extensions: extensions,
            ..Answer::sound()
        };
        for answer in [in_all, in_one] {
            assert_eq!(read(&answer), Err(ReadError::Extension));
        }
    }
    let extensions = vec![unknown, extension(NONCE, true, &element(4, &[7; 128]))];
    let longest = read(&Answer {
        extensions,
        ..Answer::sound()
    })
    .unwrap();
    assert_eq!(longest.nonce(), Some(&[7; 128][..]));
}

#[test]
fn an_answer_without_an_end_is_none() {
    let top = Authority::<Pair>::new("responses");
    let verifiers = family_verifiers().unwrap();
    let status = |answer: &Answer| {
        let response = OcspResponse::from_der(&answer.sign(&top)).unwrap();
        response.status(&top.leaf, &top.sub, &verifiers, at(NOW), None)
    };
    assert_eq!(status(&Answer::sound()), Ok(CertStatus::Good));
    let endless = Answer {
        next_update: Vec::new(),
        ..Answer::sound()
    };
    assert!(status(&endless).is_err());
}

/// A request with those attributes, each an identifier and its values, encoded.
fn request(top: &Authority<Pair>, attributes: &[(&[u8], &[&[u8]])]) -> Result<Request, ReadError> {
    let attributes = attributes.iter().map(|(oid, values)| {
        let values = element(0x31, &values.concat());
        Any::from_der(&sequence(&[&element(6, oid), &values])).unwrap()
    });
    let all: Vec<Any> = attributes.collect();
    let all = SetOfVec::try_from(all).unwrap().to_der().unwrap();
    let public = AnyPublicKey::from(&top.leaf_key.verifying_key());
    let subject = top.leaf.subject().to_der().unwrap();
    let mut attributes = all;
    if let Some(tag) = attributes.first_mut() {
        *tag = 0xa0;
    }
    let content = sequence(&[&[2, 1, 0], &subject, public.as_spki_der(), &attributes]);
    Request::from_der(&sign(&content, &top.leaf_key))
}

#[test]
fn requests_ask_once_and_in_der() {
    let top = Authority::<Pair>::new("requests");
    // extensionRequest and challengePassword (RFC 2985).
    let asks = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14];
    let password = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7];
    let extensions = |all: &[Extension]| all.to_vec().to_der().unwrap();
    let usage = extension("2.5.29.15", true, &[3, 2, 7, 128]);
    let sound = extensions(core::slice::from_ref(&usage));
    let other = extensions(&[extension("1.2.3.4", false, b"")]);
    let read = request(&top, &[(&asks, &[&sound]), (&password, &[&[12, 1, b'a']])]).unwrap();
    assert_eq!(read.requested_extensions(), core::slice::from_ref(&usage));
    assert!(read.verify(&family_verifiers().unwrap()).is_ok());
    assert_eq!(request(&top, &[]).unwrap().requested_extensions(), []);

    let refused = |attributes: &[(&[u8], &[&[u8]])]| request(&top, attributes).unwrap_err();
    let twice = extensions(&[usage.clone(), usage]);
    let garbage = extensions(&[extension("2.5.29.17", false, b"garbage")]);
    assert_eq!(refused(&[(&asks, &[&twice])]), ReadError::Extension);
    assert_eq!(refused(&[(&asks, &[&garbage])]), ReadError::Extension);
    assert_eq!(refused(&[(&asks, &[&sound, &other])]), ReadError::Malformed);
    assert_eq!(refused(&[(&asks, &[])]), ReadError::Malformed);
    assert_eq!(
        refused(&[(&asks, &[&sound]), (&asks, &[&other])]),
        ReadError::Malformed
    );
    assert_eq!(refused(&[(&asks, &[&[5, 0]])]), ReadError::Malformed);
}
