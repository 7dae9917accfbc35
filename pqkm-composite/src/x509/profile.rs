//! Profiles: what a certificate is for decides its names, constraints, identifiers and key usage.

use alloc::{vec, vec::Vec};

use der::asn1::{ObjectIdentifier, OctetString};
use pqkm_core::{PreHash, spki::SubjectPublicKeyInfoRef};
use x509_cert::{
    builder::{self, profile::BuilderProfile},
    certificate::TbsCertificate,
    ext::{
        Extension, ToExtension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
            SubjectKeyIdentifier,
        },
    },
    name::Name,
};

use super::{
    certificate::Certificate,
    extensions::{OCSP_SIGNING, repeated},
    issue::check_authority,
    kind::KeyKind,
};
use crate::error::IssueError;

/// Length of a key identifier in bytes.
const KEY_IDENTIFIER_BYTES: usize = 20;

/// What a certificate is for: it decides names, constraints and key usage.
///
/// It is a [`BuilderProfile`] too, for programs that use `x509-cert`'s builder themselves.
#[derive(Clone, Debug)]
pub struct Profile {
    subject: Name,
    issuer: Option<Issuer>,
    kind: Kind,
    extensions: Vec<Extension>,
}

/// What a profile needs of the issuer's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Issuer {
    name: Name,
    key_identifier: Vec<u8>,
}

impl Issuer {
    fn of(certificate: &Certificate) -> Self {
        Self {
            name: certificate.subject().clone(),
            key_identifier: own_identifier(certificate),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Authority { path_length: Option<u8> },
    EndEntity,
    OcspResponder,
}

impl Profile {
    /// A root: its own issuer.
    #[must_use]
    pub const fn root(subject: Name, path_length: Option<u8>) -> Self {
        Self {
            subject,
            issuer: None,
            kind: Kind::Authority { path_length },
            extensions: Vec::new(),
        }
    }

    /// An authority below an issuer.
    ///
    /// # Errors
    /// [`IssueError::NotAnAuthority`] if the issuer is none, [`IssueError::PathLength`] if it allows no
    /// authority below it, or none with as many below itself.
    pub fn authority(
        issuer: &Certificate,
        subject: Name,
        path_length: Option<u8>,
    ) -> Result<Self, IssueError> {
        check_path_length(issuer, path_length)?;
        Self::below(issuer, subject, Kind::Authority { path_length })
    }

    /// A subject that issues nothing.
    ///
    /// # Errors
    /// [`IssueError::NotAnAuthority`] if the issuer is none.
    pub fn end_entity(issuer: &Certificate, subject: Name) -> Result<Self, IssueError> {
        Self::below(issuer, subject, Kind::EndEntity)
    }

    /// A subject that signs OCSP responses for the issuer.
    ///
    /// # Errors
    /// [`IssueError::NotAnAuthority`] if the issuer is none.
    pub fn ocsp_responder(issuer: &Certificate, subject: Name) -> Result<Self, IssueError> {
        Self::below(issuer, subject, Kind::OcspResponder)
    }

    /// Adds an extension, such as names of the subject. Those that the profile decides on are not to be
    /// had this way: a certificate with one of them twice is not issued.
    #[must_use]
    pub fn with_extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    fn below(issuer: &Certificate, subject: Name, kind: Kind) -> Result<Self, IssueError> {
        check_authority(issuer, KeyUsages::KeyCertSign)?;
        Ok(Self {
            subject,
            issuer: Some(Issuer::of(issuer)),
            kind,
            extensions: Vec::new(),
        })
    }

    /// Whether the profile was made for that issuer, of which another certificate of the same name and
    /// the same key may have been used; for a root, whether there is none.
    ///
    /// # Errors
    /// [`IssueError::Issuer`] if it was made for another, [`IssueError::NotAnAuthority`] if one of the
    /// two has an issuer and the other not, or the issuer is no authority, [`IssueError::PathLength`] if
    /// it allows no such authority below it.
    pub(super) fn check_issuer(&self, issuer: Option<&Certificate>) -> Result<(), IssueError> {
        let (issuer, named) = match (issuer, &self.issuer) {
            (Some(issuer), Some(named)) => (issuer, named),
            (None, None) => return Ok(()),
            _ => return Err(IssueError::NotAnAuthority),
        };
        check_authority(issuer, KeyUsages::KeyCertSign)?;
        if Issuer::of(issuer) != *named {
            return Err(IssueError::Issuer);
        }
        match self.kind {
            Kind::Authority { path_length } => check_path_length(issuer, path_length),
            Kind::EndEntity | Kind::OcspResponder => Ok(()),
        }
    }

    /// The key usage of a subject with such a key; none if it cannot have this role.
    pub(super) fn key_usage(&self, key: KeyKind) -> Option<KeyUsage> {
        let usage = match (self.kind, key) {
            (Kind::Authority { .. }, KeyKind::Signature(_)) => {
                KeyUsages::DigitalSignature | KeyUsages::KeyCertSign | KeyUsages::CRLSign
            }
            (Kind::EndEntity | Kind::OcspResponder, KeyKind::Signature(_)) => {
                KeyUsages::DigitalSignature.into()
            }
            (Kind::EndEntity, KeyKind::Kem(_)) => KeyUsages::KeyEncipherment.into(),
            _ => return None,
        };
        Some(KeyUsage(usage))
    }

    /// The extensions of a subject with that key. One that was added may be there twice.
    pub(super) fn extensions(
        &self,
        oid: ObjectIdentifier,
        key: &[u8],
    ) -> Result<Vec<Extension>, IssueError> {
        let own = key_identifier(key);
        let usage = self
            .key_usage(KeyKind::of(oid))
            .ok_or(IssueError::KeyUsage)?;
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(match &self.issuer {
                Some(issuer) => issuer.key_identifier.as_slice(),
                None => own.as_slice(),
            })?),
            ..AuthorityKeyIdentifier::default()
        };
        let constraints = BasicConstraints {
            ca: matches!(self.kind, Kind::Authority { .. }),
            path_len_constraint: match self.kind {
                Kind::Authority { path_length } => path_length,
                Kind::EndEntity | Kind::OcspResponder => None,
            },
        };
        let subject = &self.subject;
        let mut extensions = vec![
            (&SubjectKeyIdentifier(OctetString::new(own)?)).to_extension(subject, &[])?,
            (&authority).to_extension(subject, &[])?,
            (&constraints).to_extension(subject, &[])?,
            (&usage).to_extension(subject, &[])?,
        ];
        if self.kind == Kind::OcspResponder {
            let usage = ExtendedKeyUsage(vec![OCSP_SIGNING]);
            extensions.push((&usage).to_extension(subject, &[])?);
        }
        extensions.extend_from_slice(&self.extensions);
        Ok(extensions)
    }
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, subject: &Name) -> Name {
        self.issuer
            .as_ref()
            .map_or_else(|| subject.clone(), |issuer| issuer.name.clone())
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let extensions = self
            .extensions(key.algorithm.oid, key.subject_public_key.raw_bytes())
            .map_err(|_| builder::Error::MissingAttributes)?;
        // Looked at before anything is signed.
        match repeated(&extensions) {
            Some(oid) => Err(builder::Error::InvalidAttribute { oid }),
            None => Ok(extensions),
        }
    }
}

/// Whether an issuer allows an authority below it that allows so many below itself.
fn check_path_length(issuer: &Certificate, wanted: Option<u8>) -> Result<(), IssueError> {
    let limit = issuer
        .basic_constraints()
        .and_then(|constraints| constraints.path_len_constraint);
    let Some(limit) = limit else { return Ok(()) };
    let below = limit.checked_sub(1).ok_or(IssueError::PathLength)?;
    if wanted.is_none_or(|wanted| wanted > below) {
        return Err(IssueError::PathLength);
    }
    Ok(())
}

/// The identifier of a certificate's key: what the certificate says, or what a profile would give it.
pub(super) fn own_identifier(certificate: &Certificate) -> Vec<u8> {
    match certificate.subject_key_identifier() {
        Some(identifier) => identifier.to_vec(),
        None => key_identifier(certificate.key().key_bytes()),
    }
}

/// The leftmost 160 bits of the SHA-256 of a public key (RFC 7093, section 2, method 1).
fn key_identifier(key: &[u8]) -> Vec<u8> {
    let digest = PreHash::Sha2_256.digest(key);
    digest
        .get(..KEY_IDENTIFIER_BYTES)
        .unwrap_or_default()
        .to_vec()
}
