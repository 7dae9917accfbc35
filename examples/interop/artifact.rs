//! What a file is: told by its content first, and by its name only where bytes alone do not say.

use std::path::Path;

use pqkm::core::{AnyPrivateKey, AnyPublicKey, DecodeError};
use x509_cert::der::{
    Reader, SliceReader, Tag, Tagged,
    asn1::{AnyRef, ObjectIdentifier},
    pem,
};

use crate::{certificate::Certificate, walk};

/// One thing in a file.
pub(crate) enum Artifact {
    /// A private key, or why it was refused as a container.
    Private(Result<AnyPrivateKey, DecodeError>),
    /// A public key, likewise.
    Public(Result<AnyPublicKey, DecodeError>),
    /// A certificate, likewise.
    Certificate(Box<Result<Certificate, String>>),
    /// The ciphertext of a KEM.
    Ciphertext(Vec<u8>),
    /// The shared secret in it.
    SharedSecret(Vec<u8>),
    /// Something that another crate reads.
    Elsewhere(&'static str),
    /// Named like an artifact, and none that is known.
    Unreadable(&'static str),
}

/// The artifacts in a file; none if it is no artifact.
pub(crate) fn read(path: &Path, bytes: &[u8]) -> Vec<Artifact> {
    let name = walk::name(path);
    let plain = name
        .rsplit_once('.')
        .map_or(name.as_str(), |(stem, _)| stem);
    let ends = |endings: &[&str]| endings.iter().any(|ending| plain.ends_with(ending));
    if name.ends_with(".raw") {
        return vec![Artifact::Elsewhere("a bare private value, in no container")];
    }
    if name.ends_with(".json") || name.ends_with(".md") || name.ends_with(".txt") {
        return Vec::new();
    }
    if ends(&["_ciphertext", "_ct"]) || name.ends_with(".ct") {
        return vec![Artifact::Ciphertext(bytes.to_vec())];
    }
    if ends(&["_ss", "_shared_secret"]) || name.ends_with(".ss") {
        return vec![Artifact::SharedSecret(bytes.to_vec())];
    }
    let blocks = pem_blocks(bytes);
    if !blocks.is_empty() {
        return blocks.iter().filter_map(|block| of_pem(block)).collect();
    }
    match of_der(bytes) {
        Some(artifact) => vec![artifact],
        None if ends(&["_priv", "-priv"]) || name.ends_with(".priv") => {
            vec![Artifact::Unreadable("private key")]
        }
        None if ends(&["_ta", "_ee", "_cert"]) || name.ends_with(".crt") => {
            vec![Artifact::Unreadable("certificate")]
        }
        None if ends(&["_public", "_pub"]) || name.ends_with(".pub") => {
            vec![Artifact::Unreadable("public key")]
        }
        None if name.ends_with(".der") => vec![Artifact::Unreadable("DER document")],
        None => Vec::new(),
    }
}

/// The PEM documents in a text, each from its first to its last line.
fn pem_blocks(bytes: &[u8]) -> Vec<&str> {
    let Ok(mut text) = str::from_utf8(bytes) else {
        return Vec::new();
    };
    let mut blocks = Vec::new();
    while let Some(start) = text.find("-----BEGIN ") {
        let from = text.get(start..).unwrap_or_default();
        let Some(end) = from.find("-----END ") else {
            break;
        };
        let line = from.get(end..).unwrap_or_default();
        let length = line.find(['\r', '\n']).unwrap_or(line.len());
        let (block, rest) = from.split_at(end + length);
        blocks.push(block);
        text = rest;
    }
    blocks
}

fn of_pem(block: &str) -> Option<Artifact> {
    let Ok((label, contents)) = pem::decode_vec(block.as_bytes()) else {
        return Some(Artifact::Unreadable("PEM document"));
    };
    Some(match label {
        "PRIVATE KEY" => Artifact::Private(AnyPrivateKey::from_pkcs8_der(&contents)),
        "PUBLIC KEY" => Artifact::Public(AnyPublicKey::from_spki_der(&contents)),
        "CERTIFICATE" => certificate(&contents),
        "CMS" | "PKCS7" => Artifact::Elsewhere(CMS),
        "ENCRYPTED PRIVATE KEY" => Artifact::Elsewhere("a private key under a password"),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" | "X509 CRL" => {
            Artifact::Elsewhere(CERTIFICATES)
        }
        "EC PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PARAMETERS" => {
            Artifact::Elsewhere("a classical key in its own container")
        }
        _ => return None,
    })
}

const CMS: &str = "CMS is read by pqkm-composite";
const CERTIFICATES: &str = "requests and revocation lists are read by pqkm-composite";

fn certificate(der: &[u8]) -> Artifact {
    Artifact::Certificate(Box::new(Certificate::read(der)))
}

/// Tells a DER document by its outline: the tags at its top and what its first element holds.
fn of_der(bytes: &[u8]) -> Option<Artifact> {
    let outline = outline(bytes);
    match outline.as_slice() {
        [Tag::Integer, Tag::Sequence, Tag::OctetString, ..] => {
            Some(Artifact::Private(AnyPrivateKey::from_pkcs8_der(bytes)))
        }
        [Tag::Sequence, Tag::BitString, ..] => {
            Some(Artifact::Public(AnyPublicKey::from_spki_der(bytes)))
        }
        [Tag::Sequence, Tag::Sequence, Tag::BitString, ..] => Some(certificate(bytes)),
        [Tag::Sequence, Tag::OctetString] => {
            Some(Artifact::Elsewhere("a private key under a password"))
        }
        [Tag::ObjectIdentifier, ..] => Some(Artifact::Elsewhere(CMS)),
        // BER with an indefinite length, as some write CMS: `30 80 06 ..`.
        _ if bytes.starts_with(&[0x30, 0x80, 0x06]) => Some(Artifact::Elsewhere(CMS)),
        _ => None,
    }
}

/// The tags of the elements of a SEQUENCE, as far as they can be read.
fn outline(bytes: &[u8]) -> Vec<Tag> {
    let Ok(mut outer) = SliceReader::new(bytes) else {
        return Vec::new();
    };
    let Ok(whole) = outer.decode::<AnyRef<'_>>() else {
        return Vec::new();
    };
    if whole.tag() != Tag::Sequence {
        return Vec::new();
    }
    let Ok(mut inner) = SliceReader::new(whole.value()) else {
        return Vec::new();
    };
    let mut tags = Vec::new();
    while !inner.is_finished() {
        let Ok(element) = inner.decode::<AnyRef<'_>>() else {
            break;
        };
        tags.push(element.tag());
    }
    tags
}

/// Why this crate has nothing to say about keys of an algorithm, if another crate has.
pub(crate) fn covered_elsewhere(oid: ObjectIdentifier) -> Option<&'static str> {
    let text = oid.to_string();
    let last = |prefix: &str| {
        text.strip_prefix(prefix)
            .and_then(|rest| rest.parse::<u32>().ok())
    };
    if matches!(last("1.3.6.1.5.5.7.6."), Some(37..=66)) {
        return Some("composite keys are read by pqkm-composite");
    }
    match text.as_str() {
        "1.2.840.113549.1.9.16.3.17" => Some("HSS is verified by pqkm-stateful"),
        "1.3.6.1.5.5.7.6.34" | "1.3.6.1.5.5.7.6.35" => Some("XMSS is verified by pqkm-stateful"),
        _ => None,
    }
}
