//! The seed from which a post-quantum half was made: the form of its private key inside a composite.

use pqkm_core::{PrivateKeyForm, SeedForms};
use zeroize::Zeroizing;

/// The tag of `[0] seed` (RFC 9881 and RFC 9935, section 6).
const TAG: u8 = 0x80;

/// The seed of N bytes, up to 127, of a key that was made from one.
pub(crate) fn seed_of<const N: usize, K: SeedForms>(key: &K) -> Option<Zeroizing<[u8; N]>> {
    let der = key.to_form(PrivateKeyForm::Seed)?;
    let contents = der.strip_prefix(&[TAG, u8::try_from(N).ok()?])?;
    let mut seed = Zeroizing::new([0; N]);
    if contents.len() != N {
        return None;
    }
    seed.copy_from_slice(contents);
    Some(seed)
}
