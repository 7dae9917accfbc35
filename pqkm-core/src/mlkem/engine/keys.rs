//! Key generation and expansion.

use alloc::{boxed::Box, vec, vec::Vec};

use pqkm_kernels::{
    lanes::Lanes,
    mlkem::{
        Entries, Matrix, NttPoly, POLY_BYTES, Row, Scale, add, decode12, encode12, hash_words,
        multiply_lanes, multiply_matrix_once, ntt_small, prepare_factor, prepare_row, prf_once,
        sample_poly_cbd, vartime_sample_matrix, vartime_sample_matrix_and_hash, vartime_sample_ntt,
    },
    rows::MAX_ROWS,
    seed::{sha3_256, sha3_512_with_byte},
};
use zeroize::Zeroizing;

use super::{
    Kem, in_groups,
    work::{Decapsulation, Encapsulation, One, Work, nonce, nonces, seeds, write_seeds},
};
use crate::{
    engine::{rows_mut, rows_of},
    mlkem::SEED_BYTES,
};

/// A key pair as bytes: `dk`, `ek`.
pub(in crate::mlkem) type KeyBytes = (Zeroizing<Vec<u8>>, Vec<u8>);

/// The two bytes that follow rho for entry (i, j) of `A_hat`.
pub(super) const fn index(i: usize, j: usize) -> [u8; 2] {
    [j.to_le_bytes()[0], i.to_le_bytes()[0]]
}

impl<const K: usize, const ETA1: usize, const DU: usize, const DV: usize> Kem<K, ETA1, DU, DV> {
    /// Length of `t_hat` or `s_hat` in bytes.
    pub(super) const VECTOR_BYTES: usize = POLY_BYTES * K;
    /// Length of `ek` in bytes.
    pub(super) const EK_BYTES: usize = Self::VECTOR_BYTES + 32;
    /// Length of `dk` in bytes.
    pub(super) const DK_BYTES: usize = Self::VECTOR_BYTES + Self::EK_BYTES + 64;

    /// FIPS 203, Algorithm 16 (ML-KEM.KeyGen_internal), of every seed `d || z`.
    pub(super) fn key_pairs<L: Lanes>(l: L, all: &[&[u8; SEED_BYTES]]) -> Vec<KeyBytes> {
        let mut pairs = Vec::with_capacity(all.len());
        let mut many = None;
        let keys = core::cell::RefCell::new(&mut pairs);
        in_groups(
            L::LANES,
            all,
            |group| {
                let work = many.get_or_insert_with(|| Work::new(l));
                Self::generate_many(l, work, group, &mut keys.borrow_mut());
            },
            |seed| keys.borrow_mut().push(Self::generate_one(l, seed)),
        );
        pairs
    }

    /// FIPS 203, Algorithm 13 (K-PKE.KeyGen), one key a lane.
    fn generate_many<L: Lanes>(
        l: L,
        work: &mut Work<L, K>,
        group: &[&[u8; SEED_BYTES]],
        pairs: &mut Vec<KeyBytes>,
    ) {
        let Work {
            noise,
            poly,
            y: s_hat,
            u: a_hat,
            sum: t_hat,
            factors,
            ..
        } = work;
        let mut eks = vec![vec![0; Self::EK_BYTES]; group.len()];
        let mut dks = vec![Zeroizing::new(vec![0; Self::DK_BYTES]); group.len()];

        let d: Vec<&[u8]> = group.iter().map(|seed| &seed[..32]).collect();
        let (mut rho, sigma) = sha3_512_with_byte(l, &seeds(l, &d), K.to_le_bytes()[0]);
        // CT: rho is a part of the encapsulation key.
        rho.declassify();
        for j in 0..K {
            Self::sample_secret(l, &sigma, &nonce(l, j), noise, poly, &mut s_hat[j]);
            prepare_factor(l, &s_hat[j], Scale::PRODUCT, &mut factors[j]);
            let mut rows = rows_mut(dks.iter_mut().map(|dk| dk.as_mut_slice()));
            encode12(l, &s_hat[j], &mut rows, POLY_BYTES * j);
        }
        for i in 0..K {
            for j in 0..K {
                vartime_sample_ntt(l, &rho, &[index(i, j); MAX_ROWS], &mut a_hat[j]);
            }
            // t_hat = A_hat s_hat + e_hat, row by row
            multiply_lanes(l, a_hat, factors, t_hat);
            let e_hat = &mut a_hat[0];
            Self::sample_secret(l, &sigma, &nonce(l, K + i), noise, poly, e_hat);
            add(l, t_hat, e_hat);
            let mut rows = rows_mut(eks.iter_mut().map(Vec::as_mut_slice));
            encode12(l, t_hat, &mut rows, POLY_BYTES * i);
        }
        write_seeds(&rho, eks.iter_mut().map(|ek| &mut ek[Self::VECTOR_BYTES..]));

        let keys: Vec<&[u8]> = eks.iter().map(Vec::as_slice).collect();
        let h = sha3_256(l, &rows_of(&keys));
        let at = Self::VECTOR_BYTES + Self::EK_BYTES;
        write_seeds(&h, dks.iter_mut().map(|dk| &mut dk[at..at + 32]));
        for ((mut dk, ek), seed) in dks.into_iter().zip(eks).zip(group) {
            dk[Self::VECTOR_BYTES..at].copy_from_slice(&ek);
            dk[at + 32..].copy_from_slice(&seed[32..]);
            pairs.push((dk, ek));
        }
    }

    /// The same for one key, its polynomials in lanes.
    fn generate_one<L: Lanes>(l: L, seed: &[u8; SEED_BYTES]) -> KeyBytes {
        let four = l.four_lanes();
        let mut work = One::new(four);
        let One {
            noise,
            errors,
            poly,
            y: s_hat,
            u: e_hat,
            ..
        } = &mut work;
        let sum = &mut NttPoly::zero(four);
        let mut ek = vec![0; Self::EK_BYTES];
        let mut dk = Zeroizing::new(vec![0; Self::DK_BYTES]);

        let d = seeds(four, &[&seed[..32]]);
        let (mut rho, sigma) = sha3_512_with_byte(four, &d, K.to_le_bytes()[0]);
        // CT: rho is a part of the encapsulation key.
        rho.declassify();
        let mut a_hat = Matrix::<K>::zero();
        vartime_sample_matrix(l, &rho, Entries::Direct, Scale::PRODUCT, &mut a_hat);
        prf_once::<L, ETA1, ETA1>(l, &sigma, &[nonces(0), nonces(K)], noise, errors);
        for (noise, to) in [(noise, &mut *s_hat), (errors, &mut *e_hat)] {
            sample_poly_cbd::<_, ETA1>(four, noise, poly);
            ntt_small(four, poly, to);
        }
        // t_hat = A_hat s_hat + e_hat
        multiply_matrix_once(l, &a_hat, s_hat, sum);
        add(four, sum, e_hat);

        let (t_bytes, rho_bytes) = ek.split_at_mut(Self::VECTOR_BYTES);
        encode12(
            four,
            sum,
            &mut rows_mut(t_bytes.chunks_exact_mut(POLY_BYTES)),
            0,
        );
        write_seeds(&rho, [rho_bytes]);
        let (s_bytes, rest) = dk.split_at_mut(Self::VECTOR_BYTES);
        encode12(
            four,
            s_hat,
            &mut rows_mut(s_bytes.chunks_exact_mut(POLY_BYTES)),
            0,
        );
        let (ek_bytes, rest) = rest.split_at_mut(Self::EK_BYTES);
        ek_bytes.copy_from_slice(&ek);
        let (h_bytes, z_bytes) = rest.split_at_mut(32);
        write_seeds(&hash_words(l, ek.as_chunks().0), [h_bytes]);
        z_bytes.copy_from_slice(&seed[32..]);
        (dk, ek)
    }

    /// Expands an encapsulation key that passed its checks.
    pub(super) fn expand_ek<L: Lanes>(l: L, ek: &[u8]) -> Box<Encapsulation<K>> {
        let mut key = Box::new(Encapsulation {
            a_hat: Matrix::zero(),
            t_hat: Row::zero(),
            h: [0; 32],
        });
        Self::expand_ek_into(l, ek, &mut key);
        key
    }

    fn expand_ek_into<L: Lanes>(l: L, ek: &[u8], key: &mut Encapsulation<K>) {
        let four = l.four_lanes();
        let mut polys = NttPoly::zero(four);
        let (t_bytes, rho_bytes) = ek.split_at(Self::VECTOR_BYTES);
        read_vector(l, t_bytes, &mut polys);
        prepare_row(l, &polys, K, Scale::compression(Self::D_V), &mut key.t_hat);
        let rho = seeds(four, &[rho_bytes]);
        let scale = Scale::compression(Self::D_U);
        // A key is whole words.
        let (words, _) = ek.as_chunks();
        let h = vartime_sample_matrix_and_hash(
            l,
            &rho,
            Entries::Transposed,
            scale,
            words,
            &mut key.a_hat,
        );
        write_seeds(&h, [key.h.as_mut_slice()]);
    }

    /// Expands a decapsulation key that passed its checks.
    pub(super) fn expand_dk<L: Lanes>(l: L, dk: &[u8]) -> Box<Decapsulation<K>> {
        let (s_bytes, rest) = dk.split_at(Self::VECTOR_BYTES);
        let (ek, rest) = rest.split_at(Self::EK_BYTES);
        let mut key = Box::new(Decapsulation {
            encapsulation: Encapsulation {
                a_hat: Matrix::zero(),
                t_hat: Row::zero(),
                h: [0; 32],
            },
            s_hat: Row::zero(),
            z: [0; 32],
        });
        Self::expand_ek_into(l, ek, &mut key.encapsulation);
        let mut s_hat = NttPoly::zero(l.four_lanes());
        read_vector(l, s_bytes, &mut s_hat);
        prepare_row(
            l,
            &s_hat,
            K,
            Scale::compression(1).negated(),
            &mut key.s_hat,
        );
        key.z.copy_from_slice(&rest[32..]);
        key
    }
}

/// The polynomials of an encoded vector, one a lane. Keys were checked to be reduced when they were read.
fn read_vector<L: Lanes>(l: L, bytes: &[u8], to: &mut NttPoly<L::Four>) {
    let polys: Vec<&[u8]> = bytes.chunks_exact(POLY_BYTES).collect();
    decode12(l.four_lanes(), &rows_of(&polys), 0, to);
}
