//! FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), several attempts side by side.
//!
//! A *slot* is one attempt with its mask and its commitment. In each round every slot holds an attempt; the hashes of
//! all slots run in lockstep. Slots that finish are given the next operation; when there are fewer operations than
//! slots, an operation takes several attempts at once, and the one that the standard would have reached first counts.

use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::mldsa::{MlDsaKernels, NttPoly, Poly};

use super::backend::Backend;
use super::encode::{Hint, sig_encode};
use super::expand::{Task, masks, samples_in_ball};
use super::keys::{PreparedSigningKey, hash_rows};
use super::params::Params;

/// One signature to be made.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    pub key: &'a PreparedSigningKey,
    /// The message representative.
    pub mu: [u8; 64],
    /// 32 random bytes (hedged), or zero (deterministic).
    pub rnd: [u8; 32],
}

/// An operation under way.
struct Running<'a> {
    operation: Operation<'a>,
    index: usize,
    rho: [u8; 64],
    /// Of the next attempt.
    kappa: u16,
}

/// An attempt.
struct Slot {
    y: Vec<Poly>,
    w: Vec<Poly>,
    w0: Vec<Poly>,
    w1_bytes: Vec<u8>,
    c_tilde: [u8; 64],
    c: Poly,
}

/// What attempts share, one after the other.
struct Scratch {
    y_hat: Vec<NttPoly>,
    c_hat: NttPoly,
    product: Poly,
    w1: Poly,
    /// w - c s2
    r: Vec<Poly>,
    z: Vec<Poly>,
    hints: Vec<Hint>,
}

/// Memory for signing, to be used again.
pub struct Signer {
    slots: Vec<Slot>,
    scratch: Scratch,
}

impl Signer {
    /// For up to `slots` attempts side by side, at most eight.
    pub fn new<P: Params>(slots: usize) -> Self {
        let slot = || Slot {
            y: vec![Poly::ZERO; P::L],
            w: vec![Poly::ZERO; P::K],
            w0: vec![Poly::ZERO; P::K],
            w1_bytes: vec![0; P::K * P::W1.bytes()],
            c_tilde: [0; 64],
            c: Poly::ZERO,
        };
        Self {
            slots: (0..slots.min(8)).map(|_| slot()).collect(),
            scratch: Scratch {
                y_hat: vec![NttPoly::ZERO; P::L],
                c_hat: NttPoly::ZERO,
                product: Poly::ZERO,
                w1: Poly::ZERO,
                r: vec![Poly::ZERO; P::K],
                z: vec![Poly::ZERO; P::L],
                hints: vec![[0; 16]; P::K],
            },
        }
    }

    /// Signs: signature i is that of operation i.
    pub fn sign<P: Params, B: Backend>(
        &mut self,
        b: B,
        operations: &[Operation<'_>],
        signatures: &mut [&mut [u8]],
    ) {
        let mut waiting = operations.iter().copied().enumerate();
        let mut running: Vec<Running<'_>> = Vec::with_capacity(self.slots.len());
        loop {
            start(b, &mut waiting, &mut running, self.slots.len());
            if running.is_empty() {
                return;
            }
            let plan = plan::<P>(&running, self.slots.len());
            self.commit::<P, B>(b, &mut running, &plan);
            let mut done = [false; 8];
            for (slot, &owner) in self.slots.iter().zip(&plan) {
                let of = &running[owner];
                if done[owner] {
                    continue;
                }
                if self.scratch.respond::<P, B>(b, of.operation.key, slot) {
                    done[owner] = true;
                    let sig = &mut *signatures[of.index];
                    let Scratch { z, hints, .. } = &self.scratch;
                    sig_encode::<P, B>(b, &slot.c_tilde[..P::C_TILDE], z, hints, sig);
                }
            }
            let mut owner = 0;
            running.retain(|_| {
                owner += 1;
                !done[owner - 1]
            });
        }
    }

    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 11-17, in every slot of the plan
    fn commit<P: Params, B: Backend>(&mut self, b: B, running: &mut [Running<'_>], plan: &[usize]) {
        let mut kappas = [0; 8];
        for (kappa, &owner) in kappas.iter_mut().zip(plan) {
            *kappa = running[owner].kappa;
            running[owner].kappa = kappa.wrapping_add(P::L as u16);
        }
        let slots = &mut self.slots[..plan.len()];
        let of_slot = slots.iter_mut().zip(plan.iter().zip(kappas));
        let tasks = of_slot.flat_map(|(slot, (&owner, kappa))| {
            let seed: &[u8] = &running[owner].rho;
            let indices = (0_u16..).map(move |r| kappa.wrapping_add(r).to_le_bytes());
            slot.y.iter_mut().zip(indices).map(move |(to, index)| Task { seed, index, to })
        });
        masks::<P, B>(b, tasks);
        for (slot, &owner) in slots.iter_mut().zip(plan) {
            self.scratch.commit::<P, B>(b, running[owner].operation.key, slot);
        }
        self.challenge::<P, B>(b, running, plan);
    }

    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 15 and 16
    fn challenge<P: Params, B: Backend>(&mut self, b: B, running: &[Running<'_>], plan: &[usize]) {
        use pqkm_kernels::rows::{Rows, RowsMut};
        let n = plan.len();
        let (mut mus, mut w1s): ([&[u8]; 8], [&[u8]; 8]) = ([&[]; 8], [&[]; 8]);
        let mut c_tildes = [[0; 64]; 8];
        for (i, (slot, &owner)) in self.slots.iter().zip(plan).enumerate() {
            (mus[i], w1s[i]) = (&running[owner].operation.mu, &slot.w1_bytes);
        }
        let len = P::C_TILDE;
        if n == 1 {
            b.shake256(&[mus[0], w1s[0]], &mut c_tildes[0][..len]);
        } else {
            let pieces = [
                Rows::new(&mus[..n]).expect("64 bytes each"),
                Rows::new(&w1s[..n]).expect("equal lengths"),
            ];
            let out = c_tildes[..n].iter_mut().map(|c_tilde| &mut c_tilde[..len]);
            b.shake256_many(&pieces, &mut RowsMut::new(out).expect("equal lengths"), n);
        }
        let mut cs = [const { Poly::ZERO }; 8];
        let inputs: [&[u8]; 8] = core::array::from_fn(|i| &c_tildes[i][..len]);
        samples_in_ball::<P, B>(b, &inputs[..n], &mut cs);
        for (slot, (c_tilde, c)) in self.slots.iter_mut().zip(c_tildes.into_iter().zip(cs)).take(n) {
            (slot.c_tilde, slot.c) = (c_tilde, c);
        }
    }
}

/// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), line 7, for as many operations as there are slots
fn start<'a, B: Backend>(
    b: B,
    waiting: &mut impl Iterator<Item = (usize, Operation<'a>)>,
    running: &mut Vec<Running<'a>>,
    slots: usize,
) {
    let first = running.len();
    running.extend(waiting.take(slots - first).map(|(index, operation)| Running {
        operation,
        index,
        rho: [0; 64],
        kappa: 0,
    }));
    let new = &mut running[first..];
    if new.is_empty() {
        return;
    }
    let inputs: Vec<[u8; 128]> = new
        .iter()
        .map(|of| {
            let mut input = [0; 128];
            input[..32].copy_from_slice(&of.operation.key.k);
            input[32..64].copy_from_slice(&of.operation.rnd);
            input[64..].copy_from_slice(&of.operation.mu);
            input
        })
        .collect();
    hash_rows(b, inputs.iter(), None, new.iter_mut().map(|of| &mut of.rho));
}

/// Which operation each slot works for: every one once, then again while slots are left, at most `ABREAST` times.
fn plan<P: Params>(running: &[Running<'_>], slots: usize) -> Vec<usize> {
    let mut plan: Vec<usize> = Vec::with_capacity(slots);
    for _ in 0..P::ABREAST {
        plan.extend((0..running.len()).take(slots - plan.len()));
    }
    plan
}

impl Scratch {
    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 12-14, for the mask y of a slot
    fn commit<P: Params, B: Backend>(&mut self, b: B, key: &PreparedSigningKey, slot: &mut Slot) {
        let ring = b.ring();
        for (y, y_hat) in slot.y.iter().zip(&mut self.y_hat) {
            ring.ntt(y, y_hat);
        }
        let of_row = slot.w.iter_mut().zip(&mut slot.w0);
        let of_row = of_row.zip(slot.w1_bytes.chunks_exact_mut(P::W1.bytes()));
        for (row, ((w, w0), bytes)) in key.a_hat.chunks_exact(P::L).zip(of_row) {
            ring.inverse_dot(row, &self.y_hat, w);
            ring.decompose(P::GAMMA2, w, &mut self.w1, w0);
            ring.bit_pack(P::W1, &self.w1, bytes);
        }
    }

    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), lines 17-30; false if the attempt is rejected
    ///
    /// CT: whether and where an attempt is rejected becomes public. The probability that a coefficient of z or r0 is
    /// out of its range does not depend on the key, nor do those published; FIPS 204, Section 3.3, bases the scheme
    /// on that. The order of the checks is not the standard's, whose conditions are all evaluated: the more likely
    /// rejection comes first, a polynomial at a time.
    fn respond<P: Params, B: Backend>(&mut self, b: B, key: &PreparedSigningKey, slot: &Slot) -> bool {
        let ring = b.ring();
        ring.ntt(&slot.c, &mut self.c_hat);
        // LowBits(w - c s2) is w0 - c s2 wherever that is in range, and out of range where it is not.
        for (s2_hat, (w0, r)) in key.s2_hat.iter().zip(slot.w0.iter().zip(&mut self.r)) {
            ring.inverse_product(&self.c_hat, s2_hat, &mut self.product);
            ring.sub_poly(w0, &self.product, r);
            if !ring.norm_below(r, P::GAMMA2.value() - P::BETA) {
                return false;
            }
            r.clone_from(&self.product);
        }
        for (s1_hat, (y, z)) in key.s1_hat.iter().zip(slot.y.iter().zip(&mut self.z)) {
            ring.inverse_product(&self.c_hat, s1_hat, &mut self.product);
            ring.add_poly(y, &self.product, z);
            if !ring.norm_below(z, P::GAMMA1 - P::BETA) {
                return false;
            }
        }
        let mut ones = 0;
        for (i, t0_hat) in key.t0_hat.iter().enumerate() {
            let (w, r) = (&slot.w[i], &mut self.r[i]);
            // Now r holds c s2; it becomes w - c s2, which is r + z of MakeHint, and the product r.
            ring.sub_poly(w, &r.clone(), r);
            ring.inverse_product(&self.c_hat, t0_hat, &mut self.product);
            let ct0 = self.product.clone();
            ring.add_poly(&ct0, &Poly::ZERO, &mut self.product);
            if !ring.norm_below(&self.product, P::GAMMA2.value()) {
                return false;
            }
            ring.add_poly(r, &ct0, &mut self.product);
            ring.make_hint(P::GAMMA2, &self.product, r, &mut self.hints[i]);
            ones += self.hints[i].iter().map(|set| set.count_ones() as usize).sum::<usize>();
        }
        ones <= P::OMEGA
    }
}

/// Signs one message.
pub fn sign_internal<P: Params, B: Backend>(b: B, operation: Operation<'_>) -> Vec<u8> {
    let mut sig = vec![0; P::SIG];
    Signer::new::<P>(P::ABREAST).sign::<P, B>(b, &[operation], &mut [&mut sig]);
    sig
}

/// Signs many messages.
pub fn sign_many<P: Params, B: Backend>(b: B, operations: &[Operation<'_>]) -> Vec<Vec<u8>> {
    let mut sigs = vec![vec![0; P::SIG]; operations.len()];
    let mut targets: Vec<&mut [u8]> = sigs.iter_mut().map(Vec::as_mut_slice).collect();
    Signer::new::<P>(B::Many::LANES).sign::<P, B>(b, operations, &mut targets);
    sigs
}
