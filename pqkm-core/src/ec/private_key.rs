//! `ECPrivateKey` (RFC 5915, section 3).

use alloc::vec::Vec;

use der::{
    Decode, Encode, Sequence,
    asn1::{BitStringRef, ObjectIdentifier, OctetStringRef},
};
use zeroize::Zeroizing;

use super::{Curve, EcPrivate};
use crate::{encoding::RawPrivateKey, error::DecodeError};

/// `ecPrivkeyVer1`
const VERSION: u8 = 1;

#[derive(Sequence)]
struct EcPrivateKey<'a> {
    version: u8,
    private_key: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    parameters: Option<ObjectIdentifier>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

/// Writes a private key with `parameters`, which the RFC demands, and without `publicKey`, which the
/// reader computes: the form that the composite drafts prescribe.
#[expect(clippy::expect_used, reason = "no private key comes near DER's limits")]
pub(super) fn encode<C: Curve>(private: &[u8]) -> Zeroizing<Vec<u8>> {
    let key = EcPrivateKey {
        version: VERSION,
        private_key: OctetStringRef::new(private).expect("short enough for DER"),
        parameters: Some(C::OID),
        public_key: None,
    };
    Zeroizing::new(key.to_der().expect("short enough for DER"))
}

/// Reads a private key. `parameters` may be absent, for PKCS#8 has them outside, and must be the
/// curve's if present; `publicKey` must be the private key's, in the uncompressed form.
pub(super) fn decode<C: Curve>(bytes: &[u8]) -> Result<EcPrivate<C>, DecodeError> {
    let document = EcPrivateKey::from_der(bytes)?;
    if document.version != VERSION {
        return Err(DecodeError::Version);
    }
    if document.parameters.is_some_and(|curve| curve != C::OID) {
        return Err(DecodeError::Algorithm);
    }
    let key = EcPrivate::<C>::from_raw(document.private_key.as_bytes())?;
    if let Some(public_key) = document.public_key {
        let public_key = public_key.as_bytes().ok_or(DecodeError::Malformed)?;
        if *public_key != *key.point {
            return Err(DecodeError::Inconsistent);
        }
    }
    Ok(key)
}
