//! A buffer for secrets on their way.

use alloc::{vec, vec::Vec};
use core::ops::{Deref, DerefMut};

use zeroize::Zeroize;

/// Bytes of a fixed number, zeroized at once on drop: `Zeroizing<Vec<u8>>` does it a byte at a time, and shares are long.
pub(crate) struct Wiped(Vec<u8>);

impl Wiped {
    /// That many zero bytes.
    pub(crate) fn zeros(length: usize) -> Self {
        Self(vec![0; length])
    }
}

impl Deref for Wiped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}
