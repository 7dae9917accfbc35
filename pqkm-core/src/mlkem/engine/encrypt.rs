//! Encryption and encapsulation.

use alloc::vec::Vec;

use pqkm_kernels::{
    lanes::Lanes,
    mlkem::{
        POLY_BYTES, Scale, compress_noisy, compress_noisy_message, compressed_bytes, decode12,
        multiply_lanes, multiply_matrix, multiply_matrix_once, multiply_row, multiply_row_once,
        ntt_inverse, ntt_inverse_once, ntt_small_once, prepare_factor, prf, prf_once, rescale,
        sample_poly_cbd, vartime_sample_ntt,
    },
    rows::{MAX_ROWS, RowsMut},
    seed::{Seed, sha3_256, sha3_512},
};

use super::{
    Kem, in_groups,
    keys::index,
    work::{Encapsulation, One, Work, nonce, nonces, seeds, wipe, write_seeds},
};
use crate::{
    engine::{rows_mut, rows_of},
    mlkem::{M_BYTES, SHARED_SECRET_BYTES},
};

/// A ciphertext of N bytes and its shared secret.
pub(super) type Encapsulated<const N: usize> = ([u8; N], [u8; SHARED_SECRET_BYTES]);

/// What a group makes, in the first cache until all of it is there: the whole of a batch is larger than that, and is
/// written once. The secrets are overwritten when it is dropped.
struct Made<const N: usize>([Encapsulated<N>; MAX_ROWS]);

impl<const N: usize> Made<N> {
    const fn new() -> Self {
        Self([([0; N], [0; SHARED_SECRET_BYTES]); MAX_ROWS])
    }

    /// The ciphertexts and the secrets of the first `count`.
    fn rows(&mut self, count: usize) -> (RowsMut<'_>, impl Iterator<Item = &mut [u8]>) {
        let mut cts: [&mut [u8]; MAX_ROWS] = Default::default();
        let mut secrets: [&mut [u8]; MAX_ROWS] = Default::default();
        for (i, (ct, secret)) in self.0[..count].iter_mut().enumerate() {
            (cts[i], secrets[i]) = (ct, secret);
        }
        (
            rows_mut(cts.into_iter().take(count)),
            secrets.into_iter().take(count),
        )
    }

    /// The first `count`, as what the caller makes of them.
    fn give<T>(
        &self,
        count: usize,
        make: impl Fn([u8; N], [u8; SHARED_SECRET_BYTES]) -> T,
    ) -> impl Iterator<Item = T> {
        let made = self.0[..count].iter();
        made.map(move |(ct, secret)| make(*ct, *secret))
    }
}

impl<const N: usize> Drop for Made<N> {
    fn drop(&mut self) {
        for (_, secret) in &mut self.0 {
            wipe(secret);
        }
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "d_u and d_v are below 12"
)]
const fn bits(d: usize) -> u32 {
    d as u32
}

impl<const K: usize, const ETA1: usize, const DU: usize, const DV: usize> Kem<K, ETA1, DU, DV> {
    /// Length of the part of a ciphertext that holds u, in bytes.
    pub(super) const C1_BYTES: usize = compressed_bytes(DU) * K;
    /// `d_u` and `d_v` as the scales take them.
    pub(super) const D_U: u32 = bits(DU);
    pub(super) const D_V: u32 = bits(DV);

    /// FIPS 203, Algorithm 17 (ML-KEM.Encaps_internal), of every message to one key.
    pub(super) fn encapsulate_all<L: Lanes, T, const N: usize>(
        l: L,
        key: &Encapsulation<K>,
        messages: &[&[u8; M_BYTES]],
        make: impl Fn([u8; N], [u8; SHARED_SECRET_BYTES]) -> T,
    ) -> Vec<T> {
        let out = core::cell::RefCell::new(Vec::with_capacity(messages.len()));
        let mut many = None;
        let mut made = Made::new();
        in_groups(
            L::LANES,
            messages,
            |group| {
                let work = many.get_or_insert_with(|| Work::new(l));
                let m: Vec<&[u8]> = group.iter().map(|m| m.as_slice()).collect();
                let m = seeds(l, &m);
                let (secret, r) = sha3_512(l, &m, &Seed::same(l, &key.h));
                let (mut cts, secrets) = made.rows(group.len());
                write_seeds(&secret, secrets);
                Self::encrypt_many(l, work, key, &m, &r, &mut cts);
                out.borrow_mut().extend(made.give(group.len(), &make));
            },
            |message| {
                let mut one = ([0; N], [0; SHARED_SECRET_BYTES]);
                Self::encapsulate_one(l, key, message, &mut one.0, &mut one.1);
                out.borrow_mut().push(make(one.0, one.1));
                wipe(&mut one.1);
            },
        );
        out.into_inner()
    }

    /// FIPS 203, Algorithm 17 (ML-KEM.Encaps_internal), of one message.
    pub(super) fn encapsulate_one<L: Lanes>(
        l: L,
        key: &Encapsulation<K>,
        message: &[u8; M_BYTES],
        ct: &mut [u8],
        to: &mut [u8; SHARED_SECRET_BYTES],
    ) {
        let four = l.four_lanes();
        let mut work = One::new(four);
        let m = Seed::same(four, message);
        let (secret, r) = sha3_512(four, &m, &Seed::same(four, &key.h));
        write_seeds(&secret, [to.as_mut_slice()]);
        Self::encrypt_one(l, &mut work, key, &m, &r, ct);
    }

    /// FIPS 203, Algorithm 14 (K-PKE.Encrypt), one message a lane.
    pub(super) fn encrypt_many<L: Lanes>(
        l: L,
        work: &mut Work<L, K>,
        key: &Encapsulation<K>,
        m: &Seed<L>,
        r: &Seed<L>,
        ct: &mut RowsMut<'_>,
    ) {
        let Work {
            noise,
            poly,
            y: y_hat,
            u: u_hat,
            ..
        } = work;
        for j in 0..K {
            Self::sample_secret(l, r, &nonce(l, j), noise, poly, &mut y_hat[j]);
        }
        // u = NTT^-1(A_hat^T y_hat) + e_1
        multiply_matrix(l, &key.a_hat, y_hat, u_hat);
        for i in 0..K {
            ntt_inverse(l, &u_hat[i], poly);
            prf::<L, 2>(l, r, &nonce(l, K + i), noise);
            compress_noisy::<L, DU>(l, poly, noise, ct, compressed_bytes(DU) * i);
        }
        // v = NTT^-1(t_hat^T y_hat) + e_2 + mu
        multiply_row(l, &key.t_hat, y_hat, &mut u_hat[0]);
        ntt_inverse(l, &u_hat[0], poly);
        prf::<L, 2>(l, r, &nonce(l, 2 * K), noise);
        compress_noisy_message::<L, DV>(l, poly, noise, m, ct, Self::C1_BYTES);
    }

    /// The same for one message, the polynomials in lanes.
    fn encrypt_one<L: Lanes>(
        l: L,
        work: &mut One<L::Four>,
        key: &Encapsulation<K>,
        m: &Seed<L::Four>,
        r: &Seed<L::Four>,
        ct: &mut [u8],
    ) {
        let nonces_of = [nonces(0), nonces(K)];
        prf_once::<L, ETA1, 2>(l, r, &nonces_of, &mut work.noise, &mut work.errors);
        if K == 4 {
            prf::<_, 2>(l.four_lanes(), r, &nonces(2 * K), &mut work.last);
        }
        Self::encrypt_noisy(l, work, key, m, ct);
    }

    /// What of it follows the PRF, whose output is in `work`: v takes the lane after u where there is one.
    pub(super) fn encrypt_noisy<L: Lanes>(
        l: L,
        work: &mut One<L::Four>,
        key: &Encapsulation<K>,
        m: &Seed<L::Four>,
        ct: &mut [u8],
    ) {
        let four = l.four_lanes();
        let One {
            noise,
            errors,
            last,
            poly,
            y: y_hat,
            u: u_hat,
        } = work;
        sample_poly_cbd::<_, ETA1>(four, noise, poly);
        ntt_small_once(l, poly, y_hat);
        multiply_matrix_once(l, &key.a_hat, y_hat, u_hat);
        if K < 4 {
            multiply_row_once(l, &key.t_hat, y_hat, u_hat, K);
        }
        ntt_inverse_once(l, u_hat, poly);
        let (c1, c2) = ct.split_at_mut(Self::C1_BYTES);
        let mut rows = rows_mut(c1.chunks_exact_mut(compressed_bytes(DU)));
        compress_noisy::<_, DU>(four, poly, errors, &mut rows, 0);
        if K == 4 {
            multiply_row_once(l, &key.t_hat, y_hat, u_hat, 0);
            ntt_inverse_once(l, u_hat, poly);
        }
        let error = if K == 4 { last } else { errors };
        if let Ok(mut row) = RowsMut::of_lane(K & 3, c2) {
            compress_noisy_message::<_, DV>(four, poly, error, m, &mut row, 0);
        }
    }

    /// FIPS 203, Algorithm 17 (ML-KEM.Encaps_internal), of every message to a key of its own.
    pub(super) fn encapsulate_each<L: Lanes, T, const N: usize>(
        l: L,
        eks: &[&[u8]],
        messages: &[&[u8; M_BYTES]],
        make: impl Fn([u8; N], [u8; SHARED_SECRET_BYTES]) -> T,
    ) -> Vec<T> {
        let mut out = Vec::with_capacity(messages.len());
        let mut work = Work::new(l);
        let mut made = Made::new();
        for (eks, messages) in eks.chunks(L::LANES).zip(messages.chunks(L::LANES)) {
            let m: Vec<&[u8]> = messages.iter().map(|m| m.as_slice()).collect();
            let m = seeds(l, &m);
            let (secret, r) = sha3_512(l, &m, &sha3_256(l, &rows_of(eks)));
            let (mut cts, secrets) = made.rows(eks.len());
            write_seeds(&secret, secrets);
            Self::encrypt_each(l, &mut work, eks, &m, &r, &mut cts);
            out.extend(made.give(eks.len(), &make));
        }
        out
    }

    /// FIPS 203, Algorithm 14 (K-PKE.Encrypt), a key and a message a lane; keys have passed their checks.
    fn encrypt_each<L: Lanes>(
        l: L,
        work: &mut Work<L, K>,
        eks: &[&[u8]],
        m: &Seed<L>,
        r: &Seed<L>,
        ct: &mut RowsMut<'_>,
    ) {
        let Work {
            noise,
            poly,
            u: a_hat,
            sum,
            factors,
            ..
        } = work;
        let rho: Vec<&[u8]> = eks.iter().map(|ek| &ek[Self::VECTOR_BYTES..]).collect();
        let rho = seeds(l, &rho);
        for j in 0..K {
            Self::sample_secret(l, r, &nonce(l, j), noise, poly, sum);
            prepare_factor(l, sum, Scale::compression(Self::D_U), &mut factors[j]);
        }
        for i in 0..K {
            for j in 0..K {
                // Entry (j, i): the matrix is transposed.
                vartime_sample_ntt(l, &rho, &[index(j, i); MAX_ROWS], &mut a_hat[j]);
            }
            multiply_lanes(l, a_hat, factors, sum);
            ntt_inverse(l, sum, poly);
            prf::<L, 2>(l, r, &nonce(l, K + i), noise);
            compress_noisy::<L, DU>(l, poly, noise, ct, compressed_bytes(DU) * i);
        }
        let rows = rows_of(eks);
        for j in 0..K {
            let t_hat = &mut a_hat[j];
            decode12(l, &rows, POLY_BYTES * j, t_hat);
            rescale(l, t_hat, Scale::ratio(Self::D_U, Self::D_V));
        }
        multiply_lanes(l, a_hat, factors, sum);
        ntt_inverse(l, sum, poly);
        prf::<L, 2>(l, r, &nonce(l, 2 * K), noise);
        compress_noisy_message::<L, DV>(l, poly, noise, m, ct, Self::C1_BYTES);
    }
}
