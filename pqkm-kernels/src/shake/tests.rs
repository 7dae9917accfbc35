//! Every engine against the `shake` crate.

use std::vec;
use std::vec::Vec;

use ::shake::{ExtendableOutput, Shake256, Update, XofReader};

use super::{Engine, derive_and_run_chains, leaves, parents, run_chains};
use crate::sha256::{Chain, Digest, OutputLength, Shape};

const ID: [u8; 16] = *b"identifier of 16";
const LENGTHS: [(OutputLength, usize); 2] = [(OutputLength::N24, 24), (OutputLength::N32, 32)];

fn reference(n: usize, parts: &[&[u8]]) -> Digest {
    let mut hasher = Shake256::default();
    for part in parts {
        hasher.update(part);
    }
    let mut out = [0; 32];
    hasher.finalize_xof().read(&mut out[..n]);
    out
}

fn step(n: usize, q: u32, i: u16, j: u8, value: &Digest) -> Digest {
    let (q, i) = (q.to_be_bytes(), i.to_be_bytes());
    reference(n, &[&ID, &q, &i, &[j], &value[..n]])
}

/// A digest that follows from a number.
fn sample(seed: u32) -> Digest {
    reference(32, &[&seed.to_be_bytes()])
}

/// Chains of random ends, of both lengths and every count up to three groups of lanes.
#[test]
fn chains_equal_the_shake_crate() {
    for engine in Engine::all() {
        for (length, n) in LENGTHS {
            for count in 0u32..27 {
                let make = |k: u32| {
                    let ends = sample(k + 1000 * count);
                    let (from, to) = match k % 7 {
                        0 => (ends[0], ends[1]),
                        1 => (0, 255),
                        _ => (ends[0] % 16, ends[1] % 20),
                    };
                    let (index, value) = (u16::from_be_bytes([ends[2], ends[3]]), sample(k));
                    Chain {
                        index,
                        from,
                        to,
                        value,
                    }
                };
                let mut chains: Vec<Chain> = (0..count).map(make).collect();
                let mut expected = chains.clone();
                for chain in &mut expected {
                    chain.value[n..].fill(0);
                    for j in chain.from..chain.to {
                        chain.value = step(n, 0x0102_0304, chain.index, j, &chain.value);
                    }
                }
                run_chains(engine, length, &ID, 0x0102_0304, &mut chains);
                assert_eq!(chains, expected, "{engine:?} {length:?} {count}");
            }
        }
    }
}

#[test]
fn derived_chains_equal_the_shake_crate() {
    let seed = sample(77);
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
                let mut value = step(n, 0xdead_beef, chain.index, 0xff, &seed);
                for j in 0..chain.to {
                    value = step(n, 0xdead_beef, chain.index, j, &value);
                }
                assert_eq!(chain.value, value, "{engine:?} {length:?}");
            }
        }
    }
}

/// Shapes with whole and with broken last blocks, and counts that do not fill the lanes.
#[test]
fn leaves_equal_the_shake_crate() {
    let seed = sample(3);
    for engine in Engine::all() {
        for (length, n) in LENGTHS {
            let shapes = [
                (265u16, 1, 11),
                (101, 3, 9),
                (67, 15, 8),
                (51, 15, 3),
                (34, 255, 1),
                (26, 255, 1),
            ];
            for (chains, last, count) in shapes {
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
                    assert_eq!(*leaf, expected, "{engine:?} {shape:?} leaf {k}");
                }
            }
        }
    }
}

#[test]
fn parents_equal_the_shake_crate() {
    for engine in Engine::all() {
        for (length, n) in LENGTHS {
            for count in [1usize, 3, 8, 9, 20] {
                let children: Vec<Digest> = (0..2 * count).map(|k| sample(k as u32)).collect();
                let mut out = vec![[0xaa; 32]; count];
                parents(engine, length, &ID, 500, &children, &mut out);
                for (k, node) in out.iter().enumerate() {
                    let number = (500 + k as u32).to_be_bytes();
                    let (left, right) = (&children[2 * k][..n], &children[2 * k + 1][..n]);
                    let expected = reference(n, &[&ID, &number, &[0x83, 0x83], left, right]);
                    assert_eq!(*node, expected, "{engine:?} {length:?} {count}: {k}");
                }
            }
        }
    }
}
