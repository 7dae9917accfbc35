//! The matrix of one key, and the hash of the key beside it.
//!
//! H(ek) is a chain of three permutations for each row of the matrix, and a polynomial of the matrix takes three. So
//! that one lane goes through the chain, and the others sample three polynomials for each of its rows.

#![forbid(unsafe_code)]

use super::field::Scale;
use super::poly::{Matrix, NttPoly};
use super::product::prepare_columns;
use super::sample::{BLOCK_BYTES, FIRST_BYTES, SPACE, arrange, take};
use crate::keccak::permute_some;
use crate::lanes::Lanes;
use crate::rows::{MAX_ROWS, RowsMut, write_words};
use crate::seed::Seed;

/// Words in a block of SHAKE128, and of SHA3-256.
const SAMPLE_RATE: usize = 21;
const HASH_RATE: usize = 17;
/// The end of the seed that SHAKE128 takes, after two bytes; its padding ends in the last word of the block.
const SHAKE_AFTER_INDEX: u64 = 0x1f << 16;
const SHA3: u64 = 0x06;
const LAST_BIT: u64 = 1 << 63;

/// Which entry of `A_hat` is sampled for row i and column j of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// (i, j), as key generation multiplies.
    Direct,
    /// (j, i), as encryption multiplies.
    Transposed,
}

kernel! {
    /// Samples and prepares a matrix: the same as [`vartime_sample_ntt`](super::vartime_sample_ntt) of every entry and
    /// [`prepare_column`](super::prepare_column). All lanes of the seed are the same.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 13 (K-PKE.KeyGen), lines 3 to 7, or Algorithm 14 (K-PKE.Encrypt), lines 4 to 8.
    ///
    /// # Side channels
    ///
    /// Time and addresses depend on the seed, which is public.
    pub fn vartime_sample_matrix<const K: usize>(
        l, rho: &Seed<L::Four>, entries: Entries, scale: Scale, matrix: &mut Matrix<K>,
    ) {
        let mut sampling = Sampling::<K>::new(l.four_lanes(), rho, entries);
        while sampling.left() > 4 && L::LANES > 4 {
            let mut state = [l.splat64(0); 25];
            sampling.round(l, &mut state, None);
        }
        sampling.finish(l.four_lanes());
        sampling.prepare(l.four_lanes(), scale, matrix);
    }
}

kernel! {
    /// The same, and H(ek) in all lanes; `ek` are the words of an encapsulation key of K rows.
    ///
    /// # Spec
    ///
    /// FIPS 203, section 4.1, H: SHA3-256.
    ///
    /// # Panics
    ///
    /// If `ek` has not the length of a key of K rows.
    ///
    /// # Side channels
    ///
    /// Time and addresses depend on the seed, which is public.
    pub fn vartime_sample_matrix_and_hash<const K: usize>(
        l, rho: &Seed<L::Four>, entries: Entries, scale: Scale, ek: &[[u8; 8]], matrix: &mut Matrix<K>,
    ) -> Seed<L::Four> {
        assert!(ek.len() == 48 * K + 4);
        let four = l.four_lanes();
        let mut sampling = Sampling::<K>::new(four, rho, entries);
        let mut chain = Chain { words: ek, block: 0 };
        let mut state = [four.splat64(0); 25];
        for _ in 0..K {
            sampling.round(four, &mut state, Some(&mut chain));
        }
        sampling.finish(four);
        sampling.prepare(four, scale, matrix);
        first_lane(four, &state)
    }
}

kernel! {
    /// H(ek) by itself, in all lanes, of any number of words.
    ///
    /// # Spec
    ///
    /// FIPS 203, section 4.1, H: SHA3-256.
    ///
    /// # Side channels
    ///
    /// Time depends on the length only.
    pub fn hash_words(l, ek: &[[u8; 8]]) -> Seed<L::Four> {
        let four = l.four_lanes();
        let mut chain = Chain { words: ek, block: 0 };
        let mut state = [four.splat64(0); 25];
        while HASH_RATE * chain.block <= ek.len() {
            chain.absorb(four, &mut state);
            permute_some(four, &mut state, 1);
        }
        first_lane(four, &state)
    }
}

/// The first four words of lane 0, in every lane.
#[inline(always)]
fn first_lane<F: Lanes>(four: F, state: &[F::V; 25]) -> Seed<F> {
    let word = |i: usize| four.splat64(four.store_words(state[i]).as_ref()[0]);
    Seed::from_words(four, [word(0), word(1), word(2), word(3)])
}

/// SHA3-256 of words, in lane 0 of a state.
struct Chain<'a> {
    words: &'a [[u8; 8]],
    /// Blocks that were absorbed.
    block: usize,
}

impl Chain<'_> {
    /// Adds the next block, with what of the padding falls into it.
    #[inline(always)]
    fn absorb<F: Lanes>(&mut self, f: F, state: &mut [F::V; 25]) {
        for i in 0..HASH_RATE {
            let at = HASH_RATE * self.block + i;
            let mut lanes = f.zero_words();
            lanes.as_mut()[0] = if at < self.words.len() {
                u64::from_le_bytes(self.words[at])
            } else if at == self.words.len() {
                SHA3
            } else {
                0
            };
            if i == HASH_RATE - 1 && at >= self.words.len() {
                lanes.as_mut()[0] ^= LAST_BIT;
            }
            state[i] = f.xor(state[i], f.load_words(&lanes));
        }
        self.block += 1;
    }
}

/// The entries of a matrix, one after the other, column by column.
struct Sampling<const K: usize> {
    rho: [u64; 4],
    entries: Entries,
    /// The next entry's place.
    row: usize,
    column: usize,
    /// Coefficients by column and row.
    polys: [[[i16; SPACE]; 4]; K],
}

impl<const K: usize> Sampling<K> {
    #[inline(always)]
    fn new<F: Lanes>(four: F, rho: &Seed<F>, entries: Entries) -> Self {
        const { assert!(K >= 2 && K <= 4) };
        let word = |i: usize| four.store_words(rho.words()[i]).as_ref()[0];
        Self {
            rho: [word(0), word(1), word(2), word(3)],
            entries,
            row: 0,
            column: 0,
            polys: [[[0; SPACE]; 4]; K],
        }
    }

    /// How many entries are not sampled yet.
    #[inline(always)]
    const fn left(&self) -> usize {
        K * (K - self.column) - self.row
    }

    /// The entries that are left, in four lanes.
    #[inline(always)]
    fn finish<F: Lanes>(&mut self, four: F) {
        while self.left() > 0 {
            let mut state = [four.splat64(0); 25];
            self.round(four, &mut state, None);
        }
    }

    /// One entry a lane, lane 0 left to the chain if there is one, which goes on by three blocks.
    #[inline(always)]
    fn round<F: Lanes>(&mut self, f: F, state: &mut [F::V; 25], mut chain: Option<&mut Chain<'_>>) {
        let first = usize::from(chain.is_some());
        let mut tails = f.zero_words();
        let mut places = [(0, 0); MAX_ROWS];
        let mut end = first;
        while end < F::LANES && self.column < K {
            places[end] = (self.column, self.row);
            tails.as_mut()[end] = self.tail();
            end += 1;
            self.row += 1;
            if self.row == K {
                (self.row, self.column) = (0, self.column + 1);
            }
        }
        self.begin(f, state, first, &tails);
        let mut bytes = [[0; FIRST_BYTES]; MAX_ROWS];
        if let Ok(mut rows) = RowsMut::new(&mut bytes) {
            for block in 0..3 {
                if let Some(chain) = &mut chain {
                    chain.absorb(f, state);
                }
                permute_some(f, state, end);
                write_words(f, &state[..SAMPLE_RATE], &mut rows, block * BLOCK_BYTES);
            }
        }
        let mut counts = [256; MAX_ROWS];
        for lane in first..end {
            let (column, row) = places[lane];
            counts[lane] = take(f, &bytes[lane], 0, &mut self.polys[column][row]);
        }
        // More blocks of those that are not complete; the chain waits.
        let mut state = *state;
        while counts.iter().any(|count| *count < 256) {
            permute_some(f, &mut state, end);
            let mut more = [[0; BLOCK_BYTES]; MAX_ROWS];
            if let Ok(mut rows) = RowsMut::new(&mut more) {
                write_words(f, &state[..SAMPLE_RATE], &mut rows, 0);
            }
            for lane in first..end {
                let (column, row) = places[lane];
                counts[lane] = take(f, &more[lane], counts[lane], &mut self.polys[column][row]);
            }
        }
    }

    /// The two bytes after the seed, and what follows them (FIPS 203, Algorithm 7 (SampleNTT), line 2).
    #[inline(always)]
    fn tail(&self) -> u64 {
        let (i, j) = match self.entries {
            Entries::Direct => (self.row, self.column),
            Entries::Transposed => (self.column, self.row),
        };
        u64::from(u16::from_le_bytes([j.to_le_bytes()[0], i.to_le_bytes()[0]])) | SHAKE_AFTER_INDEX
    }

    /// Begins SHAKE128 of the seed and a tail in every lane from `first` on; those below stay as they are.
    #[inline(always)]
    fn begin<F: Lanes>(&self, f: F, state: &mut [F::V; 25], first: usize, tails: &F::Words) {
        let mut mask = f.zero_words();
        mask.as_mut()[first..].fill(u64::MAX);
        let mask = f.load_words(&mask);
        for i in 0..25 {
            let new = match i {
                0..4 => f.splat64(self.rho[i]),
                4 => f.load_words(tails),
                _ if i == SAMPLE_RATE - 1 => f.splat64(LAST_BIT),
                _ => f.splat64(0),
            };
            state[i] = f.select(mask, new, state[i]);
        }
    }

    #[inline(always)]
    fn prepare<F: Lanes>(&self, four: F, scale: Scale, matrix: &mut Matrix<K>) {
        let mut column = NttPoly::zero(four);
        for j in 0..K {
            arrange(four, &self.polys[j], &mut column);
            prepare_columns(four, &column, scale, matrix, j);
        }
    }
}
