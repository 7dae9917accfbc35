//! As much of a certificate as concerns its key.

use pqkm::core::{AnyPublicKey, Verifiers, VerifyByOidError};
use x509_cert::{
    der::{Decode, Encode, Reader, SliceReader, asn1::ObjectIdentifier},
    ext::pkix::{KeyUsage, KeyUsages},
};

/// A certificate whose outer form is right.
pub(crate) struct Certificate {
    parsed: x509_cert::Certificate,
    /// What is signed, as it stands in the file.
    signed: Vec<u8>,
    pub(crate) key: AnyPublicKey,
}

impl Certificate {
    pub(crate) fn read(der: &[u8]) -> Result<Self, String> {
        let parsed =
            x509_cert::Certificate::from_der(der).map_err(|error| format!("not DER: {error}"))?;
        let tbs = parsed.tbs_certificate();
        if parsed.signature_algorithm() != tbs.signature() {
            return Err("inner and outer signature algorithm differ".into());
        }
        let spki = tbs
            .subject_public_key_info()
            .to_der()
            .map_err(|error| error.to_string())?;
        let key = AnyPublicKey::from_spki_der(&spki).map_err(|error| error.to_string())?;
        let signed = first_element(der).ok_or("no signed part")?;
        Ok(Self {
            parsed,
            signed,
            key,
        })
    }

    /// Whether it claims to be signed by its own key.
    pub(crate) fn is_self_signed(&self) -> bool {
        let tbs = self.parsed.tbs_certificate();
        tbs.issuer() == tbs.subject() && self.parsed.signature_algorithm().oid == self.key.oid()
    }

    pub(crate) fn verify_own_signature(&self) -> Result<(), VerifyByOidError> {
        let signature = self
            .parsed
            .signature()
            .as_bytes()
            .ok_or(VerifyByOidError::InvalidSignature)?;
        Verifiers::core().verify(
            self.parsed.signature_algorithm(),
            &self.key,
            &self.signed,
            signature,
        )
    }

    /// The rules for `keyUsage` of RFC 9881, RFC 9909 and RFC 9935, where the extension is there.
    pub(crate) fn check_key_usage(&self, is_kem: bool) -> Result<(), String> {
        let usage = self
            .parsed
            .tbs_certificate()
            .get_extension::<KeyUsage>()
            .map_err(|_| "key usage does not decode".to_string())?;
        let Some((_, usage)) = usage else {
            return Ok(());
        };
        let signing = KeyUsages::DigitalSignature
            | KeyUsages::NonRepudiation
            | KeyUsages::KeyCertSign
            | KeyUsages::CRLSign;
        let is_right = if is_kem {
            usage == KeyUsage(KeyUsages::KeyEncipherment.into())
        } else {
            !usage.0.is_empty() && (usage.0 & !signing).is_empty()
        };
        if is_right {
            Ok(())
        } else {
            Err(format!("key usage {:?}", usage.0))
        }
    }
}

/// The first element of a SEQUENCE, with its tag and length.
fn first_element(der: &[u8]) -> Option<Vec<u8>> {
    let mut outer = SliceReader::new(der).ok()?;
    let whole: x509_cert::der::asn1::AnyRef<'_> = outer.decode().ok()?;
    let mut inner = SliceReader::new(whole.value()).ok()?;
    inner.tlv_bytes().ok().map(<[u8]>::to_vec)
}

/// HashML-DSA and HashSLH-DSA as key identifiers: RFC 9881 and RFC 9909 admit the former nowhere and
/// this crate reads neither as a key.
pub(crate) fn is_pre_hash(oid: ObjectIdentifier) -> bool {
    oid.to_string()
        .strip_prefix("2.16.840.1.101.3.4.3.")
        .and_then(|rest| rest.parse::<u32>().ok())
        .is_some_and(|number| (32..=46).contains(&number))
}
