//! As much of a certificate as concerns its key.
//!
//! It is read by its outline: what does not concern the key (names, times, serial numbers) is not
//! judged here.

use pqkm::core::{AnyPublicKey, DecodeError, Verifiers, VerifyByOidError};
use x509_cert::{
    der::{
        Decode, Encode, Tag, TagNumber, Tagged,
        asn1::{AnyRef, BitStringRef, ObjectIdentifier},
        oid::AssociatedOid,
    },
    ext::{
        Extensions,
        pkix::{KeyUsage, KeyUsages},
    },
    spki::AlgorithmIdentifierOwned,
};

use crate::artifact::elements;

/// A certificate whose outer form is right.
pub(crate) struct Certificate {
    /// What is signed, as it stands in the file.
    signed: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    names_are_equal: bool,
    usage: Option<Result<KeyUsage, ()>>,
    pub(crate) key: AnyPublicKey,
}

/// The fields of a `TBSCertificate`, after its version.
struct Outline<'a> {
    algorithm: AnyRef<'a>,
    issuer: AnyRef<'a>,
    subject: AnyRef<'a>,
    key: AnyRef<'a>,
    extensions: Option<AnyRef<'a>>,
}

const fn explicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

fn tbs<'a>(signed: AnyRef<'a>) -> Option<Outline<'a>> {
    let fields = elements(signed.value());
    let fields = match fields.split_first() {
        Some((version, rest)) if version.tag() == explicit(0) => rest,
        _ => &fields,
    };
    let [serial, algorithm, issuer, validity, subject, key, rest @ ..] = fields else {
        return None;
    };
    let sequences = [algorithm, issuer, validity, subject, key];
    (serial.tag() == Tag::Integer && sequences.iter().all(|field| field.tag() == Tag::Sequence))
        .then(|| Outline {
            algorithm: *algorithm,
            issuer: *issuer,
            subject: *subject,
            key: *key,
            extensions: rest
                .iter()
                .find(|field| field.tag() == explicit(3))
                .copied(),
        })
}

/// Whether the first element of a signed document is a `TBSCertificate`, and not the signed part of a
/// request or a revocation list, whose outer forms are the same.
pub(crate) fn is_certificate(signed: AnyRef<'_>) -> bool {
    tbs(signed).is_some()
}

/// The algorithm of the key, as far as it can be told.
pub(crate) fn key_oid(der: &[u8]) -> Option<ObjectIdentifier> {
    let whole = AnyRef::from_der(der).ok()?;
    let outline = tbs(*elements(whole.value()).first()?)?;
    crate::artifact::first_oid(outline.key)
}

impl Certificate {
    pub(crate) fn read(der: &[u8]) -> Result<Self, DecodeError> {
        let whole = AnyRef::from_der(der)?;
        let parts = elements(whole.value());
        let [signed, algorithm, signature] = parts.as_slice() else {
            return Err(DecodeError::Malformed);
        };
        let outline = tbs(*signed).ok_or(DecodeError::Malformed)?;
        if *algorithm != outline.algorithm {
            return Err(DecodeError::Inconsistent);
        }
        let usage = outline.extensions.and_then(key_usage);
        Ok(Self {
            signed: signed.to_der()?,
            algorithm: algorithm.decode_as()?,
            signature: signature
                .decode_as::<BitStringRef<'_>>()?
                .as_bytes()
                .ok_or(DecodeError::Malformed)?
                .to_vec(),
            names_are_equal: outline.issuer == outline.subject,
            usage,
            key: AnyPublicKey::from_spki_der(&outline.key.to_der()?)?,
        })
    }

    /// Whether it claims to be signed by its own key. (Keys on curves and RSA keys have other
    /// identifiers than their signatures.)
    pub(crate) fn is_self_signed(&self, is_kem: bool) -> bool {
        let names_signature = self.key.oid() == self.algorithm.oid;
        let is_classical = ["1.2.840.10045.", "1.2.840.113549.1.1."].iter().any(|arc| {
            let both = [self.key.oid(), self.algorithm.oid].map(|oid| oid.to_string());
            both.iter().all(|oid| oid.starts_with(arc))
        });
        self.names_are_equal && !is_kem && (names_signature || is_classical)
    }

    pub(crate) fn verify_own_signature(&self) -> Result<(), VerifyByOidError> {
        Verifiers::core().verify(&self.algorithm, &self.key, &self.signed, &self.signature)
    }

    /// What breaks the rules for `keyUsage` of RFC 9881, RFC 9909 and RFC 9935, if the extension is
    /// there.
    pub(crate) fn wrong_key_usage(&self, is_kem: bool) -> Option<String> {
        let signing = KeyUsages::DigitalSignature
            | KeyUsages::NonRepudiation
            | KeyUsages::KeyCertSign
            | KeyUsages::CRLSign;
        match self.usage.as_ref()? {
            Err(()) => Some("key usage does not decode".into()),
            Ok(usage) if is_kem && *usage == KeyUsage(KeyUsages::KeyEncipherment.into()) => None,
            Ok(KeyUsage(usage))
                if !is_kem && !usage.is_empty() && (*usage & !signing).is_empty() =>
            {
                None
            }
            Ok(usage) => Some(format!("key usage {:?}", usage.0)),
        }
    }
}

/// The key usage extension, if there is one; an error if it does not decode.
fn key_usage(explicit: AnyRef<'_>) -> Option<Result<KeyUsage, ()>> {
    let Ok(extensions) = Extensions::from_der(explicit.value()) else {
        return Some(Err(()));
    };
    let extension = extensions
        .iter()
        .find(|extension| extension.extn_id == KeyUsage::OID)?;
    Some(KeyUsage::from_der(extension.extn_value.as_bytes()).map_err(|_| ()))
}

/// HashML-DSA and HashSLH-DSA as key identifiers: RFC 9881 and RFC 9909 admit the former nowhere and
/// this crate reads neither as a key.
pub(crate) fn is_pre_hash(oid: ObjectIdentifier) -> bool {
    oid.to_string()
        .strip_prefix("2.16.840.1.101.3.4.3.")
        .and_then(|rest| rest.parse::<u32>().ok())
        .is_some_and(|number| (32..=46).contains(&number))
}
