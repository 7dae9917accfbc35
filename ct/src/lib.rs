//! Constant-time runs: secrets and generator output are marked undefined, and valgrind's memcheck
//! reports every branch and every address that depends on one.
//!
//! Each program of `src/bin` is one run; `scripts/ct` builds and runs them all. A program named
//! `control_*` has a planted leak and must be reported: it shows that the marks arrive. What an
//! operation returns to its caller is marked defined again by the program, with the reason in a
//! `// CT:` comment.
//!
//! Marks survive being copied and computed with, so marking what a generator gives marks every key,
//! shared secret and nonce that is made from it.

use core::convert::Infallible;

use crabgrind::memcheck::{MemState, mark_memory};
use rand_core::{TryCryptoRng, TryRng};

/// Marks bytes secret.
///
/// # Panics
/// When not run under valgrind: nothing would be tested.
pub fn secret(bytes: &[u8]) {
    mark_memory(bytes.as_ptr().cast(), bytes.len(), MemState::Undefined)
        .expect("run under valgrind");
}

/// Marks bytes public.
///
/// # Panics
/// When not run under valgrind.
pub fn public(bytes: &[u8]) {
    mark_memory(bytes.as_ptr().cast(), bytes.len(), MemState::Defined).expect("run under valgrind");
}

/// A generator whose every byte is secret.
pub struct SecretRng(u64);

impl SecretRng {
    /// The generator of a seed. Its output is the same for the same seed, and marked.
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
        secret(out);
        core::hint::black_box(out);
        Ok(())
    }
}

impl TryCryptoRng for SecretRng {}

/// The expanded form of a key, with its secret parts marked: positions from the start of the key.
///
/// # Panics
/// When a position is beyond the key.
#[must_use]
pub fn expanded(pkcs8: &[u8], bytes: usize, secrets: &[core::ops::Range<usize>]) -> Vec<u8> {
    let expanded = pkcs8[pkcs8.len() - bytes..].to_vec();
    for range in secrets {
        secret(&expanded[range.clone()]);
    }
    core::hint::black_box(expanded)
}
