//! Uniform polynomials from a public seed.

#![forbid(unsafe_code)]

use super::field::Q;
use super::poly::NttPoly;
use super::product::vector_of_pair;
use crate::keccak::{SHAKE128, Xof};
use crate::lanes::Lanes;
use crate::rows::{MAX_ROWS, RowsMut, write_words};
use crate::seed::Seed;

/// Bytes of three blocks: 336 candidates, of which 256 are found with probability 0.993.
pub(super) const FIRST_BYTES: usize = 3 * BLOCK_BYTES;
pub(super) const BLOCK_BYTES: usize = 168;

/// Space for the element groups that a rejection step writes past the last coefficient.
pub(super) const SPACE: usize = 256 + 16;

kernel! {
    /// Uniform transformed polynomials, lane by lane from the seed and the two bytes `indices[lane]`, as
    /// `rho || j || i`. Coefficients are in 0..q.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 7 (SampleNTT).
    ///
    /// # Side channels
    ///
    /// Time and addresses depend on the seed, which is public.
    pub fn vartime_sample_ntt(l, rho: &Seed<L>, indices: &[[u8; 2]], to: &mut NttPoly<L>) {
        let mut tails = l.zero_words();
        for (tail, index) in tails.as_mut().iter_mut().zip(indices) {
            *tail = u64::from(u16::from_le_bytes(*index));
        }
        let mut xof = Xof::absorb_words(l, SHAKE128, rho.words(), l.load_words(&tails), 2);
        let mut bytes = [[0; FIRST_BYTES]; MAX_ROWS];
        if let Ok(mut rows) = RowsMut::new(&mut bytes) {
            for block in 0..3 {
                if block > 0 {
                    xof.next_block();
                }
                write_words(l, xof.block(), &mut rows, block * BLOCK_BYTES);
            }
        }
        let mut polys = [[0; SPACE]; MAX_ROWS];
        let mut counts = [0; MAX_ROWS];
        for lane in 0..L::LANES {
            counts[lane] = take(l, &bytes[lane], 0, &mut polys[lane]);
        }
        while counts[..L::LANES].iter().any(|count| *count < 256) {
            xof.next_block();
            let mut more = [[0; BLOCK_BYTES]; MAX_ROWS];
            if let Ok(mut rows) = RowsMut::new(&mut more) {
                write_words(l, xof.block(), &mut rows, 0);
            }
            for lane in 0..L::LANES {
                counts[lane] = take(l, &more[lane], counts[lane], &mut polys[lane]);
            }
        }
        arrange(l, &polys, to);
    }
}

/// FIPS 203, Algorithm 7 (SampleNTT), lines 4 to 16, on bytes at hand; returns how many coefficients there are.
#[inline(always)]
pub(super) fn take<L: Lanes>(
    l: L,
    bytes: &[u8],
    mut count: usize,
    poly: &mut [i16; SPACE],
) -> usize {
    let (groups, _) = bytes.as_chunks::<24>();
    for group in groups {
        if count >= 256 {
            break;
        }
        if let Some(space) = poly[count..].first_chunk_mut() {
            count += l.vartime_take12(group, Q, space);
        }
    }
    count
}

/// Natural order, a lane each, to the layout of [`NttPoly`].
#[inline(always)]
pub(super) fn arrange<L: Lanes>(l: L, polys: &[[i16; SPACE]], to: &mut NttPoly<L>) {
    let mut at = 0;
    while at < 128 {
        let (mut low, mut high) = (l.zero_block(), l.zero_block());
        for lane in 0..L::LANES {
            low.as_mut()[lane] = l.load16(&polys[lane][at..]);
            high.as_mut()[lane] = l.load16(&polys[lane][128 + at..]);
        }
        let (low, high) = (l.transpose64(low), l.transpose64(high));
        for i in 0..L::LANES {
            let pair = (at >> 1) + 2 * i;
            let (first, second) = l.transpose32(low.as_ref()[i], high.as_ref()[i]);
            to.v[vector_of_pair(pair)] = first;
            to.v[vector_of_pair(pair + 1)] = second;
        }
        at += 4 * L::LANES;
    }
}
