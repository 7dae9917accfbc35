//! Compression with encoding, and decoding with decompression.
//!
//! Let t be the representative of 2^d x in -(q-1)/2..=(q-1)/2. Then 2^d x - t is q times the nearest integer to
//! 2^d x / q, so that Compress(x) = -t q^-1 modulo 2^d: a Montgomery reduction that is exact gives t, and one
//! multiplication the rest. It is exact for 0 <= s < 2^15: t = -floor(m q / 2^16) with m = s q^-1 modulo 2^16 is
//! the centred representative of s 2^-16.

#![forbid(unsafe_code)]
#![expect(
    clippy::cast_possible_truncation,
    reason = "shift counts and bit widths below 64"
)]

use super::cbd::Noise;
use super::field::{Constant, Q, Q_INVERSE, centred, montgomery};
use super::poly::Poly;
use crate::lanes::{Lanes, Lanes16, NibbleTable};
use crate::rows::{Rows, RowsMut, read_words, write_words};
use crate::seed::Seed;

/// A multiple of q that makes the input of [`compressed`] positive.
pub(super) const BIAS: i16 = 5 * Q;

/// The length in bytes of a polynomial compressed to `d` bits.
#[must_use]
pub const fn compressed_bytes(d: usize) -> usize {
    32 * d
}

/// 2^(16 + d) modulo q, centred: noise is added at the scale of the product.
pub(super) const fn noise_scale(d: usize) -> i16 {
    centred(1 << (16 + d))
}

/// Decompress of a message bit (FIPS 203, section 4.2.1), at the scale of the product.
pub(super) const fn message_scale(d: usize) -> i16 {
    centred(1665 << (16 + d))
}

/// Compress of a coefficient that was scaled by 2^(16 + d), in the low d bits; the rest is of no meaning.
///
/// # Spec
///
/// FIPS 203, section 4.2.1, equation 4.7.
#[inline(always)]
pub(super) fn compressed<L: Lanes16>(l: L, scaled: L::V) -> L::V {
    l.claim(scaled, 0, i16::MAX);
    let m = l.mullo16(scaled, l.splat16(Q_INVERSE));
    l.mullo16(l.mulhi16(m, l.splat16(Q)), l.splat16(Q_INVERSE))
}

/// Exchanges the elements of a lane with the four vectors: its own inverse.
#[inline(always)]
fn transpose4<L: Lanes>(l: L, x: [L::V; 4]) -> [L::V; 4] {
    let (a0, a1) = l.transpose16(x[0], x[1]);
    let (a2, a3) = l.transpose16(x[2], x[3]);
    let (b0, b2) = l.transpose32(a0, a2);
    let (b1, b3) = l.transpose32(a1, a3);
    [b0, b1, b2, b3]
}

/// Groups of four coefficients that fill whole words together, for d bits each.
const fn groups(d: usize) -> usize {
    match d {
        4 => 4,
        10 => 8,
        _ => 16,
    }
}

/// Four consecutive coefficients below 2^D in a lane, to 4 D bits.
#[inline(always)]
fn join<L: Lanes, const D: usize>(l: L, x: L::V) -> L::V {
    let pairs = l.narrow(l.madd16(x, l.quad(&[1, 1 << D, 1, 1 << D])));
    let mask = l.splat64((1 << (2 * D)) - 1);
    let high = l.shr64_by(pairs, 32 - 2 * D as u32);
    l.select(mask, pairs, high)
}

/// 4 D bits to four coefficients in a lane; the inverse of [`join`].
#[inline(always)]
fn split<L: Lanes, const D: usize>(l: L, x: L::V) -> L::V {
    let pair = (1 << (2 * D)) - 1;
    let one: u64 = (1 << D) - 1;
    let pairs = l.or(
        l.and(x, l.splat64(pair)),
        l.and(l.shl64_by(x, 32 - 2 * D as u32), l.splat64(pair << 32)),
    );
    l.or(
        l.and(pairs, l.splat64(one << 32 | one)),
        l.and(
            l.shl64_by(pairs, 16 - D as u32),
            l.splat64(one << 48 | one << 16),
        ),
    )
}

/// The 4 D words of an encoded polynomial from its 64 groups, or the D words of a quarter from its 16.
#[inline(always)]
fn join_words<L: Lanes, const D: usize>(l: L, from: &[L::V], words: &mut [L::V; 44]) {
    let count = groups(D);
    let width = (count * D) >> 4;
    for (block, group) in from.chunks_exact(count).enumerate() {
        let mut word = [l.splat64(0); 12];
        for g in 0..count {
            let (at, shift) = ((4 * D * g) >> 6, (4 * D * g) & 63);
            word[at] = l.or(word[at], l.shl64_by(group[g], shift as u32));
            if shift + 4 * D > 64 {
                word[at + 1] = l.shr64_by(group[g], 64 - shift as u32);
            }
        }
        words[block * width..(block + 1) * width].copy_from_slice(&word[..width]);
    }
}

/// The inverse of [`join_words`]; each group has bits of the next above its own.
#[inline(always)]
fn split_words<L: Lanes, const D: usize>(l: L, words: &[L::V; 44], to: &mut [L::V]) {
    let count = groups(D);
    let width = (count * D) >> 4;
    for (block, group) in to.chunks_exact_mut(count).enumerate() {
        let word = &words[block * width..(block + 1) * width];
        for g in 0..count {
            let (at, shift) = ((4 * D * g) >> 6, (4 * D * g) & 63);
            group[g] = l.shr64_by(word[at], shift as u32);
            if shift + 4 * D > 64 {
                group[g] = l.or(group[g], l.shl64_by(word[at + 1], 64 - shift as u32));
            }
        }
    }
}

/// Adds `scale` to the coefficients whose bit of the message is set; chunk c of 16 bits is in every element.
#[inline(always)]
fn add_message<L: Lanes>(l: L, x: &mut [L::V; 4], chunk: L::V, scale: i16) {
    for k in 0..4 {
        let bits = l.quad(&[
            1 << k,
            1 << (4 + k),
            1 << (8 + k),
            (1_u16 << (12 + k)).cast_signed(),
        ]);
        let set = l.test16(chunk, bits);
        x[k] = l.add16(x[k], l.and(set, l.splat16(scale)));
    }
}

#[inline(always)]
fn chunk<L: Lanes>(l: L, message: &[L::V; 4], w: usize) -> L::V {
    let word = message[w >> 2];
    match w & 3 {
        0 => l.spread16::<0>(word),
        1 => l.spread16::<1>(word),
        2 => l.spread16::<2>(word),
        _ => l.spread16::<3>(word),
    }
}

#[inline(always)]
fn compress_text<L: Lanes, const D: usize>(
    l: L,
    poly: &Poly<L>,
    noise: &Noise<L>,
    message: Option<&Seed<L>>,
    out: &mut RowsMut<'_>,
    at: usize,
) {
    let message = message.map(Seed::words);
    if let (4, Some(lane)) = (L::LANES, out.only_lane()) {
        let mut message = message.copied();
        if let Some(message) = &mut message {
            *message = [quarters::<L, 1>(l, message, lane)[0]; 4];
        }
        let (poly, noise) = (
            quarters::<L, 16>(l, &poly.v, lane),
            quarters::<L, 4>(l, &noise.words, lane),
        );
        let words = compress_words::<L, D, 16>(l, &poly, &noise, message.as_ref());
        let quarter = 8 * D;
        if let Some(row) = out.lane(lane, at)
            && let Ok(mut rows) = RowsMut::new(row[..4 * quarter].chunks_exact_mut(quarter))
        {
            write_words(l, &words[..D], &mut rows, 0);
        }
        return;
    }
    let words = compress_words::<L, D, 64>(l, &poly.v, &noise.words, message);
    write_words(l, &words[..4 * D], out, at);
}

/// Lane `lane` of the first 4 N vectors as N vectors of four lanes, a quarter each.
#[inline(always)]
fn quarters<L: Lanes, const N: usize>(l: L, from: &[L::V], lane: usize) -> [L::V; N] {
    let mut to = [l.splat64(0); N];
    for n in 0..N {
        let mut words = l.zero_words();
        for (quarter, word) in words.as_mut().iter_mut().enumerate() {
            *word = l.store_words(from[N * quarter + n]).as_ref()[lane];
        }
        to[n] = l.load_words(&words);
    }
    to
}

/// The words of polynomials of M vectors, or of quarters of one, whose message begins with the first vector.
#[inline(always)]
fn compress_words<L: Lanes, const D: usize, const M: usize>(
    l: L,
    poly: &[L::V; M],
    noise: &[L::V],
    message: Option<&[L::V; 4]>,
) -> [L::V; 44] {
    const { assert!(D == 4 || D == 5 || D == 10 || D == 11) };
    let table = const { NibbleTable::new(noise_scale(D), BIAS) };
    let mut joined = [l.splat64(0); M];
    for w in 0..M >> 2 {
        let mut x = l.nibbles(noise[w], &table);
        if let Some(message) = message {
            add_message(l, &mut x, chunk(l, message, w), const { message_scale(D) });
        }
        for k in 0..4 {
            let low = compressed(l, l.add16(poly[4 * w + k], x[k]));
            x[k] = l.and(low, l.splat16((1 << D) - 1));
        }
        let x = transpose4(l, x);
        for k in 0..4 {
            joined[4 * w + k] = join::<L, D>(l, x[k]);
        }
    }
    let mut words = [l.splat64(0); 44];
    join_words::<L, D>(l, &joined, &mut words);
    words
}

kernel! {
    /// Adds noise, compresses to D bits and encodes, to each lane's row from byte `at` on: 32 D bytes.
    ///
    /// `poly` is the inverse transform of a product whose public operand was prepared with
    /// [`super::Scale::compression`]\(D); the noise is 128 bytes of the PRF, eta = 2.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 14 (K-PKE.Encrypt), lines 19 and 22: ByteEncode(Compress(u)) with
    /// u = NTT^-1(..) + e1.
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`super::NTT_INVERSE_BOUND`] in magnitude.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient, and there is no division.
    pub fn compress_noisy<const D: usize>(
        l, poly: &Poly<L>, noise: &Noise<L>, out: &mut RowsMut<'_>, at: usize,
    ) {
        compress_text::<L, D>(l, poly, noise, None, out, at);
    }
}

kernel! {
    /// The same with a message added.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 14 (K-PKE.Encrypt), lines 20, 21 and 23: ByteEncode(Compress(v)) with
    /// v = NTT^-1(..) + e2 + mu.
    ///
    /// # Bounds
    ///
    /// Takes coefficients up to [`super::NTT_INVERSE_BOUND`] in magnitude.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient or the message, and there is no division.
    pub fn compress_noisy_message<const D: usize>(
        l, poly: &Poly<L>, noise: &Noise<L>, message: &Seed<L>, out: &mut RowsMut<'_>, at: usize,
    ) {
        compress_text::<L, D>(l, poly, noise, Some(message), out, at);
    }
}

kernel! {
    /// Decodes D-bit integers from each lane's row, from byte `at` on, and decompresses them.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 15 (K-PKE.Decrypt), lines 3 and 4.
    ///
    /// # Bounds
    ///
    /// Coefficients are in 0..=q.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on the bytes.
    pub fn decode_decompress<const D: usize>(l, rows: &Rows<'_>, at: usize, to: &mut Poly<L>) {
        let mut words = [l.splat64(0); 44];
        read_words(l, rows, at, &mut words[..4 * D]);
        decompress_words::<L, D, 64>(l, &words, &mut to.v);
    }
}

/// Polynomials of M vectors, or quarters of one, from their words.
#[inline(always)]
fn decompress_words<L: Lanes, const D: usize, const M: usize>(
    l: L,
    words: &[L::V; 44],
    to: &mut [L::V; M],
) {
    const { assert!(D == 4 || D == 5 || D == 10 || D == 11) };
    let mut joined = [l.splat64(0); M];
    split_words::<L, D>(l, words, &mut joined);
    for w in 0..M >> 2 {
        let mut x = [
            joined[4 * w],
            joined[4 * w + 1],
            joined[4 * w + 2],
            joined[4 * w + 3],
        ];
        for k in 0..4 {
            x[k] = decompressed::<L, D>(l, split::<L, D>(l, x[k]));
        }
        to[4 * w..4 * w + 4].copy_from_slice(&transpose4(l, x));
    }
}

/// FIPS 203, section 4.2.1, equation 4.8: round(q y / 2^D) is the rounded product of q and 2^(15-D) y.
#[inline(always)]
pub(super) fn decompressed<L: Lanes16, const D: usize>(l: L, y: L::V) -> L::V {
    let y = l.mul16(y, l.splat16(1 << (15 - D)));
    l.mulhrs16(y, l.splat16(Q))
}

kernel! {
    /// The message in v - w.
    ///
    /// `product` is the inverse transform of a product whose operand was prepared with the negated
    /// [`super::Scale::compression`]\(1), that is -w at the scale of compression to one bit.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 15 (K-PKE.Decrypt), lines 6 and 7.
    ///
    /// # Bounds
    ///
    /// Takes `product` up to [`super::NTT_INVERSE_BOUND`] in magnitude, `v` in 0..=q.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient, and there is no division.
    pub fn message_from(l, v: &Poly<L>, product: &Poly<L>) -> Seed<L> {
        let words = message_words(l, &v.v, &product.v);
        Seed::from_words(l, words)
    }
}

kernel! {
    /// The same for one polynomial, that of lane `lane` of `product`, and the encoding of v, 32 D bytes: the message
    /// is in every lane.
    ///
    /// # Spec
    ///
    /// FIPS 203, Algorithm 15 (K-PKE.Decrypt), lines 4, 6 and 7.
    ///
    /// # Panics
    ///
    /// If `v` is shorter, or there is no such lane.
    ///
    /// # Side channels
    ///
    /// No branch or address depends on a coefficient or the bytes, and there is no division.
    pub fn message_from_once<const D: usize>(
        l, v: &[u8], product: &Poly<L::Four>, lane: usize,
    ) -> Seed<L::Four> {
        let l = l.four_lanes();
        let mut rows = [v; 4];
        for (quarter, row) in v[..32 * D].chunks_exact(8 * D).enumerate() {
            rows[quarter] = row;
        }
        let mut words = [l.splat64(0); 44];
        if let Ok(rows) = Rows::new(&rows) {
            read_words(l, &rows, 0, &mut words[..D]);
        }
        let mut v = [l.splat64(0); 16];
        decompress_words::<_, D, 16>(l, &words, &mut v);
        let product = quarters::<_, 16>(l, &product.v, lane);
        // All of a quarter's bits are one word.
        let words = l.store_words(message_words(l, &v, &product)[0]);
        Seed::from_words(l, [
            l.splat64(words[0]),
            l.splat64(words[1]),
            l.splat64(words[2]),
            l.splat64(words[3]),
        ])
    }
}

/// The words of the message of polynomials of M vectors, or of quarters of one.
#[inline(always)]
fn message_words<L: Lanes, const M: usize>(l: L, v: &[L::V; M], product: &[L::V; M]) -> [L::V; 4] {
    let mut message = [l.splat64(0); 4];
    for w in 0..M >> 2 {
        let mut nibbles = l.splat64(0);
        for k in 0..4 {
            let bit = message_bit(l, v[4 * w + k], product[4 * w + k]);
            let bit = l.and(bit, l.splat16(1));
            nibbles = l.or(l.shr16::<1>(nibbles), l.shl16::<3>(bit));
        }
        let bits = l.or(
            l.or(nibbles, l.shr64::<12>(nibbles)),
            l.or(l.shr64::<24>(nibbles), l.shr64::<36>(nibbles)),
        );
        let bits = l.and(bits, l.splat64(0xffff));
        message[w >> 2] = l.or(message[w >> 2], l.shl64_by(bits, 16 * (w as u32 & 3)));
    }
    message
}

/// Compress to one bit of v + product, in the low bit.
#[inline(always)]
pub(super) fn message_bit<L: Lanes16>(l: L, v: L::V, product: L::V) -> L::V {
    let v = montgomery(l, v, const { &Constant::new([1 << 17; 4]) });
    compressed(l, l.add16(l.add16(product, v), l.splat16(BIAS)))
}
