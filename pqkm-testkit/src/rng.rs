//! Random number generators for tests: one that repeats itself, one that fails, one that counts.

use core::convert::Infallible;
use core::error::Error;
use core::fmt;

use rand_core::{TryCryptoRng, TryRng};
use shake::{ExtendableOutput, Shake128, Shake128Reader, Update, XofReader};

/// SHAKE128 of a seed, read on and on.
///
/// The bytes do not depend on how they are drawn: two draws of 16 give what one draw of 32 gives.
/// Numbers are little-endian. It is marked as a generator for cryptography so that tests can pass
/// it where one is asked for; its output is no secret.
pub struct SeededRng(Shake128Reader);

impl SeededRng {
    /// The generator of a number.
    #[must_use]
    pub fn from_u64(seed: u64) -> Self {
        Self::from_bytes(&seed.to_le_bytes())
    }

    /// The generator of a label, such as the name of the test.
    #[must_use]
    pub fn from_label(label: &str) -> Self {
        Self::from_bytes(label.as_bytes())
    }

    /// The generator that reads SHAKE128 of exactly these bytes; of none, it is the one of CCTV's
    /// accumulated vectors.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut shake = Shake128::default();
        shake.update(bytes);
        Self(shake.finalize_xof())
    }

    /// The next `count` bytes.
    #[must_use]
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.read(&mut bytes);
        bytes
    }

    /// The next `N` bytes.
    #[must_use]
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read(&mut bytes);
        bytes
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.array()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.array()))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        self.0.read(destination);
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}

impl fmt::Debug for SeededRng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeededRng")
    }
}

/// A generator that works for a while and then fails for good, as a hardware one may.
///
/// A draw that it cannot serve in full is not served at all: the destination stays as it was.
#[derive(Debug)]
pub struct FailingRng {
    source: SeededRng,
    calls: u64,
    bytes: u64,
    failed: bool,
}

/// What [`FailingRng`] fails with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RngFailure;

impl fmt::Display for RngFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the generator failed")
    }
}

impl Error for RngFailure {}

impl FailingRng {
    /// Serves `calls` draws and fails from the next one on; 0 fails at once.
    #[must_use]
    pub fn after_calls(calls: u64) -> Self {
        Self::new(calls, u64::MAX)
    }

    /// Serves draws as long as their sum is not above `bytes`, and fails from the first one that
    /// would exceed it.
    #[must_use]
    pub fn after_bytes(bytes: u64) -> Self {
        Self::new(u64::MAX, bytes)
    }

    /// Whether it has failed: a test that never saw this did not test a failure.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    fn new(calls: u64, bytes: u64) -> Self {
        Self {
            source: SeededRng::from_label("FailingRng"),
            calls,
            bytes,
            failed: false,
        }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), RngFailure> {
        let calls = self.calls.checked_sub(1);
        let bytes = u64::try_from(bytes)
            .ok()
            .and_then(|bytes| self.bytes.checked_sub(bytes));
        match (calls, bytes) {
            (Some(calls), Some(bytes)) if !self.failed => {
                (self.calls, self.bytes) = (calls, bytes);
                Ok(())
            }
            _ => {
                self.failed = true;
                Err(RngFailure)
            }
        }
    }
}

impl TryRng for FailingRng {
    type Error = RngFailure;

    fn try_next_u32(&mut self) -> Result<u32, RngFailure> {
        self.spend(4)?;
        Ok(u32::from_le_bytes(self.source.array()))
    }

    fn try_next_u64(&mut self) -> Result<u64, RngFailure> {
        self.spend(8)?;
        Ok(u64::from_le_bytes(self.source.array()))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), RngFailure> {
        self.spend(destination.len())?;
        self.source.0.read(destination);
        Ok(())
    }
}

impl TryCryptoRng for FailingRng {}

/// Counts what is drawn from another generator.
#[derive(Debug)]
pub struct CountingRng<R> {
    source: R,
    calls: u64,
    bytes: u64,
}

impl<R> CountingRng<R> {
    /// Counts the draws from `source`.
    pub fn new(source: R) -> Self {
        Self {
            source,
            calls: 0,
            bytes: 0,
        }
    }

    /// Number of draws so far, failed ones included.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Number of bytes asked for so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn count(&mut self, bytes: usize) {
        self.calls = self.calls.saturating_add(1);
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

impl<R: TryRng> TryRng for CountingRng<R> {
    type Error = R::Error;

    fn try_next_u32(&mut self) -> Result<u32, R::Error> {
        self.count(4);
        self.source.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, R::Error> {
        self.count(8);
        self.source.try_next_u64()
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), R::Error> {
        self.count(destination.len());
        self.source.try_fill_bytes(destination)
    }
}

impl<R: TryCryptoRng> TryCryptoRng for CountingRng<R> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_seed_reads_the_published_stream() {
        let expected = "7f9c2ba4e88f827d616045507605853e";
        assert_eq!(
            crate::hex::encode(&SeededRng::from_bytes(&[]).bytes(16)),
            expected
        );
    }

    #[test]
    fn draws_do_not_depend_on_their_sizes() {
        let mut whole = SeededRng::from_u64(7);
        let mut parts = SeededRng::from_u64(7);
        let mut buffer = [0; 32];
        for part in buffer.chunks_mut(5) {
            parts.try_fill_bytes(part).unwrap();
        }
        assert_eq!(whole.array(), buffer);
        assert_ne!(SeededRng::from_u64(8).array(), buffer);
    }

    #[test]
    fn failure_comes_when_it_is_due_and_stays() {
        let mut rng = FailingRng::after_calls(1);
        assert!(rng.try_next_u32().is_ok() && !rng.has_failed());
        assert_eq!(rng.try_next_u64(), Err(RngFailure));
        let mut rng = FailingRng::after_bytes(40);
        let mut buffer = [0; 32];
        assert!(rng.try_fill_bytes(&mut buffer).is_ok());
        let before = buffer;
        assert_eq!(rng.try_fill_bytes(&mut buffer), Err(RngFailure));
        assert_eq!(buffer, before);
        assert_eq!(
            rng.try_next_u32(),
            Err(RngFailure),
            "a failed generator does not recover"
        );
    }

    #[test]
    fn counts_calls_and_bytes() {
        let mut rng = CountingRng::new(FailingRng::after_calls(2));
        let _drawn = (
            rng.try_next_u32(),
            rng.try_fill_bytes(&mut [0; 10]),
            rng.try_next_u64(),
        );
        assert_eq!((rng.calls(), rng.bytes()), (3, 22));
    }
}
