//! Key generation, expanded keys, and whether a private key is one (FIPS 204, section 6.1).

use alloc::{vec, vec::Vec};

use pqkm_kernels::{
    memcheck::{declassify, declassify_bytes},
    mldsa::{Format, MlDsaKernels, NttPoly, Poly},
};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{
    encode::{pack_all, pk_encode, split_sk, unpack_all},
    expand::{expand_a, expand_s, rej_bounded_polys, rej_ntt_polys},
    sets::s_format,
};
use crate::{
    engine::Backend,
    mldsa::{MlDsaParameters, SEED_BYTES},
};

/// A private and a public key as bytes.
pub(in crate::mldsa) type KeyBytes = (Zeroizing<Vec<u8>>, Vec<u8>);

/// FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), for every seed
pub(in crate::mldsa) fn key_pairs<P: MlDsaParameters, B: Backend>(
    b: B,
    seeds: &[&[u8; SEED_BYTES]],
) -> Vec<KeyBytes> {
    let mut work = Work::new::<P>(b.lanes().min(seeds.len()));
    let mut keys = Vec::with_capacity(seeds.len());
    for group in seeds.chunks(b.lanes()) {
        key_gen_group::<P, B>(b, group, &mut work, &mut keys);
    }
    keys
}

/// FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), for up to `LANES` seeds
fn key_gen_group<P: MlDsaParameters, B: Backend>(
    b: B,
    seeds: &[&[u8; SEED_BYTES]],
    work: &mut Work,
    keys: &mut Vec<KeyBytes>,
) {
    let (first, n) = (keys.len(), seeds.len());
    let mut expanded = [[0; 128]; 8];
    let mut xis: [&[u8]; 8] = [&[]; 8];
    for (xi, seed) in xis.iter_mut().zip(seeds) {
        *xi = *seed;
    }
    let dimensions: &[u8] = &[byte(P::K), byte(P::L)];
    let mut out = expanded.each_mut().map(|out| &mut out[..]);
    b.shake256(&[&xis[..n], &[dimensions; 8][..n]], &mut out[..n]);
    let secrets = expanded.iter().zip(&mut work.secrets[..n]);
    let tasks = secrets.flat_map(|(expanded, (s1, s2))| expand_s(&expanded[32..96], s1, s2));
    rej_bounded_polys::<P, B>(b, tasks);
    for (expanded, (s1, s2)) in expanded.iter_mut().zip(&work.secrets[..n]) {
        // CT: rho is a part of the public key.
        declassify_bytes(&mut expanded[..32]);
        let (rho, k) = (&expanded[..32], &expanded[96..]);
        work.public.compute::<P, B>(b, rho, s1, s2);
        let mut pk = vec![0; P::PUBLIC_KEY_BYTES];
        pk_encode(b, rho, &work.public.t1, &mut pk);
        // FIPS 204, Algorithm 24 (skEncode); tr follows for the whole group.
        let mut sk = Zeroizing::new(vec![0; P::PRIVATE_KEY_BYTES]);
        sk[..32].copy_from_slice(rho);
        sk[32..64].copy_from_slice(k);
        let (to_s, to_t0) = sk[128..].split_at_mut((P::K + P::L) * s_format::<P>().bytes());
        pack_all(b, s_format::<P>(), s1.iter().chain(s2), to_s);
        pack_all(b, Format::T0, &work.public.t0, to_t0);
        keys.push((sk, pk));
    }
    expanded.as_flattened_mut().zeroize();
    let mut pks: [&[u8]; 8] = [&[]; 8];
    let mut trs: [&mut [u8]; 8] = Default::default();
    for (i, (sk, pk)) in keys[first..].iter_mut().enumerate() {
        (pks[i], trs[i]) = (pk, &mut sk[64..128]);
    }
    b.shake256(&[&pks[..n]], &mut trs[..n]);
}

/// A dimension of the matrix.
#[expect(
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "4 to 8"
)]
const fn byte(dimension: usize) -> u8 {
    dimension as u8
}

/// What key generation computes in.
struct Work {
    secrets: Vec<(Vec<Poly>, Vec<Poly>)>,
    public: PublicPart,
}

impl Work {
    fn new<P: MlDsaParameters>(n: usize) -> Self {
        let secrets = (0..n).map(|_| (vec![Poly::ZERO; P::L], vec![Poly::ZERO; P::K]));
        Self {
            secrets: secrets.collect(),
            public: PublicPart::new::<P>(),
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        for (s1, s2) in &mut self.secrets {
            s1.iter_mut().chain(s2).for_each(Poly::zeroize);
        }
    }
}

/// The computation of t from rho, `s_1` and `s_2`.
struct PublicPart {
    a_hat: Vec<NttPoly>,
    s1_hat: Vec<NttPoly>,
    t: Poly,
    t1: Vec<Poly>,
    t0: Vec<Poly>,
}

impl PublicPart {
    fn new<P: MlDsaParameters>() -> Self {
        Self {
            a_hat: vec![NttPoly::ZERO; P::K * P::L],
            s1_hat: vec![NttPoly::ZERO; P::L],
            t: Poly::ZERO,
            t1: vec![Poly::ZERO; P::K],
            t0: vec![Poly::ZERO; P::K],
        }
    }

    /// FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal), lines 3, 5 and 6: `t_1` and `t_0`
    fn compute<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        rho: &[u8],
        s1: &[Poly],
        s2: &[Poly],
    ) {
        rej_ntt_polys(b, expand_a::<P>(rho, self.a_hat.chunks_exact_mut(P::L)));
        for (s1, s1_hat) in s1.iter().zip(&mut self.s1_hat) {
            b.ring().ntt(s1, s1_hat);
        }
        let targets = self.t1.iter_mut().zip(&mut self.t0);
        for ((row, s2), (t1, t0)) in self.a_hat.chunks_exact(P::L).zip(s2).zip(targets) {
            // t0 holds A s1 for a moment.
            b.ring().inverse_dot(row, &self.s1_hat, t0);
            b.ring().add_poly(t0, s2, &mut self.t);
            b.ring().power2round(&self.t, t1, t0);
        }
    }
}

impl Drop for PublicPart {
    fn drop(&mut self) {
        self.s1_hat.iter_mut().for_each(NttPoly::zeroize);
        self.t0.iter_mut().for_each(Poly::zeroize);
        self.t.zeroize();
    }
}

/// The public key of a private key of the right length, if it is one that key generation could have made: `s_1` and
/// `s_2` within `-eta ..= eta`, and `t_0` and `tr` those of rho, `s_1` and `s_2`.
pub(in crate::mldsa) fn public_key_if_consistent<P: MlDsaParameters, B: Backend>(
    b: B,
    sk: &[u8],
) -> Option<Vec<u8>> {
    let mut work = Work::new::<P>(1);
    let (s1, s2) = &mut work.secrets[0];
    let (from_s, from_t0) = split_sk::<P>(sk);
    let of_s = s1.iter_mut().chain(s2.iter_mut());
    // CT: whether the key is one is the result of the import; so it is below.
    if !declassify(unpack_all(b, s_format::<P>(), from_s, of_s)) {
        return None;
    }
    work.public.compute::<P, B>(b, &sk[..32], s1, s2);
    let mut pk = vec![0; P::PUBLIC_KEY_BYTES];
    pk_encode(b, &sk[..32], &work.public.t1, &mut pk);
    let mut t0 = Zeroizing::new(vec![0; from_t0.len()]);
    pack_all(b, Format::T0, &work.public.t0, &mut t0);
    let mut tr = [0; 64];
    b.shake256(&[&[&pk]], &mut [&mut tr]);
    let consistent = t0.ct_eq(from_t0) & tr.ct_eq(&sk[64..128]);
    declassify(bool::from(consistent)).then_some(pk)
}

/// An expanded private key: 47 KiB for ML-DSA-65, 24 and 79 for the others. Zeroized on drop.
pub(in crate::mldsa) struct ExpandedSigning {
    /// K of the private key.
    pub(super) k: Zeroizing<[u8; 32]>,
    pub(super) a_hat: Vec<NttPoly>,
    pub(super) s1_hat: Vec<NttPoly>,
    pub(super) s2_hat: Vec<NttPoly>,
    pub(super) t0_hat: Vec<NttPoly>,
}

impl ExpandedSigning {
    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 1-5, for a private key of the right length
    pub(in crate::mldsa) fn new<P: MlDsaParameters, B: Backend>(b: B, sk: &[u8]) -> Self {
        let mut key = Self {
            k: Zeroizing::new([0; 32]),
            a_hat: vec![NttPoly::ZERO; P::K * P::L],
            s1_hat: vec![NttPoly::ZERO; P::L],
            s2_hat: vec![NttPoly::ZERO; P::K],
            t0_hat: vec![NttPoly::ZERO; P::K],
        };
        key.k.copy_from_slice(&sk[32..64]);
        rej_ntt_polys(
            b,
            expand_a::<P>(&sk[..32], key.a_hat.chunks_exact_mut(P::L)),
        );
        let (from_s, from_t0) = split_sk::<P>(sk);
        let s_hat = key.s1_hat.iter_mut().chain(&mut key.s2_hat);
        transform_all(b, s_format::<P>(), from_s, s_hat);
        transform_all(b, Format::T0, from_t0, &mut key.t0_hat);
        key
    }
}

#[cfg(test)]
impl ExpandedSigning {
    /// Adds `by` to one coefficient of the first polynomial of `s_1`: a fault.
    pub(in crate::mldsa) fn disturb(&mut self, coefficient: usize, by: i32) {
        let (mut poly, mut hat) = (Poly::ZERO, NttPoly::ZERO);
        poly.coefficients_mut()[coefficient] = by;
        pqkm_kernels::lanes::Portable::new().ntt(&poly, &mut hat);
        let mut values = self.s1_hat[0].to_standard_order();
        for (value, change) in values.iter_mut().zip(hat.to_standard_order()) {
            *value += change;
        }
        self.s1_hat[0] = NttPoly::from_standard_order(&values);
    }
}

impl Drop for ExpandedSigning {
    fn drop(&mut self) {
        let secret = self
            .s1_hat
            .iter_mut()
            .chain(&mut self.s2_hat)
            .chain(&mut self.t0_hat);
        secret.for_each(NttPoly::zeroize);
    }
}

/// Unpacks and transforms one polynomial after the other.
fn transform_all<'a, B: Backend>(
    b: B,
    format: Format,
    from: &[u8],
    to: impl IntoIterator<Item = &'a mut NttPoly>,
) {
    let mut poly = Poly::ZERO;
    for (hat, from) in to.into_iter().zip(from.chunks_exact(format.bytes())) {
        b.ring().bit_unpack(format, from, &mut poly);
        b.ring().ntt(&poly, hat);
    }
    poly.zeroize();
}

/// An expanded public key: 36 KiB for ML-DSA-65, 20 and 64 for the others.
pub(in crate::mldsa) struct ExpandedVerification {
    /// The rows of `A_hat`, each followed by the transform of `-t_1 * 2^d`: the product of a row with (z, c) is
    /// `A z - c t_1 2^d`.
    pub(super) rows: Vec<NttPoly>,
}

impl ExpandedVerification {
    /// FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), lines 1 and 5, for a public key of the right length
    pub(in crate::mldsa) fn new<P: MlDsaParameters, B: Backend>(b: B, pk: &[u8]) -> Self {
        let mut rows = vec![NttPoly::ZERO; P::K * (P::L + 1)];
        rej_ntt_polys(b, expand_a::<P>(&pk[..32], rows.chunks_exact_mut(P::L + 1)));
        let (mut t1, mut shifted) = (Poly::ZERO, Poly::ZERO);
        let of_row = rows.chunks_exact_mut(P::L + 1);
        for (row, from) in of_row.zip(pk[32..].chunks_exact(Format::T1.bytes())) {
            b.ring().bit_unpack(Format::T1, from, &mut t1);
            b.ring().shift_t1(&t1, &mut shifted);
            b.ring().ntt(&shifted, &mut row[P::L]);
            b.ring().negate(&mut row[P::L]);
        }
        Self { rows }
    }
}
