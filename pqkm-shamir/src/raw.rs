//! The arithmetic alone: byte strings of any length, split and combined.
//!
//! These shares say nothing about themselves: whoever keeps them keeps k, the indices, and which belong together.
//! [`seal_and_split`](crate::seal_and_split) is what a key management system wants.

use pqkm_core::is_operational;
use pqkm_kernels::gf256::{self, Engine, Rows};
use rand_core::TryCryptoRng;
use zeroize::Zeroize;

use crate::{CombineError, SplitError, Threshold, decode, outcome::Combined, wiped::Wiped};

/// Coefficients drawn at a time, in bytes: they stay in the first cache.
const BATCH_BYTES: usize = 16 * 1024;

/// The shares of a byte string, in one block of memory. Zeroized on drop.
pub struct RawShares {
    bytes: Wiped,
    length: usize,
}

impl RawShares {
    /// The shares, indices 1 to n.
    pub fn iter(&self) -> impl Iterator<Item = RawShare<'_>> {
        (1..=u8::MAX)
            .zip(self.bytes.chunks_exact(self.length.max(1)))
            .map(|(index, value)| RawShare { index, value })
    }
}

/// A share: an index and as many bytes as the secret has.
///
/// It has no `Debug`: k of them are the secret.
#[derive(Clone, Copy)]
pub struct RawShare<'a> {
    index: u8,
    value: &'a [u8],
}

/// Its value.
impl AsRef<[u8]> for RawShare<'_> {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.value
    }
}

impl<'a> RawShare<'a> {
    /// Takes a share.
    ///
    /// # Errors
    /// [`CombineError::Index`] for index 0: such a share would be the secret itself, and whoever makes one up
    /// would choose what is recovered.
    pub const fn new(index: u8, value: &'a [u8]) -> Result<Self, CombineError> {
        if index == 0 {
            return Err(CombineError::Index { index });
        }
        Ok(Self { index, value })
    }

    /// A share whose index is known not to be 0.
    pub(crate) const fn of(index: u8, value: &'a [u8]) -> Self {
        Self { index, value }
    }

    /// Where the polynomials were evaluated: 1 to 255.
    #[must_use]
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// Their values. Secret.
    #[must_use]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }
}

/// Splits a secret: any k of the n shares give it back, and k - 1 tell nothing but its length.
///
/// The coefficients are the generator's bytes as they come, (k - 1) for each byte of the secret.
///
/// # Side channels
/// Time depends on the length, k and n.
///
/// # Errors
/// [`SplitError::Empty`], [`SplitError::TooLong`] beyond 2^63 bytes in all, [`SplitError::Randomness`],
/// [`SplitError::NotOperational`].
pub fn split<R: TryCryptoRng + ?Sized>(
    secret: &[u8],
    threshold: Threshold,
    rng: &mut R,
) -> Result<RawShares, SplitError> {
    let total = secret
        .len()
        .checked_mul(usize::from(threshold.count()))
        .filter(|total| isize::try_from(*total).is_ok())
        .ok_or(SplitError::TooLong)?;
    let mut bytes = Wiped::zeros(total);
    split_into(secret, threshold, rng, &mut bytes)?;
    Ok(RawShares {
        bytes,
        length: secret.len(),
    })
}

/// As [`split`], into n times as many bytes as the secret has, share 1 first. After an error they are zero, or as they were.
///
/// # Errors
/// As [`split`]; [`SplitError::TooLong`] if `out` has not that length.
pub fn split_into<R: TryCryptoRng + ?Sized>(
    secret: &[u8],
    threshold: Threshold,
    rng: &mut R,
    out: &mut [u8],
) -> Result<(), SplitError> {
    if !is_operational() {
        return Err(SplitError::NotOperational);
    }
    if secret.is_empty() {
        return Err(SplitError::Empty);
    }
    if secret.len().checked_mul(usize::from(threshold.count())) != Some(out.len()) {
        return Err(SplitError::TooLong);
    }
    let done = fill(secret, threshold, rng, out);
    if done.is_err() {
        out.zeroize();
    }
    done
}

#[expect(clippy::integer_division_remainder_used, reason = "k is public")]
fn fill<R: TryCryptoRng + ?Sized>(
    secret: &[u8],
    threshold: Threshold,
    rng: &mut R,
    out: &mut [u8],
) -> Result<(), SplitError> {
    let engine = Engine::detect();
    let degree = usize::from(threshold.threshold() - 1);
    let points = POINTS
        .get(..usize::from(threshold.count()))
        .unwrap_or_default();
    // Whole vectors of the widest engine, at least one.
    let width = (BATCH_BYTES / degree)
        .next_multiple_of(64)
        .min(secret.len());
    let mut coefficients = Wiped::zeros(degree * width);
    let mut at = 0;
    for constant in secret.chunks(width) {
        let drawn = coefficients
            .get_mut(..degree * constant.len())
            .unwrap_or_default();
        rng.try_fill_bytes(drawn)
            .map_err(|_| SplitError::Randomness)?;
        let rows = Rows {
            bytes: &mut *out,
            stride: secret.len(),
            at,
        };
        gf256::evaluate(engine, points, constant, drawn, rows);
        at += constant.len();
    }
    Ok(())
}

/// The indices of shares.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static POINTS: [u8; 255] = {
    let mut points = [0; 255];
    let mut i = 0;
    let mut point = 1u8;
    while i < 255 {
        points[i] = point;
        point = point.wrapping_add(1);
        i += 1;
    }
    points
};

/// Combines shares of one secret that was split with threshold `threshold`.
///
/// With more shares than that, wrong ones among them are found: up to half of the surplus, rounded down, are named
/// and left out. With exactly as many, nothing can be found, and the result is
/// [`Combined::Unverified`].
///
/// # Side channels
/// Time depends on the length, the number of shares, and on which of them are wrong.
///
/// # Errors
/// [`CombineError::Threshold`], [`CombineError::TooFew`], [`CombineError::Duplicate`],
/// [`CombineError::Mismatch`] for lengths that differ or are zero, [`CombineError::Undecodable`],
/// [`CombineError::NotOperational`].
pub fn combine(threshold: u8, shares: &[RawShare<'_>]) -> Result<Combined, CombineError> {
    if !is_operational() {
        return Err(CombineError::NotOperational);
    }
    if threshold < 2 {
        return Err(CombineError::Threshold);
    }
    decode::check(threshold, shares)?;
    decode::combine(threshold, shares)
}
