//! A lenient reader, for diagnosis only: what is wrong with a key that the strict one refuses.
//!
//! It returns words and lengths, never a key: nothing that is read here can be used for anything.

use alloc::vec::Vec;
use core::fmt;

use der::{Decode, asn1::OctetStringRef};
use pqkm_core::{
    AnyPrivateKey, AnyPublicKey, DecodeError, PublicMaterial, VerificationAlgorithm,
    pkcs8::PrivateKeyInfoRef,
    spki::{ObjectIdentifier, SubjectPublicKeyInfoRef},
};
use pqkm_core::{KemAlgorithm, MlDsa44, MlDsa65, MlDsa87, MlKem768, MlKem1024};

use crate::{FamilyPrivateKey, FamilyPublicKey, kem_by_oid, signature_by_oid};

/// The arc of the prototypes that came before the registered identifiers.
const PROTOTYPES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.114027.80");

/// Something that is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The container is not DER to the last byte.
    Container,
    /// The identifier is that of a prototype, from before the registration.
    Prototype,
    /// The identifier is that of no composite.
    UnknownAlgorithm,
    /// The identifier has parameters.
    Parameters,
    /// There are fewer bytes than the first half alone has.
    TooShort,
    /// There are more bytes than both halves have.
    TooLong,
    /// The post-quantum half is no key of its algorithm.
    PostQuantumHalf,
    /// The traditional half is no key of its algorithm, or in another encoding.
    TraditionalHalf,
    /// The point is compressed.
    CompressedPoint,
    /// The post-quantum half is expanded, where the seed belongs.
    ExpandedPrivateKey,
    /// The strict reader refuses it, and nothing here says why.
    Refused,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Container => "the container is not DER to the last byte",
            Self::Prototype => "the identifier is that of a prototype",
            Self::UnknownAlgorithm => "the identifier is that of no composite",
            Self::Parameters => "the identifier has parameters",
            Self::TooShort => "fewer bytes than the first half alone",
            Self::TooLong => "more bytes than both halves",
            Self::PostQuantumHalf => "the post-quantum half is no key of its algorithm",
            Self::TraditionalHalf => "the traditional half is no key, or encoded otherwise",
            Self::CompressedPoint => "the point is compressed",
            Self::ExpandedPrivateKey => "an expanded key where the seed belongs",
            Self::Refused => "refused",
        })
    }
}

/// One half, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half {
    /// The algorithm's name.
    pub name: &'static str,
    /// Its length in the encoding, in bytes.
    pub bytes: usize,
}

/// What was seen of a key.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Diagnosis {
    /// The composite's name, if the identifier is registered.
    pub name: Option<&'static str>,
    /// Its halves, if there are bytes enough for both.
    pub halves: Option<[Half; 2]>,
    /// What is wrong with it: empty for a key that the strict reader takes.
    pub findings: Vec<Finding>,
}

/// What a table says of a composite.
struct Expected {
    name: &'static str,
    halves: [&'static str; 2],
    longest: usize,
    /// Length of the first half of public keys, its seed, its expanded private key.
    first: [usize; 3],
}

fn expected(oid: ObjectIdentifier, is_private: bool) -> Option<Expected> {
    let (name, halves, lengths) = match (signature_by_oid(oid), kem_by_oid(oid)) {
        (Some(entry), _) => (
            entry.name,
            [entry.post_quantum, entry.traditional],
            [entry.public_key, entry.private_key],
        ),
        (_, Some(entry)) => (
            entry.name,
            [entry.post_quantum, entry.traditional],
            [entry.public_key, entry.private_key],
        ),
        _ => return None,
    };
    let [public, private] = lengths.map(crate::Length::longest);
    Some(Expected {
        name,
        halves,
        longest: if is_private { private } else { public },
        first: match halves[0] {
            "ML-DSA-44" => [1312, 32, 2560],
            "ML-DSA-65" => [1952, 32, 4032],
            "ML-DSA-87" => [2592, 32, 4896],
            "ML-KEM-768" => [1184, 64, 2400],
            _ => [1568, 64, 3168],
        },
    })
}

/// Looks at a `SubjectPublicKeyInfo`.
#[must_use]
pub fn public_key(der: &[u8]) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    let Ok(info) = SubjectPublicKeyInfoRef::from_der(der) else {
        diagnosis.findings.push(Finding::Container);
        return diagnosis;
    };
    let key = info.subject_public_key.raw_bytes();
    if let Some(expected) = diagnosis.algorithm(&info.algorithm, false)
        && let Some((first, second)) = diagnosis.split(&expected, key, expected.first[0])
    {
        if !is_post_quantum_key(expected.halves[0], first) {
            diagnosis.findings.push(Finding::PostQuantumHalf);
        }
        if matches!(second.first(), Some(2 | 3)) && expected.halves[1].contains("-P") {
            diagnosis.findings.push(Finding::CompressedPoint);
        }
    }
    let strict = AnyPublicKey::from_spki_der(der).and_then(|any| any.promote::<FamilyPublicKey>());
    diagnosis.conclude(strict.err());
    diagnosis
}

/// Looks at a `OneAsymmetricKey`. The bytes stay the caller's to erase.
#[must_use]
pub fn private_key(der: &[u8]) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    let Ok(info) = PrivateKeyInfoRef::from_der(der) else {
        diagnosis.findings.push(Finding::Container);
        return diagnosis;
    };
    let key: &OctetStringRef = info.private_key;
    if let Some(expected) = diagnosis.algorithm(&info.algorithm, true) {
        let [_, seed, expanded] = expected.first;
        if key.as_bytes().len() > expanded {
            diagnosis.findings.push(Finding::ExpandedPrivateKey);
        }
        diagnosis.split(&expected, key.as_bytes(), seed);
    }
    let strict = AnyPrivateKey::from_pkcs8_der(der).and_then(|any| {
        let read = any.promote::<FamilyPrivateKey>();
        read.map(|_| ())
    });
    diagnosis.conclude(strict.err());
    diagnosis
}

impl Diagnosis {
    fn algorithm(
        &mut self,
        algorithm: &pqkm_core::spki::AlgorithmIdentifierRef<'_>,
        is_private: bool,
    ) -> Option<Expected> {
        let expected = expected(algorithm.oid, is_private);
        if expected.is_some() && algorithm.parameters.is_some() {
            self.findings.push(Finding::Parameters);
        }
        if expected.is_none() {
            let is_prototype = algorithm.oid.as_bytes().starts_with(PROTOTYPES.as_bytes());
            self.findings.push(if is_prototype {
                Finding::Prototype
            } else {
                Finding::UnknownAlgorithm
            });
        }
        self.name = expected.as_ref().map(|expected| expected.name);
        expected
    }

    fn split<'a>(
        &mut self,
        expected: &Expected,
        key: &'a [u8],
        at: usize,
    ) -> Option<(&'a [u8], &'a [u8])> {
        let Some((first, second)) = key.split_at_checked(at) else {
            self.findings.push(Finding::TooShort);
            return None;
        };
        if key.len() > expected.longest {
            self.findings.push(Finding::TooLong);
        }
        let [post_quantum, traditional] = expected.halves;
        self.halves = Some([
            Half {
                name: post_quantum,
                bytes: first.len(),
            },
            Half {
                name: traditional,
                bytes: second.len(),
            },
        ]);
        Some((first, second))
    }

    /// The strict reader has the last word, in both directions.
    fn conclude(&mut self, refusal: Option<DecodeError>) {
        match refusal {
            None => self.findings.clear(),
            Some(_) if !self.findings.is_empty() => {}
            Some(_) if self.halves.is_some() => self.findings.push(Finding::TraditionalHalf),
            Some(_) => self.findings.push(Finding::Refused),
        }
    }
}

fn is_post_quantum_key(name: &str, key: &[u8]) -> bool {
    fn verifies<A: VerificationAlgorithm>(key: &[u8]) -> bool {
        A::Verification::from_bytes(key).is_ok()
    }
    fn encapsulates<A: KemAlgorithm>(key: &[u8]) -> bool {
        A::Encapsulation::from_bytes(key).is_ok()
    }
    match name {
        "ML-DSA-44" => verifies::<MlDsa44>(key),
        "ML-DSA-65" => verifies::<MlDsa65>(key),
        "ML-DSA-87" => verifies::<MlDsa87>(key),
        "ML-KEM-768" => encapsulates::<MlKem768>(key),
        _ => encapsulates::<MlKem1024>(key),
    }
}
