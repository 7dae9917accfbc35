//! A generator for seeds and mutations: reproducible, and good for nothing else.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// xorshift64*.
pub struct TestRng(u64);

impl TestRng {
    /// The generator of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// The next word.
    pub const fn word(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`, which is not zero.
    #[cfg(test)]
    pub const fn below(&mut self, bound: usize) -> usize {
        (self.word() >> 16) as usize % bound
    }
}

impl TryRng for TestRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.word() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.word())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.fill_with(|| (self.word() >> 56) as u8);
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}
