//! Tags on what a store keeps.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Length of a tag in bytes.
pub(crate) const TAG_LEN: usize = 32;

/// The key with which a store tags what it keeps: HMAC-SHA-256, 32 bytes, one for each signing key.
///
/// A tag tells a torn or rotted block from a good one, and one key's block from another's.
/// It does not tell an old block from the newest one.
#[expect(missing_debug_implementations, reason = "a secret")]
pub struct IntegrityKey([u8; 32]);

impl IntegrityKey {
    /// A key from 32 secret bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The tag over a label and the parts, with the lengths of all of them.
    #[must_use]
    pub fn tag(&self, label: &[u8], parts: &[&[u8]]) -> [u8; TAG_LEN] {
        // A key of any length is accepted, so the fallback is never taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return [0; TAG_LEN];
        };
        for part in core::iter::once(&label).chain(parts) {
            let len = u64::try_from(part.len()).unwrap_or(u64::MAX);
            mac.update(&len.to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether `tag` is the tag over label and parts; in constant time.
    #[must_use]
    pub fn verify(&self, label: &[u8], parts: &[&[u8]], tag: &[u8]) -> bool {
        self.tag(label, parts).ct_eq(tag).into()
    }

    #[cfg(feature = "std")]
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    #[cfg(feature = "std")]
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0)
    }
}

impl Drop for IntegrityKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
