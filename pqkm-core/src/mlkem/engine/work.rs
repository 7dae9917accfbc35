//! What the algorithms hold while they run, and what they hold of a key.

use alloc::boxed::Box;

use pqkm_kernels::{
    lanes::Lanes,
    mlkem::{Factor, Matrix, Noise, NttPoly, Poly, Row, ntt_small, prf, sample_poly_cbd},
    seed::Seed,
};
use zeroize::Zeroize;

use super::Kem;
use crate::engine::{rows_mut, rows_of};

/// The memory of a group of operations, made once for a batch. Every part is overwritten when it is dropped.
pub(super) struct Work<L: Lanes, const K: usize> {
    pub(super) noise: Noise<L>,
    pub(super) poly: Poly<L>,
    pub(super) other: Poly<L>,
    /// The secret vector: s or y.
    pub(super) y: [NttPoly<L>; K],
    /// A row of A, or the vectors t and u.
    pub(super) u: [NttPoly<L>; K],
    pub(super) sum: NttPoly<L>,
    pub(super) factors: [Factor<L>; K],
}

impl<L: Lanes, const K: usize> Work<L, K> {
    pub(super) fn new(l: L) -> Box<Self> {
        Box::new(Self {
            noise: Noise::zero(l),
            poly: Poly::zero(l),
            other: Poly::zero(l),
            y: core::array::from_fn(|_| NttPoly::zero(l)),
            u: core::array::from_fn(|_| NttPoly::zero(l)),
            sum: NttPoly::zero(l),
            factors: core::array::from_fn(|_| Factor::zero(l)),
        })
    }
}

/// The memory of one operation, its polynomials in lanes: on the stack of the operation, which its vectors leave
/// only for registers. Every part is overwritten when it is dropped.
pub(super) struct One<F: Lanes> {
    /// Of the secret vector.
    pub(super) noise: Noise<F>,
    /// Of the errors.
    pub(super) errors: Noise<F>,
    /// Of the last error, where the others take all lanes.
    pub(super) last: Noise<F>,
    pub(super) poly: Poly<F>,
    /// The secret vector: s or y.
    pub(super) y: NttPoly<F>,
    /// The vectors t and u.
    pub(super) u: NttPoly<F>,
}

impl<F: Lanes> One<F> {
    pub(super) fn new(four: F) -> Self {
        Self {
            noise: Noise::zero(four),
            errors: Noise::zero(four),
            last: Noise::zero(four),
            poly: Poly::zero(four),
            y: NttPoly::zero(four),
            u: NttPoly::zero(four),
        }
    }
}

/// An expanded encapsulation key: 4096 (k + 1) + 32 bytes.
#[expect(unnameable_types, reason = "an associated type of a sealed trait")]
pub struct Encapsulation<const K: usize> {
    /// The transpose of `A_hat`, at the scale of u.
    pub(super) a_hat: Matrix<K>,
    /// `t_hat`, at the scale of v.
    pub(super) t_hat: Row,
    /// H(ek).
    pub(super) h: [u8; 32],
}

/// An expanded decapsulation key: 4096 (k + 2) + 64 bytes. Zeroized on drop.
#[expect(unnameable_types, reason = "an associated type of a sealed trait")]
pub struct Decapsulation<const K: usize> {
    pub(super) encapsulation: Encapsulation<K>,
    /// `s_hat`, negated, at the scale of the message.
    pub(super) s_hat: Row,
    pub(super) z: [u8; 32],
}

impl<const K: usize> Drop for Decapsulation<K> {
    fn drop(&mut self) {
        self.s_hat.wipe();
        self.z.zeroize();
    }
}

impl<const K: usize, const ETA1: usize, const DU: usize, const DV: usize> Kem<K, ETA1, DU, DV> {
    /// FIPS 203, Algorithm 13 (K-PKE.KeyGen), lines 9 and 16, and Algorithm 14 (K-PKE.Encrypt), lines 10 and 18:
    /// a secret polynomial of each lane, transformed.
    pub(super) fn sample_secret<L: Lanes>(
        l: L,
        seed: &Seed<L>,
        nonces: &L::Words,
        noise: &mut Noise<L>,
        poly: &mut Poly<L>,
        to: &mut NttPoly<L>,
    ) {
        prf::<L, ETA1>(l, seed, nonces, noise);
        sample_poly_cbd::<L, ETA1>(l, noise, poly);
        ntt_small(l, poly, to);
    }
}

/// The nonce n in every lane.
pub(super) fn nonce<L: Lanes>(l: L, n: usize) -> L::Words {
    let mut words = l.zero_words();
    words.as_mut().fill(u64::from(n.to_le_bytes()[0]));
    words
}

/// The nonces `first`, `first + 1` and so on in four lanes.
pub(super) fn nonces(first: usize) -> [u64; 4] {
    core::array::from_fn(|i| u64::from((first + i).to_le_bytes()[0]))
}

/// Overwrites bytes that depend on a secret, many at a time.
pub(super) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    core::hint::black_box(bytes);
}

/// 32 bytes a lane.
#[expect(clippy::expect_used, reason = "callers give rows of 32 bytes")]
pub(super) fn seeds<L: Lanes>(l: L, rows: &[&[u8]]) -> Seed<L> {
    Seed::from_rows(l, &rows_of(rows)).expect("rows of 32 bytes")
}

/// Writes 32 bytes a lane.
#[expect(clippy::expect_used, reason = "callers give rows of 32 bytes")]
pub(super) fn write_seeds<'a, L: Lanes>(
    seed: &Seed<L>,
    rows: impl IntoIterator<Item = &'a mut [u8]>,
) {
    seed.write(&mut rows_mut(rows)).expect("rows of 32 bytes");
}
