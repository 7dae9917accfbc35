//! Pseudorandom sampling (FIPS 204, section 7.3), as many polynomials at a time as a hash has lanes.

use pqkm_kernels::{
    keccak::{SHAKE128, SHAKE256, Sponge, Xof},
    lanes::Lanes,
    mldsa::{BallSampler, MlDsaKernels, NttPoly, Poly, Sampler},
};

use super::{sets::eta, wipe};
use crate::{
    engine::{Backend, rows_mut, rows_of},
    mldsa::MlDsaParameters,
};

/// A polynomial to be sampled: from which seed, with which index, to where.
pub(super) struct Task<'a, T> {
    pub(super) seed: &'a [u8],
    pub(super) index: [u8; 2],
    pub(super) to: &'a mut T,
}

/// Up to eight tasks.
struct Group<'a, T> {
    seeds: [&'a [u8]; 8],
    indices: [[u8; 2]; 8],
    targets: [Option<&'a mut T>; 8],
    len: usize,
}

impl<'a, T> Group<'a, T> {
    /// The next tasks, at most `lanes`; none after the last.
    fn next(lanes: usize, tasks: &mut impl Iterator<Item = Task<'a, T>>) -> Option<Self> {
        let mut group = Self {
            seeds: [&[]; 8],
            indices: [[0; 2]; 8],
            targets: [const { None }; 8],
            len: 0,
        };
        for task in tasks.take(lanes.min(8)) {
            group.seeds[group.len] = task.seed;
            group.indices[group.len] = task.index;
            group.targets[group.len] = Some(task.to);
            group.len += 1;
        }
        (group.len > 0).then_some(group)
    }

    /// Starts a sponge for each task, on its seed and its index.
    fn absorb<B: Backend>(&self, b: B, sponge: Sponge) -> Xof<B::Many> {
        let indices: [&[u8]; 8] = self.indices.each_ref().map(|index| &index[..]);
        let pieces = [
            rows_of(&self.seeds[..self.len]),
            rows_of(&indices[..self.len]),
        ];
        Xof::absorb(b.many(), sponge, &pieces)
    }

    /// Reads `blocks` blocks for each task.
    fn read<L: Lanes, const RATE: usize, const N: usize>(
        &self,
        xof: &mut Xof<L>,
        buffers: &mut [[[u8; RATE]; N]; 8],
        blocks: usize,
    ) {
        let buffers = buffers[..self.len].iter_mut();
        xof.read(&mut rows_mut(
            buffers.map(|buffer| buffer[..blocks].as_flattened_mut()),
        ));
    }
}

/// FIPS 204, Algorithm 30 (`RejNTTPoly`), for every task
pub(super) fn rej_ntt_polys<'a, B: Backend>(
    b: B,
    tasks: impl IntoIterator<Item = Task<'a, NttPoly>>,
) {
    let mut buffers = [[[0; 168]; 5]; 8];
    let mut samplers = [const { Sampler::new() }; 8];
    let mut tasks = tasks.into_iter();
    while let Some(group) = Group::next(b.lanes(), &mut tasks) {
        let mut xof = group.absorb(b, SHAKE128);
        samplers.iter_mut().for_each(Sampler::clear);
        // Five blocks are 280 candidates, of which one in a thousand is rejected.
        let mut blocks = 5;
        while samplers[..group.len]
            .iter()
            .any(|sampler| !sampler.is_complete())
        {
            group.read(&mut xof, &mut buffers, blocks);
            for (buffer, sampler) in buffers.iter().zip(&mut samplers[..group.len]) {
                b.ring().sample_uniform(&buffer[..blocks], sampler);
            }
            blocks = 1;
        }
        for (sampler, to) in samplers.iter().zip(group.targets.into_iter().flatten()) {
            b.ring().sampled_uniform(sampler, to);
        }
    }
}

/// FIPS 204, Algorithm 31 (`RejBoundedPoly`), for every task
pub(super) fn rej_bounded_polys<'a, P: MlDsaParameters, B: Backend>(
    b: B,
    tasks: impl IntoIterator<Item = Task<'a, Poly>>,
) {
    let mut buffers = [[[0; 136]; 2]; 8];
    let mut samplers = [const { Sampler::new() }; 8];
    let mut tasks = tasks.into_iter();
    while let Some(group) = Group::next(b.lanes(), &mut tasks) {
        let mut xof = group.absorb(b, SHAKE256);
        samplers.iter_mut().for_each(Sampler::clear);
        let mut blocks = 2;
        while samplers[..group.len]
            .iter()
            .any(|sampler| !sampler.is_complete())
        {
            group.read(&mut xof, &mut buffers, blocks);
            for (buffer, sampler) in buffers.iter().zip(&mut samplers[..group.len]) {
                b.ring()
                    .sample_bounded(eta::<P>(), &buffer[..blocks], sampler);
            }
            blocks = 1;
        }
        for (sampler, to) in samplers.iter().zip(group.targets.into_iter().flatten()) {
            b.ring().sampled_bounded(eta::<P>(), sampler, to);
        }
    }
    samplers.iter_mut().for_each(Sampler::zeroize);
    wipe(buffers.as_flattened_mut().as_flattened_mut());
}

/// FIPS 204, Algorithm 34 (`ExpandMask`), a task for each polynomial
pub(super) fn expand_masks<'a, P: MlDsaParameters, B: Backend>(
    b: B,
    tasks: impl IntoIterator<Item = Task<'a, Poly>>,
) {
    let mut buffers = [[0; 640]; 8];
    let bytes = P::Z.bytes();
    let mut tasks = tasks.into_iter();
    while let Some(group) = Group::next(b.lanes(), &mut tasks) {
        let outputs = buffers[..group.len]
            .iter_mut()
            .map(|buffer| &mut buffer[..bytes]);
        group.absorb(b, SHAKE256).read(&mut rows_mut(outputs));
        for (buffer, to) in buffers.iter().zip(group.targets.into_iter().flatten()) {
            b.ring().bit_unpack(P::Z, &buffer[..bytes], to);
        }
    }
    wipe(buffers.as_flattened_mut());
}

/// FIPS 204, Algorithm 29 (`SampleInBall`), for up to eight `c_tilde`
pub(super) fn sample_in_balls<P: MlDsaParameters, B: Backend>(
    b: B,
    c_tildes: &[&[u8]],
    cs: &mut [&mut Poly],
) {
    let n = c_tildes.len();
    let mut blocks = [[0; 136]; 8];
    let mut balls = [const { BallSampler::new(P::TAU) }; 8];
    for c in cs.iter_mut() {
        **c = Poly::ZERO;
    }
    b.shake256(
        &[c_tildes],
        &mut blocks.each_mut().map(|block| &mut block[..])[..n],
    );
    let mut complete = take_all(&mut balls, &blocks[..n], cs);
    if complete == n {
        return;
    }
    // One block has 128 candidates, of which one in five is rejected: a second one is needed almost never.
    let mut xof = Xof::absorb(b.many(), SHAKE256, &[rows_of(c_tildes)]);
    xof.next_block();
    while complete < n {
        xof.read(&mut rows_mut(
            blocks[..n].iter_mut().map(|block| &mut block[..]),
        ));
        complete = take_all(&mut balls, &blocks[..n], cs);
    }
}

/// How many of the challenges are complete, after a block for each.
fn take_all(balls: &mut [BallSampler], blocks: &[[u8; 136]], cs: &mut [&mut Poly]) -> usize {
    let of_each = balls.iter_mut().zip(blocks).zip(cs);
    of_each
        .map(|((ball, block), c)| usize::from(ball.take(block, c)))
        .sum()
}

/// FIPS 204, Algorithm 32 (`ExpandA`), as tasks: `rows` has the K rows, of which the first L are sampled
pub(super) fn expand_a<'a, P: MlDsaParameters>(
    rho: &'a [u8],
    rows: impl IntoIterator<Item = &'a mut [NttPoly]>,
) -> impl Iterator<Item = Task<'a, NttPoly>> {
    (0_u8..).zip(rows).flat_map(move |(r, row)| {
        let of_row = (0_u8..).zip(&mut row[..P::L]);
        of_row.map(move |(s, to)| Task {
            seed: rho,
            index: [s, r],
            to,
        })
    })
}

/// FIPS 204, Algorithm 33 (`ExpandS`), as tasks
pub(super) fn expand_s<'a>(
    rho: &'a [u8],
    s1: &'a mut [Poly],
    s2: &'a mut [Poly],
) -> impl Iterator<Item = Task<'a, Poly>> {
    let polys = (0_u16..).zip(s1.iter_mut().chain(s2));
    polys.map(move |(r, to)| Task {
        seed: rho,
        index: r.to_le_bytes(),
        to,
    })
}
