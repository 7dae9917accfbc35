//! The hashes of one decapsulation, side by side.
//!
//! J(z || c) takes six to twelve permutations, one after the other. G and the PRF wait for the message alone: they
//! take lanes beside J, and cost little more than J does by itself.

#![forbid(unsafe_code)]

use super::cbd::Noise;
use crate::keccak::{permute, permute_one};
use crate::lanes::{Lanes, wipe};
use crate::seed::Seed;

/// Words in a block of SHAKE256.
const RATE: usize = 17;
/// The domain separation of SHAKE256, and that of SHA3-512 with the end of its padding in the same word.
const SHAKE: u64 = 0x1f;
const SHA3_512_END: u64 = 0x06 | LAST_BIT;
const LAST_BIT: u64 = 1 << 63;
/// The most polynomials of noise: 2 k + 1.
const MOST: usize = 9;
/// Words of the shortest ciphertext, that of ML-KEM-512. J takes more permutations for it than all that is hashed
/// beside J.
const LEAST_WORDS: usize = 96;

/// What a decapsulation hashes: G(m || h), the noise of encryption, and J(z || c).
#[derive(Clone, Copy)]
pub struct Rehashed<'a> {
    /// H(ek).
    pub h: &'a [u8; 32],
    /// The secret of implicit rejection.
    pub z: &'a [u8; 32],
    /// The ciphertext, in words: at least 96, as ML-KEM-512 has.
    pub c: &'a [[u8; 8]],
}

kernel! {
    /// K' of G(m || h) and `K_bar` = J(z || c), in all lanes; and the noise that r of G gives: of y in the lanes of
    /// `noise[0]`, of `e_1` and, in the lane after it, `e_2` in those of `noise[1]`. Where `e_1` takes all four, `e_2`
    /// is in lane 0 of `noise[2]`. All lanes of `m` are the same.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 18 (ML-KEM.Decaps_internal), lines 6 and 7, and Algorithm 14 (K-PKE.Encrypt), lines 9 to
    /// 17, without the sampling.
    ///
    /// # Panics
    ///
    /// If the ciphertext is shorter than that of any parameter set.
    ///
    /// # Side channels
    ///
    /// Time and addresses depend on the length of the ciphertext only.
    pub fn rehash<const K: usize, const ETA: usize>(
        l, m: &Seed<L::Four>, input: Rehashed<'_>, noise: [&mut Noise<L::Four>; 3],
    ) -> [Seed<L::Four>; 2] {
        const { assert!(K >= 2 && K <= 4 && (ETA == 2 || ETA == 3)) };
        assert!(input.c.len() >= LEAST_WORDS);
        let four = l.four_lanes();
        // The state of J, and those of what is hashed beside it.
        let mut states = [[0; 25]; 8];
        absorb(&mut states[0], &input, 0);
        for i in 0..4 {
            states[1][i] = four.store_words(m.words()[i])[0];
            states[1][4 + i] = word(input.h, i);
        }
        states[1][8] = SHA3_512_END;
        permute_states(l, &mut states[..2]);
        let (mut seeds, mut out) = ([0; 8], [[0; 24]; MOST]);
        seeds.copy_from_slice(&states[1][..8]);

        let (mut block, mut done) = (1, 0);
        while done <= 2 * K {
            absorb(&mut states[0], &input, block);
            let count = (2 * K + 1 - done).min(L::LANES - 1);
            for i in 0..count {
                states[1 + i] = prf_state(&seeds, done + i);
            }
            permute_states(l, &mut states[..=count]);
            for i in 0..count {
                out[done + i][..RATE].copy_from_slice(&states[1 + i][..RATE]);
            }
            block += 1;
            if ETA == 3 {
                absorb(&mut states[0], &input, block);
                permute_states(l, &mut states[..=count]);
                for i in 0..count {
                    out[done + i][RATE..].copy_from_slice(&states[1 + i][..24 - RATE]);
                }
                block += 1;
            }
            done += count;
        }
        finish(four, &mut states[0], &input, block);
        let [of_y, of_e1, of_e2] = noise;
        for i in 0..24 {
            of_y.words[i] = four.load_words(&[out[0][i], out[1][i], out[2][i], out[3][i]]);
            of_e1.words[i] = four.load_words(&[out[K][i], out[K + 1][i], out[K + 2][i], out[K + 3][i]]);
            of_e2.words[i] = four.splat64(out[2 * K][i]);
        }
        let all = |words: [u64; 4]| Seed::from_words(four, [
            four.splat64(words[0]),
            four.splat64(words[1]),
            four.splat64(words[2]),
            four.splat64(words[3]),
        ]);
        let [a, b, c, d, ..] = seeds;
        let [e, f, g, h, ..] = states[0];
        let result = [all([a, b, c, d]), all([e, f, g, h])];
        forget(&mut seeds);
        forget(states.as_flattened_mut());
        forget(out.as_flattened_mut());
        result
    }
}

/// Words of z || c.
#[inline(always)]
const fn message_words(input: &Rehashed<'_>) -> usize {
    4 + input.c.len()
}

/// Adds block `block` of z || c, with what of the padding falls into it.
#[inline(always)]
fn absorb(state: &mut [u64; 25], input: &Rehashed<'_>, block: usize) {
    let words = message_words(input);
    for i in 0..RATE {
        let at = RATE * block + i;
        state[i] ^= if at < 4 {
            word(input.z, at)
        } else if at < words {
            u64::from_le_bytes(input.c[at - 4])
        } else if at == words {
            SHAKE
        } else {
            0
        };
    }
    if RATE * (block + 1) > words {
        state[RATE - 1] ^= LAST_BIT;
    }
}

/// The rest of J, from block `block` on, which no other hash shares.
#[inline(always)]
fn finish<F: Lanes>(four: F, state: &mut [u64; 25], input: &Rehashed<'_>, mut block: usize) {
    if !F::WORD_INSTRUCTIONS {
        while RATE * block <= message_words(input) {
            absorb(state, input, block);
            permute_one(state);
            block += 1;
        }
        return;
    }
    let mut vectors = [four.splat64(0); 25];
    for i in 0..25 {
        vectors[i] = four.splat64(state[i]);
    }
    while RATE * block <= message_words(input) {
        let mut words = [0; 25];
        absorb(&mut words, input, block);
        for i in 0..RATE {
            vectors[i] = four.xor(vectors[i], four.splat64(words[i]));
        }
        permute(four, &mut vectors);
        block += 1;
    }
    for i in 0..4 {
        state[i] = four.store_words(vectors[i]).as_ref()[0];
    }
    wipe(four, &mut vectors);
}

/// The state of PRF(r, nonce) before its permutation; r is the second half of G's output.
#[inline(always)]
fn prf_state(seeds: &[u64; 8], nonce: usize) -> [u64; 25] {
    let mut state = [0; 25];
    state[..4].copy_from_slice(&seeds[4..]);
    state[4] = u64::from(nonce.to_le_bytes()[0]) | SHAKE << 8;
    state[RATE - 1] = LAST_BIT;
    state
}

#[inline(always)]
fn word(bytes: &[u8; 32], at: usize) -> u64 {
    bytes[8 * at..]
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Permutes up to `LANES` states: in four lanes where that is enough, one by one where lanes are no help.
#[inline(always)]
fn permute_states<L: Lanes>(l: L, states: &mut [[u64; 25]]) {
    if !L::WORD_INSTRUCTIONS {
        for state in states {
            permute_one(state);
        }
    } else if states.len() <= 4 {
        permute_in_lanes(l.four_lanes(), states);
    } else {
        permute_in_lanes(l, states);
    }
}

#[inline(always)]
fn permute_in_lanes<L: Lanes>(l: L, states: &mut [[u64; 25]]) {
    let mut vectors = [l.splat64(0); 25];
    for i in 0..25 {
        let mut words = l.zero_words();
        for (word, state) in words.as_mut().iter_mut().zip(states.iter()) {
            *word = state[i];
        }
        vectors[i] = l.load_words(&words);
    }
    permute(l, &mut vectors);
    for i in 0..25 {
        let words = l.store_words(vectors[i]);
        for (word, state) in words.as_ref().iter().zip(states.iter_mut()) {
            state[i] = *word;
        }
    }
    wipe(l, &mut vectors);
}

/// Overwrites words that a secret passed through.
#[inline(always)]
fn forget(words: &mut [u64]) {
    words.fill(0);
    core::hint::black_box(words);
}
