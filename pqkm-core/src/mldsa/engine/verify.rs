//! FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), several signatures side by side.

use alloc::{vec, vec::Vec};

use pqkm_kernels::mldsa::{MlDsaKernels, NttPoly, Poly};

use super::{
    encode::{Hint, sig_decode},
    expand::sample_in_balls,
    keys::ExpandedVerification,
    sets::{gamma_1, w1_format},
};
use crate::{
    engine::Backend,
    mldsa::{MU_BYTES, MlDsaParameters},
};

/// FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), from line 8 on, for every message representative and signature of
/// the right length
pub(in crate::mldsa) fn verify_all<P: MlDsaParameters, B: Backend>(
    b: B,
    key: &ExpandedVerification,
    items: &[(&[u8; MU_BYTES], &[u8])],
) -> Vec<bool> {
    let mut verifier = Verifier::new::<P>(b.lanes().min(items.len()));
    let mut valid = Vec::with_capacity(items.len());
    for items in items.chunks(b.lanes()) {
        let of_group = verifier.verify::<P, B>(b, key, items);
        valid.extend_from_slice(&of_group[..items.len()]);
    }
    valid
}

/// The memory of verifying.
struct Verifier {
    z: Vec<Poly>,
    /// The transforms of z, then that of c.
    z_hat: Vec<NttPoly>,
    hints: Vec<Hint>,
    cs: Vec<Poly>,
    w: Poly,
    w1: Poly,
    w1_bytes: Vec<Vec<u8>>,
}

impl Verifier {
    fn new<P: MlDsaParameters>(lanes: usize) -> Self {
        Self {
            z: vec![Poly::ZERO; P::L],
            z_hat: vec![NttPoly::ZERO; P::L + 1],
            hints: vec![[0; 16]; P::K],
            cs: vec![Poly::ZERO; lanes],
            w: Poly::ZERO,
            w1: Poly::ZERO,
            w1_bytes: vec![vec![0; P::K * w1_format::<P>().bytes()]; lanes],
        }
    }

    /// Whether each of up to eight signatures is valid.
    fn verify<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        key: &ExpandedVerification,
        items: &[(&[u8; MU_BYTES], &[u8])],
    ) -> [bool; 8] {
        let n = items.len();
        let (mut mus, mut c_tildes): ([&[u8]; 8], [&[u8]; 8]) = Default::default();
        for (i, (mu, signature)) in items.iter().enumerate() {
            (mus[i], c_tildes[i]) = (*mu, &signature[..P::C_TILDE_BYTES]);
        }
        let mut cs = core::mem::take(&mut self.cs);
        let mut to = cs.iter_mut().take(n).collect::<Vec<_>>();
        sample_in_balls::<P, B>(b, &c_tildes[..n], &mut to);
        let mut valid = [false; 8];
        for (i, ((_, signature), c)) in items.iter().zip(&cs).enumerate() {
            valid[i] = self.commitment::<P, B>(b, key, signature, c, i);
        }
        self.cs = cs;
        let mut found = [[0; 64]; 8];
        let w1s = rows(&self.w1_bytes[..n]);
        let mut out = found.each_mut().map(|found| &mut found[..P::C_TILDE_BYTES]);
        b.shake256(&[&mus[..n], &w1s[..n]], &mut out[..n]);
        for (valid, (found, c_tilde)) in valid.iter_mut().zip(found.iter().zip(c_tildes)) {
            *valid &= found[..P::C_TILDE_BYTES] == *c_tilde;
        }
        valid
    }

    /// FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), lines 2-4 and 9-11: encodes the commitment that a signature
    /// claims as number `index`; false if the signature is malformed or z too large
    fn commitment<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        key: &ExpandedVerification,
        signature: &[u8],
        c: &Poly,
        index: usize,
    ) -> bool {
        let ring = b.ring();
        if !sig_decode::<P, B>(b, signature, &mut self.z, &mut self.hints) {
            return false;
        }
        let (z_hat, c_hat) = self.z_hat.split_at_mut(P::L);
        for (z, z_hat) in self.z.iter().zip(z_hat) {
            if !ring.norm_below(z, gamma_1::<P>() - P::BETA) {
                return false;
            }
            ring.ntt(z, z_hat);
        }
        ring.ntt(c, &mut c_hat[0]);
        let to_bytes = self.w1_bytes[index].chunks_exact_mut(w1_format::<P>().bytes());
        let of_row = self.hints.iter().zip(to_bytes);
        for (row, (hint, bytes)) in key.rows.chunks_exact(P::L + 1).zip(of_row) {
            ring.inverse_dot(row, &self.z_hat, &mut self.w);
            ring.use_hint(P::GAMMA_2, hint, &self.w, &mut self.w1);
            ring.bit_pack(w1_format::<P>(), &self.w1, bytes);
        }
        true
    }
}

/// Up to eight rows of bytes.
fn rows(from: &[Vec<u8>]) -> [&[u8]; 8] {
    let mut rows: [&[u8]; 8] = [&[]; 8];
    for (row, from) in rows.iter_mut().zip(from) {
        *row = from;
    }
    rows
}
