//! Sampling against the standard's loops.

use std::vec::Vec;

use super::{Poly, Random, with_every_token};
use crate::mldsa::{BallSampler, Eta, MlDsaKernels, NttPoly, Sampler};

/// FIPS 204, Algorithm 14 (`CoeffFromThreeBytes`) in the loop of Algorithm 30 (`RejNTTPoly`)
fn uniform_model(bytes: &[u8]) -> Vec<i32> {
    let groups = bytes.chunks_exact(3);
    let z =
        groups.map(|b| i32::from(b[0]) + (i32::from(b[1]) << 8) + (i32::from(b[2] & 0x7F) << 16));
    z.filter(|z| *z < 8_380_417).take(256).collect()
}

/// FIPS 204, Algorithm 15 (`CoeffFromHalfByte`) in the loop of Algorithm 31 (`RejBoundedPoly`)
fn bounded_model(eta: Eta, bytes: &[u8]) -> Vec<i32> {
    let halves = bytes
        .iter()
        .flat_map(|b| [i32::from(b & 15), i32::from(b >> 4)]);
    let kept = halves.filter_map(|b| match eta {
        Eta::Two if b < 15 => Some(2 - b % 5),
        Eta::Four if b < 9 => Some(4 - b),
        _ => None,
    });
    kept.take(256).collect()
}

/// Bytes in which one value in `often` is one that is rejected, or nearly.
fn hard_bytes(random: &mut Random, often: i32) -> [u8; 168] {
    let mut bytes = [0; 168];
    random.bytes(&mut bytes);
    for group in bytes.as_chunks_mut::<3>().0 {
        if random.within(1, often) == 1 {
            let edge = 8_380_417 + random.within(-1, 8191);
            let [a, b, c, _] = edge.to_le_bytes();
            *group = [a, b, c | 0x80];
        }
    }
    bytes
}

fn uniform<L: MlDsaKernels>(l: L) {
    let mut random = Random(21);
    for often in [1, 2, 3, 10, 1000] {
        for _ in 0..20 {
            let mut sampler = Sampler::new();
            let mut taken = Vec::new();
            while !sampler.is_complete() && taken.len() < 40 * 168 {
                let blocks = [
                    hard_bytes(&mut random, often),
                    hard_bytes(&mut random, often),
                ];
                taken.extend_from_slice(blocks.as_flattened());
                l.sample_uniform(&blocks, &mut sampler);
            }
            let expected = uniform_model(&taken);
            assert_eq!(sampler.is_complete(), expected.len() == 256, "{}", L::NAME);
            let mut p = NttPoly::ZERO;
            l.sampled_uniform(&sampler, &mut p);
            let found = p.to_standard_order();
            assert_eq!(found[..expected.len()], expected, "{}", L::NAME);
        }
    }
}

#[test]
fn uniform_sampling_is_the_loop() {
    with_every_token!(uniform());
}

fn bounded<L: MlDsaKernels>(l: L) {
    let mut random = Random(22);
    for eta in [Eta::Two, Eta::Four] {
        for round in 0..40 {
            let mut sampler = Sampler::new();
            let mut taken = Vec::new();
            while !sampler.is_complete() {
                let mut block = [0; 136];
                random.bytes(&mut block);
                if round % 2 == 0 {
                    block[..100].fill(0xF9);
                }
                taken.extend_from_slice(&block);
                l.sample_bounded(eta, &[block], &mut sampler);
            }
            let mut p = Poly::ZERO;
            l.sampled_bounded(eta, &sampler, &mut p);
            assert_eq!(p.coefficients(), bounded_model(eta, &taken), "{}", L::NAME);
        }
    }
}

#[test]
fn bounded_sampling_is_the_loop() {
    with_every_token!(bounded());
}

#[test]
fn challenge_is_the_loop() {
    let mut random = Random(23);
    for tau in [39, 49, 60] {
        for round in 0..50 {
            let mut blocks = [[0; 136]; 40];
            random.bytes(blocks.as_flattened_mut());
            if round % 2 == 0 {
                // Indices too large at first: the second block and those after it are needed.
                blocks[0][8..].fill(0xFF);
            }
            let (mut ball, mut c) = (BallSampler::new(tau), Poly::ZERO);
            let used = blocks
                .iter()
                .position(|block| ball.take(block, &mut c))
                .unwrap();
            assert!(round % 2 == 1 || used > 0);
            // FIPS 204, Algorithm 29 (SampleInBall)
            let bytes = blocks.as_flattened();
            let mut stream = bytes[8..].iter();
            let mut expected = [0; 256];
            for i in 256 - tau..256 {
                let j = usize::from(*stream.find(|j| usize::from(**j) <= i).unwrap());
                expected[i] = expected[j];
                let bit = i + tau - 256;
                expected[j] = if bytes[bit / 8] >> (bit % 8) & 1 == 1 {
                    -1
                } else {
                    1
                };
            }
            assert_eq!(c.coefficients(), expected);
        }
    }
}
