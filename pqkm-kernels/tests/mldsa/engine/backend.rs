//! Which tokens a whole operation uses: one for the ring, one for many hashes, one way to hash alone.

use pqkm_kernels::keccak::{SHAKE256, Sponge, Xof, hash, permute_one};
use pqkm_kernels::rows::{Rows, RowsMut};
use pqkm_kernels::lanes::{Avx2, Avx512, Avx512Vl, Lanes, Portable};
use pqkm_kernels::mldsa::MlDsaKernels;

/// A choice of instructions.
pub trait Backend: Copy {
    type Ring: MlDsaKernels;
    type Many: Lanes;
    /// For the ring.
    fn ring(self) -> Self::Ring;
    /// For hashes of many messages.
    fn many(self) -> Self::Many;
    /// SHAKE256 of one message.
    fn shake256(self, pieces: &[&[u8]], out: &mut [u8]) {
        shake256_alone(pieces, out);
    }
    /// SHAKE256 of several messages, each a row of every piece.
    fn shake256_many(self, pieces: &[Rows<'_>], out: &mut RowsMut<'_>, _count: usize) {
        hash(self.many(), SHAKE256, pieces, out);
    }
}

impl Backend for Portable {
    type Ring = Self;
    type Many = Self;
    fn ring(self) -> Self {
        self
    }
    fn many(self) -> Self {
        self
    }
}

impl Backend for Avx2 {
    type Ring = Self;
    type Many = Self;
    fn ring(self) -> Self {
        self
    }
    fn many(self) -> Self {
        self
    }
}

impl Backend for Avx512 {
    type Ring = Self;
    type Many = Self;
    fn ring(self) -> Self {
        self
    }
    fn many(self) -> Self {
        self
    }
    fn shake256(self, pieces: &[&[u8]], out: &mut [u8]) {
        // One lane of four is faster than the scalar registers.
        let l: Avx512Vl = self.four_lanes();
        let mut rows = [Rows::same(&[]); 4];
        for (row, piece) in rows.iter_mut().zip(pieces) {
            *row = Rows::same(piece);
        }
        let mut out = RowsMut::new([out]).expect("one row");
        hash(l, SHAKE256, &rows[..pieces.len()], &mut out);
    }
    fn shake256_many(self, pieces: &[Rows<'_>], out: &mut RowsMut<'_>, count: usize) {
        if count <= 4 {
            hash(self.four_lanes(), SHAKE256, pieces, out);
        } else {
            hash(self, SHAKE256, pieces, out);
        }
    }
}

/// SHAKE256 with the scalar permutation.
fn shake256_alone(pieces: &[&[u8]], out: &mut [u8]) {
    const RATE: usize = 136;
    let mut state = [0_u64; 25];
    let mut block = [0_u8; RATE];
    let mut held = 0;
    let mut absorb = |state: &mut [u64; 25], block: &[u8; RATE]| {
        for (word, bytes) in state.iter_mut().zip(block.as_chunks().0) {
            *word ^= u64::from_le_bytes(*bytes);
        }
        permute_one(state);
    };
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            let n = rest.len().min(RATE - held);
            block[held..held + n].copy_from_slice(&rest[..n]);
            held += n;
            rest = &rest[n..];
            if held == RATE {
                absorb(&mut state, &block);
                held = 0;
            }
        }
    }
    block[held..].fill(0);
    block[held] = 0x1F;
    block[RATE - 1] |= 0x80;
    absorb(&mut state, &block);
    let mut chunks = out.chunks_mut(RATE).peekable();
    while let Some(chunk) = chunks.next() {
        for (bytes, word) in chunk.chunks_mut(8).zip(&state) {
            bytes.copy_from_slice(&word.to_le_bytes()[..bytes.len()]);
        }
        if chunks.peek().is_some() {
            permute_one(&mut state);
        }
    }
}

/// Starts one sponge for each of up to `LANES` seeds, each followed by two bytes.
pub fn seeded<L: Lanes>(l: L, sponge: Sponge, seeds: &[&[u8]], indices: &[[u8; 2]]) -> Xof<L> {
    let mut tails: [&[u8]; 8] = [&[]; 8];
    for (tail, index) in tails.iter_mut().zip(indices) {
        *tail = index;
    }
    let seeds = Rows::new(seeds).expect("seeds of one length");
    let tails = Rows::new(&tails[..indices.len()]).expect("two bytes each");
    Xof::absorb(l, sponge, &[seeds, tails])
}
