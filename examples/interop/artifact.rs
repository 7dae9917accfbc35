//! What a file is: told by its content first, and by its name only where bytes alone do not say.

use std::path::Path;

use pqkm::core::{AnyPrivateKey, AnyPublicKey, DecodeError};
use x509_cert::der::{
    Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{AnyRef, ObjectIdentifier},
    pem,
};

use crate::{
    certificate::{self, Certificate},
    walk::Name,
};

/// What was read from a container, and the algorithm that it names, so that something of an algorithm
/// that is not covered is no failure even if its container is unusual.
pub(crate) struct Read<T> {
    pub(crate) oid: Option<ObjectIdentifier>,
    pub(crate) result: Result<T, DecodeError>,
}

/// One thing in a file.
pub(crate) enum Artifact {
    Private(Read<AnyPrivateKey>),
    Public(Read<AnyPublicKey>),
    Certificate(Box<Read<Certificate>>),
    /// A private value in no container, and the algorithm that the file's name says.
    Raw(Option<ObjectIdentifier>, Vec<u8>),
    /// The ciphertext of a KEM.
    Ciphertext(Vec<u8>),
    /// The shared secret in it.
    SharedSecret(Vec<u8>),
    /// Something that another crate reads.
    Elsewhere(&'static str),
    /// Named like an artifact, and none that is known.
    Unreadable(&'static str),
}

/// Suffixes of files that are documents and never artifacts.
const DOCUMENTS: [&str; 10] = [
    ".json", ".md", ".txt", ".csv", ".asn", ".asn1", ".sh", ".log", ".zip", ".html",
];

/// The artifacts in a file; none if it is no artifact.
pub(crate) fn read(path: &Path, bytes: &[u8]) -> Vec<Artifact> {
    let name = Name::of(path);
    if DOCUMENTS.iter().any(|suffix| name.plain.ends_with(suffix)) {
        return Vec::new();
    }
    if name.ends_with(&["_ciphertext", "_ct"]) || name.has_suffix(&["ct"]) {
        return vec![Artifact::Ciphertext(bytes.to_vec())];
    }
    if name.ends_with(&["_ss", "_shared_secret"]) || name.has_suffix(&["ss"]) {
        return vec![Artifact::SharedSecret(bytes.to_vec())];
    }
    let blocks = pem_blocks(bytes);
    if !blocks.is_empty() {
        return blocks.iter().filter_map(|block| of_pem(block)).collect();
    }
    if let Some(artifact) = of_der(bytes) {
        return vec![artifact];
    }
    if name.has_suffix(&["raw"]) || name.ends_with(&["_seed", "-seed"]) {
        return vec![Artifact::Raw(name.oid(), bytes.to_vec())];
    }
    unreadable(&name)
        .map(Artifact::Unreadable)
        .into_iter()
        .collect()
}

/// What a file that holds nothing known should have been, by its name.
fn unreadable(name: &Name) -> Option<&'static str> {
    if name.ends_with(&["_priv", "-priv"]) || name.has_suffix(&["priv", "key", "p8", "pk8"]) {
        Some("private key")
    } else if name.ends_with(&["_ta", "_ee", "_cert"]) || name.has_suffix(&["crt", "cer", "cert"]) {
        Some("certificate")
    } else if name.ends_with(&["_public", "_pub"]) || name.has_suffix(&["pub", "spki"]) {
        Some("public key")
    } else {
        None
    }
}

/// Whether a file that holds nothing known claims by its suffix to be DER or PEM.
pub(crate) fn is_named_like_one(path: &Path) -> bool {
    !Name::of(path).suffixes.is_empty()
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

/// A PEM document with its lines broken where the strict reader expects it: RFC 7468, section 2, lets
/// readers take other lengths and blanks.
fn unfold(block: &str) -> String {
    let mut lines = block.lines();
    let first = lines.next().unwrap_or_default().trim_end();
    let mut last = "";
    let mut body = String::new();
    for line in lines {
        if line.starts_with("-----END ") {
            last = line.trim_end();
        } else if !line.contains(':') {
            body.extend(line.chars().filter(|character| !character.is_whitespace()));
        }
    }
    let mut text = format!("{first}\n");
    for (index, character) in body.chars().enumerate() {
        if index > 0 && index.is_multiple_of(64) {
            text.push('\n');
        }
        text.push(character);
    }
    format!("{text}\n{last}\n")
}

fn of_pem(block: &str) -> Option<Artifact> {
    let unfolded = unfold(block);
    let Ok((label, contents)) = pem::decode_vec(unfolded.as_bytes()) else {
        return Some(Artifact::Unreadable("PEM document"));
    };
    Some(match label {
        "PRIVATE KEY" => private(&contents),
        "PUBLIC KEY" => public(&contents),
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => certificate(&contents),
        "CMS" | "PKCS7" => Artifact::Elsewhere(CMS),
        "ENCRYPTED PRIVATE KEY" => Artifact::Elsewhere(ENCRYPTED),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" | "X509 CRL" => {
            Artifact::Elsewhere(CERTIFICATES)
        }
        "EC PRIVATE KEY" | "RSA PRIVATE KEY" => {
            Artifact::Elsewhere("a classical key in its own container")
        }
        _ => return None,
    })
}

const CMS: &str = "CMS is read by pqkm-composite";
const CERTIFICATES: &str = "requests and revocation lists are read by pqkm-composite";
const ENCRYPTED: &str = "a private key under a password that is not known here";

fn private(der: &[u8]) -> Artifact {
    let oid = AnyRef::from_der(der)
        .ok()
        .and_then(|whole| elements(whole.value()).get(1).copied())
        .and_then(first_oid);
    Artifact::Private(Read {
        oid,
        result: AnyPrivateKey::from_pkcs8_der(der),
    })
}

fn public(der: &[u8]) -> Artifact {
    let oid = AnyRef::from_der(der).ok().and_then(first_oid);
    Artifact::Public(Read {
        oid,
        result: AnyPublicKey::from_spki_der(der),
    })
}

fn certificate(der: &[u8]) -> Artifact {
    Artifact::Certificate(Box::new(Read {
        oid: certificate::key_oid(der),
        result: Certificate::read(der),
    }))
}

/// Tells a DER document by its outline: the tags at its top and what its first element holds.
fn of_der(bytes: &[u8]) -> Option<Artifact> {
    // BER with an indefinite length, as some write CMS: `30 80 06 ..`.
    if bytes.starts_with(&[0x30, 0x80, 0x06]) {
        return Some(Artifact::Elsewhere(CMS));
    }
    let mut reader = SliceReader::new(bytes).ok()?;
    let whole = reader.decode::<AnyRef<'_>>().ok()?;
    if whole.tag() != Tag::Sequence {
        return None;
    }
    let parts = elements(whole.value());
    let tags: Vec<_> = parts.iter().map(Tagged::tag).collect();
    Some(match (tags.as_slice(), parts.first()) {
        ([Tag::Integer, Tag::Sequence, Tag::OctetString, ..], _) => private(bytes),
        ([Tag::Sequence, Tag::BitString, ..], _) => public(bytes),
        ([Tag::Sequence, Tag::Sequence, Tag::BitString, ..], Some(signed)) => {
            if certificate::is_certificate(*signed) {
                certificate(bytes)
            } else {
                Artifact::Elsewhere(CERTIFICATES)
            }
        }
        ([Tag::Sequence, Tag::OctetString], _) => Artifact::Elsewhere(ENCRYPTED),
        ([Tag::ObjectIdentifier, ..], _) => Artifact::Elsewhere(CMS),
        _ => return None,
    })
}

/// The elements in the contents of a SEQUENCE, as far as they can be read.
pub(crate) fn elements(contents: &[u8]) -> Vec<AnyRef<'_>> {
    let Ok(mut reader) = SliceReader::new(contents) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while !reader.is_finished() {
        let Ok(element) = reader.decode::<AnyRef<'_>>() else {
            break;
        };
        found.push(element);
    }
    found
}

/// The object identifier with which nested SEQUENCEs begin.
pub(crate) fn first_oid(mut value: AnyRef<'_>) -> Option<ObjectIdentifier> {
    while value.tag() == Tag::Sequence {
        value = *elements(value.value()).first()?;
    }
    value.decode_as().ok()
}
