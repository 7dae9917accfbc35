//! Signing responses.

use alloc::{vec, vec::Vec};
use core::time::Duration;

use der::{
    Encode,
    asn1::{GeneralizedTime, Null, OctetString},
};
use pqkm_core::{
    UnixTime,
    rand_core::TryCryptoRng,
    signature::{Keypair, RandomizedSigner},
    spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding},
};
use x509_cert::{
    Version,
    ext::{Extension, pkix::KeyUsages},
};

use super::{
    CertStatus, OcspResponse, ResponderRole, SingleStatus, cert_id, is_current, is_nonce,
    may_respond,
    structure::{
        BASIC, BasicResponse, NONCE, ResponderId, Response, ResponseBytes, ResponseData,
        ResponseStatus, RevokedInfo, Single, Status,
    },
};
use crate::{
    error::IssueError,
    x509::{
        certificate::Certificate,
        issue::{check_authority, check_key},
        signed::no_signature,
    },
};

/// Signs a response for certificates of one issuer.
///
/// # Errors
/// [`IssueError::NotAnAuthority`] if the responder may not speak for the issuer;
/// [`IssueError::Validity`] if the responder's certificate is not valid when the response is produced,
/// or an answer is over before it begins; [`IssueError::SerialNumber`] if there is no answer, or more than
/// one about one certificate; [`IssueError::Extension`] for a nonce that is empty or longer than 128
/// bytes; and others. Nothing was signed unless it is `Signing`.
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
    check_order(by, (produced_at, nonce), statuses)?;
    let mut basic = BasicResponse {
        data: response_data(issuer, by, (produced_at, nonce), statuses)?,
        algorithm: signer
            .signature_algorithm_identifier()
            .map_err(|_| IssueError::Encoding)?,
        signature: no_signature()?,
        certificates: match responder {
            ResponderRole::Issuer => None,
            ResponderRole::Delegate(delegate) => Some(vec![delegate.inner().clone()]),
        },
    };
    let mut response = OcspResponse::from_der(&write(&basic)?)?;
    basic.signature = signer
        .try_sign_with_rng(rng, &response.signed.content)
        .map_err(|_| IssueError::Signing)?
        .to_bitstring()?;
    response.signed.sign(&basic.signature)?;
    response.der = write(&basic)?;
    Ok(response)
}

fn write(basic: &BasicResponse) -> Result<Vec<u8>, der::Error> {
    let response = Response {
        status: ResponseStatus::Successful,
        bytes: Some(ResponseBytes {
            kind: BASIC,
            response: OctetString::new(basic.to_der()?)?,
        }),
    };
    response.to_der()
}

/// Whether a response would be believed by who asks: not of a responder that is not valid, and not with
/// two answers to one question.
fn check_order(
    by: &Certificate,
    (produced_at, nonce): (UnixTime, Option<&[u8]>),
    statuses: &[SingleStatus],
) -> Result<(), IssueError> {
    let mut numbers: Vec<_> = statuses.iter().map(|one| &one.serial_number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if statuses.is_empty() || numbers.len() < statuses.len() {
        return Err(IssueError::SerialNumber);
    }
    let is_over = |one: &SingleStatus| one.this_update > one.next_update;
    if !is_current(by, produced_at) || statuses.iter().any(is_over) {
        return Err(IssueError::Validity);
    }
    if !nonce.is_none_or(is_nonce) {
        return Err(IssueError::Extension);
    }
    Ok(())
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

fn generalized(time: UnixTime) -> Result<GeneralizedTime, IssueError> {
    Ok(GeneralizedTime::from_unix_duration(Duration::from_secs(
        time.seconds(),
    ))?)
}
