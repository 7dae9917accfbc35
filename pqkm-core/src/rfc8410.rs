//! What X25519 and Ed25519 have in common: 32 bytes, and their place in PKCS#8 (RFC 8410).

use alloc::vec::Vec;

use zeroize::{Zeroize, Zeroizing};

use crate::{error::DecodeError, error::GenerateError};
use rand_core::TryCryptoRng;

/// Length of private and public keys in bytes.
pub(crate) const KEY_BYTES: usize = 32;

/// The header of an OCTET STRING of 32 bytes.
const HEADER: [u8; 2] = [0x04, 0x20];

/// `CurvePrivateKey ::= OCTET STRING` (RFC 8410, section 7).
pub(crate) fn to_curve_private_key(private: &[u8; KEY_BYTES]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([HEADER.as_slice(), private].concat())
}

/// Reads a `CurvePrivateKey`.
pub(crate) fn from_curve_private_key(
    bytes: &[u8],
) -> Result<Zeroizing<[u8; KEY_BYTES]>, DecodeError> {
    from_raw(bytes.strip_prefix(&HEADER).ok_or(DecodeError::Malformed)?)
}

/// Reads the 32 bytes alone.
pub(crate) fn from_raw(bytes: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, DecodeError> {
    let mut array: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| DecodeError::Length)?;
    let private = Zeroizing::new(array);
    array.zeroize();
    Ok(private)
}

/// Draws a private key: any 32 bytes are one.
pub(crate) fn draw<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<Zeroizing<[u8; KEY_BYTES]>, GenerateError> {
    let mut private = Zeroizing::new([0; KEY_BYTES]);
    rng.try_fill_bytes(private.as_mut_slice())
        .map_err(|_| GenerateError::Randomness)?;
    Ok(private)
}
