//! HSS: trees that sign the roots of trees. RFC 8554, section 6.

use crate::error::{DecodeError, InvalidSignature};
use crate::lms::LmsVerifyingKey;
#[cfg(feature = "alloc")]
use crate::lms::MAX_PUBLIC_KEY_LEN as MAX_LMS_PUBLIC_KEY_LEN;
use crate::params::{LmotsAlgorithm, LmsAlgorithm, MAX_LEVELS};
use crate::wire::Reader;

/// Largest sum of heights: an index is a `u64`, with room for what recovery burns.
pub(crate) const MAX_TOTAL_HEIGHT: u8 = 60;

/// Length in bytes of the longest public key.
#[cfg(feature = "alloc")]
pub(crate) const MAX_PUBLIC_KEY_LEN: usize = 4 + MAX_LMS_PUBLIC_KEY_LEN;

/// The parameter sets of an HSS key, one pair a level, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HssParameters {
    levels: [(LmsAlgorithm, LmotsAlgorithm); MAX_LEVELS],
    count: u8,
}

impl HssParameters {
    /// One to eight levels, the top first; all with one hash function and output length, as SP 800-208 asks.
    ///
    /// # Errors
    /// [`DecodeError::Levels`], [`DecodeError::MixedHash`] or [`DecodeError::TooTall`].
    pub fn new(levels: &[(LmsAlgorithm, LmotsAlgorithm)]) -> Result<Self, DecodeError> {
        let (&first, _) = levels.split_first().ok_or(DecodeError::Levels)?;
        let mut all = [first; MAX_LEVELS];
        all.get_mut(..levels.len())
            .ok_or(DecodeError::Levels)?
            .copy_from_slice(levels);
        let same = |(lms, ots): &(LmsAlgorithm, LmotsAlgorithm)| {
            lms.hash() == first.0.hash() && ots.hash() == first.0.hash()
        };
        if !levels.iter().all(same) {
            return Err(DecodeError::MixedHash);
        }
        let height: u8 = levels.iter().map(|(lms, _)| lms.h()).sum();
        if height > MAX_TOTAL_HEIGHT {
            return Err(DecodeError::TooTall);
        }
        let count = u8::try_from(levels.len()).map_err(|_| DecodeError::Levels)?;
        Ok(Self { levels: all, count })
    }

    /// The levels, from the top.
    #[must_use]
    pub fn levels(&self) -> &[(LmsAlgorithm, LmotsAlgorithm)] {
        &self.levels[..usize::from(self.count)]
    }

    /// Number of one-time keys at the bottom: how many signatures the key can make.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        1 << self.levels().iter().map(|(lms, _)| lms.h()).sum::<u8>()
    }

    /// Output length of the hash in bytes.
    #[cfg(feature = "std")]
    pub(crate) const fn n(&self) -> usize {
        self.levels[0].0.m()
    }

    /// Number of levels, 1 to 8.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        self.count
    }

    #[cfg(feature = "std")]
    pub(crate) const fn top(&self) -> (LmsAlgorithm, LmotsAlgorithm) {
        self.levels[0]
    }

    #[cfg(feature = "std")]
    pub(crate) fn level(&self, level: u8) -> (LmsAlgorithm, LmotsAlgorithm) {
        self.levels[usize::from(level)]
    }

    /// The number of the tree of a level that an index lies in: trees of one level are numbered from the left.
    #[cfg(feature = "std")]
    pub(crate) fn tree_number(&self, level: u8, index: u64) -> u64 {
        let below: u8 = self
            .levels()
            .iter()
            .skip(usize::from(level))
            .map(|(lms, _)| lms.h())
            .sum();
        index >> below
    }

    /// The leaf of the tree above that signs the tree `number` of a level.
    #[cfg(feature = "std")]
    pub(crate) fn parent_leaf(&self, level: u8, number: u64) -> u32 {
        low_bits(number, self.level(level - 1).0)
    }

    /// The number of trees of a level.
    #[cfg(feature = "std")]
    pub(crate) fn trees(&self, level: u8) -> u64 {
        self.tree_number(level, self.capacity())
    }

    /// The leaf of the tree of a level on the way to an index.
    #[cfg(feature = "std")]
    pub(crate) fn leaf(&self, level: u8, index: u64) -> u32 {
        low_bits(self.tree_number(level + 1, index), self.level(level).0)
    }

    /// The number of the tree of the level `upper` that tree `number` of `level` hangs below.
    #[cfg(feature = "std")]
    pub(crate) fn ancestor(&self, level: u8, number: u64, upper: u8) -> u64 {
        let between: u8 = self.levels()[usize::from(upper)..usize::from(level)]
            .iter()
            .map(|(lms, _)| lms.h())
            .sum();
        number >> between
    }

    /// The leaf of its bottom tree that an index is.
    #[cfg(feature = "std")]
    pub(crate) fn bottom_leaf(&self, index: u64) -> u32 {
        low_bits(index, self.level(self.count - 1).0)
    }

    /// Length in bytes of a signature.
    #[must_use]
    pub fn signature_len(&self) -> usize {
        let lms: usize = self
            .levels()
            .iter()
            .map(|&(l, o)| crate::params::lms_signature_len(l, o))
            .sum();
        let keys: usize = self
            .levels()
            .iter()
            .skip(1)
            .map(|(l, _)| l.public_key_len())
            .sum();
        4 + lms + keys
    }
}

/// The leaf within its tree of a number that counts leaves over all trees of a level.
#[cfg(feature = "std")]
fn low_bits(number: u64, lms: LmsAlgorithm) -> u32 {
    u32::try_from(number & u64::from(lms.leaves() - 1)).unwrap_or(0)
}

/// An HSS public key: the number of levels and the public key of the top tree.
///
/// A single LMS tree is the key with one level (RFC 9802).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HssVerifyingKey {
    levels: u8,
    top: LmsVerifyingKey,
}

impl HssVerifyingKey {
    #[cfg(feature = "std")]
    pub(crate) const fn new(levels: u8, top: LmsVerifyingKey) -> Self {
        Self { levels, top }
    }

    /// Reads a public key: u32 number of levels, then the top tree's (RFC 8554, section 6.1).
    ///
    /// # Errors
    /// [`DecodeError`] for levels outside 1..=8, and what [`LmsVerifyingKey::from_bytes`] refuses.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let levels = u8::try_from(reader.u32()?).map_err(|_| DecodeError::Levels)?;
        if levels == 0 || usize::from(levels) > MAX_LEVELS {
            return Err(DecodeError::Levels);
        }
        let top = LmsVerifyingKey::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { levels, top })
    }

    /// Writes the encoding of [`Self::from_bytes`].
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_bytes(&self) -> alloc::vec::Vec<u8> {
        let (bytes, len) = self.encode();
        bytes[..len].to_vec()
    }

    /// The encoding and its length; the rest of the buffer is zero.
    #[cfg(feature = "alloc")]
    pub(crate) fn encode(&self) -> ([u8; MAX_PUBLIC_KEY_LEN], usize) {
        let mut out = [0; MAX_PUBLIC_KEY_LEN];
        let (levels, rest) = out.split_at_mut(4);
        levels.copy_from_slice(&u32::from(self.levels).to_be_bytes());
        let (top, len) = self.top.encode();
        rest.copy_from_slice(&top);
        (out, 4 + len)
    }

    /// Number of levels, 1 to 8.
    #[must_use]
    pub const fn levels(&self) -> u8 {
        self.levels
    }

    /// The public key of the top tree.
    #[must_use]
    pub const fn top(&self) -> &LmsVerifyingKey {
        &self.top
    }

    /// Verifies a signature: RFC 8554, section 6.3. Takes no heap.
    ///
    /// # Errors
    /// [`InvalidSignature`] for every reason, wrong lengths and typecodes among them.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let mut reader = Reader::new(signature);
        let signed_keys = reader.u32().map_err(|_| InvalidSignature)?;
        if signed_keys.checked_add(1) != Some(u32::from(self.levels)) {
            return Err(InvalidSignature);
        }
        let mut key = self.top;
        for _ in 0..signed_keys {
            let link = reader
                .take(key.signature_len())
                .map_err(|_| InvalidSignature)?;
            let child = LmsVerifyingKey::read(&mut reader).map_err(|_| InvalidSignature)?;
            let (encoded, len) = child.encode();
            key.verify_parts(&[&encoded[..len]], link)?;
            key = child;
        }
        let last = reader
            .take(key.signature_len())
            .map_err(|_| InvalidSignature)?;
        reader.finish().map_err(|_| InvalidSignature)?;
        key.verify(message, last)
    }
}
