//! Documents that nothing here would issue, signed all the same.

use pqkm_composite::x509::name;
use pqkm_core::{AnyPublicKey, SignatureAlgorithm, SigningKey};
use pqkm_testkit::rng::SeededRng;
use x509_cert::{
    der::{Encode, Header, Length, Tag, asn1::BitString},
    ext::Extension,
    name::Name,
    time::Validity,
};

use super::{DAY, NOW, extension, x509_time};

/// An element with that first octet.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = Length::try_from(content.len()).unwrap();
    let header = Header::new(Tag::Sequence, length).to_der().unwrap();
    let length = header.strip_prefix(&[0x30]).unwrap();
    [&[tag], length, content].concat()
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// What a key makes of a document's contents, whatever they are.
pub(crate) fn sign<A: SignatureAlgorithm>(content: &[u8], key: &SigningKey<A>) -> Vec<u8> {
    let mut rng = SeededRng::from_label("forged");
    let signature = key.sign(content, &mut rng).unwrap();
    let signature = BitString::from_bytes(signature.as_bytes()).unwrap();
    let algorithm = A::signature_algorithm().to_der().unwrap();
    sequence(&[content, &algorithm, &signature.to_der().unwrap()])
}

/// The fields of a certificate.
#[derive(Clone)]
pub(crate) struct Forged {
    /// The number that is encoded: one less than what it is called by.
    pub(crate) version: u8,
    /// The octets of the serial number.
    pub(crate) serial_number: Vec<u8>,
    pub(crate) issuer: Name,
    pub(crate) subject: Name,
    pub(crate) key: AnyPublicKey,
    /// Unique identifiers and extensions, encoded.
    pub(crate) rest: Vec<u8>,
}

impl Forged {
    /// A subject with nothing wrong about it, below the intermediate.
    pub(crate) fn new(key: &AnyPublicKey) -> Self {
        Self {
            version: 2,
            serial_number: vec![7],
            issuer: name("CN=Sub").unwrap(),
            subject: name("CN=Leaf").unwrap(),
            key: key.clone(),
            rest: Vec::new(),
        }
    }

    pub(crate) fn with_extensions(self, all: &[Extension]) -> Self {
        let rest = element(0xa3, &all.to_vec().to_der().unwrap());
        Self { rest, ..self }
    }

    /// With one extension, which is not critical.
    pub(crate) fn with(self, oid: &str, value: &[u8]) -> Self {
        self.with_extensions(&[extension(oid, false, value)])
    }

    pub(crate) fn sign<A: SignatureAlgorithm>(&self, key: &SigningKey<A>) -> Vec<u8> {
        let version = match self.version {
            0 => Vec::new(),
            number => element(0xa0, &element(2, &[number])),
        };
        let validity = Validity::<x509_cert::certificate::Rfc5280>::new(
            x509_time(NOW - DAY),
            x509_time(NOW + 30 * DAY),
        );
        let fields = sequence(&[
            &version,
            &element(2, &self.serial_number),
            &A::signature_algorithm().to_der().unwrap(),
            &self.issuer.to_der().unwrap(),
            &validity.to_der().unwrap(),
            &self.subject.to_der().unwrap(),
            self.key.as_spki_der(),
            &self.rest,
        ]);
        sign(&fields, key)
    }
}
