//! A message in every lane: identifier, number and domain (22 bytes), then words, then the padding.

use super::compress::{compress, initial};
use crate::lanes::HashLanes;

/// Collects words into blocks. The 22 bytes before them shift every word by two bytes.
pub(super) struct Absorber<L: HashLanes> {
    state: [L::V; 8],
    block: [L::V; 16],
    /// Words of the block that are there.
    filled: usize,
    /// The word whose lower half goes first into the next one.
    carry: L::V,
    /// Bytes so far.
    len: u32,
}

impl<L: HashLanes> Absorber<L> {
    /// Starts with `id || number || domain`.
    #[inline(always)]
    pub(super) fn new(l: L, id: &[u32; 4], number: L::V, domain: u16) -> Self {
        let mut block = [l.splat(0); 16];
        let mut i = 0;
        while i < 4 {
            block[i] = l.splat(id[i]);
            i += 1;
        }
        block[4] = number;
        let carry = l.splat(u32::from(domain));
        Self {
            state: initial(l),
            block,
            filled: 5,
            carry,
            len: 22,
        }
    }

    /// Appends the words of a digest.
    #[inline(always)]
    pub(super) fn push(&mut self, l: L, words: &[L::V]) {
        let mut i = 0;
        while i < words.len() {
            self.put(l, l.funnel::<16>(self.carry, words[i]));
            self.carry = words[i];
            self.len += 4;
            i += 1;
        }
    }

    #[inline(always)]
    fn put(&mut self, l: L, word: L::V) {
        self.block[self.filled] = word;
        self.filled += 1;
        if self.filled == 16 {
            self.state = compress(l, &self.state, &self.block);
            self.filled = 0;
        }
    }

    /// Pads and returns the digests.
    #[inline(always)]
    pub(super) fn finish(mut self, l: L) -> [L::V; 8] {
        let end = l.splat(0x8000_0000);
        self.put(l, l.funnel::<16>(self.carry, end));
        while self.filled != 15 {
            self.put(l, l.splat(0));
        }
        self.put(l, l.splat(8 * self.len));
        self.state
    }
}
