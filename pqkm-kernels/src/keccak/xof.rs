//! Sponges over lanes.

use super::permutation::permute;
use crate::lanes::{Kernel, Lanes, wipe};
use crate::rows::{Rows, RowsMut, read_words, write_words};

/// Rate and domain separation of one function of FIPS 202.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sponge {
    rate_words: usize,
    suffix: u8,
}

impl Sponge {
    /// The rate in bytes.
    #[must_use]
    pub const fn rate(self) -> usize {
        8 * self.rate_words
    }
}

/// FIPS 202, section 6.2 (SHAKE128).
pub const SHAKE128: Sponge = Sponge {
    rate_words: 21,
    suffix: 0x1f,
};
/// FIPS 202, section 6.2 (SHAKE256).
pub const SHAKE256: Sponge = Sponge {
    rate_words: 17,
    suffix: 0x1f,
};
/// FIPS 202, section 6.1 (SHA3-256).
pub const SHA3_256: Sponge = Sponge {
    rate_words: 17,
    suffix: 0x06,
};
/// FIPS 202, section 6.1 (SHA3-512).
pub const SHA3_512: Sponge = Sponge {
    rate_words: 9,
    suffix: 0x06,
};

/// The state of one sponge a lane, past absorption: a block of output at a time.
///
/// Its words are overwritten when it is dropped.
pub struct Xof<L: Lanes> {
    l: L,
    state: [L::V; 25],
    rate_words: usize,
    /// Bytes of the present block that were read.
    position: usize,
}

impl<L: Lanes> Drop for Xof<L> {
    fn drop(&mut self) {
        wipe(self.l, &mut self.state);
    }
}

impl<L: Lanes> Xof<L> {
    /// Absorbs the concatenation of `pieces` in each lane.
    ///
    /// # Spec
    ///
    /// FIPS 202, Algorithm 8 (SPONGE) with the padding of section 5.1 and the suffixes of section 6.
    ///
    /// # Side channels
    ///
    /// Time depends on the lengths only.
    #[must_use]
    pub fn absorb(l: L, sponge: Sponge, pieces: &[Rows<'_>]) -> Self {
        let mut xof = Self {
            l,
            state: [L::ZERO; 25],
            rate_words: sponge.rate_words,
            position: 0,
        };
        l.enter(Absorb {
            state: &mut xof.state,
            sponge,
            pieces,
        });
        xof
    }

    /// Absorbs words that are in lanes already: `words`, then the `tail_len` low bytes of `tail`, then the
    /// padding. `tail` is zero above its length, which is at most 7 bytes.
    ///
    /// # Panics
    ///
    /// If the words do not fit one block.
    #[must_use]
    #[inline(always)]
    pub fn absorb_words(l: L, sponge: Sponge, words: &[L::V], tail: L::V, tail_len: usize) -> Self {
        debug_assert!(words.len() < sponge.rate_words && tail_len < 8);
        let mut state = [l.splat64(0); 25];
        state[..words.len()].copy_from_slice(words);
        let suffix = l.splat64(u64::from(sponge.suffix) << (8 * tail_len));
        state[words.len()] = l.xor(tail, suffix);
        let last = sponge.rate_words - 1;
        state[last] = l.xor(state[last], l.splat64(1 << 63));
        permute(l, &mut state);
        Self {
            l,
            state,
            rate_words: sponge.rate_words,
            position: 0,
        }
    }

    /// The present block of output: word i of each lane is in element i.
    #[must_use]
    #[inline(always)]
    pub fn block(&self) -> &[L::V] {
        &self.state[..self.rate_words]
    }

    /// The words of the state.
    #[inline(always)]
    pub(crate) const fn state(&self) -> &[L::V; 25] {
        &self.state
    }

    /// Goes on to the next block.
    #[inline(always)]
    pub fn next_block(&mut self) {
        permute(self.l, &mut self.state);
        self.position = 0;
    }

    /// Writes the next `out.len()` bytes of each lane.
    pub fn read(&mut self, out: &mut RowsMut<'_>) {
        self.l.enter(Read { xof: self, out });
    }
}

/// Hashes the concatenation of `pieces` in each lane, and writes `out.len()` bytes each.
pub fn hash<L: Lanes>(l: L, sponge: Sponge, pieces: &[Rows<'_>], out: &mut RowsMut<'_>) {
    Xof::absorb(l, sponge, pieces).read(out);
}

struct Absorb<'a, 'b, L: Lanes> {
    state: &'a mut [L::V; 25],
    sponge: Sponge,
    pieces: &'a [Rows<'b>],
}

impl<L: Lanes> Kernel<L> for Absorb<'_, '_, L> {
    type Output = ();
    #[inline(always)]
    fn run(self, l: L) {
        let rate = self.sponge.rate();
        let mut position = 0;
        for piece in self.pieces {
            let mut at = 0;
            while at < piece.len() {
                let room = (rate - position).min(piece.len() - at);
                absorb_part(l, self.state, position, piece, at, room);
                at += room;
                position += room;
                if position == rate {
                    permute(l, self.state);
                    position = 0;
                }
            }
        }
        let suffix = u64::from(self.sponge.suffix) << (8 * (position & 7));
        let (word, last) = (position >> 3, self.sponge.rate_words - 1);
        self.state[word] = l.xor(self.state[word], l.splat64(suffix));
        self.state[last] = l.xor(self.state[last], l.splat64(1 << 63));
        permute(l, self.state);
    }
}

/// Adds `count` bytes of each row, from `at` on, to the bytes of the state from `position` on.
#[inline(always)]
fn absorb_part<L: Lanes>(
    l: L,
    state: &mut [L::V; 25],
    mut position: usize,
    rows: &Rows<'_>,
    mut at: usize,
    mut count: usize,
) {
    while count > 0 {
        let word = position >> 3;
        let skip = position & 7;
        let taken = if skip == 0 && count >= 8 {
            let whole = count >> 3;
            let mut words = [l.splat64(0); 25];
            read_words(l, rows, at, &mut words[..whole]);
            for (to, from) in state[word..].iter_mut().zip(&words[..whole]) {
                *to = l.xor(*to, *from);
            }
            8 * whole
        } else {
            let taken = (8 - skip).min(count);
            let mut words = l.zero_words();
            for (lane, to) in words.as_mut().iter_mut().enumerate() {
                for (i, byte) in rows.lane(lane, at)[..taken].iter().enumerate() {
                    *to |= u64::from(*byte) << (8 * (skip + i));
                }
            }
            state[word] = l.xor(state[word], l.load_words(&words));
            taken
        };
        (position, at, count) = (position + taken, at + taken, count - taken);
    }
}

struct Read<'a, 'b, L: Lanes> {
    xof: &'a mut Xof<L>,
    out: &'a mut RowsMut<'b>,
}

impl<L: Lanes> Kernel<L> for Read<'_, '_, L> {
    type Output = ();
    #[inline(always)]
    fn run(self, l: L) {
        let rate = 8 * self.xof.rate_words;
        let mut at = 0;
        while at < self.out.len() {
            if self.xof.position == rate {
                self.xof.next_block();
            }
            let count = (rate - self.xof.position).min(self.out.len() - at);
            read_part(l, &self.xof.state, self.xof.position, self.out, at, count);
            self.xof.position += count;
            at += count;
        }
    }
}

/// Writes `count` bytes of the state, from `position` on, to each row, from `at` on.
#[inline(always)]
fn read_part<L: Lanes>(
    l: L,
    state: &[L::V; 25],
    mut position: usize,
    out: &mut RowsMut<'_>,
    mut at: usize,
    mut count: usize,
) {
    while count > 0 {
        let word = position >> 3;
        let skip = position & 7;
        let taken = if skip == 0 && count >= 8 {
            let whole = count >> 3;
            write_words(l, &state[word..word + whole], out, at);
            8 * whole
        } else {
            let taken = (8 - skip).min(count);
            let words = l.store_words(state[word]);
            for (lane, word) in words.as_ref().iter().enumerate() {
                if let Some(row) = out.lane(lane, at) {
                    row[..taken].copy_from_slice(&word.to_le_bytes()[skip..skip + taken]);
                }
            }
            taken
        };
        (position, at, count) = (position + taken, at + taken, count - taken);
    }
}
