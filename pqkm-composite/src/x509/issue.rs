//! Issuing certificates through `x509-cert`'s builder, with the key usage that the subject's algorithm
//! asks for.

use alloc::{vec, vec::Vec};

use der::{
    Encode,
    asn1::{BitString, ObjectIdentifier, OctetString},
};
use pqkm_core::{
    AnyPublicKey, PreHash,
    rand_core::TryCryptoRng,
    signature::{Keypair, RandomizedSigner, Signer},
    spki::{
        DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
        SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
    },
};
use x509_cert::{
    builder::{self, Builder, CertificateBuilder, profile::BuilderProfile},
    certificate::TbsCertificate,
    ext::{
        Extension, ToExtension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
            SubjectKeyIdentifier,
        },
    },
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

use super::{
    certificate::{Certificate, repeated_extension},
    kind::{KeyKind, is_sound},
};
use crate::error::IssueError;

/// `id-kp-OCSPSigning` (RFC 6960, section 4.2.2.2).
pub(super) const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");

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
#[derive(Clone, Debug)]
struct Issuer {
    name: Name,
    key_identifier: Vec<u8>,
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
        let own = issuer
            .basic_constraints()
            .and_then(|constraints| constraints.path_len_constraint);
        if let Some(limit) = own {
            let below = limit.checked_sub(1).ok_or(IssueError::PathLength)?;
            if path_length.is_none_or(|wanted| wanted > below) {
                return Err(IssueError::PathLength);
            }
        }
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
        let key_identifier = match issuer.subject_key_identifier() {
            Some(identifier) => identifier.to_vec(),
            None => key_identifier(issuer.key().key_bytes()),
        };
        Ok(Self {
            subject,
            issuer: Some(Issuer {
                name: issuer.subject().clone(),
                key_identifier,
            }),
            kind,
            extensions: Vec::new(),
        })
    }

    /// The key usage of a subject with such a key; none if it cannot have this role.
    fn key_usage(&self, key: KeyKind) -> Option<KeyUsage> {
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
        let own = key_identifier(key.subject_public_key.raw_bytes());
        let usage = self
            .key_usage(KeyKind::of(key.algorithm.oid))
            .ok_or(builder::Error::MissingAttributes)?;
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
        // Looked at before anything is signed.
        if let Some(oid) = repeated_extension(&extensions) {
            return Err(builder::Error::InvalidAttribute { oid });
        }
        Ok(extensions)
    }
}

/// What a certificate says beside its profile.
#[derive(Clone, Debug)]
pub struct Issuance<'a> {
    /// Its number, unique for the issuer.
    pub serial_number: SerialNumber,
    /// When it is valid.
    pub validity: Validity,
    /// The subject's key.
    pub subject_key: &'a AnyPublicKey,
}

/// Issues a certificate. `issuer` is the issuer's own certificate; a root has none.
///
/// # Errors
/// [`IssueError`]; nothing was signed unless it is `Signing` or `Randomness`.
pub fn issue<S, Sig, R>(
    profile: Profile,
    issuance: Issuance<'_>,
    issuer: Option<&Certificate>,
    signer: &S,
    rng: &mut R,
) -> Result<Certificate, IssueError>
where
    S: RandomizedSigner<Sig> + Keypair<VerifyingKey: EncodePublicKey>,
    S: DynSignatureAlgorithmIdentifier,
    Sig: SignatureBitStringEncoding,
    R: TryCryptoRng + ?Sized,
{
    issue_with(profile, issuance, issuer, signer, |message| {
        let signature = signer
            .try_sign_with_rng(rng, message)
            .map_err(|_| IssueError::Signing)?;
        Ok(signature.to_bitstring()?)
    })
}

/// Issues a certificate with a signer that signs once and needs no generator: a reserved index of an
/// HSS key.
///
/// # Errors
/// [`IssueError`]; the signer was not used unless it is `Signing`.
pub fn issue_once<S, Sig>(
    profile: Profile,
    issuance: Issuance<'_>,
    issuer: Option<&Certificate>,
    signer: &S,
) -> Result<Certificate, IssueError>
where
    S: Signer<Sig> + Keypair<VerifyingKey: EncodePublicKey> + DynSignatureAlgorithmIdentifier,
    Sig: SignatureBitStringEncoding,
{
    issue_with(profile, issuance, issuer, signer, |message| {
        let signature = signer.try_sign(message).map_err(|_| IssueError::Signing)?;
        Ok(signature.to_bitstring()?)
    })
}

fn issue_with<S>(
    profile: Profile,
    issuance: Issuance<'_>,
    issuer: Option<&Certificate>,
    signer: &S,
    sign: impl FnOnce(&[u8]) -> Result<BitString, IssueError>,
) -> Result<Certificate, IssueError>
where
    S: Keypair<VerifyingKey: EncodePublicKey> + DynSignatureAlgorithmIdentifier,
{
    let kind = KeyKind::of(issuance.subject_key.oid());
    if kind == KeyKind::Foreign || !is_sound(issuance.subject_key) {
        return Err(IssueError::SubjectKey);
    }
    if profile.key_usage(kind).is_none() {
        return Err(IssueError::KeyUsage);
    }
    check_signer(&profile, issuance.subject_key, issuer, signer)?;
    let spki: SubjectPublicKeyInfoOwned =
        der::Decode::from_der(issuance.subject_key.as_spki_der())?;
    let mut builder =
        CertificateBuilder::new(profile, issuance.serial_number, issuance.validity, spki)
            .map_err(|_| IssueError::Encoding)?;
    let message = builder.finalize(signer).map_err(|_| IssueError::Encoding)?;
    let signature = sign(&message)?;
    let certificate = builder
        .assemble(signature, signer)
        .map_err(|_| IssueError::Encoding)?;
    Certificate::from_der(&certificate.to_der()?).map_err(|_| IssueError::Encoding)
}

/// Whether the signer holds the key that the issuer's certificate names, or for a root the subject's.
fn check_signer<S>(
    profile: &Profile,
    subject_key: &AnyPublicKey,
    issuer: Option<&Certificate>,
    signer: &S,
) -> Result<(), IssueError>
where
    S: Keypair<VerifyingKey: EncodePublicKey>,
{
    let expected = match (issuer, &profile.issuer) {
        (Some(issuer), Some(named)) if *issuer.subject() == named.name => {
            check_authority(issuer, KeyUsages::KeyCertSign)?;
            issuer.key()
        }
        (None, None) => subject_key,
        _ => return Err(IssueError::NotAnAuthority),
    };
    check_key(signer, expected)
}

/// Whether a signer's key is that one.
pub(super) fn check_key<S>(signer: &S, expected: &AnyPublicKey) -> Result<(), IssueError>
where
    S: Keypair<VerifyingKey: EncodePublicKey>,
{
    let own = signer
        .verifying_key()
        .to_public_key_der()
        .map_err(|_| IssueError::Encoding)?;
    if own.as_bytes() == expected.as_spki_der() {
        Ok(())
    } else {
        Err(IssueError::WrongKey)
    }
}

/// Whether a certificate is an authority's and its key may be used for that.
pub(super) fn check_authority(issuer: &Certificate, wanted: KeyUsages) -> Result<(), IssueError> {
    let is_authority = issuer
        .basic_constraints()
        .is_some_and(|constraints| constraints.ca);
    let may = issuer
        .key_usage()
        .is_none_or(|usage| usage.0.contains(wanted));
    if is_authority && may {
        Ok(())
    } else {
        Err(IssueError::NotAnAuthority)
    }
}

/// The leftmost 160 bits of the SHA-256 of a public key (RFC 7093, section 2, method 1).
pub(super) fn key_identifier(key: &[u8]) -> Vec<u8> {
    let digest = PreHash::Sha2_256.digest(key);
    digest
        .get(..KEY_IDENTIFIER_BYTES)
        .unwrap_or_default()
        .to_vec()
}
