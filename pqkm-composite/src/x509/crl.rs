//! Certificate revocation lists (RFC 5280, section 5).
//!
//! The list is not made with `x509-cert`'s builder: that takes the issuer's *authority* key identifier
//! for the list's, which names the issuer of the issuer.

use alloc::{string::String, vec, vec::Vec};

use der::{
    Encode,
    asn1::{OctetString, Uint},
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
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        ToExtension,
        pkix::{AuthorityKeyIdentifier, CrlNumber, CrlReason, KeyUsages},
    },
    name::Name,
    serial_number::SerialNumber,
    time::Time,
};

use super::{
    certificate::Certificate,
    issue::{check_authority, check_key},
    profile::own_identifier,
    signed::{Signed, bit_string, decode_canonical, pem_contents},
};
use crate::error::{IssueError, ReadError};

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
}

impl RevocationList {
    /// Reads a list in DER.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::Extension`] for a critical extension, of the list or an entry: lists
    /// that are deltas, indirect, or for some reasons only, are not understood.
    pub fn from_der(der: &[u8]) -> Result<Self, ReadError> {
        let parsed: CertificateList = decode_canonical(der)?;
        let signed = Signed::read(der)?;
        let list = &parsed.tbs_cert_list;
        if list.signature != parsed.signature_algorithm {
            return Err(ReadError::Algorithm);
        }
        let entries = list.revoked_certificates.iter().flatten();
        let extensions = entries.filter_map(|entry| entry.crl_entry_extensions.as_ref());
        let mut extensions = extensions.chain(list.crl_extensions.as_ref()).flatten();
        if extensions.any(|extension| extension.critical) {
            return Err(ReadError::Extension);
        }
        Ok(Self {
            der: der.to_vec(),
            parsed,
            signed,
        })
    }

    /// Reads a PEM document with the label `X509 CRL`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn from_pem(pem: &str) -> Result<Self, ReadError> {
        Self::from_der(&pem_contents(
            pem,
            CertificateList::<x509_cert::certificate::Rfc5280>::PEM_LABEL,
        )?)
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
        let label = CertificateList::<x509_cert::certificate::Rfc5280>::PEM_LABEL;
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

    /// Whether that issuer signed the list, and may, and it is not from the future nor out of date.
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
        let after = |limit: &Time| time.seconds() > limit.to_unix_duration().as_secs();
        let is_current = list.this_update.to_unix_duration().as_secs() <= time.seconds()
            && !list.next_update.as_ref().is_some_and(after);
        let may = check_authority(issuer, KeyUsages::CRLSign).is_ok();
        if list.issuer != *issuer.subject() || !may || !is_current {
            return Err(VerifyByOidError::InvalidSignature);
        }
        self.signed.verify(issuer.key(), verifiers)
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

/// Signs a revocation list. `number` grows with every list of an issuer.
///
/// # Errors
/// [`IssueError`].
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
    let algorithm = signer
        .signature_algorithm_identifier()
        .map_err(|_| IssueError::Encoding)?;
    let tbs_cert_list = TbsCertList {
        version: Version::V2,
        signature: algorithm.clone(),
        issuer: issuer.subject().clone(),
        this_update,
        next_update: Some(next_update),
        revoked_certificates: entries(issuer, revoked)?,
        crl_extensions: Some(list_extensions(issuer, number)?),
    };
    let message = tbs_cert_list.to_der()?;
    let signature = signer
        .try_sign_with_rng(rng, &message)
        .map_err(|_| IssueError::Signing)?
        .to_bitstring()?;
    let list: CertificateList = CertificateList {
        tbs_cert_list,
        signature_algorithm: algorithm,
        signature: bit_string(signature.as_bytes().ok_or(IssueError::Encoding)?)?,
    };
    RevocationList::from_der(&list.to_der()?).map_err(|_| IssueError::Encoding)
}

/// An empty list of entries is left out, as RFC 5280, section 5.1.2.6 demands.
fn entries(
    issuer: &Certificate,
    revoked: &[Revoked],
) -> Result<Option<Vec<RevokedCert>>, IssueError> {
    if revoked.is_empty() {
        return Ok(None);
    }
    let entry = |one: &Revoked| -> Result<RevokedCert, IssueError> {
        let reason = (CrlReason::OID, false, &one.reason);
        Ok(RevokedCert {
            serial_number: one.serial_number.clone(),
            revocation_date: one.since,
            crl_entry_extensions: Some(vec![reason.to_extension(issuer.subject(), &[])?]),
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
