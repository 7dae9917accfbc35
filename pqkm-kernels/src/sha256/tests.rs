//! Every engine against the `sha2` crate.

use std::vec;
use std::vec::Vec;

use sha2::{Digest as _, Sha256};

use super::{
    Chain, Digest, Engine, K, OutputLength, Shape, derive_and_run_chains, leaves, parents,
    run_chains,
};

const ID: [u8; 16] = *b"identifier of 16";
const LENGTHS: [(OutputLength, usize); 2] = [(OutputLength::N24, 24), (OutputLength::N32, 32)];

fn reference(n: usize, parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let mut out: Digest = hasher.finalize().into();
    out[n..].fill(0);
    out
}

fn step(n: usize, q: u32, i: u16, j: u8, value: &Digest) -> Digest {
    reference(
        n,
        &[&ID, &q.to_be_bytes(), &i.to_be_bytes(), &[j], &value[..n]],
    )
}

/// A digest that follows from a number.
fn sample(seed: u32) -> Digest {
    Sha256::digest(seed.to_be_bytes()).into()
}

#[test]
fn the_engines_of_this_machine() {
    let names: Vec<_> = Engine::all().map(Engine::name).collect();
    for name in ["portable", "sha", "avx2", "avx512"] {
        if !names.contains(&name) {
            std::eprintln!("SKIPPED: sha256 on {name}, which this CPU or build does not have");
        }
    }
}

/// Chains of random ends, of both lengths and every count up to three groups of lanes.
#[test]
fn chains_equal_sha2() {
    for engine in Engine::all() {
        for (length, n) in LENGTHS {
            for count in 0u32..50 {
                let ends = |k: u32| (sample(k)[0], sample(k)[1], sample(k)[2]);
                let mut chains: Vec<Chain> = (0..count)
                    .map(|k| {
                        let (a, b, c) = ends(k + 1000 * count);
                        let (from, to) = if k % 5 == 0 { (a, b) } else { (a % 16, b % 20) };
                        Chain {
                            index: u16::from(c),
                            from,
                            to,
                            value: sample(k),
                        }
                    })
                    .collect();
                let mut expected: Vec<Chain> = chains.clone();
                for chain in &mut expected {
                    let mut value = chain.value;
                    value[n..].fill(0);
                    for j in chain.from..chain.to {
                        value = step(n, count, chain.index, j, &value);
                    }
                    chain.value = value;
                }
                run_chains(engine, length, &ID, count, &mut chains);
                let sorted = |mut all: Vec<Chain>| {
                    all.sort_by_key(|chain| (chain.index, chain.from, chain.to, chain.value));
                    all
                };
                assert_eq!(
                    sorted(chains),
                    sorted(expected),
                    "{} {length:?} {count}",
                    engine.name()
                );
            }
        }
    }
}

#[test]
fn derived_chains_equal_sha2() {
    let seed = sample(77);
    for engine in Engine::all() {
        for (length, n) in LENGTHS {
            let mut chains: Vec<Chain> = (0u16..67)
                .map(|index| Chain {
                    index,
                    from: 9,
                    to: (index % 16) as u8,
                    value: seed,
                })
                .collect();
            derive_and_run_chains(engine, length, &ID, 0xdead_beef, &mut chains);
            for chain in chains {
                let mut value = step(n, 0xdead_beef, chain.index, 0xff, &seed);
                for j in 0..chain.to {
                    value = step(n, 0xdead_beef, chain.index, j, &value);
                }
                assert_eq!(chain.value, value, "{} {length:?}", engine.name());
            }
        }
    }
}

/// All real shapes, and counts that do not fill the lanes.
#[test]
fn leaves_equal_sha2() {
    let seed = sample(3);
    for engine in Engine::all() {
        for (length, n) in LENGTHS {
            for (chains, last, count) in [(265u16, 1, 19), (101, 3, 17), (67, 15, 5), (34, 255, 1)]
            {
                let shape = Shape {
                    length,
                    chains,
                    last,
                };
                let mut out = vec![[0xaa; 32]; count];
                leaves(engine, shape, &ID, &seed, 7, 1031, &mut out);
                for (k, leaf) in (0u32..).zip(&out) {
                    let q = 7 + k;
                    let mut parts: Vec<u8> = [&ID[..], &q.to_be_bytes(), &[0x80, 0x80]].concat();
                    for i in 0..chains {
                        let mut value = step(n, q, i, 0xff, &seed);
                        for j in 0..last {
                            value = step(n, q, i, j, &value);
                        }
                        parts.extend(&value[..n]);
                    }
                    let key = reference(n, &[&parts]);
                    let node = (1031 + k).to_be_bytes();
                    let expected = reference(n, &[&ID, &node, &[0x82, 0x82], &key[..n]]);
                    assert_eq!(*leaf, expected, "{} {shape:?} leaf {k}", engine.name());
                }
            }
        }
    }
}

#[test]
fn parents_equal_sha2() {
    for engine in Engine::all() {
        for (length, n) in LENGTHS {
            for count in 0u32..35 {
                let children: Vec<Digest> = (0..2 * count).map(sample).collect();
                let mut out = vec![[0; 32]; count as usize];
                parents(engine, length, &ID, 64, &children, &mut out);
                for (k, node) in out.iter().enumerate() {
                    let number = (64 + k as u32).to_be_bytes();
                    let (left, right) = (&children[2 * k][..n], &children[2 * k + 1][..n]);
                    let expected = reference(n, &[&ID, &number, &[0x83, 0x83], left, right]);
                    assert_eq!(*node, expected, "{} {length:?} {count}", engine.name());
                }
            }
        }
    }
}

/// FIPS 180-4, section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
#[test]
fn round_constants_are_cube_roots_of_primes() {
    let primes = (2u128..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0));
    for (k, prime) in K.iter().zip(primes) {
        // floor(cbrt(prime) * 2^32), by bisection.
        let target = prime << 96;
        let (mut low, mut high) = (0u128, 1 << 36);
        while high - low > 1 {
            let middle = (low + high) / 2;
            if middle * middle * middle <= target {
                low = middle;
            } else {
                high = middle;
            }
        }
        assert_eq!(*k, low as u32);
    }
}
