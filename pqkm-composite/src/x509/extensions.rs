//! Extensions: none twice, and those that decide decoded strictly.

use alloc::vec::Vec;

use der::{Decode, Encode, asn1::ObjectIdentifier, oid::AssociatedOid};
use x509_cert::ext::{
    Extension,
    pkix::{
        AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, InhibitAnyPolicy, KeyUsage,
        KeyUsages, NameConstraints, PolicyConstraints, SubjectAltName, SubjectKeyIdentifier,
        name::GeneralName,
    },
};

use super::kind::KeyKind;
use crate::error::ReadError;

/// More extensions than any certificate has, or attributes a request: each is compared with the others.
pub(super) const MAX_EXTENSIONS: usize = 64;

/// `anyExtendedKeyUsage` (RFC 5280, section 4.2.1.12).
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// `id-kp-OCSPSigning` (RFC 6960, section 4.2.2.2).
pub(super) const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");

/// The extensions of a certificate that decide, decoded once.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Extensions {
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(super) subject_names: Vec<GeneralName>,
    pub(super) subject_key: Option<SubjectKeyIdentifier>,
    pub(super) authority_key: Option<AuthorityKeyIdentifier>,
    /// The subject is named by a critical extension.
    pub(super) has_critical_names: bool,
    /// The purposes are critical: they are to be understood by whoever has one.
    pub(super) has_critical_purposes: bool,
    pub(super) has_unknown_critical: bool,
}

impl Extensions {
    /// Reads those of a certificate or request.
    pub(super) fn read(all: Option<&Vec<Extension>>) -> Result<Self, ReadError> {
        let mut read = Self::default();
        for extension in list(all)? {
            match extension.extn_id {
                BasicConstraints::OID => read.basic_constraints = Some(decode(extension)?),
                KeyUsage::OID => read.key_usage = Some(decode(extension)?),
                ExtendedKeyUsage::OID => {
                    read.extended_key_usage = Some(decode(extension)?);
                    read.has_critical_purposes = extension.critical;
                }
                SubjectAltName::OID => {
                    read.subject_names = decode::<SubjectAltName>(extension)?.0;
                    read.has_critical_names = extension.critical;
                    if !are_sound_names(&read.subject_names) {
                        return Err(ReadError::Extension);
                    }
                }
                SubjectKeyIdentifier::OID => read.subject_key = Some(decode(extension)?),
                AuthorityKeyIdentifier::OID => read.authority_key = Some(decode(extension)?),
                // They take away from what the certificates below may say, and must be critical. Who does
                // not enforce them refuses them, whatever they say.
                NameConstraints::OID | PolicyConstraints::OID | InhibitAnyPolicy::OID => {
                    read.has_unknown_critical = true;
                }
                _ => read.has_unknown_critical |= extension.critical,
            }
        }
        let is_empty = |purposes: &ExtendedKeyUsage| purposes.0.is_empty();
        if read.extended_key_usage.as_ref().is_some_and(is_empty) {
            return Err(ReadError::Extension);
        }
        Ok(read)
    }

    /// Whether those of a certificate contradict each other or the subject's key.
    pub(super) fn check(&self, key: KeyKind) -> Result<(), ReadError> {
        if !self.key_usage.is_none_or(|usage| key.allows_usage(usage)) {
            return Err(ReadError::KeyUsage);
        }
        // RFC 5280, section 4.2.1.9: only an authority signs certificates and limits paths, the latter
        // only if it does the former.
        let signs = self
            .key_usage
            .map(|usage| usage.0.contains(KeyUsages::KeyCertSign));
        let limit = self
            .basic_constraints
            .as_ref()
            .and_then(|own| own.path_len_constraint);
        let limits = limit.is_some();
        let is_contradictory = if self.is_authority() {
            limits && signs == Some(false)
        } else {
            limits || signs == Some(true)
        };
        if is_contradictory {
            return Err(ReadError::BasicConstraints);
        }
        Ok(())
    }

    pub(super) fn is_authority(&self) -> bool {
        self.basic_constraints.as_ref().is_some_and(|own| own.ca)
    }

    /// Whether the key may serve that purpose. OCSP's is never one of "any": who may speak for an issuer
    /// is named (RFC 6960, section 4.2.2.2).
    pub(super) fn allows_purpose(&self, purpose: ObjectIdentifier) -> bool {
        let Some(ExtendedKeyUsage(named)) = &self.extended_key_usage else {
            return true;
        };
        let allows_any = purpose != OCSP_SIGNING && named.contains(&ANY_PURPOSE);
        allows_any || named.contains(&purpose)
    }
}

/// The extensions of a certificate, list, entry, request or response: at least one if the field is there,
/// not too many, and none twice (RFC 5280, section 4.2).
pub(super) fn list(all: Option<&Vec<Extension>>) -> Result<&[Extension], ReadError> {
    let Some(all) = all else { return Ok(&[]) };
    if all.is_empty() || all.len() > MAX_EXTENSIONS || repeated(all).is_some() {
        return Err(ReadError::Extension);
    }
    Ok(all)
}

/// An extension that occurs twice.
pub(super) fn repeated(all: &[Extension]) -> Option<ObjectIdentifier> {
    let repeats = |(index, extension): &(usize, &Extension)| {
        let mut earlier = all.iter().take(*index);
        earlier.any(|other| other.extn_id == extension.extn_id)
    };
    let found = all.iter().enumerate().find(repeats);
    found.map(|(_, extension)| extension.extn_id)
}

/// The contents of an extension, which must write back to the same bytes.
pub(super) fn decode<'a, T>(extension: &'a Extension) -> Result<T, ReadError>
where
    T: Decode<'a, Error = der::Error> + Encode,
{
    let contents = extension.extn_value.as_bytes();
    let decoded = T::from_der(contents).map_err(|_| ReadError::Extension)?;
    match decoded.to_der() {
        Ok(written) if written == contents => Ok(decoded),
        _ => Err(ReadError::Extension),
    }
}

/// At least one name and no empty one, and addresses of one of two lengths (RFC 5280, section 4.2.1.6).
fn are_sound_names(names: &[GeneralName]) -> bool {
    let is_text = |text: &str| !text.trim().is_empty() && !text.contains(char::is_control);
    let is_sound = |name: &GeneralName| match name {
        GeneralName::Rfc822Name(text)
        | GeneralName::DnsName(text)
        | GeneralName::UniformResourceIdentifier(text) => is_text(text.as_str()),
        GeneralName::IpAddress(address) => matches!(address.as_bytes().len(), 4 | 16),
        GeneralName::DirectoryName(name) => !name.is_empty(),
        _ => true,
    };
    !names.is_empty() && names.iter().all(is_sound)
}
