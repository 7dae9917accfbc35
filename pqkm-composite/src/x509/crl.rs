//! Certificate revocation lists (RFC 5280, section 5).
//!
//! The list is not made with `x509-cert`'s builder: that takes the issuer's *authority* key identifier
//! for the list's, which names the issuer of the issuer.

use alloc::{string::String, vec, vec::Vec};

use der::{
    Encode,
    asn1::{GeneralizedTime, ObjectIdentifier, OctetString, Uint},
    oid::AssociatedOid,
    pem::{LineEnding, PemLabel},
};
use pqkm_core::{
    UnixTime, Verifiers, VerifyByOidError,
    rand_core::TryCryptoRng,
    signature::{Keypair, RandomizedSigner},
    spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding},
};
use x509_cert::{
    Version,
    certificate::Rfc5280,
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        Extension, ToExtension,
        pkix::{AuthorityKeyIdentifier, BaseCrlNumber, CrlNumber, CrlReason, KeyUsages},
    },
    name::Name,
    serial_number::SerialNumber,
    time::Time,
};

use super::{
    certificate::Certificate,
    extensions::{decode, list},
    issue::{check_authority, check_key},
    profile::own_identifier,
    signed::{Signed, decode_canonical, no_signature, pem_contents, write},
};
use crate::error::{IssueError, ReadError};

/// Longest number of a list in octets (RFC 5280, section 5.2.3).
const MAX_NUMBER: usize = 20;

/// `id-ce-issuingDistributionPoint` (RFC 5280, section 5.2.5): `x509-cert` gives the type another number.
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
/// `id-ce-invalidityDate` (RFC 5280, section 5.3.2).
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
/// `id-ce-certificateIssuer` (RFC 5280, section 5.3.3).
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");

/// A certificate that is revoked.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// Its number.
    pub serial_number: SerialNumber,
    /// Since when.
    pub since: Time,
    /// Why.
    pub reason: CrlReason,
}

/// A revocation list that was read strictly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    der: Vec<u8>,
    parsed: CertificateList,
    signed: Signed,
    extensions: ListExtensions,
}

/// The extensions of a list that say something here.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct ListExtensions {
    authority_key: Option<AuthorityKeyIdentifier>,
    number: Option<CrlNumber>,
}

impl RevocationList {
    /// Reads a list in DER.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::Extension`] for an unknown critical extension, of the list or an entry,
    /// and for those that make the list a delta, indirect, or one for some certificates or reasons only,
    /// whether they are critical or not: such lists are not understood.
    pub fn from_der(der: &[u8]) -> Result<Self, ReadError> {
        let parsed: CertificateList = decode_canonical(der)?;
        let signed = Signed::read(der)?;
        let list = &parsed.tbs_cert_list;
        if list.signature != parsed.signature_algorithm {
            return Err(ReadError::Algorithm);
        }
        if list.version != Version::V2 {
            return Err(ReadError::Version);
        }
        if list.issuer.is_empty() {
            return Err(ReadError::Name);
        }
        let extensions = ListExtensions::read(list.crl_extensions.as_ref())?;
        // RFC 5280, section 5.1.2.6: without entries there is no list of them.
        if list
            .revoked_certificates
            .as_ref()
            .is_some_and(Vec::is_empty)
        {
            return Err(ReadError::Malformed);
        }
        for entry in list.revoked_certificates.iter().flatten() {
            check_entry(entry.crl_entry_extensions.as_ref())?;
        }
        Ok(Self {
            der: der.to_vec(),
            parsed,
            signed,
            extensions,
        })
    }

    /// Reads a PEM document with the label `X509 CRL`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_pem(pem: &str) -> Result<Self, ReadError> {
        Self::from_der(&pem_contents(pem, CertificateList::<Rfc5280>::PEM_LABEL)?)
    }

    /// The bytes that were read.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The list in PEM.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "what was read or written as DER is short enough for PEM"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        let label = CertificateList::<Rfc5280>::PEM_LABEL;
        der::pem::encode_string(label, LineEnding::LF, &self.der).expect("short enough for PEM")
    }

    /// The issuer.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.parsed.tbs_cert_list.issuer
    }

    /// All fields, as `x509-cert` has them.
    #[must_use]
    pub const fn inner(&self) -> &CertificateList {
        &self.parsed
    }

    /// The list's number, a big-endian integer of at most 20 octets, if the extension is there: it grows
    /// with every list of an issuer (RFC 5280, section 5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        let number = self.extensions.number.as_ref()?;
        Some(number.0.as_bytes())
    }

    /// Whether that issuer signed the list, and may, and it is not from the future nor out of date. A list
    /// that does not say when the next comes is out of date (RFC 5280, section 5.1.2.5, demands it).
    ///
    /// # Errors
    /// [`VerifyByOidError::InvalidSignature`] for all of these reasons,
    /// [`VerifyByOidError::UnknownAlgorithm`] if nothing verifies the algorithm.
    pub fn verify(
        &self,
        issuer: &Certificate,
        verifiers: &Verifiers,
        time: UnixTime,
    ) -> Result<(), VerifyByOidError> {
        let list = &self.parsed.tbs_cert_list;
        let until = list.next_update.map_or(0, seconds);
        let is_current = seconds(list.this_update) <= time.seconds() && time.seconds() <= until;
        if !self.is_of(issuer) || !is_current {
            return Err(VerifyByOidError::InvalidSignature);
        }
        self.signed.verify(issuer.key(), verifiers)
    }

    /// Whether the list is that issuer's, its signature apart.
    fn is_of(&self, issuer: &Certificate) -> bool {
        let named = self.extensions.authority_key.as_ref();
        let named = named.and_then(|own| own.key_identifier.as_ref());
        *self.issuer() == *issuer.subject()
            && issuer.fits_identifier(named.map(OctetString::as_bytes))
            && check_authority(issuer, KeyUsages::CRLSign).is_ok()
    }

    /// Whether the list has that number: ask only after [`verify`](Self::verify).
    #[must_use]
    pub fn is_revoked(&self, serial_number: &SerialNumber) -> bool {
        let entries = self.parsed.tbs_cert_list.revoked_certificates.as_ref();
        entries.is_some_and(|entries| {
            entries
                .iter()
                .any(|entry| entry.serial_number == *serial_number)
        })
    }
}

impl ListExtensions {
    fn read(all: Option<&Vec<Extension>>) -> Result<Self, ReadError> {
        let mut read = Self::default();
        for extension in list(all)? {
            match extension.extn_id {
                AuthorityKeyIdentifier::OID => read.authority_key = Some(decode(extension)?),
                CrlNumber::OID => read.number = Some(decode(extension)?),
                // A part of what is revoked, or of what is to be revoked, is not the whole.
                BaseCrlNumber::OID | ISSUING_DISTRIBUTION_POINT => {
                    return Err(ReadError::Extension);
                }
                _ if extension.critical => return Err(ReadError::Extension),
                _ => {}
            }
        }
        let is_long = |number: &CrlNumber| number.0.as_bytes().len() > MAX_NUMBER;
        if read.number.as_ref().is_some_and(is_long) {
            return Err(ReadError::Extension);
        }
        Ok(read)
    }
}

/// The extensions of an entry.
fn check_entry(all: Option<&Vec<Extension>>) -> Result<(), ReadError> {
    for extension in list(all)? {
        match extension.extn_id {
            CrlReason::OID if decode::<CrlReason>(extension)? == CrlReason::RemoveFromCRL => {
                return Err(ReadError::Extension);
            }
            INVALIDITY_DATE => {
                decode::<GeneralizedTime>(extension)?;
            }
            CERTIFICATE_ISSUER => return Err(ReadError::Extension),
            _ if extension.critical => return Err(ReadError::Extension),
            _ => {}
        }
    }
    Ok(())
}

fn seconds(time: Time) -> u64 {
    time.to_unix_duration().as_secs()
}

/// Signs a revocation list. `number` grows with every list of an issuer.
///
/// # Errors
/// [`IssueError`]; nothing was signed unless it is `Signing`. [`IssueError::Validity`] if the next list
/// would come before this one, [`IssueError::Extension`] for the reason `removeFromCRL`, which is for
/// deltas (RFC 5280, section 5.3.1).
pub fn sign_revocation_list<S, Sig, R>(
    issuer: &Certificate,
    number: u64,
    (this_update, next_update): (Time, Time),
    revoked: &[Revoked],
    signer: &S,
    rng: &mut R,
) -> Result<RevocationList, IssueError>
where
    S: RandomizedSigner<Sig> + Keypair<VerifyingKey: EncodePublicKey>,
    S: DynSignatureAlgorithmIdentifier,
    Sig: SignatureBitStringEncoding,
    R: TryCryptoRng + ?Sized,
{
    check_authority(issuer, KeyUsages::CRLSign)?;
    check_key(signer, issuer.key())?;
    if seconds(this_update) > seconds(next_update) {
        return Err(IssueError::Validity);
    }
    let algorithm = signer
        .signature_algorithm_identifier()
        .map_err(|_| IssueError::Encoding)?;
    let content = TbsCertList::<Rfc5280> {
        version: Version::V2,
        signature: algorithm.clone(),
        issuer: issuer.subject().clone(),
        this_update,
        next_update: Some(next_update),
        revoked_certificates: entries(issuer, revoked)?,
        crl_extensions: Some(list_extensions(issuer, number)?),
    };
    let unsigned = write(&content.to_der()?, &algorithm, &no_signature()?)?;
    let mut list = RevocationList::from_der(&unsigned)?;
    let signature = signer
        .try_sign_with_rng(rng, &list.signed.content)
        .map_err(|_| IssueError::Signing)?
        .to_bitstring()?;
    list.der = list.signed.sign(&signature)?;
    list.parsed.signature = signature;
    Ok(list)
}

/// An empty list of entries is left out, as RFC 5280, section 5.1.2.6 demands, and so is a reason that is
/// none (section 5.3.1).
fn entries(
    issuer: &Certificate,
    revoked: &[Revoked],
) -> Result<Option<Vec<RevokedCert>>, IssueError> {
    if revoked.is_empty() {
        return Ok(None);
    }
    let entry = |one: &Revoked| -> Result<RevokedCert, IssueError> {
        let reason = (CrlReason::OID, false, &one.reason);
        let extensions = match one.reason {
            CrlReason::Unspecified => None,
            _ => Some(vec![reason.to_extension(issuer.subject(), &[])?]),
        };
        Ok(RevokedCert {
            serial_number: one.serial_number.clone(),
            revocation_date: one.since,
            crl_entry_extensions: extensions,
        })
    };
    revoked
        .iter()
        .map(entry)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn list_extensions(
    issuer: &Certificate,
    number: u64,
) -> Result<x509_cert::ext::Extensions, IssueError> {
    let authority = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(own_identifier(issuer))?),
        ..AuthorityKeyIdentifier::default()
    };
    let number = CrlNumber(Uint::new(&number.to_be_bytes())?);
    let subject = issuer.subject();
    Ok(vec![
        (false, &number).to_extension(subject, &[])?,
        (&authority).to_extension(subject, &[])?,
    ])
}
