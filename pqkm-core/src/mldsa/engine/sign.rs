//! FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), several attempts side by side.
//!
//! A *slot* holds one attempt: its mask, its commitment, its challenge. In each round every slot makes one, and the
//! hashes of all of them run in lockstep. A message that is signed leaves its slot to the next; when there are fewer
//! messages than slots, a message takes several attempts at once, and the one that the standard would have come to
//! first counts: the result is the same, byte for byte.

use alloc::{vec, vec::Vec};

use pqkm_kernels::{
    memcheck::{declassify, declassify_bytes},
    mldsa::{MlDsaKernels, NttPoly, Poly},
};
use zeroize::{Zeroize, Zeroizing};

use super::{
    encode::{Hint, sig_encode},
    expand::{Task, expand_masks, sample_in_balls},
    keys::ExpandedSigning,
    sets::{gamma_1, signature_bytes, w1_format},
    wipe,
};
use crate::{
    engine::Backend,
    mldsa::{MU_BYTES, MlDsaParameters, RND_BYTES},
};

/// The most attempts side by side: the lanes of the widest hash.
const MAX_SLOTS: usize = 8;

/// A message to be signed.
#[derive(Clone, Copy)]
pub(in crate::mldsa) struct ToSign<'a> {
    pub(in crate::mldsa) key: &'a ExpandedSigning,
    pub(in crate::mldsa) mu: &'a [u8; MU_BYTES],
    pub(in crate::mldsa) rnd: &'a [u8; RND_BYTES],
}

/// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 7-33, for every message; none where kappa came to its end
pub(in crate::mldsa) fn sign_all<P: MlDsaParameters, B: Backend>(
    b: B,
    messages: &[ToSign<'_>],
) -> Vec<Option<Vec<u8>>> {
    let slots = b.lanes().min(messages.len() * P::ABREAST).min(MAX_SLOTS);
    let mut signer = Signer::new::<P>(slots);
    let mut signatures = vec![None; messages.len()];
    let mut waiting = messages.iter().enumerate();
    let mut running = Vec::with_capacity(slots);
    loop {
        start(b, &mut waiting, &mut running, slots);
        if running.is_empty() {
            return signatures;
        }
        signer.round::<P, B>(b, &mut running, &mut signatures);
        running.retain(|of| !of.done);
    }
}

/// A message whose signature is under way.
struct Running<'a> {
    message: &'a ToSign<'a>,
    index: usize,
    /// rho'' of FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), line 7
    rho: Zeroizing<[u8; 64]>,
    /// Of the next attempt; none after the last that 16 bits can count.
    kappa: Option<u16>,
    done: bool,
}

/// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), line 7, for as many messages as there are slots
fn start<'a, B: Backend>(
    b: B,
    waiting: &mut impl Iterator<Item = (usize, &'a ToSign<'a>)>,
    running: &mut Vec<Running<'a>>,
    slots: usize,
) {
    let first = running.len();
    running.extend(waiting.take(slots - first).map(|(index, message)| Running {
        message,
        index,
        rho: Zeroizing::new([0; 64]),
        kappa: Some(0),
        done: false,
    }));
    let new = &mut running[first..];
    let n = new.len();
    if n == 0 {
        return;
    }
    let [mut ks, mut rnds, mut mus]: [[&[u8]; MAX_SLOTS]; 3] = Default::default();
    let mut rhos: [&mut [u8]; MAX_SLOTS] = Default::default();
    for (i, of) in new.iter_mut().enumerate() {
        let ToSign { key, mu, rnd } = of.message;
        (ks[i], rnds[i], mus[i], rhos[i]) = (&key.k[..], *rnd, *mu, &mut of.rho[..]);
    }
    b.shake256(&[&ks[..n], &rnds[..n], &mus[..n]], &mut rhos[..n]);
}

/// Which message each slot works for: each of them once, then again while slots are left, `ABREAST` times at most.
fn plan<P: MlDsaParameters>(running: &[Running<'_>], slots: usize) -> Vec<usize> {
    let mut plan = Vec::with_capacity(slots);
    for _ in 0..P::ABREAST {
        plan.extend((0..running.len()).take(slots - plan.len()));
    }
    plan
}

/// One attempt.
struct Slot {
    y: Vec<Poly>,
    w: Vec<Poly>,
    w0: Vec<Poly>,
    w1_bytes: Vec<u8>,
    c_tilde: [u8; 64],
    c: Poly,
}

/// What attempts compute in, one after the other.
struct Scratch {
    y_hat: Vec<NttPoly>,
    c_hat: NttPoly,
    product: Poly,
    w1: Poly,
    cs2: Vec<Poly>,
    r: Poly,
    z: Vec<Poly>,
    hints: Vec<Hint>,
}

/// The memory of signing. Zeroized on drop.
struct Signer {
    slots: Vec<Slot>,
    scratch: Scratch,
}

impl Signer {
    fn new<P: MlDsaParameters>(slots: usize) -> Self {
        let slot = || Slot {
            y: vec![Poly::ZERO; P::L],
            w: vec![Poly::ZERO; P::K],
            w0: vec![Poly::ZERO; P::K],
            w1_bytes: vec![0; P::K * w1_format::<P>().bytes()],
            c_tilde: [0; 64],
            c: Poly::ZERO,
        };
        Self {
            slots: (0..slots).map(|_| slot()).collect(),
            scratch: Scratch {
                y_hat: vec![NttPoly::ZERO; P::L],
                c_hat: NttPoly::ZERO,
                product: Poly::ZERO,
                w1: Poly::ZERO,
                cs2: vec![Poly::ZERO; P::K],
                r: Poly::ZERO,
                z: vec![Poly::ZERO; P::L],
                hints: vec![[0; 16]; P::K],
            },
        }
    }

    /// One attempt in every slot.
    fn round<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        running: &mut [Running<'_>],
        signatures: &mut [Option<Vec<u8>>],
    ) {
        let plan = plan::<P>(running, self.slots.len());
        self.commit::<P, B>(b, running, &plan);
        self.challenge::<P, B>(b, running, &plan);
        for (slot, &owner) in self.slots.iter().zip(&plan) {
            let of = &mut running[owner];
            if of.done || !self.scratch.respond::<P, B>(b, of.message.key, slot) {
                continue;
            }
            let mut sig = vec![0; signature_bytes::<P>()];
            let Scratch { z, hints, .. } = &self.scratch;
            sig_encode::<P, B>(b, &slot.c_tilde[..P::C_TILDE_BYTES], z, hints, &mut sig);
            signatures[of.index] = Some(sig);
            of.done = true;
        }
        for of in running {
            of.done |= of.kappa.is_none();
        }
    }

    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 11-14, in every slot of the plan
    fn commit<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        running: &mut [Running<'_>],
        plan: &[usize],
    ) {
        let mut kappas = [0; MAX_SLOTS];
        for (kappa, &owner) in kappas.iter_mut().zip(plan) {
            let of = &mut running[owner];
            *kappa = of.kappa.unwrap_or(u16::MAX);
            let next = u16::try_from(P::L).ok().and_then(|l| kappa.checked_add(l));
            of.kappa = next;
        }
        let slots = &mut self.slots[..plan.len()];
        let of_slots = slots.iter_mut().zip(plan.iter().zip(kappas));
        let tasks = of_slots.flat_map(|(slot, (&owner, kappa))| {
            let seed = &running[owner].rho[..];
            let indices = (0_u16..).map(move |r| kappa.wrapping_add(r).to_le_bytes());
            let polys = slot.y.iter_mut().zip(indices);
            polys.map(move |(to, index)| Task { seed, index, to })
        });
        expand_masks::<P, B>(b, tasks);
        for (slot, &owner) in slots.iter_mut().zip(plan) {
            self.scratch
                .commit::<P, B>(b, running[owner].message.key, slot);
        }
    }

    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 15 and 16, in every slot of the plan
    fn challenge<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        running: &[Running<'_>],
        plan: &[usize],
    ) {
        let n = plan.len();
        let (mut mus, mut w1s): ([&[u8]; MAX_SLOTS], [&[u8]; MAX_SLOTS]) = Default::default();
        let mut c_tildes: [&mut [u8]; MAX_SLOTS] = Default::default();
        let mut cs = Vec::with_capacity(n);
        for (i, (slot, &owner)) in self.slots.iter_mut().zip(plan).enumerate() {
            (mus[i], w1s[i]) = (running[owner].message.mu, &slot.w1_bytes);
            c_tildes[i] = &mut slot.c_tilde[..P::C_TILDE_BYTES];
            cs.push(&mut slot.c);
        }
        b.shake256(&[&mus[..n], &w1s[..n]], &mut c_tildes[..n]);
        // CT: the challenge becomes public, that of a rejected attempt too: it is a hash of the commitment, and FIPS 204
        // samples the ball from it in a time that depends on it.
        c_tildes
            .iter_mut()
            .for_each(|c_tilde| declassify_bytes(c_tilde));
        let c_tildes = c_tildes.each_ref().map(|c_tilde| &**c_tilde);
        sample_in_balls::<P, B>(b, &c_tildes[..n], &mut cs);
    }
}

impl Scratch {
    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 12-14, for the mask y of a slot
    fn commit<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        key: &ExpandedSigning,
        slot: &mut Slot,
    ) {
        let ring = b.ring();
        for (y, y_hat) in slot.y.iter().zip(&mut self.y_hat) {
            ring.ntt(y, y_hat);
        }
        let to_bytes = slot.w1_bytes.chunks_exact_mut(w1_format::<P>().bytes());
        let of_row = slot.w.iter_mut().zip(&mut slot.w0).zip(to_bytes);
        for (row, ((w, w0), bytes)) in key.a_hat.chunks_exact(P::L).zip(of_row) {
            ring.inverse_dot(row, &self.y_hat, w);
            ring.decompose(P::GAMMA_2, w, &mut self.w1, w0);
            ring.bit_pack(w1_format::<P>(), &self.w1, bytes);
        }
    }

    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 17-31; false if the attempt is rejected
    ///
    /// The standard computes all of it and then decides. Here the likeliest rejection comes first, a polynomial at a
    /// time, and nothing is computed after it.
    // CT: whether an attempt is rejected, and at which polynomial, becomes public. Rejection sampling makes z and the
    // rejected values independent of the private key (FIPS 204, section 3.3, and the specification that it names);
    // within a polynomial the time does not depend on which coefficient was too large.
    fn respond<P: MlDsaParameters, B: Backend>(
        &mut self,
        b: B,
        key: &ExpandedSigning,
        slot: &Slot,
    ) -> bool {
        let ring = b.ring();
        ring.ntt(&slot.c, &mut self.c_hat);
        for (s2_hat, (w0, cs2)) in key.s2_hat.iter().zip(slot.w0.iter().zip(&mut self.cs2)) {
            ring.inverse_product(&self.c_hat, s2_hat, cs2);
            // w - c s2 is w1 2 gamma2 + (w0 - c s2): its low bits are w0 - c s2 where that is in their range, and where
            // it is not, the low bits are within beta of the end of their range, and rejected too.
            ring.sub_poly(w0, cs2, &mut self.r);
            if !declassify(ring.norm_below(&self.r, P::GAMMA_2.value() - P::BETA)) {
                return false;
            }
        }
        for (s1_hat, (y, z)) in key.s1_hat.iter().zip(slot.y.iter().zip(&mut self.z)) {
            ring.inverse_product(&self.c_hat, s1_hat, &mut self.product);
            ring.add_poly(y, &self.product, z);
            if !declassify(ring.norm_below(z, gamma_1::<P>() - P::BETA)) {
                return false;
            }
        }
        let mut ones = 0;
        let of_row = slot.w.iter().zip(&self.cs2).zip(&mut self.hints);
        for (t0_hat, ((w, cs2), hint)) in key.t0_hat.iter().zip(of_row) {
            ring.inverse_product(&self.c_hat, t0_hat, &mut self.product);
            ring.reduce(&mut self.product);
            if !declassify(ring.norm_below(&self.product, P::GAMMA_2.value())) {
                return false;
            }
            // MakeHint(-c t0, w - c s2 + c t0): its r + z is w - c s2.
            ring.sub_poly(w, cs2, &mut self.w1);
            ring.add_poly(&self.w1, &self.product, &mut self.r);
            ring.make_hint(P::GAMMA_2, &self.r, &self.w1, hint);
            ones += hint.iter().map(|set| set.count_ones()).sum::<u32>();
        }
        let accepted = declassify(usize::try_from(ones).is_ok_and(|ones| ones <= P::OMEGA));
        if accepted {
            // CT: the hint of an attempt that is not rejected is a part of the signature.
            for word in self.hints.as_flattened_mut() {
                *word = declassify(*word);
            }
        }
        accepted
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        for Slot {
            y,
            w,
            w0,
            w1_bytes,
            c_tilde,
            c,
        } in &mut self.slots
        {
            y.iter_mut().chain(w).chain(w0).for_each(Poly::zeroize);
            wipe(w1_bytes);
            c_tilde.zeroize();
            c.zeroize();
        }
        let Scratch {
            y_hat,
            c_hat,
            product,
            w1,
            cs2,
            r,
            z,
            hints: _,
        } = &mut self.scratch;
        y_hat.iter_mut().for_each(NttPoly::zeroize);
        cs2.iter_mut().chain(z).for_each(Poly::zeroize);
        c_hat.zeroize();
        product.zeroize();
        w1.zeroize();
        r.zeroize();
    }
}
