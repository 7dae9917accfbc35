//! Key generation, encodings of keys, and prepared keys.

use pqkm_kernels::rows::{Rows, RowsMut};
use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::mldsa::{Format, MlDsaKernels, NttPoly, Poly};

use super::backend::Backend;
use super::expand::{matrix_tasks, rej_bounded_polys, rej_ntt_polys, secret_tasks};
use super::params::Params;

/// A key pair as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPair {
    pub pk: Vec<u8>,
    pub sk: Vec<u8>,
}

/// FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal)
pub fn key_gen_internal<P: Params, B: Backend>(b: B, xi: &[u8; 32]) -> KeyPair {
    key_gen_group::<P, B>(b, &[*xi]).remove(0)
}

/// FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), for every seed
pub fn key_gen_many<P: Params, B: Backend>(b: B, seeds: &[[u8; 32]]) -> Vec<KeyPair> {
    seeds.chunks(B::Many::LANES).flat_map(|group| key_gen_group::<P, B>(b, group)).collect()
}

fn key_gen_group<P: Params, B: Backend>(b: B, seeds: &[[u8; 32]]) -> Vec<KeyPair> {
    let n = seeds.len();
    let mut expanded = [[0; 128]; 8];
    let dimensions = [P::K as u8, P::L as u8];
    hash_rows(b, seeds.iter(), Some(&dimensions), expanded[..n].iter_mut());
    let mut keys = vec![KeyPair { pk: vec![0; P::PK], sk: vec![0; P::SK] }; n];
    let mut work = Work::new::<P>();
    for (expanded, key) in expanded.iter().zip(&mut keys) {
        let (rho, rest) = expanded.split_at(32);
        let (rho_prime, k) = rest.split_at(64);
        rej_bounded_polys::<P, B>(b, secret_tasks(rho_prime, &mut work.s1, &mut work.s2));
        work.public_part::<P, B>(b, rho);
        key.pk[..32].copy_from_slice(rho);
        for (t1, to) in work.t1.iter().zip(key.pk[32..].chunks_exact_mut(Format::T1.bytes())) {
            b.ring().bit_pack(Format::T1, t1, to);
        }
        key.sk[..32].copy_from_slice(rho);
        key.sk[32..64].copy_from_slice(k);
        let (s, t0) = key.sk[128..].split_at_mut((P::K + P::L) * P::S.bytes());
        let polys = work.s1.iter().chain(&work.s2);
        for (poly, to) in polys.zip(s.chunks_exact_mut(P::S.bytes())) {
            b.ring().bit_pack(P::S, poly, to);
        }
        for (poly, to) in work.t0.iter().zip(t0.chunks_exact_mut(Format::T0.bytes())) {
            b.ring().bit_pack(Format::T0, poly, to);
        }
    }
    let (pks, trs): (Vec<&[u8]>, Vec<&mut [u8]>) =
        keys.iter_mut().map(|key| (key.pk.as_slice(), &mut key.sk[64..128])).unzip();
    hash_rows(b, pks.into_iter(), None, trs.into_iter());
    keys
}

/// SHAKE256 of each row followed by the same suffix.
pub fn hash_rows<'a, B: Backend, T: AsRef<[u8]> + ?Sized + 'a, U: AsMut<[u8]> + ?Sized + 'a>(
    b: B,
    rows: impl Iterator<Item = &'a T>,
    suffix: Option<&[u8]>,
    out: impl Iterator<Item = &'a mut U>,
) {
    let rows: Vec<&[u8]> = rows.map(AsRef::as_ref).collect();
    let mut out: Vec<&mut [u8]> = out.map(AsMut::as_mut).collect();
    let suffix = suffix.unwrap_or_default();
    if let ([row], [out]) = (&rows[..], &mut out[..]) {
        b.shake256(&[row, suffix], out);
        return;
    }
    let pieces = [Rows::new(&rows).expect("equal lengths"), Rows::same(suffix)];
    let count = rows.len();
    b.shake256_many(&pieces, &mut RowsMut::new(out).expect("equal lengths"), count);
}

/// What key generation holds besides the keys.
pub struct Work {
    pub a_hat: Vec<NttPoly>,
    pub s1: Vec<Poly>,
    pub s2: Vec<Poly>,
    pub s1_hat: Vec<NttPoly>,
    pub t: Poly,
    pub t1: Vec<Poly>,
    pub t0: Vec<Poly>,
}

impl Work {
    pub fn new<P: Params>() -> Self {
        Self {
            a_hat: vec![NttPoly::ZERO; P::K * P::L],
            s1: vec![Poly::ZERO; P::L],
            s2: vec![Poly::ZERO; P::K],
            s1_hat: vec![NttPoly::ZERO; P::L],
            t: Poly::ZERO,
            t1: vec![Poly::ZERO; P::K],
            t0: vec![Poly::ZERO; P::K],
        }
    }

    /// FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), lines 3, 5 and 6: t1 and t0 from rho, s1 and s2
    pub fn public_part<P: Params, B: Backend>(&mut self, b: B, rho: &[u8]) {
        rej_ntt_polys(b, matrix_tasks::<P>(rho, self.a_hat.chunks_exact_mut(P::L)));
        for (s1, s1_hat) in self.s1.iter().zip(&mut self.s1_hat) {
            b.ring().ntt(s1, s1_hat);
        }
        let targets = self.t1.iter_mut().zip(&mut self.t0);
        for ((row, s2), (t1, t0)) in self.a_hat.chunks_exact(P::L).zip(&self.s2).zip(targets) {
            b.ring().inverse_dot(row, &self.s1_hat, &mut self.t);
            b.ring().add_poly(&self.t, s2, t0);
            self.t.clone_from(t0);
            b.ring().power2round(&self.t, t1, t0);
        }
    }
}

/// Whether an expanded private key is one that key generation can have made: s1 and s2 in range, t0 that of
/// t = A s1 + s2, and tr the hash of the public key that t1 makes.
pub fn is_consistent<P: Params, B: Backend>(b: B, sk: &[u8]) -> bool {
    if sk.len() != P::SK {
        return false;
    }
    let mut work = Work::new::<P>();
    let (s, t0) = sk[128..].split_at((P::K + P::L) * P::S.bytes());
    let mut good = true;
    let polys = work.s1.iter_mut().chain(&mut work.s2);
    for (poly, from) in polys.zip(s.chunks_exact(P::S.bytes())) {
        good &= b.ring().bit_unpack(P::S, from, poly);
    }
    if !good {
        return false;
    }
    work.public_part::<P, B>(b, &sk[..32]);
    let mut pk = vec![0; P::PK];
    pk[..32].copy_from_slice(&sk[..32]);
    for (t1, to) in work.t1.iter().zip(pk[32..].chunks_exact_mut(Format::T1.bytes())) {
        b.ring().bit_pack(Format::T1, t1, to);
    }
    let mut expected = vec![0; t0.len()];
    for (poly, to) in work.t0.iter().zip(expected.chunks_exact_mut(Format::T0.bytes())) {
        b.ring().bit_pack(Format::T0, poly, to);
    }
    let mut tr = [0; 64];
    b.shake256(&[&pk], &mut tr);
    expected == t0 && tr == sk[64..128]
}

/// A private key with everything expanded and transformed.
pub struct PreparedSigningKey {
    pub k: [u8; 32],
    pub tr: [u8; 64],
    pub a_hat: Vec<NttPoly>,
    pub s1_hat: Vec<NttPoly>,
    pub s2_hat: Vec<NttPoly>,
    pub t0_hat: Vec<NttPoly>,
}

impl PreparedSigningKey {
    /// From an expanded private key of the right length, which was checked.
    pub fn new<P: Params, B: Backend>(b: B, sk: &[u8]) -> Self {
        let mut key = Self {
            k: sk[32..64].try_into().expect("32 bytes"),
            tr: sk[64..128].try_into().expect("64 bytes"),
            a_hat: vec![NttPoly::ZERO; P::K * P::L],
            s1_hat: vec![NttPoly::ZERO; P::L],
            s2_hat: vec![NttPoly::ZERO; P::K],
            t0_hat: vec![NttPoly::ZERO; P::K],
        };
        rej_ntt_polys(b, matrix_tasks::<P>(&sk[..32], key.a_hat.chunks_exact_mut(P::L)));
        let (s, t0) = sk[128..].split_at((P::K + P::L) * P::S.bytes());
        let mut poly = Poly::ZERO;
        let hats = key.s1_hat.iter_mut().chain(&mut key.s2_hat);
        for (hat, from) in hats.zip(s.chunks_exact(P::S.bytes())) {
            b.ring().bit_unpack(P::S, from, &mut poly);
            b.ring().ntt(&poly, hat);
        }
        for (hat, from) in key.t0_hat.iter_mut().zip(t0.chunks_exact(Format::T0.bytes())) {
            b.ring().bit_unpack(Format::T0, from, &mut poly);
            b.ring().ntt(&poly, hat);
        }
        poly.zeroize();
        key
    }
}

/// A public key with everything expanded and transformed.
pub struct PreparedVerifyingKey {
    pub tr: [u8; 64],
    /// Rows of A_hat, each followed by the transform of -t1 2^d: with (z, c) a row gives A z - c t1 2^d.
    pub rows: Vec<NttPoly>,
}

impl PreparedVerifyingKey {
    /// From an encoded public key of the right length.
    pub fn new<P: Params, B: Backend>(b: B, pk: &[u8]) -> Self {
        let mut key = Self { tr: [0; 64], rows: vec![NttPoly::ZERO; P::K * (P::L + 1)] };
        b.shake256(&[pk], &mut key.tr);
        rej_ntt_polys(b, matrix_tasks::<P>(&pk[..32], key.rows.chunks_exact_mut(P::L + 1)));
        let (mut t1, mut shifted) = (Poly::ZERO, Poly::ZERO);
        let rows = key.rows.chunks_exact_mut(P::L + 1);
        for (row, from) in rows.zip(pk[32..].chunks_exact(Format::T1.bytes())) {
            b.ring().bit_unpack(Format::T1, from, &mut t1);
            b.ring().shift_t1(&t1, &mut shifted);
            b.ring().ntt(&shifted, &mut row[P::L]);
            b.ring().negate(&mut row[P::L]);
        }
        key
    }
}
