//! Groups of byte strings of equal length, one a lane, and their words.

use core::fmt;

use crate::lanes::{Lanes, barrier};

/// The lanes of the widest token.
pub const MAX_ROWS: usize = 8;

/// No rows, too many, or of different lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnequalRows;

impl fmt::Display for UnequalRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a group needs one to eight byte strings of equal length")
    }
}

impl core::error::Error for UnequalRows {}

/// One to eight byte strings of equal length. A lane beyond the last reads the first again.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    rows: [&'a [u8]; MAX_ROWS],
    len: usize,
}

impl<'a> Rows<'a> {
    /// A group of `rows`.
    ///
    /// # Errors
    ///
    /// [`UnequalRows`] if there is none, there are more than [`MAX_ROWS`], or lengths differ.
    #[inline(always)]
    pub fn new<T: AsRef<[u8]> + ?Sized>(rows: &[&'a T]) -> Result<Self, UnequalRows> {
        let &first = rows.first().ok_or(UnequalRows)?;
        let first: &'a [u8] = first.as_ref();
        if rows.len() > MAX_ROWS {
            return Err(UnequalRows);
        }
        let mut all = [first; MAX_ROWS];
        for (to, &from) in all.iter_mut().zip(rows) {
            *to = from.as_ref();
            if to.len() != first.len() {
                return Err(UnequalRows);
            }
        }
        Ok(Self {
            rows: all,
            len: first.len(),
        })
    }

    /// The same byte string in every lane.
    #[must_use]
    #[inline(always)]
    pub const fn same(row: &'a [u8]) -> Self {
        Self {
            rows: [row; MAX_ROWS],
            len: row.len(),
        }
    }

    /// Bytes `at..at + len` of each row.
    ///
    /// # Errors
    ///
    /// [`UnequalRows`] if the rows are shorter.
    pub fn part(&self, at: usize, len: usize) -> Result<Self, UnequalRows> {
        let mut rows = self.rows;
        for row in &mut rows {
            *row = row
                .get(at..)
                .and_then(|row| row.get(..len))
                .ok_or(UnequalRows)?;
        }
        Ok(Self { rows, len })
    }

    /// The length of each row in bytes.
    #[must_use]
    #[inline(always)]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether the rows have no bytes.
    #[must_use]
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a lane after the first reads the first again.
    #[inline(always)]
    fn repeats(&self, lane: usize) -> bool {
        lane > 0 && core::ptr::eq(self.rows[lane], self.rows[0])
    }

    /// The bytes of lane `lane` from `at` on.
    #[inline(always)]
    pub(crate) fn lane(&self, lane: usize, at: usize) -> &'a [u8] {
        &self.rows[lane][at..]
    }
}

/// One to eight outputs of equal length, in the lanes they come from; other are not kept.
pub struct RowsMut<'a> {
    rows: [&'a mut [u8]; MAX_ROWS],
    len: usize,
}

impl<'a> RowsMut<'a> {
    /// A group of outputs, each of which is written whole.
    ///
    /// # Errors
    ///
    /// [`UnequalRows`] if there is none, there are more than [`MAX_ROWS`], or lengths differ.
    #[inline(always)]
    pub fn new<T: AsMut<[u8]> + ?Sized + 'a>(
        outputs: impl IntoIterator<Item = &'a mut T>,
    ) -> Result<Self, UnequalRows> {
        let mut rows: [&'a mut [u8]; MAX_ROWS] = Default::default();
        let mut len = None;
        for (index, output) in outputs.into_iter().enumerate() {
            let row = output.as_mut();
            if index == MAX_ROWS || *len.get_or_insert(row.len()) != row.len() {
                return Err(UnequalRows);
            }
            rows[index] = row;
        }
        Ok(Self {
            rows,
            len: len.ok_or(UnequalRows)?,
        })
    }

    /// The output of one lane alone.
    ///
    /// # Errors
    ///
    /// [`UnequalRows`] if `lane` is not below [`MAX_ROWS`].
    pub fn of_lane(lane: usize, row: &'a mut [u8]) -> Result<Self, UnequalRows> {
        let mut rows: [&'a mut [u8]; MAX_ROWS] = Default::default();
        let len = row.len();
        *rows.get_mut(lane).ok_or(UnequalRows)? = row;
        Ok(Self { rows, len })
    }

    /// The length of each row in bytes.
    #[must_use]
    #[inline(always)]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether the rows have no bytes.
    #[must_use]
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The lane that is kept, if it is one alone.
    #[inline(always)]
    pub(crate) fn only_lane(&self) -> Option<usize> {
        let mut only = None;
        for (lane, row) in self.rows.iter().enumerate() {
            if row.len() == self.len && only.replace(lane).is_some() {
                return None;
            }
        }
        only
    }

    /// The bytes of lane `lane` from `at` on, if the lane is kept.
    #[inline(always)]
    pub(crate) fn lane(&mut self, lane: usize, at: usize) -> Option<&mut [u8]> {
        let row = &mut *self.rows[lane];
        if row.len() == self.len {
            row.get_mut(at..)
        } else {
            None
        }
    }
}

kernel! {
    /// A lane of ones where the rows of `a` and `b` differ, zero where they are equal; rows of different
    /// lengths differ.
    ///
    /// # Side channels
    ///
    /// Time depends on the lengths only.
    pub fn differing_rows(l, a: &Rows<'_>, b: &Rows<'_>) -> L::Words {
        let mut masks = l.zero_words();
        if a.len() != b.len() {
            masks.as_mut().fill(u64::MAX);
            return masks;
        }
        for lane in 0..L::LANES {
            if a.repeats(lane) && b.repeats(lane) {
                masks.as_mut()[lane] = masks.as_ref()[0];
                continue;
            }
            let (mut a, mut b) = (a.lane(lane, 0), b.lane(lane, 0));
            let mut difference = l.splat64(0);
            while a.len() >= 8 * L::LANES {
                difference = l.or(difference, l.xor(l.load(a), l.load(b)));
                (a, b) = (&a[8 * L::LANES..], &b[8 * L::LANES..]);
            }
            let rest = a.iter().zip(b).fold(0, |rest, (a, b)| rest | (a ^ b));
            let words = l.store_words(difference);
            let any = words.as_ref().iter().fold(u64::from(rest), |any, word| any | word);
            // The sign of x | -x is set exactly where x is not zero.
            masks.as_mut()[lane] = barrier((any | any.wrapping_neg()) >> 63).wrapping_neg();
        }
        masks
    }
}

/// Reads little-endian words of each row, from byte `at` on: word i of every row becomes `words[i]`.
#[inline(always)]
pub(crate) fn read_words<L: Lanes>(l: L, rows: &Rows<'_>, mut at: usize, words: &mut [L::V]) {
    let mut chunks = words.chunks_exact_mut(L::LANES);
    for chunk in &mut chunks {
        let mut block = l.zero_block();
        for (lane, v) in block.as_mut().iter_mut().enumerate() {
            *v = l.load(rows.lane(lane, at));
        }
        chunk.copy_from_slice(l.transpose64(block).as_ref());
        at += 8 * L::LANES;
    }
    for v in chunks.into_remainder() {
        let mut one = l.zero_words();
        for (lane, to) in one.as_mut().iter_mut().enumerate() {
            let bytes = rows.lane(lane, at).first_chunk();
            *to = bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        }
        *v = l.load_words(&one);
        at += 8;
    }
}

/// Writes words to each row, from byte `at` on: the inverse of [`read_words`].
#[inline(always)]
pub(crate) fn write_words<L: Lanes>(l: L, words: &[L::V], out: &mut RowsMut<'_>, mut at: usize) {
    let chunks = words.chunks_exact(L::LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        let mut block = l.zero_block();
        block.as_mut().copy_from_slice(chunk);
        for (lane, v) in l.transpose64(block).as_ref().iter().enumerate() {
            if let Some(row) = out.lane(lane, at) {
                l.store(*v, row);
            }
        }
        at += 8 * L::LANES;
    }
    if rest.is_empty() {
        return;
    }
    let mut block = l.zero_block();
    block.as_mut()[..rest.len()].copy_from_slice(rest);
    for (lane, v) in l.transpose64(block).as_ref().iter().enumerate() {
        if let Some(row) = out.lane(lane, at) {
            let words = l.store_words(*v);
            for (to, word) in row.chunks_exact_mut(8).zip(&words.as_ref()[..rest.len()]) {
                to.copy_from_slice(&word.to_le_bytes());
            }
        }
    }
}
