//! A wrapping key, generators and a directory for tests.

use std::path::{Path, PathBuf};

use aes_kw::{KeyInit, KwpAes256};
use pqkm_stateful::{WrapError, WrappingKey};
use rand_core::{Infallible, TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// AES-256-KWP under a key that depends on the context.
pub(crate) struct TestWrapping(pub(crate) u8);

impl TestWrapping {
    fn kwp(&self, context: &[u8]) -> KwpAes256 {
        let key: [u8; 32] = Sha256::new()
            .chain_update([self.0])
            .chain_update(context)
            .finalize()
            .into();
        KwpAes256::new(&key.into())
    }
}

impl WrappingKey for TestWrapping {
    fn wrap<R: TryCryptoRng + ?Sized>(
        &self,
        context: &[u8],
        secret: &[u8],
        _: &mut R,
    ) -> Result<Vec<u8>, WrapError> {
        let mut out = vec![0; secret.len().next_multiple_of(8) + 8];
        let len = self
            .kwp(context)
            .wrap_key(secret, &mut out)
            .map_err(|_| WrapError)?
            .len();
        out.truncate(len);
        Ok(out)
    }

    fn unwrap(&self, context: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, WrapError> {
        let mut out = vec![0; wrapped.len()];
        let len = self
            .kwp(context)
            .unwrap_key(wrapped, &mut out)
            .map_err(|_| WrapError)?
            .len();
        out.truncate(len);
        Ok(Zeroizing::new(out))
    }
}

/// Bytes that follow from a seed.
pub(crate) struct TestRng(u64, u64);

impl TestRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed, 0)
    }
}

impl TryRng for TestRng {
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
        for chunk in out.chunks_mut(32) {
            self.1 += 1;
            let block = Sha256::new().chain_update(self.0.to_be_bytes());
            let block = block.chain_update(self.1.to_be_bytes()).finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}

/// A generator that always fails.
pub(crate) struct FailingRng;

impl TryRng for FailingRng {
    type Error = core::fmt::Error;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(core::fmt::Error)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(core::fmt::Error)
    }
    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        Err(core::fmt::Error)
    }
}

impl TryCryptoRng for FailingRng {}

/// A directory that goes away with the value.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("pqkm-stateful-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
