//! Noise: PRF and the centred binomial distribution.

#![forbid(unsafe_code)]

use super::poly::Poly;
use crate::keccak::{SHAKE256, Xof, permute};
use crate::lanes::{Lanes, Lanes16, NibbleTable, wipe};
use crate::seed::Seed;

/// The output of the PRF, 64 eta bytes a lane. Overwritten when it is dropped.
pub struct Noise<L: Lanes> {
    l: L,
    pub(super) words: [L::V; 24],
}

impl<L: Lanes> Noise<L> {
    /// Zero.
    #[must_use]
    #[inline(always)]
    pub fn zero(l: L) -> Self {
        Self {
            l,
            words: [L::ZERO; 24],
        }
    }
}

impl<L: Lanes> Drop for Noise<L> {
    fn drop(&mut self) {
        wipe(self.l, &mut self.words);
    }
}

kernel! {
    /// 64 ETA bytes from a seed and a byte, each of its own lane; ETA is 2 or 3.
    ///
    /// # Spec
    ///
    /// FIPS 203, section 4.1, PRF: SHAKE256(s || b).
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the seed.
    pub fn prf<const ETA: usize>(l, seed: &Seed<L>, nonces: &L::Words, to: &mut Noise<L>) {
        const { assert!(ETA == 2 || ETA == 3) };
        let mut xof = Xof::absorb_words(l, SHAKE256, seed.words(), l.load_words(nonces), 1);
        if ETA == 2 {
            to.words[..16].copy_from_slice(&xof.block()[..16]);
        } else {
            to.words[..17].copy_from_slice(xof.block());
            xof.next_block();
            to.words[17..].copy_from_slice(&xof.block()[..7]);
        }
    }
}

kernel! {
    /// The same for one seed, which all lanes hold: 64 FIRST bytes to the lanes of `first` and 64 SECOND bytes to
    /// those of `second`, each by its nonce; all at once where a token has eight lanes.
    ///
    /// # Spec
    ///
    /// FIPS 203, section 4.1, PRF: SHAKE256(s || b).
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the seed.
    pub fn prf_once<const FIRST: usize, const SECOND: usize>(
        l, seed: &Seed<L::Four>, nonces: &[[u64; 4]; 2],
        first: &mut Noise<L::Four>, second: &mut Noise<L::Four>,
    ) {
        let four = l.four_lanes();
        if L::LANES < 8 {
            prf::<_, FIRST>(four, seed, &nonces[0], first);
            prf::<_, SECOND>(four, seed, &nonces[1], second);
            return;
        }
        let mut words = [l.splat64(0); 4];
        for i in 0..4 {
            words[i] = l.splat64(four.store_words(seed.words()[i])[0]);
        }
        let mut tails = l.zero_words();
        tails.as_mut().copy_from_slice(nonces.as_flattened());
        let mut xof = Xof::absorb_words(l, SHAKE256, &words, l.load_words(&tails), 1);
        for i in 0..17 {
            [first.words[i], second.words[i]] = halves(l, xof.block()[i]);
        }
        if FIRST == 3 && SECOND == 2 {
            // The lanes of `second` have all that they need.
            let mut state = [four.splat64(0); 25];
            for i in 0..25 {
                [state[i], _] = halves(l, xof.state()[i]);
            }
            permute(four, &mut state);
            first.words[17..].copy_from_slice(&state[..7]);
            wipe(four, &mut state);
        } else if FIRST == 3 || SECOND == 3 {
            xof.next_block();
            for i in 0..7 {
                [first.words[17 + i], second.words[17 + i]] = halves(l, xof.block()[i]);
            }
        }
    }
}

/// The lower and the upper four of eight lanes.
#[inline(always)]
fn halves<L: Lanes>(l: L, v: L::V) -> [<L::Four as Lanes16>::V; 2] {
    let four = l.four_lanes();
    let words = l.store_words(v);
    let (quads, _) = words.as_ref().as_chunks();
    [four.load_words(&quads[0]), four.load_words(&quads[1])]
}

kernel! {
    /// Samples a polynomial from 64 ETA bytes; ETA is 2 or 3.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 8 (SamplePolyCBD).
    ///
    /// # Bounds
    ///
    /// Coefficients are at most ETA in magnitude.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the bytes.
    pub fn sample_poly_cbd<const ETA: usize>(l, noise: &Noise<L>, to: &mut Poly<L>) {
        const { assert!(ETA == 2 || ETA == 3) };
        if ETA == 2 {
            let table = NibbleTable::new(1, 0);
            for w in 0..16 {
                to.v[4 * w..4 * w + 4].copy_from_slice(&l.nibbles(noise.words[w], &table));
            }
        } else {
            for pair in 0..8 {
                let w = 3 * pair;
                let (a, b, c) = (noise.words[w], noise.words[w + 1], noise.words[w + 2]);
                // 96 bits: sixteen coefficients. The second half starts in the middle of word b.
                let second_low = l.or(l.shr64::<32>(b), l.shl64::<32>(c));
                let second_high = l.shr64::<32>(c);
                to.v[8 * pair..8 * pair + 4].copy_from_slice(&sixteen_of_eta3(l, a, b));
                to.v[8 * pair + 4..8 * pair + 8]
                    .copy_from_slice(&sixteen_of_eta3(l, second_low, second_high));
            }
        }
    }
}

/// Sixteen coefficients from 96 bits: 64 in `low`, 32 in the low half of `high`.
#[inline(always)]
fn sixteen_of_eta3<L: Lanes>(l: L, low: L::V, high: L::V) -> [L::V; 4] {
    // Element j of `first` has bits 24j.., of `second` bits 24j + 8.., of the 96.
    let masks = [0xffff, 0xffff << 16, 0xffff << 32, 0xffff << 48].map(|m| l.splat64(m));
    let first = l.or(
        l.or(l.and(low, masks[0]), l.and(l.shr64::<8>(low), masks[1])),
        l.or(
            l.and(l.or(l.shr64::<16>(low), l.shl64::<48>(high)), masks[2]),
            l.shl64::<48>(l.shr64::<8>(high)),
        ),
    );
    let second = l.or(
        l.or(
            l.and(l.shr64::<8>(low), masks[0]),
            l.and(l.shr64::<16>(low), masks[1]),
        ),
        l.or(
            l.and(l.or(l.shr64::<24>(low), l.shl64::<40>(high)), masks[2]),
            l.shl64::<48>(l.shr64::<16>(high)),
        ),
    );
    let (first, second) = (
        sums_of_three(l, first),
        sums_of_three(l, l.shr16::<4>(second)),
    );
    let seven = l.splat16(7);
    [
        l.sub16(l.and(first, seven), l.and(l.shr16::<3>(first), seven)),
        l.sub16(
            l.and(l.shr16::<6>(first), seven),
            l.and(l.shr16::<9>(first), seven),
        ),
        l.sub16(l.and(second, seven), l.and(l.shr16::<3>(second), seven)),
        l.sub16(
            l.and(l.shr16::<6>(second), seven),
            l.and(l.shr16::<9>(second), seven),
        ),
    ]
}

/// The sums of the bits of each triple, of the twelve low bits of every element.
#[inline(always)]
fn sums_of_three<L: Lanes>(l: L, x: L::V) -> L::V {
    let mask = l.splat16(0x249);
    let low = l.and(x, mask);
    let middle = l.and(l.shr16::<1>(x), mask);
    let high = l.and(l.shr16::<2>(x), mask);
    l.add16(l.add16(low, middle), high)
}
