//! AES key wrap, NIST SP 800-38F: KW (section 6.2) and KWP (section 6.3), as in RFC 3394 and RFC 5649.

use alloc::vec::Vec;

use aes_kw::{KeyInit, KwAes256, KwpAes256};
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::Algorithm,
    error::{UnwrapError, WrapError},
    key::WrappingKey,
    secret::SecretBytes,
    state,
    symmetric::{SymmetricAlgorithm, WrapAlgorithm, identifier},
};

mod unwrap;

pub(crate) use unwrap::{kw_unwrap, kwp_decrypt, kwp_unwrap};

/// AES-256 key wrap without padding (KW, RFC 3394): wraps multiples of 8 bytes, from 16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aes256Kw;

/// AES-256 key wrap with padding (KWP, RFC 5649): wraps any length from 1 byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aes256Kwp;

impl Algorithm for Aes256Kw {
    const NAME: &'static str = "AES-256-KW";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("2.16.840.1.101.3.4.1.45")
    }
}

impl Algorithm for Aes256Kwp {
    const NAME: &'static str = "AES-256-KWP";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("2.16.840.1.101.3.4.1.48")
    }
}

impl SymmetricAlgorithm for Aes256Kw {
    const KEY_BYTES: usize = 32;
}

impl SymmetricAlgorithm for Aes256Kwp {
    const KEY_BYTES: usize = 32;
}

impl WrapAlgorithm for Aes256Kw {}
impl WrapAlgorithm for Aes256Kwp {}

/// Length of the integrity check value in bytes, by which wrapped data is longer.
const SEMIBLOCK_BYTES: usize = 8;

/// Longest data to wrap in bytes. SP 800-38F allows more; no key here is longer.
const MAX_BYTES: usize = 1 << 20;

impl WrappingKey<Aes256Kwp> {
    /// Wraps bytes with the bare mode of SP 800-38F, for interoperation: no context, no attributes,
    /// no name of the key. [`wrap_key`](crate::Wrap::wrap_key) binds all of them.
    ///
    /// The result is 8 bytes longer than `secret` padded to a multiple of 8.
    ///
    /// # Errors
    /// [`WrapError::TooLong`] for no bytes, or more than 1 MiB.
    pub fn kwp_wrap(&self, secret: &SecretBytes) -> Result<Vec<u8>, WrapError> {
        state::check()?;
        kwp_wrap(self.material().as_bytes(), secret.as_bytes())
    }

    /// Unwraps what [`kwp_wrap`](Self::kwp_wrap) or another implementation wrapped.
    ///
    /// # Errors
    /// [`UnwrapError`].
    pub fn kwp_unwrap(&self, wrapped: &[u8]) -> Result<SecretBytes, UnwrapError> {
        state::check().map_err(|_| UnwrapError)?;
        kwp_unwrap(self.material().as_bytes(), wrapped).map(SecretBytes::new)
    }
}

impl WrappingKey<Aes256Kw> {
    /// Wraps bytes with the bare mode of SP 800-38F, for interoperation: no context, no attributes,
    /// no name of the key. [`wrap_key`](crate::Wrap::wrap_key) binds all of them.
    ///
    /// The result is 8 bytes longer than `secret`.
    ///
    /// # Errors
    /// [`WrapError::TooLong`] if the length is not a multiple of 8 from 16 bytes to 1 MiB.
    pub fn kw_wrap(&self, secret: &SecretBytes) -> Result<Vec<u8>, WrapError> {
        state::check()?;
        kw_wrap(self.material().as_bytes(), secret.as_bytes())
    }

    /// Unwraps what [`kw_wrap`](Self::kw_wrap) or another implementation wrapped.
    ///
    /// # Errors
    /// [`UnwrapError`].
    pub fn kw_unwrap(&self, wrapped: &[u8]) -> Result<SecretBytes, UnwrapError> {
        state::check().map_err(|_| UnwrapError)?;
        kw_unwrap(self.material().as_bytes(), wrapped).map(SecretBytes::new)
    }
}

/// KW under a 32-byte key.
pub(crate) fn kw_wrap(key: &[u8], secret: &[u8]) -> Result<Vec<u8>, WrapError> {
    if secret.len() < 2 * SEMIBLOCK_BYTES
        || secret.len() > MAX_BYTES
        || !secret.len().is_multiple_of(SEMIBLOCK_BYTES)
    {
        return Err(WrapError::TooLong);
    }
    let mut out = alloc::vec![0; secret.len() + SEMIBLOCK_BYTES];
    let cipher = KwAes256::new_from_slice(key).map_err(|_| WrapError::InvalidKey)?;
    cipher
        .wrap_key(secret, &mut out)
        .map_err(|_| WrapError::TooLong)?;
    Ok(out)
}

/// KWP under a 32-byte key.
pub(crate) fn kwp_wrap(key: &[u8], secret: &[u8]) -> Result<Vec<u8>, WrapError> {
    if secret.is_empty() || secret.len() > MAX_BYTES {
        return Err(WrapError::TooLong);
    }
    let padded = secret.len().next_multiple_of(SEMIBLOCK_BYTES);
    let mut out = alloc::vec![0; padded + SEMIBLOCK_BYTES];
    let cipher = KwpAes256::new_from_slice(key).map_err(|_| WrapError::InvalidKey)?;
    cipher
        .wrap_key(secret, &mut out)
        .map_err(|_| WrapError::TooLong)?;
    Ok(out)
}
