//! Secret bytes, and the one way for them to leave.

use alloc::{boxed::Box, vec::Vec};
use core::ops::Deref;

use rand_core::TryCryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Acknowledges that secret bytes leave the protection of their type.
///
/// Every function of keys and secrets that reveals bytes takes one, so that a search for
/// `ExposeToken::acknowledge` finds every place in a program where it happens. The functions of the
/// algorithm traits, which are for those who write algorithms, take none.
#[derive(Debug)]
pub struct ExposeToken(());

impl ExposeToken {
    /// States that the caller takes over the care of the bytes: no copy, no log, zeroized after use.
    #[must_use]
    pub const fn acknowledge() -> Self {
        Self(())
    }
}

/// Secret bytes of any length: zeroized on drop, never printed, never compared with `==`.
///
/// The length is not secret.
///
/// # Side channels
/// [`ConstantTimeEq`] compares in a time that depends on the lengths only.
pub struct SecretBytes(Box<[u8]>);

impl Zeroize for SecretBytes {
    fn zeroize(&mut self) {
        // The slice at once: boxes, vectors and arrays zeroize themselves a byte at a time.
        self.0.as_mut().zeroize();
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for SecretBytes {}

impl SecretBytes {
    /// Takes over a buffer. Its spare capacity is zeroized when the buffer is shrunk to its length.
    #[must_use]
    pub fn new(mut bytes: Zeroizing<Vec<u8>>) -> Self {
        // A vector that is shrunk in place may be reallocated and leave the old block behind, so the
        // bytes are copied once into a block of exact size and the old one is zeroized: at once, as above.
        let exact = Box::from(bytes.as_slice());
        bytes.spare_capacity_mut().zeroize();
        bytes.as_mut_slice().zeroize();
        drop(core::mem::take(&mut *bytes));
        Self(exact)
    }

    /// Makes bytes where they stay: `fill` is given `length` bytes, all zero.
    ///
    /// # Errors
    /// Those of `fill`; what it wrote is zeroized then.
    pub fn filled<E>(
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut bytes = Self(alloc::vec![0; length].into());
        fill(&mut bytes.0)?;
        Ok(bytes)
    }

    /// Copies bytes; the original stays the caller's to erase.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Self {
        Self(Box::from(bytes))
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reveals the bytes.
    #[must_use]
    pub fn expose(&self, _: ExposeToken) -> &[u8] {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl ConstantTimeEq for SecretBytes {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// Secret arrays of one length, zeroized at once when they are dropped.
pub(crate) struct SecretArrays<const N: usize>(Vec<[u8; N]>);

impl<const N: usize> SecretArrays<N> {
    /// Takes over arrays.
    pub(crate) const fn new(arrays: Vec<[u8; N]>) -> Self {
        Self(arrays)
    }

    /// `count` random arrays, in one draw; none if the generator fails.
    pub(crate) fn draw<R: TryCryptoRng + ?Sized>(count: usize, rng: &mut R) -> Option<Self> {
        let mut drawn = Self(alloc::vec![[0; N]; count]);
        rng.try_fill_bytes(drawn.0.as_flattened_mut()).ok()?;
        Some(drawn)
    }
}

impl<const N: usize> Deref for SecretArrays<N> {
    type Target = [[u8; N]];

    fn deref(&self) -> &[[u8; N]] {
        &self.0
    }
}

impl<const N: usize> Drop for SecretArrays<N> {
    fn drop(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}

/// A fixed-size array of bytes that an algorithm names as its shared secret.
///
/// It is implemented for `[u8; N]`, so an algorithm in another crate writes `type SharedSecret =
/// [u8; 32]`.
pub trait SecretArray: AsRef<[u8]> + AsMut<[u8]> + Zeroize + Send + Sync + 'static {
    /// Length in bytes.
    const BYTES: usize;
}

impl<const N: usize> SecretArray for [u8; N] {
    const BYTES: usize = N;
}
