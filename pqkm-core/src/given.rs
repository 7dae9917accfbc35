//! A generator that gives bytes known beforehand.

use core::fmt;

use rand_core::{TryCryptoRng, TryRng};

/// Gives the bytes it was made from, in order, and fails when there are no more.
///
/// With it every function that takes a generator becomes the derandomised function of its standard:
/// `rng = d || z` for FIPS 203, Algorithm 16 (ML-KEM.KeyGen_internal), `rng = m` for Algorithm 17
/// (ML-KEM.Encaps_internal), `rng = xi` for FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), and
/// `rng = rnd` for Algorithm 7 (ML-DSA.Sign_internal), where 32 zero bytes sign deterministically.
#[derive(Clone)]
pub struct GivenBytes<'a>(&'a [u8]);

impl<'a> GivenBytes<'a> {
    /// A generator that gives these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

/// There are no more bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

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
