//! Outputs whose length is large or varies: bytes on the heap, of a length that the algorithm allows.

use alloc::boxed::Box;
use core::{marker::PhantomData, ops::RangeInclusive};

use crate::{algorithm::Algorithm, error::DecodeError};

/// Which lengths a signature or ciphertext of an algorithm may have.
pub trait OutputLength: Algorithm {
    /// The lengths in bytes.
    const OUTPUT_BYTES: RangeInclusive<usize>;
}

/// Bytes on the heap, of a length that `A` allows.
pub struct HeapBytes<A> {
    bytes: Box<[u8]>,
    algorithm: PhantomData<A>,
}

impl<A: OutputLength> HeapBytes<A> {
    /// Takes bytes that an implementation of the algorithm returned; none if their length is wrong.
    pub(crate) fn new(bytes: impl Into<Box<[u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        A::OUTPUT_BYTES.contains(&bytes.len()).then_some(Self {
            bytes,
            algorithm: PhantomData,
        })
    }
}

impl<A> AsRef<[u8]> for HeapBytes<A> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl<A: OutputLength> TryFrom<&[u8]> for HeapBytes<A> {
    type Error = DecodeError;

    fn try_from(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::new(bytes).ok_or(DecodeError::Length)
    }
}

impl<A> Clone for HeapBytes<A> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            algorithm: PhantomData,
        }
    }
}

impl<A> PartialEq for HeapBytes<A> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<A> Eq for HeapBytes<A> {}
