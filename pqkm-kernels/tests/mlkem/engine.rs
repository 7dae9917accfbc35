//! ML-KEM composed of the kernels, as an engine composes them: FIPS 203 over lanes, safe code only.
//!
//! `Many` runs one operation a lane; `One` runs one operation whose polynomials are the lanes.

use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::mlkem::{
    Factor, Matrix, Noise, NttPoly, POLY_BYTES, Poly, Row, Scale, add, compress_noisy,
    compress_noisy_message, compressed_bytes, decode_decompress, decode12, encode12, message_from,
    message_from_once, multiply_lanes, multiply_matrix, multiply_matrix_once, multiply_row,
    multiply_row_once, ntt, ntt_inverse, ntt_inverse_once, ntt_once, ntt_small, prepare_column,
    prepare_factor, prepare_row, prf, rescale, sample_poly_cbd, vartime_sample_ntt,
};
use pqkm_kernels::rows::{Rows, RowsMut, UnequalRows, differing_rows};
use pqkm_kernels::seed::{Seed, sha3_256, sha3_512, sha3_512_with_byte, shake256_32};

/// What the operations need to hold, made once for many of them; each part overwrites itself when dropped.
pub(crate) struct Work<L: Lanes, const K: usize> {
    noise: Noise<L>,
    poly: Poly<L>,
    other: Poly<L>,
    /// The secret vector: s or y.
    y: [NttPoly<L>; K],
    /// A row of A, or the vectors t and u.
    u: [NttPoly<L>; K],
    sum: NttPoly<L>,
    factors: [Factor<L>; K],
}

impl<L: Lanes, const K: usize> Work<L, K> {
    pub(crate) fn new(l: L) -> Self {
        Self {
            noise: Noise::zero(l),
            poly: Poly::zero(l),
            other: Poly::zero(l),
            y: core::array::from_fn(|_| NttPoly::zero(l)),
            u: core::array::from_fn(|_| NttPoly::zero(l)),
            sum: NttPoly::zero(l),
            factors: core::array::from_fn(|_| Factor::zero(l)),
        }
    }
}

/// A parameter set (FIPS 203, table 2) by its numbers.
pub(crate) struct Kem<const K: usize, const ETA1: usize, const DU: usize, const DV: usize>;

/// An encapsulation key, expanded once.
pub(crate) struct Encapsulation<const K: usize, const DU: usize, const DV: usize> {
    /// The transpose of A, at the scale of u.
    matrix: Matrix<K>,
    /// t, at the scale of v.
    row: Row,
    hash: [u8; 32],
}

/// A decapsulation key, expanded once.
pub(crate) struct Decapsulation<const K: usize, const DU: usize, const DV: usize> {
    pub(crate) encapsulation: Encapsulation<K, DU, DV>,
    secret: Row,
    z: [u8; 32],
}

impl<const K: usize, const DU: usize, const DV: usize> Drop for Decapsulation<K, DU, DV> {
    fn drop(&mut self) {
        self.secret.wipe();
    }
}

fn nonces<L: Lanes>(l: L, first: usize) -> L::Words {
    let mut words = l.zero_words();
    for (i, word) in words.as_mut().iter_mut().enumerate() {
        *word = (first + i) as u64;
    }
    words
}

fn nonce<L: Lanes>(l: L, n: usize) -> L::Words {
    let mut words = l.zero_words();
    words.as_mut().fill(n as u64);
    words
}

impl<const K: usize, const ETA1: usize, const DU: usize, const DV: usize> Kem<K, ETA1, DU, DV> {
    pub(crate) const EK: usize = POLY_BYTES * K + 32;
    pub(crate) const DK: usize = 2 * POLY_BYTES * K + 96;
    pub(crate) const CT: usize = compressed_bytes(DU) * K + compressed_bytes(DV);

    /// FIPS 203, Algorithm 13 (K-PKE.KeyGen) and 16 (ML-KEM.KeyGen_internal), one key a lane.
    pub(crate) fn generate_many<L: Lanes, E: AsMut<[u8]>, D: AsMut<[u8]>>(
        l: L,
        work: &mut Work<L, K>,
        d: &Rows<'_>,
        z: &[[u8; 32]],
        eks: &mut [E],
        dks: &mut [D],
    ) -> Result<(), UnequalRows> {
        let d = Seed::from_rows(l, d)?;
        let (rho, sigma) = sha3_512_with_byte(l, &d, K as u8);
        let Work {
            noise,
            poly,
            y: s,
            u: a,
            sum: t,
            factors,
            other: _,
        } = work;
        for j in 0..K {
            Self::sample_secret(l, &sigma, &nonce(l, j), noise, poly, &mut s[j]);
            prepare_factor(l, &s[j], Scale::PRODUCT, &mut factors[j]);
        }
        for i in 0..K {
            for j in 0..K {
                vartime_sample_ntt(l, &rho, &[[j as u8, i as u8]; 8], &mut a[j]);
            }
            multiply_lanes(l, a, factors, t);
            Self::sample_secret(l, &sigma, &nonce(l, K + i), noise, poly, &mut a[0]);
            add(l, t, &a[0]);
            let mut rows = RowsMut::new(eks.iter_mut().map(|x| x.as_mut()))?;
            encode12(l, t, &mut rows, POLY_BYTES * i);
        }
        rho.write(&mut RowsMut::new(
            eks.iter_mut().map(|x| &mut x.as_mut()[POLY_BYTES * K..]),
        )?)?;
        for j in 0..K {
            encode12(
                l,
                &s[j],
                &mut RowsMut::new(dks.iter_mut().map(|x| x.as_mut()))?,
                POLY_BYTES * j,
            );
        }
        let keys: Vec<&[u8]> = eks.iter_mut().map(|x| &*x.as_mut()).collect();
        let hash = sha3_256(l, &Rows::new(&keys)?);
        let at = POLY_BYTES * K + Self::EK;
        hash.write(&mut RowsMut::new(
            dks.iter_mut().map(|x| &mut x.as_mut()[at..at + 32]),
        )?)?;
        for ((dk, ek), z) in dks.iter_mut().zip(&keys).zip(z) {
            dk.as_mut()[POLY_BYTES * K..at].copy_from_slice(ek);
            dk.as_mut()[at + 32..].copy_from_slice(z);
        }
        Ok(())
    }

    /// FIPS 203, Algorithm 13 (K-PKE.KeyGen), lines 8 to 15, and 14 (K-PKE.Encrypt), lines 9 to 12: noise,
    /// transformed.
    fn sample_secret<L: Lanes>(
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

    /// The same for one key, its polynomials in lanes.
    pub(crate) fn generate_one<L: Lanes>(
        l: L,
        work: &mut Work<L::Four, 1>,
        d: &[u8; 32],
        z: &[u8; 32],
        ek: &mut [u8],
        dk: &mut [u8],
    ) -> Result<(), UnequalRows> {
        let four = l.four_lanes();
        let (rho, sigma) = sha3_512_with_byte(four, &Seed::same(four, d), K as u8);
        let mut matrix = Matrix::<K>::zero();
        let Work {
            noise,
            poly,
            y: [s],
            u: [e],
            sum,
            ..
        } = work;
        for j in 0..K {
            let indices: [[u8; 2]; 4] = core::array::from_fn(|i| [j as u8, i as u8]);
            vartime_sample_ntt(four, &rho, &indices, sum);
            prepare_column(l, sum, Scale::PRODUCT, &mut matrix, j);
        }
        Self::sample_secret(four, &sigma, &nonces(four, 0), noise, poly, s);
        Self::sample_secret(four, &sigma, &nonces(four, K), noise, poly, e);
        multiply_matrix_once(l, &matrix, s, sum);
        add(four, sum, e);
        let (polys, seed) = ek.split_at_mut(POLY_BYTES * K);
        encode12(
            four,
            sum,
            &mut RowsMut::new(polys.chunks_exact_mut(POLY_BYTES))?,
            0,
        );
        rho.write(&mut RowsMut::new([seed])?)?;
        let (polys, rest) = dk.split_at_mut(POLY_BYTES * K);
        encode12(
            four,
            s,
            &mut RowsMut::new(polys.chunks_exact_mut(POLY_BYTES))?,
            0,
        );
        let (copy, rest) = rest.split_at_mut(ek.len());
        copy.copy_from_slice(ek);
        let (hash, rest) = rest.split_at_mut(32);
        sha3_256(four, &Rows::same(ek)).write(&mut RowsMut::new([hash])?)?;
        rest.copy_from_slice(z);
        Ok(())
    }

    /// Expands an encapsulation key; `None` if a coefficient is not below q (FIPS 203, section 7.2).
    pub(crate) fn prepare<L: Lanes>(l: L, ek: &[u8]) -> Option<Box<Encapsulation<K, DU, DV>>> {
        let four = l.four_lanes();
        let mut key = Box::new(Encapsulation {
            matrix: Matrix::zero(),
            row: Row::zero(),
            hash: [0; 32],
        });
        let mut t = NttPoly::zero(four);
        let (polys, rho) = ek.split_at(POLY_BYTES * K);
        let rows: Vec<&[u8]> = polys.chunks_exact(POLY_BYTES).collect();
        let wrong = decode12(four, &Rows::new(&rows).ok()?, 0, &mut t);
        if wrong.iter().any(|w| *w != 0) {
            return None;
        }
        prepare_row(l, &t, K, Scale::compression(DV as u32), &mut key.row);
        let rho = Seed::same(four, rho.first_chunk()?);
        for j in 0..K {
            let indices: [[u8; 2]; 4] = core::array::from_fn(|i| [i as u8, j as u8]);
            vartime_sample_ntt(four, &rho, &indices, &mut t);
            prepare_column(l, &t, Scale::compression(DU as u32), &mut key.matrix, j);
        }
        sha3_256(four, &Rows::same(ek))
            .write(&mut RowsMut::new([&mut key.hash]).ok()?)
            .ok()?;
        Some(key)
    }

    /// FIPS 203, Algorithm 17 (ML-KEM.Encaps_internal), one message a lane to one key.
    pub(crate) fn encapsulate_many<L: Lanes, C: AsMut<[u8]>>(
        l: L,
        work: &mut Work<L, K>,
        key: &Encapsulation<K, DU, DV>,
        messages: &Rows<'_>,
        cts: &mut [C],
        secrets: &mut [[u8; 32]],
    ) -> Result<(), UnequalRows> {
        let m = Seed::from_rows(l, messages)?;
        let (secret, r) = sha3_512(l, &m, &Seed::same(l, &key.hash));
        secret.write(&mut RowsMut::new(secrets)?)?;
        Self::encrypt_many(l, work, key, &m, &r, &mut RowsMut::new(cts)?);
        Ok(())
    }

    /// FIPS 203, Algorithm 14 (K-PKE.Encrypt).
    fn encrypt_many<L: Lanes>(
        l: L,
        work: &mut Work<L, K>,
        key: &Encapsulation<K, DU, DV>,
        m: &Seed<L>,
        r: &Seed<L>,
        out: &mut RowsMut<'_>,
    ) {
        let Work {
            noise, poly, y, u, ..
        } = work;
        for j in 0..K {
            Self::sample_secret(l, r, &nonce(l, j), noise, poly, &mut y[j]);
        }
        multiply_matrix(l, &key.matrix, y, u);
        for i in 0..K {
            ntt_inverse(l, &u[i], poly);
            prf::<L, 2>(l, r, &nonce(l, K + i), noise);
            compress_noisy::<L, DU>(l, poly, noise, out, compressed_bytes(DU) * i);
        }
        multiply_row(l, &key.row, y, &mut u[0]);
        ntt_inverse(l, &u[0], poly);
        prf::<L, 2>(l, r, &nonce(l, 2 * K), noise);
        compress_noisy_message::<L, DV>(l, poly, noise, m, out, compressed_bytes(DU) * K);
    }

    /// The same, one message to one key, its polynomials in lanes.
    pub(crate) fn encapsulate_one<L: Lanes>(
        l: L,
        work: &mut Work<L::Four, 1>,
        key: &Encapsulation<K, DU, DV>,
        message: &[u8; 32],
        ct: &mut [u8],
        secret: &mut [u8; 32],
    ) -> Result<(), UnequalRows> {
        let four = l.four_lanes();
        let m = Seed::same(four, message);
        let (k, r) = sha3_512(four, &m, &Seed::same(four, &key.hash));
        k.write(&mut RowsMut::new([secret])?)?;
        Self::encrypt_one(l, work, key, &m, &r, ct)
    }

    fn encrypt_one<L: Lanes>(
        l: L,
        work: &mut Work<L::Four, 1>,
        key: &Encapsulation<K, DU, DV>,
        m: &Seed<L::Four>,
        r: &Seed<L::Four>,
        ct: &mut [u8],
    ) -> Result<(), UnequalRows> {
        let four = l.four_lanes();
        let Work {
            noise,
            poly,
            y: [y],
            u: [u],
            ..
        } = work;
        Self::sample_secret(four, r, &nonces(four, 0), noise, poly, y);
        multiply_matrix_once(l, &key.matrix, y, u);
        if K < 4 {
            multiply_row_once(l, &key.row, y, u, K);
        }
        ntt_inverse_once(l, u, poly);
        prf::<_, 2>(four, r, &nonces(four, K), noise);
        let (us, v) = ct.split_at_mut(compressed_bytes(DU) * K);
        let mut rows = RowsMut::new(us.chunks_exact_mut(compressed_bytes(DU)))?;
        compress_noisy::<_, DU>(four, poly, noise, &mut rows, 0);
        if K == 4 {
            multiply_row_once(l, &key.row, y, u, 0);
            ntt_inverse_once(l, u, poly);
            prf::<_, 2>(four, r, &nonces(four, 2 * K), noise);
        }
        let mut row = RowsMut::of_lane(K & 3, v)?;
        compress_noisy_message::<_, DV>(four, poly, noise, m, &mut row, 0);
        Ok(())
    }

    /// Encapsulation to many keys, a key and a message a lane; `false` in `valid` where a key is refused.
    pub(crate) fn encapsulate_many_keys<L: Lanes, C: AsMut<[u8]>>(
        l: L,
        work: &mut Work<L, K>,
        eks: &Rows<'_>,
        messages: &Rows<'_>,
        cts: &mut [C],
        secrets: &mut [[u8; 32]],
        valid: &mut [bool],
    ) -> Result<(), UnequalRows> {
        let m = Seed::from_rows(l, messages)?;
        let (secret, r) = sha3_512(l, &m, &sha3_256(l, eks));
        secret.write(&mut RowsMut::new(secrets)?)?;
        let rho = Seed::from_rows(l, &eks.part(POLY_BYTES * K, 32)?)?;
        let Work {
            noise,
            poly,
            u: a,
            sum,
            factors,
            ..
        } = work;
        for j in 0..K {
            Self::sample_secret(l, &r, &nonce(l, j), noise, poly, sum);
            prepare_factor(l, sum, Scale::compression(DU as u32), &mut factors[j]);
        }
        let mut out = RowsMut::new(cts)?;
        for i in 0..K {
            for j in 0..K {
                vartime_sample_ntt(l, &rho, &[[i as u8, j as u8]; 8], &mut a[j]);
            }
            multiply_lanes(l, a, factors, sum);
            ntt_inverse(l, sum, poly);
            prf::<L, 2>(l, &r, &nonce(l, K + i), noise);
            compress_noisy::<L, DU>(l, poly, noise, &mut out, compressed_bytes(DU) * i);
        }
        for j in 0..K {
            let wrong = decode12(l, eks, POLY_BYTES * j, &mut a[j]);
            for (valid, wrong) in valid.iter_mut().zip(wrong.as_ref()) {
                *valid &= *wrong == 0;
            }
            rescale(l, &mut a[j], Scale::ratio(DU as u32, DV as u32));
        }
        multiply_lanes(l, a, factors, sum);
        ntt_inverse(l, sum, poly);
        prf::<L, 2>(l, &r, &nonce(l, 2 * K), noise);
        compress_noisy_message::<L, DV>(l, poly, noise, &m, &mut out, compressed_bytes(DU) * K);
        Ok(())
    }

    /// Expands a decapsulation key (without its checks, FIPS 203, section 7.3).
    pub(crate) fn prepare_secret<L: Lanes>(
        l: L,
        dk: &[u8],
    ) -> Option<Box<Decapsulation<K, DU, DV>>> {
        let four = l.four_lanes();
        let (polys, rest) = dk.split_at(POLY_BYTES * K);
        let (ek, rest) = rest.split_at(Self::EK);
        let mut key = Box::new(Decapsulation {
            encapsulation: *Self::prepare(l, ek)?,
            secret: Row::zero(),
            z: *rest.last_chunk()?,
        });
        let mut s = NttPoly::zero(four);
        let rows: Vec<&[u8]> = polys.chunks_exact(POLY_BYTES).collect();
        decode12(four, &Rows::new(&rows).ok()?, 0, &mut s);
        prepare_row(l, &s, K, Scale::compression(1).negated(), &mut key.secret);
        Some(key)
    }

    /// FIPS 203, Algorithm 18 (ML-KEM.Decaps_internal), one ciphertext a lane with one key.
    pub(crate) fn decapsulate_many<L: Lanes>(
        l: L,
        work: &mut Work<L, K>,
        key: &Decapsulation<K, DU, DV>,
        cts: &Rows<'_>,
        secrets: &mut [[u8; 32]],
    ) -> Result<(), UnequalRows> {
        let Work {
            poly,
            other: v,
            u,
            sum: w,
            ..
        } = &mut *work;
        for i in 0..K {
            decode_decompress::<L, DU>(l, cts, compressed_bytes(DU) * i, poly);
            ntt(l, poly, &mut u[i]);
        }
        multiply_row(l, &key.secret, u, w);
        ntt_inverse(l, w, poly);
        decode_decompress::<L, DV>(l, cts, compressed_bytes(DU) * K, v);
        let m = message_from(l, v, poly);
        let (secret, r) = sha3_512(l, &m, &Seed::same(l, &key.encapsulation.hash));
        let rejected = shake256_32(l, &Rows::same(&key.z), cts);
        let mut again = [[0; 1568]; 8];
        let mut rows = RowsMut::new(again.iter_mut().map(|x| &mut x[..Self::CT]))?;
        Self::encrypt_many(l, work, &key.encapsulation, &m, &r, &mut rows);
        let rows: [&[u8]; 8] = again.each_ref().map(|x| &x[..Self::CT]);
        let differs = differing_rows(l, cts, &Rows::new(&rows)?);
        Seed::select(l, &differs, &rejected, &secret).write(&mut RowsMut::new(secrets)?)
    }

    /// The same for one ciphertext, its polynomials in lanes.
    pub(crate) fn decapsulate_one<L: Lanes>(
        l: L,
        work: &mut Work<L::Four, 1>,
        key: &Decapsulation<K, DU, DV>,
        ct: &[u8],
        secret: &mut [u8; 32],
    ) -> Result<(), UnequalRows> {
        let four = l.four_lanes();
        let Work {
            poly,
            u: [u],
            sum: w,
            ..
        } = &mut *work;
        let (us, vs) = ct.split_at(compressed_bytes(DU) * K);
        let mut rows: [&[u8]; 4] = [us; 4];
        for (row, part) in rows.iter_mut().zip(us.chunks_exact(compressed_bytes(DU))) {
            *row = part;
        }
        decode_decompress::<_, DU>(four, &Rows::new(&rows[..K])?, 0, poly);
        ntt_once(l, poly, u);
        multiply_row_once(l, &key.secret, u, w, 0);
        ntt_inverse_once(l, w, poly);
        let m = message_from_once::<L, DV>(l, vs, poly, 0);
        let (k, r) = sha3_512(four, &m, &Seed::same(four, &key.encapsulation.hash));
        let rejected = shake256_32(four, &Rows::same(&key.z), &Rows::same(ct));
        let mut again = [0; 1568];
        let again = &mut again[..Self::CT];
        Self::encrypt_one(l, work, &key.encapsulation, &m, &r, again)?;
        let differs = differing_rows(four, &Rows::same(ct), &Rows::same(again));
        Seed::select(four, &differs, &rejected, &k).write(&mut RowsMut::new([secret])?)
    }
}
