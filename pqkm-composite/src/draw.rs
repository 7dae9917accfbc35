//! Random bytes drawn beforehand: so that a batch draws per item and works in lanes.

use pqkm_core::rand_core::TryCryptoRng;
use zeroize::Zeroizing;

/// N random bytes; none if the generator fails.
pub(crate) fn draw<const N: usize, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    rng.try_fill_bytes(bytes.as_mut_slice()).ok()?;
    Some(bytes)
}
