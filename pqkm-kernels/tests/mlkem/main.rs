//! ML-KEM on the kernels, byte for byte against the `ml-kem` crate: every parameter set, every instance,
//! whole and partial groups, one operation and many.
#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::integer_division_remainder_used,
    reason = "a test"
)]

mod engine;

use engine::{Kem, Work};
use ml_kem::{DecapsulationKey, KeyExport, kem::TryDecapsulate};
use pqkm_kernels::lanes::{Lanes, Portable, Token};
use pqkm_kernels::rows::Rows;

struct Random(u64);

impl Random {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8
        })
    }
}

/// What the reference gives for a key and some messages.
struct Reference {
    ek: Vec<u8>,
    dk: Vec<u8>,
    cts: Vec<Vec<u8>>,
    secrets: Vec<[u8; 32]>,
}

macro_rules! suite {
    ($name:ident, $set:ty, $k:literal, $eta1:literal, $du:literal, $dv:literal) => {
        mod $name {
            use super::*;

            type This = Kem<$k, $eta1, $du, $dv>;

            fn reference(d: &[u8; 32], z: &[u8; 32], messages: &[[u8; 32]]) -> Reference {
                let mut seed = [0; 64];
                seed[..32].copy_from_slice(d);
                seed[32..].copy_from_slice(z);
                let key = DecapsulationKey::<$set>::from_seed(seed.into());
                #[expect(deprecated, reason = "the expanded form is what is compared")]
                let dk = ml_kem::ExpandedKeyEncoding::to_expanded_bytes(&key).to_vec();
                let ek = key.encapsulation_key().to_bytes().to_vec();
                let (cts, secrets) = messages
                    .iter()
                    .map(|m| {
                        let (ct, k) = key
                            .encapsulation_key()
                            .encapsulate_deterministic(&(*m).into());
                        (ct.to_vec(), <[u8; 32]>::try_from(k.as_slice()).unwrap())
                    })
                    .unzip();
                Reference {
                    ek,
                    dk,
                    cts,
                    secrets,
                }
            }

            fn decapsulated(d: &[u8; 32], z: &[u8; 32], ct: &[u8]) -> [u8; 32] {
                let mut seed = [0; 64];
                seed[..32].copy_from_slice(d);
                seed[32..].copy_from_slice(z);
                let key = DecapsulationKey::<$set>::from_seed(seed.into());
                let ct = ml_kem::Ciphertext::<$set>::try_from(ct).unwrap();
                key.try_decapsulate(&ct)
                    .unwrap()
                    .as_slice()
                    .try_into()
                    .unwrap()
            }

            fn one_key<L: Lanes>(l: L, random: &mut Random, lanes: usize, special: bool) {
                let (mut one, mut many) = (Work::new(l.four_lanes()), Work::new(l));
                let (d, z) = (random.bytes(), random.bytes());
                let mut messages: Vec<[u8; 32]> = (0..lanes).map(|_| random.bytes()).collect();
                if special {
                    messages[0] = [0; 32];
                    messages[lanes - 1] = [255; 32];
                }
                let expected = reference(&d, &z, &messages);

                let (mut ek, mut dk) = (vec![0; This::EK], vec![0; This::DK]);
                This::generate_one(l, &mut one, &d, &z, &mut ek, &mut dk).unwrap();
                assert!(
                    ek == expected.ek && dk == expected.dk,
                    "generate_one on {}",
                    L::NAME
                );

                let key = This::prepare(l, &ek).unwrap();
                let mut cts = vec![vec![0; This::CT]; lanes];
                let mut secrets = vec![[0; 32]; lanes];
                let rows: Vec<_> = messages.iter().collect();
                let rows = Rows::new(&rows).unwrap();
                This::encapsulate_many(l, &mut many, &key, &rows, &mut cts, &mut secrets).unwrap();
                assert!(
                    secrets == expected.secrets,
                    "encapsulate_many on {}",
                    L::NAME
                );
                assert!(cts == expected.cts, "encapsulate_many on {}", L::NAME);

                let (mut ct, mut secret) = (vec![0; This::CT], [0; 32]);
                This::encapsulate_one(l, &mut one, &key, &messages[0], &mut ct, &mut secret)
                    .unwrap();
                assert!(
                    secret == expected.secrets[0],
                    "encapsulate_one on {}",
                    L::NAME
                );
                assert!(ct == expected.cts[0], "encapsulate_one on {}", L::NAME);

                let key = This::prepare_secret(l, &dk).unwrap();
                let mut expected_secrets = expected.secrets;
                for lane in 1..lanes {
                    // Every other ciphertext is wrong in one bit.
                    if lane % 2 == 1 {
                        let at: [u8; 2] = random.bytes();
                        let at = usize::from(u16::from_le_bytes(at)) % (8 * This::CT);
                        cts[lane][at / 8] ^= 1 << (at % 8);
                        expected_secrets[lane] = decapsulated(&d, &z, &cts[lane]);
                    }
                }
                let rows: Vec<_> = cts.iter().collect();
                let rows = Rows::new(&rows).unwrap();
                let mut secrets = vec![[0; 32]; lanes];
                This::decapsulate_many(l, &mut many, &key, &rows, &mut secrets).unwrap();
                assert!(
                    secrets == expected_secrets,
                    "decapsulate_many on {}",
                    L::NAME
                );
                for (ct, expected) in cts.iter().zip(&expected_secrets) {
                    let mut secret = [0; 32];
                    This::decapsulate_one(l, &mut one, &key, ct, &mut secret).unwrap();
                    assert!(secret == *expected, "decapsulate_one on {}", L::NAME);
                }
            }

            fn many_keys<L: Lanes>(l: L, random: &mut Random, lanes: usize) {
                let mut many = Work::new(l);
                let ds: Vec<[u8; 32]> = (0..lanes).map(|_| random.bytes()).collect();
                let zs: Vec<[u8; 32]> = (0..lanes).map(|_| random.bytes()).collect();
                let messages: Vec<[u8; 32]> = (0..lanes).map(|_| random.bytes()).collect();
                let expected: Vec<_> = (0..lanes)
                    .map(|i| reference(&ds[i], &zs[i], &messages[i..i + 1]))
                    .collect();
                let mut eks = vec![vec![0; This::EK]; lanes];
                let mut dks = vec![vec![0; This::DK]; lanes];
                let rows: Vec<_> = ds.iter().collect();
                let rows = Rows::new(&rows).unwrap();
                This::generate_many(l, &mut many, &rows, &zs, &mut eks, &mut dks).unwrap();
                for i in 0..lanes {
                    assert!(eks[i] == expected[i].ek, "generate_many on {}", L::NAME);
                    assert!(dks[i] == expected[i].dk, "generate_many on {}", L::NAME);
                }
                let mut cts = vec![vec![0; This::CT]; lanes];
                let mut secrets = vec![[0; 32]; lanes];
                let mut valid = vec![true; lanes];
                let keys: Vec<_> = eks.iter().collect();
                let rows: Vec<_> = messages.iter().collect();
                This::encapsulate_many_keys(
                    l,
                    &mut many,
                    &Rows::new(&keys).unwrap(),
                    &Rows::new(&rows).unwrap(),
                    &mut cts,
                    &mut secrets,
                    &mut valid,
                )
                .unwrap();
                for i in 0..lanes {
                    assert!(
                        valid[i] && secrets[i] == expected[i].secrets[0],
                        "{}",
                        L::NAME
                    );
                    assert!(
                        cts[i] == expected[i].cts[0],
                        "encapsulate_many_keys on {}",
                        L::NAME
                    );
                }
            }

            fn refused_keys<L: Lanes>(l: L) {
                let mut random = Random(5);
                let mut one = Work::new(l.four_lanes());
                let (mut ek, mut dk) = (vec![0; This::EK], vec![0; This::DK]);
                This::generate_one(
                    l,
                    &mut one,
                    &random.bytes(),
                    &random.bytes(),
                    &mut ek,
                    &mut dk,
                )
                .unwrap();
                for at in [0, 1, 127, 128, 255, 256 * $k - 1] {
                    // The coefficient becomes q, then 4095: not canonical.
                    for value in [3329_u16, 4095] {
                        let mut wrong = ek.clone();
                        let byte = at / 2 * 3 + at % 2;
                        let pair = u16::from_le_bytes([wrong[byte], wrong[byte + 1]]);
                        let pair = if at % 2 == 0 {
                            pair & 0xf000 | value
                        } else {
                            pair & 0x000f | value << 4
                        };
                        wrong[byte..byte + 2].copy_from_slice(&pair.to_le_bytes());
                        assert!(
                            This::prepare(l, &wrong).is_none(),
                            "{at} {value} {}",
                            L::NAME
                        );
                    }
                }
            }

            fn all<L: Lanes>(l: L) {
                let mut random = Random(0x1234_5678_9abc_def1 ^ $k);
                for round in 0..6 {
                    for lanes in 1..=L::LANES {
                        one_key(l, &mut random, lanes, round == 0);
                        many_keys(l, &mut random, lanes);
                    }
                }
                refused_keys(l);
            }

            fn run<L: Lanes>(token: Option<L>) {
                match token {
                    Some(l) => all(l),
                    None => eprintln!("not tested: this CPU or build has no {}", L::NAME),
                }
            }

            #[test]
            fn equals_the_reference() {
                run(Portable::detect());
                #[cfg(target_arch = "x86_64")]
                {
                    use pqkm_kernels::lanes::{Avx2, Avx512, Avx512Vl};
                    run(Avx2::detect());
                    run(Avx512Vl::detect());
                    run(Avx512::detect());
                }
            }
        }
    };
}

suite!(mlkem512, ml_kem::MlKem512, 2, 3, 10, 4);
suite!(mlkem768, ml_kem::MlKem768, 3, 2, 10, 4);
suite!(mlkem1024, ml_kem::MlKem1024, 4, 2, 11, 5);
