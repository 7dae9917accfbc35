//! Issuing certificates. What is to be signed is read and judged first, by the reader and the rules that
//! will read and judge the certificate.
//!
//! `x509-cert`'s builder takes keys apart and makes its extensions anew for every certificate: that cost
//! half of a signature by ML-DSA.

use alloc::vec::Vec;

use der::{
    Decode, Encode, Sequence,
    asn1::{AnyRef, BitString},
};
use pqkm_core::{
    AnyPublicKey,
    rand_core::TryCryptoRng,
    signature::{Keypair, RandomizedSigner, Signer},
    spki::{
        AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey,
        SignatureBitStringEncoding,
    },
};
use x509_cert::{
    Version,
    builder::profile::BuilderProfile,
    ext::{Extension, pkix::KeyUsages},
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

use super::{
    certificate::Certificate,
    chain,
    kind::KeyKind,
    profile::Profile,
    signed::{no_signature, write},
};
use crate::error::{ChainError, IssueError};

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
/// It is one that [`ChainVerifier`](super::ChainVerifier) accepts below that issuer, at a time that both
/// are valid and under a policy that allows both; where an extended key usage is critical, for a purpose
/// that it names.
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
/// HSS key. As [`issue`]: an index is burnt only for a certificate that is in order.
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
    if kind == KeyKind::Foreign {
        return Err(IssueError::SubjectKey);
    }
    if profile.key_usage(kind).is_none() {
        return Err(IssueError::KeyUsage);
    }
    profile.check_issuer(issuer)?;
    let signing_key = issuer.map_or(issuance.subject_key, Certificate::key);
    check_key(signer, signing_key)?;
    let algorithm = signer
        .signature_algorithm_identifier()
        .map_err(|_| IssueError::Encoding)?;
    let content = content(&profile, issuance, &algorithm)?;
    let mut draft = Certificate::from_der(&write(&content, &algorithm, &no_signature()?)?)?;
    check_draft(&draft, issuer)?;
    draft.sign(&sign(&content)?)?;
    Ok(draft)
}

/// `TBSCertificate` (RFC 5280, section 4.1), whose version is always written, and the key as it came.
#[derive(Sequence)]
struct Content<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    subject_public_key_info: AnyRef<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

/// What is signed.
fn content(
    profile: &Profile,
    issuance: Issuance<'_>,
    algorithm: &AlgorithmIdentifierOwned,
) -> Result<Vec<u8>, IssueError> {
    let subject = profile.get_subject();
    let content = Content {
        version: Version::V3,
        serial_number: issuance.serial_number,
        signature: algorithm.clone(),
        issuer: profile.get_issuer(&subject),
        validity: issuance.validity,
        subject,
        subject_public_key_info: AnyRef::from_der(issuance.subject_key.as_spki_der())?,
        extensions: profile
            .extensions(issuance.subject_key.oid(), issuance.subject_key.key_bytes())?,
    };
    Ok(content.to_der()?)
}

/// Whether a certificate that is not signed yet is one that [`ChainVerifier`](super::ChainVerifier) will
/// accept below its issuer.
fn check_draft(draft: &Certificate, issuer: Option<&Certificate>) -> Result<(), IssueError> {
    let issuer = issuer.unwrap_or(draft);
    let (from, until) = draft.validity();
    let (begin, end) = issuer.validity();
    if from > until || from > end || until < begin {
        return Err(IssueError::Validity);
    }
    if draft.has_unknown_critical_extension() || issuer.has_unknown_critical_extension() {
        return Err(IssueError::Extension);
    }
    let is_family = issuer.key_kind() != KeyKind::Foreign;
    if is_family && draft.signature_oid() != issuer.key().oid() {
        return Err(IssueError::WrongKey);
    }
    chain::check_issuer(draft, issuer).map_err(|error| match error {
        ChainError::Issuer => IssueError::Issuer,
        _ => IssueError::NotAnAuthority,
    })
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
    let may = issuer
        .key_usage()
        .is_none_or(|usage| usage.0.contains(wanted));
    if issuer.is_authority() && may {
        Ok(())
    } else {
        Err(IssueError::NotAnAuthority)
    }
}
