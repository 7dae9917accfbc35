//! Every engine of every hash function against another implementation of it.

use std::vec;
use std::vec::Vec;

use super::{Chain, Digest, OutputLength, Shape};

const ID: [u8; 16] = *b"identifier of 16";
const LENGTHS: [(OutputLength, usize); 2] = [(OutputLength::N24, 24), (OutputLength::N32, 32)];

/// A hash function as somebody else wrote it.
type Hash = fn(&[u8]) -> Digest;

fn reference(hash: Hash, n: usize, parts: &[&[u8]]) -> Digest {
    let mut out = hash(&parts.concat());
    out[n..].fill(0);
    out
}

fn step(hash: Hash, n: usize, q: u32, i: u16, j: u8, value: &Digest) -> Digest {
    let (q, i) = (q.to_be_bytes(), i.to_be_bytes());
    reference(hash, n, &[&ID, &q, &i, &[j], &value[..n]])
}

/// The leaf of one-time key `q`, chain by chain.
fn leaf(hash: Hash, shape: Shape, n: usize, q: u32, node: u32, seed: &Digest) -> Digest {
    let mut input: Vec<u8> = [&ID[..], &q.to_be_bytes(), &[0x80, 0x80]].concat();
    for i in 0..shape.chains {
        let start = step(hash, n, q, i, 0xff, seed);
        let end = (0..shape.last).fold(start, |value, j| step(hash, n, q, i, j, &value));
        input.extend(&end[..n]);
    }
    let key = reference(hash, n, &[&input]);
    let node = node.to_be_bytes();
    reference(hash, n, &[&ID, &node, &[0x82, 0x82], &key[..n]])
}

/// A digest that follows from a number.
fn sample(hash: Hash, seed: u32) -> Digest {
    hash(&seed.to_be_bytes())
}

/// Chains with random ends, and some with none or the longest.
fn random_chain(hash: Hash, k: u32, salt: u32) -> Chain {
    let ends = sample(hash, k + 1000 * salt);
    let (from, to) = match k % 7 {
        0 => (ends[0], ends[1]),
        1 => (0, 255),
        _ => (ends[0] % 16, ends[1] % 20),
    };
    Chain {
        index: u16::from_be_bytes([ends[2], ends[3]]),
        from,
        to,
        value: sample(hash, k),
    }
}

macro_rules! against {
    ($module:ident, $hash:expr) => {
        mod $module {
            use super::*;
            use crate::$module::{Engine, derive_and_run_chains, leaves, parents, run_chains};

            const HASH: Hash = $hash;

            #[test]
            fn the_engines_of_this_machine() {
                let names: Vec<_> = Engine::all().map(Engine::name).collect();
                for name in ["portable", "sha", "avx2", "avx512"] {
                    if !names.contains(&name) {
                        std::eprintln!(
                            "SKIPPED: {} on {name}, which is not there",
                            stringify!($module)
                        );
                    }
                }
            }

            /// Every count up to three groups of lanes.
            #[test]
            fn chains_are_those_of_the_reference() {
                for engine in Engine::all() {
                    for (length, n) in LENGTHS {
                        for count in 0u32..50 {
                            let made = (0..count).map(|k| random_chain(HASH, k, count));
                            let mut chains: Vec<Chain> = made.collect();
                            let mut expected = chains.clone();
                            for chain in &mut expected {
                                chain.value[n..].fill(0);
                                for j in chain.from..chain.to {
                                    let value = &chain.value;
                                    chain.value = step(HASH, n, 0x0102_0304, chain.index, j, value);
                                }
                            }
                            run_chains(engine, length, &ID, 0x0102_0304, &mut chains);
                            assert_eq!(chains, expected, "{} {length:?} {count}", engine.name());
                        }
                    }
                }
            }

            /// More chains than are put in order together: the ends of both chunks are right.
            #[test]
            fn many_chains_are_those_of_the_reference() {
                let count = 700;
                for engine in Engine::all() {
                    let mut chains: Vec<Chain> =
                        (0..count).map(|k| random_chain(HASH, k, 1)).collect();
                    let mut one_by_one = chains.clone();
                    run_chains(engine, OutputLength::N32, &ID, 5, &mut chains);
                    for chain in one_by_one.chunks_mut(1) {
                        run_chains(engine, OutputLength::N32, &ID, 5, chain);
                    }
                    assert!(chains == one_by_one, "{}", engine.name());
                }
            }

            #[test]
            fn derived_chains_are_those_of_the_reference() {
                let seed = sample(HASH, 77);
                for engine in Engine::all() {
                    for (length, n) in LENGTHS {
                        let make = |index: u16| Chain {
                            index,
                            from: 9,
                            to: (index % 16) as u8,
                            value: seed,
                        };
                        let mut chains: Vec<Chain> = (0..67).map(make).collect();
                        derive_and_run_chains(engine, length, &ID, 0xdead_beef, &mut chains);
                        for chain in chains {
                            let i = chain.index;
                            let start = step(HASH, n, 0xdead_beef, i, 0xff, &seed);
                            let advance = |value, j| step(HASH, n, 0xdead_beef, i, j, &value);
                            let end = (0..chain.to).fold(start, advance);
                            assert_eq!(chain.value, end, "{} {length:?}", engine.name());
                        }
                    }
                }
            }

            /// All real shapes, whole and broken last blocks, and counts that do not fill the lanes.
            #[test]
            fn leaves_are_those_of_the_reference() {
                let seed = sample(HASH, 3);
                let shapes = [
                    (265, 1, 19),
                    (101, 3, 17),
                    (67, 15, 8),
                    (51, 15, 3),
                    (34, 255, 1),
                    (26, 255, 1),
                ];
                for engine in Engine::all() {
                    for (length, n) in LENGTHS {
                        for (chains, last, count) in shapes {
                            let shape = Shape {
                                length,
                                chains,
                                last,
                            };
                            let mut out = vec![[0xaa; 32]; count];
                            leaves(engine, shape, &ID, &seed, 7, 1031, &mut out);
                            for (k, found) in (0u32..).zip(&out) {
                                let expected = leaf(HASH, shape, n, 7 + k, 1031 + k, &seed);
                                assert_eq!(*found, expected, "{} {shape:?} {k}", engine.name());
                            }
                        }
                    }
                }
            }

            #[test]
            fn parents_are_those_of_the_reference() {
                for engine in Engine::all() {
                    for (length, n) in LENGTHS {
                        for count in 0u32..35 {
                            let children: Vec<Digest> =
                                (0..2 * count).map(|k| sample(HASH, k)).collect();
                            let mut out = vec![[0xaa; 32]; count as usize];
                            parents(engine, length, &ID, 64, &children, &mut out);
                            for (k, node) in (0u32..).zip(&out) {
                                let number = (64 + k).to_be_bytes();
                                let [left, right] =
                                    [0, 1].map(|side| &children[2 * k as usize + side][..n]);
                                let parts = [&ID[..], &number, &[0x83, 0x83], left, right];
                                let expected = reference(HASH, n, &parts);
                                assert_eq!(*node, expected, "{} {length:?} {count}", engine.name());
                            }
                        }
                    }
                }
            }
        }
    };
}

against!(sha256, |input| {
    use sha2::Digest as _;
    sha2::Sha256::digest(input).into()
});

against!(shake, |input| {
    use ::shake::{ExtendableOutput, Update, XofReader};
    let (mut out, mut hasher) = ([0; 32], ::shake::Shake256::default());
    hasher.update(input);
    hasher.finalize_xof().read(&mut out);
    out
});

/// FIPS 180-4, section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
#[test]
fn round_constants_are_cube_roots_of_primes() {
    let primes = (2u128..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0));
    for (k, prime) in crate::sha256::K.iter().zip(primes) {
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
