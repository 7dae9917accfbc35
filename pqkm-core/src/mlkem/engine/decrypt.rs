//! Decryption and decapsulation.

use alloc::{vec, vec::Vec};

use pqkm_kernels::{
    lanes::Lanes,
    mlkem::{
        Rehashed, compressed_bytes, decode_decompress, message_from, message_from_once,
        multiply_row, multiply_row_once, ntt, ntt_inverse, ntt_inverse_once, ntt_once, rehash,
    },
    rows::{Rows, differing_rows},
    seed::{Seed, sha3_512, shake256_32},
};

use super::{
    Kem, in_groups,
    work::{Decapsulation, One, Work, wipe, write_seeds},
};
use crate::{
    engine::{rows_mut, rows_of},
    mlkem::SHARED_SECRET_BYTES,
};

/// Of ML-KEM-1024.
const MAX_CIPHERTEXT_BYTES: usize = 1568;

impl<const K: usize, const ETA1: usize, const DU: usize, const DV: usize> Kem<K, ETA1, DU, DV> {
    /// FIPS 203, Algorithm 18 (ML-KEM.Decaps_internal), of every ciphertext with one key.
    pub(super) fn decapsulate_all<L: Lanes>(
        l: L,
        key: &Decapsulation<K>,
        ciphertexts: &[&[u8]],
    ) -> Vec<[u8; SHARED_SECRET_BYTES]> {
        let mut secrets = vec![[0; SHARED_SECRET_BYTES]; ciphertexts.len()];
        let mut many = None;
        let left = core::cell::RefCell::new(secrets.iter_mut());
        in_groups(
            L::LANES,
            ciphertexts,
            |group| {
                let work = many.get_or_insert_with(|| Work::new(l));
                let secret = Self::decapsulate_many(l, work, key, group);
                let mut left = left.borrow_mut();
                let rows = left.by_ref().take(group.len());
                write_seeds(&secret, rows.map(<[u8; 32]>::as_mut_slice));
            },
            |ciphertext| {
                if let Some(to) = left.borrow_mut().next() {
                    Self::decapsulate_one(l, key, ciphertext, to);
                }
            },
        );
        secrets
    }

    /// One ciphertext a lane.
    fn decapsulate_many<L: Lanes>(
        l: L,
        work: &mut Work<L, K>,
        key: &Decapsulation<K>,
        c: &[&[u8]],
    ) -> Seed<L> {
        let rows = rows_of(c);
        let m = Self::decrypt_many(l, work, key, &rows);
        let (secret, r) = sha3_512(l, &m, &Seed::same(l, &key.encapsulation.h));
        let rejection = shake256_32(l, &Rows::same(&key.z), &rows);
        let mut bytes = vec![0; rows.len() * c.len()];
        let mut again_rows = rows_mut(bytes.chunks_exact_mut(rows.len()));
        Self::encrypt_many(l, work, &key.encapsulation, &m, &r, &mut again_rows);
        let again: Vec<&[u8]> = bytes.chunks_exact(rows.len()).collect();
        let differs = differing_rows(l, &rows, &rows_of(&again));
        wipe(&mut bytes);
        Seed::select(l, &differs, &rejection, &secret)
    }

    /// FIPS 203, Algorithm 15 (K-PKE.Decrypt), one ciphertext a lane.
    fn decrypt_many<L: Lanes>(
        l: L,
        work: &mut Work<L, K>,
        key: &Decapsulation<K>,
        c: &Rows<'_>,
    ) -> Seed<L> {
        let Work {
            poly,
            other: v,
            u: u_hat,
            sum,
            ..
        } = work;
        for i in 0..K {
            decode_decompress::<L, DU>(l, c, compressed_bytes(DU) * i, poly);
            ntt(l, poly, &mut u_hat[i]);
        }
        multiply_row(l, &key.s_hat, u_hat, sum);
        ntt_inverse(l, sum, poly);
        decode_decompress::<L, DV>(l, c, Self::C1_BYTES, v);
        message_from(l, v, poly)
    }

    /// FIPS 203, Algorithm 18 (ML-KEM.Decaps_internal), of one ciphertext, its polynomials in lanes.
    pub(super) fn decapsulate_one<L: Lanes>(
        l: L,
        key: &Decapsulation<K>,
        c: &[u8],
        to: &mut [u8; SHARED_SECRET_BYTES],
    ) {
        let four = l.four_lanes();
        let mut work = One::new(four);
        let m = Self::decrypt_one(l, &mut work, key, c);
        let input = Rehashed {
            h: &key.encapsulation.h,
            z: &key.z,
            // 32 (d_u k + d_v) bytes are whole words.
            c: c.as_chunks().0,
        };
        let noise = [&mut work.noise, &mut work.errors, &mut work.last];
        let [secret, rejection] = rehash::<L, K, ETA1>(l, &m, input, noise);
        let mut bytes = [0; MAX_CIPHERTEXT_BYTES];
        let again = &mut bytes[..c.len()];
        Self::encrypt_noisy(l, &mut work, &key.encapsulation, &m, again);
        let differs = differing_rows(four, &Rows::same(c), &Rows::same(again));
        wipe(again);
        let chosen = Seed::select(four, &differs, &rejection, &secret);
        write_seeds(&chosen, [to.as_mut_slice()]);
    }

    /// FIPS 203, Algorithm 15 (K-PKE.Decrypt), of one ciphertext; the message is in every lane.
    fn decrypt_one<L: Lanes>(
        l: L,
        work: &mut One<L::Four>,
        key: &Decapsulation<K>,
        c: &[u8],
    ) -> Seed<L::Four> {
        let four = l.four_lanes();
        let One {
            poly,
            y: sum,
            u: u_hat,
            ..
        } = work;
        let (c1, c2) = c.split_at(Self::C1_BYTES);
        let mut polys: [&[u8]; 4] = [&[]; 4];
        for (row, poly) in polys.iter_mut().zip(c1.chunks_exact(compressed_bytes(DU))) {
            *row = poly;
        }
        decode_decompress::<_, DU>(four, &rows_of(&polys[..K]), 0, poly);
        ntt_once(l, poly, u_hat);
        multiply_row_once(l, &key.s_hat, u_hat, sum, 0);
        ntt_inverse_once(l, sum, poly);
        message_from_once::<L, DV>(l, c2, poly, 0)
    }
}
