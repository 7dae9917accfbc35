//! FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), several signatures side by side.

use pqkm_kernels::rows::{Rows, RowsMut};
use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::mldsa::{MlDsaKernels, NttPoly, Poly};

use super::backend::Backend;
use super::encode::{Hint, sig_decode};
use super::expand::samples_in_ball;
use super::keys::PreparedVerifyingKey;
use super::params::Params;

/// One signature to be verified.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    pub key: &'a PreparedVerifyingKey,
    /// The message representative.
    pub mu: [u8; 64],
    pub sig: &'a [u8],
}

/// FIPS 204, Algorithm 8 (ML-DSA.Verify_internal)
pub fn verify_internal<P: Params, B: Backend>(b: B, claim: Claim<'_>) -> bool {
    let mut good = [false];
    Verifier::new::<P>().verify::<P, B>(b, &[claim], &mut good);
    good[0]
}

/// FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), for every signature
pub fn verify_many<P: Params, B: Backend>(b: B, claims: &[Claim<'_>]) -> Vec<bool> {
    let mut good = vec![false; claims.len()];
    let mut verifier = Verifier::new::<P>();
    for (claims, good) in claims.chunks(B::Many::LANES).zip(good.chunks_mut(B::Many::LANES)) {
        verifier.verify::<P, B>(b, claims, good);
    }
    good
}

/// Memory for verifying, to be used again.
pub struct Verifier {
    z: Vec<Poly>,
    /// The transforms of z, then that of c.
    z_hat: Vec<NttPoly>,
    hints: Vec<Hint>,
    w: Poly,
    w1: Poly,
    w1_bytes: [Vec<u8>; 8],
}

impl Verifier {
    pub fn new<P: Params>() -> Self {
        Self {
            z: vec![Poly::ZERO; P::L],
            z_hat: vec![NttPoly::ZERO; P::L + 1],
            hints: vec![[0; 16]; P::K],
            w: Poly::ZERO,
            w1: Poly::ZERO,
            w1_bytes: core::array::from_fn(|_| vec![0; P::K * P::W1.bytes()]),
        }
    }

    /// Verifies up to `LANES` signatures.
    pub fn verify<P: Params, B: Backend>(&mut self, b: B, claims: &[Claim<'_>], good: &mut [bool]) {
        let n = claims.len();
        let mut c_tildes: [&[u8]; 8] = [&[0; 64][..P::C_TILDE]; 8];
        for ((c_tilde, claim), good) in c_tildes.iter_mut().zip(claims).zip(good.iter_mut()) {
            *good = claim.sig.len() == P::SIG;
            if *good {
                *c_tilde = &claim.sig[..P::C_TILDE];
            }
        }
        let mut cs = [const { Poly::ZERO }; 8];
        samples_in_ball::<P, B>(b, &c_tildes[..n], &mut cs);
        for (i, (claim, good)) in claims.iter().zip(good.iter_mut()).enumerate() {
            *good = *good && self.commitment::<P, B>(b, claim, &cs[i], i);
        }
        let (mut mus, mut w1s): ([&[u8]; 8], [&[u8]; 8]) = ([&[]; 8], [&[]; 8]);
        for (i, claim) in claims.iter().enumerate() {
            (mus[i], w1s[i]) = (&claim.mu, &self.w1_bytes[i]);
        }
        let mut found = [[0; 64]; 8];
        if n == 1 {
            b.shake256(&[mus[0], w1s[0]], &mut found[0][..P::C_TILDE]);
        } else {
            let pieces = [
                Rows::new(&mus[..n]).expect("64 bytes each"),
                Rows::new(&w1s[..n]).expect("equal lengths"),
            ];
            let out = found[..n].iter_mut().map(|found| &mut found[..P::C_TILDE]);
            b.shake256_many(&pieces, &mut RowsMut::new(out).expect("equal lengths"), n);
        }
        for (good, (found, c_tilde)) in good.iter_mut().zip(found.iter().zip(c_tildes)) {
            *good &= found[..P::C_TILDE] == *c_tilde;
        }
    }

    /// FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), lines 2-4 and 9-11: the commitment that a signature claims,
    /// encoded; false if the signature is malformed or too long
    fn commitment<P: Params, B: Backend>(
        &mut self,
        b: B,
        claim: &Claim<'_>,
        c: &Poly,
        index: usize,
    ) -> bool {
        let ring = b.ring();
        if !sig_decode::<P, B>(b, claim.sig, &mut self.z, &mut self.hints) {
            return false;
        }
        let (z_hat, c_hat) = self.z_hat.split_at_mut(P::L);
        for (z, z_hat) in self.z.iter().zip(z_hat) {
            if !ring.norm_below(z, P::GAMMA1 - P::BETA) {
                return false;
            }
            ring.ntt(z, z_hat);
        }
        ring.ntt(c, &mut c_hat[0]);
        let of_row = self.hints.iter().zip(self.w1_bytes[index].chunks_exact_mut(P::W1.bytes()));
        for (row, (hint, bytes)) in claim.key.rows.chunks_exact(P::L + 1).zip(of_row) {
            ring.inverse_dot(row, &self.z_hat, &mut self.w);
            ring.use_hint(P::GAMMA2, hint, &self.w, &mut self.w1);
            ring.bit_pack(P::W1, &self.w1, bytes);
        }
        true
    }
}
