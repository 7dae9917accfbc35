//! A certificate that was read strictly.

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use der::{
    Decode,
    asn1::{BitString, ObjectIdentifier},
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{AnyPublicKey, UnixTime, Verifiers, VerifyByOidError};
use x509_cert::{
    Version,
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, name::GeneralName},
    name::Name,
    serial_number::SerialNumber,
};

use super::{
    extensions::Extensions,
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

/// Longest serial number in octets (RFC 5280, section 4.1.2.2).
const MAX_SERIAL_NUMBER: usize = 20;

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_der(der: &[u8]) -> Result<Self, ReadError> {
        let parsed: x509_cert::Certificate = decode_canonical(der)?;
        if parsed.tbs_certificate().signature() != parsed.signature_algorithm() {
            return Err(ReadError::Algorithm);
        }
        let signed = Signed::read(der)?;
        let key = any_key(parsed.tbs_certificate().subject_public_key_info())?;
        if !is_sound(&key) {
            return Err(ReadError::Key);
        }
        let extensions = check_fields(&parsed, KeyKind::of(key.oid()))?;
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

    /// Whether the key may serve that purpose: the extended key usage is absent, names it, or names
    /// `anyExtendedKeyUsage` (RFC 5280, section 4.2.1.12), which does not stand for the signing of OCSP
    /// responses.
    #[must_use]
    pub fn allows_purpose(&self, purpose: ObjectIdentifier) -> bool {
        self.extensions.allows_purpose(purpose)
    }

    /// Whether the extended key usage is critical: not to be used by who has no purpose.
    pub(super) const fn has_critical_purposes(&self) -> bool {
        self.extensions.has_critical_purposes
    }

    /// The alternative names of the subject; none if the extension is not there. To compare them with a
    /// name that is expected is the caller's.
    #[must_use]
    pub fn subject_alt_names(&self) -> &[GeneralName] {
        &self.extensions.subject_names
    }

    /// Whether the subject is a certification authority, as far as the basic constraints say.
    pub(super) fn is_authority(&self) -> bool {
        self.extensions.is_authority()
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

    /// Whether an authority key identifier may mean this certificate's key: it does not if both say which
    /// key it is, and differ.
    pub(super) fn fits_identifier(&self, named: Option<&[u8]>) -> bool {
        match (named, self.subject_key_identifier()) {
            (Some(named), Some(own)) => named == own,
            _ => true,
        }
    }

    /// Whether a critical extension is there that nothing here understands, or one that constrains names
    /// or policies, whether it is critical or not. (An extended key usage is understood where there is a
    /// purpose: [`ChainVerifier::for_purpose`](super::ChainVerifier::for_purpose).)
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

    /// Puts the signature into what was read as a draft, which nobody has seen.
    pub(super) fn sign(&mut self, signature: &BitString) -> Result<(), der::Error> {
        self.der = self.signed.sign(signature)?;
        self.parsed = x509_cert::Certificate::from_der(&self.der)?;
        Ok(())
    }

    pub(super) const fn signed(&self) -> &Signed {
        &self.signed
    }
}

/// What RFC 5280 demands of the fields beside the key; the extensions, decoded.
fn check_fields(
    certificate: &x509_cert::Certificate,
    key: KeyKind,
) -> Result<Extensions, ReadError> {
    let tbs = certificate.tbs_certificate();
    let has_identifiers = tbs.issuer_unique_id().is_some() || tbs.subject_unique_id().is_some();
    let has_extensions = tbs.extensions().is_some();
    // Sections 4.1.2.1, 4.1.2.8 and 4.1.2.9.
    let is_older_than_its_fields = match tbs.version() {
        Version::V1 => has_extensions || has_identifiers,
        Version::V2 => has_extensions,
        Version::V3 => false,
    };
    if is_older_than_its_fields {
        return Err(ReadError::Version);
    }
    if !is_proper_serial_number(tbs.serial_number()) {
        return Err(ReadError::SerialNumber);
    }
    let extensions = Extensions::read(tbs.extensions())?;
    extensions.check(key)?;
    // Sections 4.1.2.4 and 4.1.2.6.
    let may_be_nameless = extensions.has_critical_names && !extensions.is_authority();
    if tbs.issuer().is_empty() || (tbs.subject().is_empty() && !may_be_nameless) {
        return Err(ReadError::Name);
    }
    Ok(extensions)
}

/// Positive, and not longer than any that a conforming issuer uses (RFC 5280, section 4.1.2.2).
fn is_proper_serial_number(number: &SerialNumber) -> bool {
    // Two's complement, as it is written.
    let octets = number.as_bytes();
    let is_positive =
        octets.first().is_some_and(|first| *first < 0x80) && octets.iter().any(|octet| *octet != 0);
    is_positive && octets.len() <= MAX_SERIAL_NUMBER
}
