//! What is secret, what is public, and generators whose output is secret.

use core::convert::Infallible;
use core::hint::black_box;

use pqkm_kernels::memcheck;
use rand_core::{TryCryptoRng, TryRng};

/// The bytes, secret from here on.
pub fn secret(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    memcheck::mark_secret(&mut bytes);
    black_box(bytes)
}

/// An array of secret bytes.
pub fn secret_array<const N: usize>(byte: u8) -> [u8; N] {
    let mut bytes = [byte; N];
    memcheck::mark_secret(&mut bytes);
    black_box(bytes)
}

/// The bytes with the given ranges secret.
pub fn secret_in(bytes: &[u8], ranges: &[core::ops::Range<usize>]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for range in ranges {
        memcheck::mark_secret(&mut bytes[range.clone()]);
    }
    black_box(bytes)
}

/// Bytes that are sent or stored: public from here on.
pub fn public(bytes: &[u8]) -> Vec<u8> {
    let copy = black_box(bytes.to_vec());
    memcheck::mark_public(&copy);
    black_box(copy)
}

/// Ends a run: shows that something was computed, by a byte of a result that is published.
pub fn show(bytes: &[u8]) {
    println!("{:02x}", public(bytes)[0]);
}

/// The planted leak of the controls: a branch on a secret byte. It shows that the marks arrive there.
pub fn leak(secret: &[u8]) {
    if black_box(secret[0]) == 3 {
        println!("three");
    }
}

/// A generator whose every byte is secret, the same for the same seed.
pub struct SecretRng(u64);

impl SecretRng {
    /// The generator of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl TryRng for SecretRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for byte in &mut *out {
            // xorshift64*: any bytes will do, since what is tested is that they do not matter.
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            *byte = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()[0];
        }
        memcheck::mark_secret(out);
        Ok(())
    }
}

impl TryCryptoRng for SecretRng {}
