//! A certificate that was read strictly.

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use der::{
    Decode,
    asn1::ObjectIdentifier,
    oid::AssociatedOid,
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{AnyPublicKey, UnixTime, Verifiers, VerifyByOidError};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName,
            SubjectKeyIdentifier,
        },
    },
    name::Name,
    serial_number::SerialNumber,
};

use super::{
    kind::{KeyKind, is_sound},
    signed::{Signed, any_key, decode_canonical, pem_contents},
};
use crate::error::ReadError;

/// A certificate (RFC 5280): its structure, its subject's key and its key usage are in order. Whether
/// anybody should believe it is for [`ChainVerifier`](super::ChainVerifier) to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
    signed: Signed,
    key: AnyPublicKey,
    extensions: Extensions,
}

/// More extensions than any certificate has: each is compared with those before it.
const MAX_EXTENSIONS: usize = 64;

/// Longest serial number in bytes.
const MAX_SERIAL_NUMBER: usize = 20;

/// The extensions that decide, decoded once.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct Extensions {
    basic_constraints: Option<BasicConstraints>,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<ExtendedKeyUsage>,
    subject_key: Option<SubjectKeyIdentifier>,
    authority_key: Option<AuthorityKeyIdentifier>,
    has_unknown_critical: bool,
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_der(der: &[u8]) -> Result<Self, ReadError> {
        let parsed: x509_cert::Certificate = decode_canonical(der)?;
        let tbs = parsed.tbs_certificate();
        if tbs.signature() != parsed.signature_algorithm() {
            return Err(ReadError::Algorithm);
        }
        let signed = Signed::read(der)?;
        let key = any_key(tbs.subject_public_key_info())?;
        if !is_sound(&key) {
            return Err(ReadError::Key);
        }
        let extensions = Extensions::read(tbs.extensions().map_or(&[], Vec::as_slice))?;
        let allowed = |usage| KeyKind::of(key.oid()).allows_usage(usage);
        if !extensions.key_usage.is_none_or(allowed) {
            return Err(ReadError::KeyUsage);
        }
        Ok(Self {
            der: der.to_vec(),
            parsed,
            signed,
            key,
            extensions,
        })
    }

    /// Reads a PEM document with the label `CERTIFICATE`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_pem(pem: &str) -> Result<Self, ReadError> {
        Self::from_der(&pem_contents(pem, x509_cert::Certificate::PEM_LABEL)?)
    }

    /// The bytes that were read.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate in PEM.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "what was read or written as DER is short enough for PEM"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        let label = x509_cert::Certificate::PEM_LABEL;
        der::pem::encode_string(label, LineEnding::LF, &self.der).expect("short enough for PEM")
    }

    /// All fields, as `x509-cert` has them.
    #[must_use]
    pub const fn inner(&self) -> &x509_cert::Certificate {
        &self.parsed
    }

    /// The subject's key.
    #[must_use]
    pub const fn key(&self) -> &AnyPublicKey {
        &self.key
    }

    /// What kind of key the subject has.
    #[must_use]
    pub fn key_kind(&self) -> KeyKind {
        KeyKind::of(self.key.oid())
    }

    /// What kind of algorithm signed the certificate.
    #[must_use]
    pub fn signature_kind(&self) -> KeyKind {
        KeyKind::of(self.signed.algorithm.oid)
    }

    /// The object identifier of the algorithm that signed the certificate.
    #[must_use]
    pub const fn signature_oid(&self) -> ObjectIdentifier {
        self.signed.algorithm.oid
    }

    /// The subject.
    #[must_use]
    pub fn subject(&self) -> &Name {
        self.parsed.tbs_certificate().subject()
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        self.parsed.tbs_certificate().issuer()
    }

    /// The serial number.
    #[must_use]
    pub fn serial_number(&self) -> &SerialNumber {
        self.parsed.tbs_certificate().serial_number()
    }

    /// Whether the serial number is positive and has at most 20 octets (RFC 5280, section 4.1.2.2).
    pub(super) fn has_proper_serial_number(&self) -> bool {
        is_proper_serial_number(self.serial_number())
    }

    /// Whether the subject is named by a critical extension, and so may have an empty name (RFC 5280,
    /// section 4.1.2.6).
    pub(super) fn has_critical_names(&self) -> bool {
        let extensions = self.parsed.tbs_certificate().extensions();
        extensions.is_some_and(|all| {
            all.iter()
                .any(|one| one.critical && one.extn_id == SubjectAltName::OID)
        })
    }

    /// Whether issuer and subject are one.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// The basic constraints, if the extension is there.
    #[must_use]
    pub const fn basic_constraints(&self) -> Option<&BasicConstraints> {
        self.extensions.basic_constraints.as_ref()
    }

    /// The key usage, if the extension is there.
    #[must_use]
    pub const fn key_usage(&self) -> Option<KeyUsage> {
        self.extensions.key_usage
    }

    /// The extended key usage, if the extension is there.
    #[must_use]
    pub const fn extended_key_usage(&self) -> Option<&ExtendedKeyUsage> {
        self.extensions.extended_key_usage.as_ref()
    }

    /// The subject key identifier, if the extension is there.
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        let identifier = self.extensions.subject_key.as_ref()?;
        Some(identifier.0.as_bytes())
    }

    /// The key identifier of the issuer, if the extension is there and has one.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        let identifier = self.extensions.authority_key.as_ref()?;
        Some(identifier.key_identifier.as_ref()?.as_bytes())
    }

    /// Whether a critical extension is there that nothing here understands.
    #[must_use]
    pub const fn has_unknown_critical_extension(&self) -> bool {
        self.extensions.has_unknown_critical
    }

    /// The first and the last second at which the certificate is valid.
    #[must_use]
    pub fn validity(&self) -> (UnixTime, UnixTime) {
        let validity = self.parsed.tbs_certificate().validity();
        let unix = |time: Duration| UnixTime::from_seconds(time.as_secs()).unwrap_or(UnixTime::MAX);
        (
            unix(validity.not_before.to_unix_duration()),
            unix(validity.not_after.to_unix_duration()),
        )
    }

    /// Whether that key signed this certificate: the signature alone, nothing of RFC 5280's rules.
    ///
    /// # Errors
    /// [`VerifyByOidError`].
    pub fn verify_signature(
        &self,
        key: &AnyPublicKey,
        verifiers: &Verifiers,
    ) -> Result<(), VerifyByOidError> {
        self.signed.verify(key, verifiers)
    }

    pub(super) const fn signed(&self) -> &Signed {
        &self.signed
    }
}

impl Extensions {
    fn read(all: &[Extension]) -> Result<Self, ReadError> {
        if all.len() > MAX_EXTENSIONS || repeated_extension(all).is_some() {
            return Err(ReadError::Extension);
        }
        let mut read = Self::default();
        for extension in all {
            match extension.extn_id {
                BasicConstraints::OID => read.basic_constraints = Some(decode(extension)?),
                KeyUsage::OID => read.key_usage = Some(decode(extension)?),
                ExtendedKeyUsage::OID => read.extended_key_usage = Some(decode(extension)?),
                SubjectKeyIdentifier::OID => read.subject_key = Some(decode(extension)?),
                AuthorityKeyIdentifier::OID => read.authority_key = Some(decode(extension)?),
                // Understood as far as chains go: it names the subject.
                SubjectAltName::OID => {}
                _ => read.has_unknown_critical |= extension.critical,
            }
        }
        Ok(read)
    }
}

fn is_proper_serial_number(number: &SerialNumber) -> bool {
    // Two's complement, as it is written.
    let octets = number.as_bytes();
    let is_positive =
        octets.first().is_some_and(|first| *first < 0x80) && octets.iter().any(|octet| *octet != 0);
    is_positive && octets.len() <= MAX_SERIAL_NUMBER
}

/// An extension that occurs twice, which RFC 5280, section 4.2, forbids.
pub(super) fn repeated_extension(all: &[Extension]) -> Option<ObjectIdentifier> {
    let repeats = |(index, extension): &(usize, &Extension)| {
        let mut earlier = all.iter().take(*index);
        earlier.any(|other| other.extn_id == extension.extn_id)
    };
    let found = all.iter().enumerate().find(repeats);
    found.map(|(_, extension)| extension.extn_id)
}

fn decode<'a, T: Decode<'a, Error = der::Error>>(extension: &'a Extension) -> Result<T, ReadError> {
    T::from_der(extension.extn_value.as_bytes()).map_err(|_| ReadError::Extension)
}
