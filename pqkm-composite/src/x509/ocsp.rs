//! OCSP responses (RFC 6960): what an authority says of a certificate now.
//!
//! A response is signed by the issuer itself or by a responder that the issuer certified for this.
//! Certificates are named by SHA-256 of issuer and key, and responders by name.

use alloc::vec::Vec;

use der::{
    Encode,
    asn1::{GeneralizedTime, OctetString},
};
use pqkm_core::{PreHash, UnixTime, Verifiers, VerifyByOidError, spki::AlgorithmIdentifierOwned};
use x509_cert::{
    Version,
    ext::{
        Extension,
        pkix::{CrlReason, KeyUsages},
    },
    serial_number::SerialNumber,
};

use super::{
    certificate::Certificate,
    chain::check_issuer,
    extensions::{OCSP_SIGNING, decode, list},
    issue::check_authority,
    signed::{Signed, decode_canonical},
};
use crate::error::{IssueError, ReadError};

mod sign;
mod structure;

pub use sign::sign_ocsp_response;

use structure::{
    BASIC, BasicResponse, CertId, NONCE, ResponderId, Response, ResponseData, ResponseStatus,
    SHA_256, Status,
};

/// Longest nonce in bytes (RFC 9654, section 2.1).
const MAX_NONCE: usize = 128;

/// What is said of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// It is not revoked.
    Good,
    /// It is revoked.
    Revoked {
        /// Since when.
        since: UnixTime,
        /// Why, if that is said.
        reason: Option<CrlReason>,
    },
    /// The responder does not know it.
    Unknown,
}

/// The status of one certificate and how long it may be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleStatus {
    /// The certificate's number.
    pub serial_number: SerialNumber,
    /// Its status.
    pub status: CertStatus,
    /// From when.
    pub this_update: UnixTime,
    /// Until when.
    pub next_update: UnixTime,
}

/// Who signs a response.
#[derive(Clone, Copy, Debug)]
pub enum ResponderRole<'a> {
    /// The issuer of the certificates.
    Issuer,
    /// A responder with a certificate of the issuer's for this.
    Delegate(&'a Certificate),
}

/// A response that was read strictly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspResponse {
    der: Vec<u8>,
    data: ResponseData,
    signed: Signed,
    delegates: Vec<Certificate>,
}

impl OcspResponse {
    /// Reads a response in DER.
    ///
    /// # Errors
    /// [`ReadError::Unsuccessful`] if it is the report of an error, otherwise as for certificates.
    pub fn from_der(der: &[u8]) -> Result<Self, ReadError> {
        let outer: Response = decode_canonical(der)?;
        if outer.status != ResponseStatus::Successful {
            return Err(ReadError::Unsuccessful);
        }
        let bytes = outer.bytes.ok_or(ReadError::Malformed)?;
        if bytes.kind != BASIC {
            return Err(ReadError::Malformed);
        }
        let basic: BasicResponse = decode_canonical(bytes.response.as_bytes())?;
        let signed = Signed::read(bytes.response.as_bytes())?;
        if basic.data.version != Version::V1 {
            return Err(ReadError::Version);
        }
        for single in &basic.data.responses {
            check_extensions(single.extensions.as_ref())?;
        }
        check_extensions(basic.data.extensions.as_ref())?;
        let delegates = basic.certificates.unwrap_or_default();
        let delegates = delegates
            .iter()
            .map(|one| Certificate::from_der(&one.to_der()?));
        Ok(Self {
            der: der.to_vec(),
            delegates: delegates.collect::<Result<_, _>>()?,
            data: basic.data,
            signed,
        })
    }

    /// The bytes that were read.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The status of a certificate of that issuer, if the issuer or its delegate signed it, with that
    /// nonce if one was asked for, and it may be believed at that time. An answer that does not say until
    /// when it may be believed is not: it would be the last word for ever (RFC 6960, section 4.2.2.1, has
    /// such answers mean that a newer one can always be had).
    ///
    /// # Errors
    /// [`VerifyByOidError::InvalidSignature`] for all reasons but
    /// [`VerifyByOidError::UnknownAlgorithm`].
    pub fn status(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        verifiers: &Verifiers,
        time: UnixTime,
        nonce: Option<&[u8]>,
    ) -> Result<CertStatus, VerifyByOidError> {
        let refused = VerifyByOidError::InvalidSignature;
        self.verify(issuer, verifiers, time)?;
        // Numbers are unique for an issuer only.
        if certificate.issuer() != issuer.subject() {
            return Err(refused);
        }
        if nonce.is_some_and(|nonce| self.nonce() != Some(nonce)) {
            return Err(refused);
        }
        let id = cert_id(issuer, certificate.serial_number()).map_err(|_| refused)?;
        let mut about = self.data.responses.iter().filter(|single| single.id == id);
        let (Some(single), None) = (about.next(), about.next()) else {
            return Err(refused);
        };
        let until = single.next_update.as_ref().map(unix);
        if time < unix(&single.this_update) || until.is_none_or(|until| time > until) {
            return Err(refused);
        }
        Ok(match &single.status {
            Status::Good(_) => CertStatus::Good,
            Status::Revoked(info) => CertStatus::Revoked {
                since: unix(&info.since),
                reason: info.reason,
            },
            Status::Unknown(_) => CertStatus::Unknown,
        })
    }

    /// The contents of the nonce extension.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        let mut extensions = self.data.extensions.iter().flatten();
        let nonce = extensions.find(|extension| extension.extn_id == NONCE)?;
        let octets =
            <&der::asn1::OctetStringRef as der::Decode>::from_der(nonce.extn_value.as_bytes());
        octets.ok().map(der::asn1::OctetStringRef::as_bytes)
    }

    fn verify(
        &self,
        issuer: &Certificate,
        verifiers: &Verifiers,
        time: UnixTime,
    ) -> Result<(), VerifyByOidError> {
        let ResponderId::ByName(responder) = &self.data.responder else {
            // Named by a SHA-1 of its key: the delegates are few, and each is tried.
            return self.verify_delegates(issuer, verifiers, time);
        };
        if responder == issuer.subject() {
            check_authority(issuer, KeyUsages::DigitalSignature)
                .map_err(|_| VerifyByOidError::InvalidSignature)?;
            return self.signed.verify(issuer.key(), verifiers);
        }
        self.verify_delegates(issuer, verifiers, time)
    }

    fn verify_delegates(
        &self,
        issuer: &Certificate,
        verifiers: &Verifiers,
        time: UnixTime,
    ) -> Result<(), VerifyByOidError> {
        let mut delegates = self.delegates.iter();
        let is_valid = delegates.any(|delegate| {
            may_respond(delegate, issuer)
                && is_current(delegate, time)
                && delegate.verify_signature(issuer.key(), verifiers).is_ok()
                && self.signed.verify(delegate.key(), verifiers).is_ok()
        });
        is_valid
            .then_some(())
            .ok_or(VerifyByOidError::InvalidSignature)
    }
}

/// None twice, none that is critical, and a nonce that is one (RFC 9654, section 2.1).
fn check_extensions(all: Option<&Vec<Extension>>) -> Result<(), ReadError> {
    for extension in list(all)? {
        let is_refused = match extension.extn_id {
            NONCE => !is_nonce(decode::<OctetString>(extension)?.as_bytes()),
            _ => extension.critical,
        };
        if is_refused {
            return Err(ReadError::Extension);
        }
    }
    Ok(())
}

fn is_nonce(nonce: &[u8]) -> bool {
    (1..=MAX_NONCE).contains(&nonce.len())
}

fn is_current(certificate: &Certificate, time: UnixTime) -> bool {
    let (from, until) = certificate.validity();
    from <= time && time <= until
}

/// Whether a certificate says that its subject responds for that issuer, who may say so. This is the purpose
/// that it is for, so that its extended key usage may be critical.
fn may_respond(delegate: &Certificate, issuer: &Certificate) -> bool {
    let signs = delegate.key_usage();
    check_issuer(delegate, issuer).is_ok()
        && delegate.extended_key_usage().is_some()
        && delegate.allows_purpose(OCSP_SIGNING)
        && signs.is_none_or(|usage| usage.0.contains(KeyUsages::DigitalSignature))
        && !delegate.has_unknown_critical_extension()
}

/// The name of a certificate by its issuer.
fn cert_id(issuer: &Certificate, serial_number: &SerialNumber) -> Result<CertId, IssueError> {
    let hash = |bytes: &[u8]| {
        let digest = PreHash::Sha2_256.digest(bytes);
        OctetString::new(digest.get(..32).unwrap_or_default())
    };
    Ok(CertId {
        hash: AlgorithmIdentifierOwned {
            oid: SHA_256,
            parameters: None,
        },
        issuer_name_hash: hash(&issuer.subject().to_der()?)?,
        issuer_key_hash: hash(issuer.key().key_bytes())?,
        serial_number: serial_number.clone(),
    })
}

fn unix(time: &GeneralizedTime) -> UnixTime {
    UnixTime::from_seconds(time.to_unix_duration().as_secs()).unwrap_or(UnixTime::MAX)
}
