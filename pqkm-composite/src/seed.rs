//! The seed from which a post-quantum half was made: the form of its private key inside a composite.

use alloc::vec::Vec;

use pqkm_core::{PrivateKeyForm, SeedForms};
use zeroize::Zeroizing;

/// The tag of `[0] seed` (RFC 9881 and RFC 9935, section 6).
const TAG: u8 = 0x80;

/// The seed, of that many bytes up to 127, of a key that was made from one.
pub(crate) fn seed_of<K: SeedForms>(key: &K, length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let der = key.to_form(PrivateKeyForm::Seed)?;
    let seed = der.strip_prefix(&[TAG, u8::try_from(length).ok()?])?;
    (seed.len() == length).then(|| Zeroizing::new(seed.to_vec()))
}
