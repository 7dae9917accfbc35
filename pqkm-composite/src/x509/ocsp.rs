//! OCSP responses (RFC 6960): what an authority says of a certificate now.
//!
//! A response is signed by the issuer itself or by a responder that the issuer certified for this.
//! Certificates are named by SHA-256 of issuer and key, and responders by name.

use alloc::{vec, vec::Vec};
use core::time::Duration;

use der::{
    Encode,
    asn1::{GeneralizedTime, Null, OctetString},
};
use pqkm_core::{
    PreHash, UnixTime, Verifiers, VerifyByOidError,
    rand_core::TryCryptoRng,
    signature::{Keypair, RandomizedSigner},
    spki::{
        AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey,
        SignatureBitStringEncoding,
    },
};
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
    extensions::OCSP_SIGNING,
    issue::{check_authority, check_key},
    signed::{Signed, decode_canonical},
};
use crate::error::{IssueError, ReadError};

mod structure;

use structure::{
    BASIC, BasicResponse, CertId, NONCE, ResponderId, Response, ResponseBytes, ResponseData,
    ResponseStatus, RevokedInfo, SHA_256, Single, Status,
};

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
        let singles = basic.data.responses.iter();
        let mut extensions = singles
            .filter_map(|single| single.extensions.as_ref())
            .chain(basic.data.extensions.as_ref())
            .flatten();
        if extensions.any(|extension| extension.critical) {
            return Err(ReadError::Extension);
        }
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
    /// nonce if one was asked for, and it may be believed at that time.
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
        let until = single.next_update.as_ref().map_or(UnixTime::MAX, unix);
        if time < unix(&single.this_update) || time > until {
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

fn is_current(certificate: &Certificate, time: UnixTime) -> bool {
    let (from, until) = certificate.validity();
    from <= time && time <= until && !certificate.has_unknown_critical_extension()
}

/// Whether a certificate says that its subject responds for that issuer.
fn may_respond(delegate: &Certificate, issuer: &Certificate) -> bool {
    let usage = delegate.extended_key_usage();
    let signs = delegate.key_usage();
    delegate.issuer() == issuer.subject()
        && usage.is_some_and(|usage| usage.0.contains(&OCSP_SIGNING))
        && signs.is_none_or(|usage| usage.0.contains(KeyUsages::DigitalSignature))
}

/// Signs a response for certificates of one issuer.
///
/// # Errors
/// [`IssueError::NotAnAuthority`] if the responder may not speak for the issuer, and others.
pub fn sign_ocsp_response<S, Sig, R>(
    issuer: &Certificate,
    responder: ResponderRole<'_>,
    (produced_at, nonce): (UnixTime, Option<&[u8]>),
    statuses: &[SingleStatus],
    signer: &S,
    rng: &mut R,
) -> Result<OcspResponse, IssueError>
where
    S: RandomizedSigner<Sig> + Keypair<VerifyingKey: EncodePublicKey>,
    S: DynSignatureAlgorithmIdentifier,
    Sig: SignatureBitStringEncoding,
    R: TryCryptoRng + ?Sized,
{
    let by = match responder {
        ResponderRole::Issuer => {
            check_authority(issuer, KeyUsages::DigitalSignature)?;
            issuer
        }
        ResponderRole::Delegate(delegate) if may_respond(delegate, issuer) => delegate,
        ResponderRole::Delegate(_) => return Err(IssueError::NotAnAuthority),
    };
    check_key(signer, by.key())?;
    let data = response_data(issuer, by, (produced_at, nonce), statuses)?;
    let signature = signer
        .try_sign_with_rng(rng, &data.to_der()?)
        .map_err(|_| IssueError::Signing)?
        .to_bitstring()?;
    let basic = BasicResponse {
        data,
        algorithm: signer
            .signature_algorithm_identifier()
            .map_err(|_| IssueError::Encoding)?,
        signature,
        certificates: match responder {
            ResponderRole::Issuer => None,
            ResponderRole::Delegate(delegate) => Some(vec![delegate.inner().clone()]),
        },
    };
    let response = Response {
        status: ResponseStatus::Successful,
        bytes: Some(ResponseBytes {
            kind: BASIC,
            response: OctetString::new(basic.to_der()?)?,
        }),
    };
    OcspResponse::from_der(&response.to_der()?).map_err(|_| IssueError::Encoding)
}

fn response_data(
    issuer: &Certificate,
    responder: &Certificate,
    (produced_at, nonce): (UnixTime, Option<&[u8]>),
    statuses: &[SingleStatus],
) -> Result<ResponseData, IssueError> {
    let single = |one: &SingleStatus| -> Result<Single, IssueError> {
        Ok(Single {
            id: cert_id(issuer, &one.serial_number)?,
            status: match one.status {
                CertStatus::Good => Status::Good(Null),
                CertStatus::Revoked { since, reason } => Status::Revoked(RevokedInfo {
                    since: generalized(since)?,
                    reason,
                }),
                CertStatus::Unknown => Status::Unknown(Null),
            },
            this_update: generalized(one.this_update)?,
            next_update: Some(generalized(one.next_update)?),
            extensions: None,
        })
    };
    let extension = |nonce: &[u8]| -> Result<Extension, IssueError> {
        Ok(Extension {
            extn_id: NONCE,
            critical: false,
            extn_value: OctetString::new(OctetString::new(nonce)?.to_der()?)?,
        })
    };
    Ok(ResponseData {
        version: Version::V1,
        responder: ResponderId::ByName(responder.subject().clone()),
        produced_at: generalized(produced_at)?,
        responses: statuses.iter().map(single).collect::<Result<_, _>>()?,
        extensions: match nonce {
            Some(nonce) => Some(vec![extension(nonce)?]),
            None => None,
        },
    })
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

fn generalized(time: UnixTime) -> Result<GeneralizedTime, IssueError> {
    Ok(GeneralizedTime::from_unix_duration(Duration::from_secs(
        time.seconds(),
    ))?)
}

fn unix(time: &GeneralizedTime) -> UnixTime {
    UnixTime::from_seconds(time.to_unix_duration().as_secs()).unwrap_or(UnixTime::MAX)
}
