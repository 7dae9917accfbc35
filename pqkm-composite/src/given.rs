//! A generator that gives bytes drawn beforehand: so that a batch draws per item and works in lanes.

use core::fmt;

use pqkm_core::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// Gives the bytes it was made from, in order, and fails when there are no more.
pub(crate) struct GivenBytes<'a>(&'a [u8]);

impl<'a> GivenBytes<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

/// There are no more bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the given bytes are used up")
    }
}

impl core::error::Error for Exhausted {}

impl TryRng for GivenBytes<'_> {
    type Error = Exhausted;

    fn try_next_u32(&mut self) -> Result<u32, Exhausted> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Exhausted> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Exhausted> {
        let (given, rest) = self.0.split_at_checked(out.len()).ok_or(Exhausted)?;
        out.copy_from_slice(given);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for GivenBytes<'_> {}

/// N random bytes; none if the generator fails.
pub(crate) fn draw<const N: usize, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    rng.try_fill_bytes(bytes.as_mut_slice()).ok()?;
    Some(bytes)
}
