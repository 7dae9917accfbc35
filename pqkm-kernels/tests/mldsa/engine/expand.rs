//! FIPS 204, Section 7.3: what is sampled, several polynomials at a time.

use pqkm_kernels::keccak::{SHAKE128, SHAKE256, Xof};
use pqkm_kernels::rows::{Rows, RowsMut};
use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::mldsa::{BallSampler, MlDsaKernels, NttPoly, Poly, Sampler};

use super::backend::{Backend, seeded};
use super::params::Params;

/// A polynomial to be sampled: from which seed, with which index, to where.
pub struct Task<'a, T> {
    pub seed: &'a [u8],
    pub index: [u8; 2],
    pub to: &'a mut T,
}

/// Calls `run` with the seeds and indices of up to `LANES` tasks at a time.
fn grouped<'a, T: 'a>(
    lanes: usize,
    tasks: impl IntoIterator<Item = Task<'a, T>>,
    mut run: impl FnMut(&[&[u8]], &[[u8; 2]], &mut [Option<&'a mut T>]),
) {
    let mut tasks = tasks.into_iter();
    loop {
        let mut seeds: [&[u8]; 8] = [&[]; 8];
        let mut indices = [[0; 2]; 8];
        let mut targets = [const { None }; 8];
        let mut count = 0;
        for task in tasks.by_ref().take(lanes) {
            (seeds[count], indices[count]) = (task.seed, task.index);
            targets[count] = Some(task.to);
            count += 1;
        }
        if count == 0 {
            return;
        }
        run(&seeds[..count], &indices[..count], &mut targets[..count]);
    }
}

/// FIPS 204, Algorithm 30 (RejNTTPoly), for every task
pub fn rej_ntt_polys<'a, B: Backend>(b: B, tasks: impl IntoIterator<Item = Task<'a, NttPoly>>) {
    let mut buffers = [[[0; 168]; 5]; 8];
    let mut samplers = [const { Sampler::new() }; 8];
    grouped(B::Many::LANES, tasks, |seeds, indices, targets| {
        let n = seeds.len();
        let mut xof = seeded(b.many(), SHAKE128, seeds, indices);
        samplers.iter_mut().for_each(Sampler::clear);
        // 280 candidates, of which one in a thousand is rejected, are enough but for one time in 10^40.
        let mut blocks = 5;
        while samplers[..n].iter().any(|sampler| !sampler.is_complete()) {
            let rows = buffers[..n].iter_mut().map(|rows| rows[..blocks].as_flattened_mut());
            xof.read(&mut RowsMut::new(rows).expect("equal lengths"));
            for (buffer, sampler) in buffers.iter().zip(&mut samplers[..n]) {
                b.ring().sample_uniform(&buffer[..blocks], sampler);
            }
            blocks = 1;
        }
        for (sampler, to) in samplers.iter().zip(targets) {
            if let Some(to) = to {
                b.ring().sampled_uniform(sampler, to);
            }
        }
    });
}

/// FIPS 204, Algorithm 31 (RejBoundedPoly), for every task
pub fn rej_bounded_polys<'a, P: Params, B: Backend>(
    b: B,
    tasks: impl IntoIterator<Item = Task<'a, Poly>>,
) {
    let mut buffers = [[[0; 136]; 2]; 8];
    let mut samplers = [const { Sampler::new() }; 8];
    grouped(B::Many::LANES, tasks, |seeds, indices, targets| {
        let n = seeds.len();
        let mut xof = seeded(b.many(), SHAKE256, seeds, indices);
        samplers.iter_mut().for_each(Sampler::clear);
        let mut blocks = 2;
        while samplers[..n].iter().any(|sampler| !sampler.is_complete()) {
            let rows = buffers[..n].iter_mut().map(|rows| rows[..blocks].as_flattened_mut());
            xof.read(&mut RowsMut::new(rows).expect("equal lengths"));
            for (buffer, sampler) in buffers.iter().zip(&mut samplers[..n]) {
                b.ring().sample_bounded(P::ETA, &buffer[..blocks], sampler);
            }
            blocks = 1;
        }
        for (sampler, to) in samplers.iter().zip(targets) {
            if let Some(to) = to {
                b.ring().sampled_bounded(P::ETA, sampler, to);
            }
        }
    });
}

/// FIPS 204, Algorithm 34 (ExpandMask), for every task: one polynomial each
pub fn masks<'a, P: Params, B: Backend>(b: B, tasks: impl IntoIterator<Item = Task<'a, Poly>>) {
    let mut buffers = [[0; 640]; 8];
    let len = P::Z.bytes();
    grouped(B::Many::LANES, tasks, |seeds, indices, targets| {
        let n = seeds.len();
        let rows = buffers[..n].iter_mut().map(|row| &mut row[..len]);
        seeded(b.many(), SHAKE256, seeds, indices)
            .read(&mut RowsMut::new(rows).expect("equal lengths"));
        for (buffer, to) in buffers.iter().zip(targets) {
            if let Some(to) = to {
                b.ring().bit_unpack(P::Z, &buffer[..len], to);
            }
        }
    });
}

/// FIPS 204, Algorithm 29 (SampleInBall), for up to eight c_tilde
pub fn samples_in_ball<P: Params, B: Backend>(b: B, c_tildes: &[&[u8]], c: &mut [Poly]) {
    let n = c_tildes.len();
    let mut blocks = [[0; 136]; 8];
    if n == 1 {
        b.shake256(&[c_tildes[0]], &mut blocks[0]);
        c[0] = Poly::ZERO;
        if BallSampler::new(P::TAU).take(&blocks[0], &mut c[0]) {
            return;
        }
    }
    let mut xof = Xof::absorb(b.many(), SHAKE256, &[Rows::new(c_tildes).expect("equal lengths")]);
    let mut balls = [const { BallSampler::new(P::TAU) }; 8];
    c[..n].fill(Poly::ZERO);
    let mut complete = 0;
    while complete < n {
        xof.read(&mut RowsMut::new(blocks[..n].iter_mut()).expect("equal lengths"));
        complete = 0;
        for ((ball, block), c) in balls.iter_mut().zip(&blocks).zip(&mut c[..n]) {
            complete += usize::from(ball.take(block, c));
        }
    }
}

/// The tasks of FIPS 204, Algorithm 32 (ExpandA)
pub fn matrix_tasks<'a, P: Params>(
    rho: &'a [u8],
    rows: impl IntoIterator<Item = &'a mut [NttPoly]>,
) -> impl Iterator<Item = Task<'a, NttPoly>> {
    (0_u8..).zip(rows).flat_map(move |(r, row)| {
        (0_u8..).zip(&mut row[..P::L]).map(move |(s, to)| Task { seed: rho, index: [s, r], to })
    })
}

/// The tasks of FIPS 204, Algorithm 33 (ExpandS)
pub fn secret_tasks<'a>(
    rho: &'a [u8],
    s1: &'a mut [Poly],
    s2: &'a mut [Poly],
) -> impl Iterator<Item = Task<'a, Poly>> {
    let polys = s1.iter_mut().chain(s2);
    (0_u16..).zip(polys).map(move |(i, to)| Task { seed: rho, index: i.to_le_bytes(), to })
}
