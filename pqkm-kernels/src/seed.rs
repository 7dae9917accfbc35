//! 32 bytes a lane: seeds, messages, hashes and shared secrets.

#![forbid(unsafe_code)]

use crate::keccak::{SHA3_256, SHA3_512, SHAKE256, Xof};
use crate::lanes::{Lanes, wipe};
use crate::memcheck::declassify;
use crate::rows::{Rows, RowsMut, UnequalRows, read_words, write_words};

/// 32 bytes in each lane. Overwritten when it is dropped.
pub struct Seed<L: Lanes> {
    l: L,
    words: [L::V; 4],
}

impl<L: Lanes> Drop for Seed<L> {
    fn drop(&mut self) {
        wipe(self.l, &mut self.words);
    }
}

impl<L: Lanes> Seed<L> {
    /// The same 32 bytes in every lane.
    #[must_use]
    pub fn same(l: L, bytes: &[u8; 32]) -> Self {
        let mut words = [L::ZERO; 4];
        for (to, from) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *to = l.splat64(from.first_chunk().map_or(0, |b| u64::from_le_bytes(*b)));
        }
        Self { l, words }
    }

    /// 32 bytes a lane.
    ///
    /// # Errors
    ///
    /// [`UnequalRows`] if the rows have another length.
    pub fn from_rows(l: L, rows: &Rows<'_>) -> Result<Self, UnequalRows> {
        if rows.len() != 32 {
            return Err(UnequalRows);
        }
        let mut seed = Self {
            l,
            words: [L::ZERO; 4],
        };
        read_seed(l, rows, &mut seed);
        Ok(seed)
    }

    /// Writes the 32 bytes of each lane.
    ///
    /// # Errors
    ///
    /// [`UnequalRows`] if the rows have another length.
    pub fn write(&self, out: &mut RowsMut<'_>) -> Result<(), UnequalRows> {
        if out.len() != 32 {
            return Err(UnequalRows);
        }
        write_seed(self.l, self, out);
        Ok(())
    }

    /// The seed of lane `lane` in every lane.
    #[must_use]
    pub fn spread(&self, lane: usize) -> Self {
        let mut words = self.words;
        for word in &mut words {
            let lanes = self.l.store_words(*word);
            *word = self
                .l
                .splat64(lanes.as_ref().get(lane).copied().unwrap_or(0));
        }
        Self { l: self.l, words }
    }

    /// In each lane `a` where the mask is all ones, `b` where it is zero.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the mask.
    #[must_use]
    pub fn select(l: L, mask: &L::Words, a: &Self, b: &Self) -> Self {
        let mut chosen = Self { l, words: b.words };
        select_seed(l, mask, a, &mut chosen);
        chosen
    }

    /// Declares the seed public: see [`memcheck`](crate::memcheck).
    #[inline(always)]
    pub fn declassify(&mut self) {
        if cfg!(pqkm_ctgrind) {
            for word in &mut self.words {
                let mut lanes = self.l.store_words(*word);
                for lane in lanes.as_mut() {
                    *lane = declassify(*lane);
                }
                *word = self.l.load_words(&lanes);
            }
        }
    }

    #[inline(always)]
    pub(crate) const fn words(&self) -> &[L::V; 4] {
        &self.words
    }

    #[inline(always)]
    pub(crate) const fn from_words(l: L, words: [L::V; 4]) -> Self {
        Self { l, words }
    }

    #[inline(always)]
    fn from_slice(l: L, words: &[L::V]) -> Self {
        Self {
            l,
            words: [words[0], words[1], words[2], words[3]],
        }
    }
}

kernel! {
    /// Reads seeds from rows of 32 bytes.
    pub fn read_seed(l, rows: &Rows<'_>, to: &mut Seed<L>) {
        read_words(l, rows, 0, &mut to.words);
    }
}

kernel! {
    /// Writes seeds to rows of 32 bytes.
    pub fn write_seed(l, from: &Seed<L>, out: &mut RowsMut<'_>) {
        write_words(l, &from.words, out, 0);
    }
}

kernel! {
    /// Replaces `b` by `a` in each lane where the mask is all ones.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the mask.
    pub fn select_seed(l, mask: &L::Words, a: &Seed<L>, b: &mut Seed<L>) {
        let mask = l.load_words(mask);
        for i in 0..4 {
            b.words[i] = l.select(mask, a.words[i], b.words[i]);
        }
    }
}

kernel! {
    /// SHA3-512(first || second) in two halves: G of ML-KEM (FIPS 203, section 4.1).
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the input.
    pub fn sha3_512(l, first: &Seed<L>, second: &Seed<L>) -> (Seed<L>, Seed<L>) {
        let [a, b, c, d] = first.words;
        let [e, f, g, h] = second.words;
        let xof = Xof::absorb_words(l, SHA3_512, &[a, b, c, d, e, f, g, h], l.splat64(0), 0);
        let block = xof.block();
        (Seed::from_slice(l, block), Seed::from_slice(l, &block[4..]))
    }
}

kernel! {
    /// SHA3-512(first || byte) in two halves: G of ML-KEM, at key generation.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the input.
    pub fn sha3_512_with_byte(l, first: &Seed<L>, byte: u8) -> (Seed<L>, Seed<L>) {
        let tail = l.splat64(u64::from(byte));
        let xof = Xof::absorb_words(l, SHA3_512, &first.words, tail, 1);
        let block = xof.block();
        (Seed::from_slice(l, block), Seed::from_slice(l, &block[4..]))
    }
}

/// SHA3-256 of rows: H of ML-KEM (FIPS 203, section 4.1).
#[must_use]
pub fn sha3_256<L: Lanes>(l: L, rows: &Rows<'_>) -> Seed<L> {
    let xof = Xof::absorb(l, SHA3_256, core::slice::from_ref(rows));
    Seed::from_slice(l, xof.block())
}

/// 32 bytes of SHAKE256(first || rows): J of ML-KEM (FIPS 203, section 4.1).
#[must_use]
pub fn shake256_32<L: Lanes>(l: L, first: &Rows<'_>, rows: &Rows<'_>) -> Seed<L> {
    let xof = Xof::absorb(l, SHAKE256, &[*first, *rows]);
    Seed::from_slice(l, xof.block())
}
