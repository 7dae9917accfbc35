//! Every engine against RustCrypto's `ml-dsa`, and against accumulated vectors that neither made.

#![expect(
    clippy::integer_division_remainder_used,
    reason = "which case a number stands for is no secret"
)]

mod differential;

use alloc::{format, string::String, vec, vec::Vec};
use std::eprintln;

use shake::{ExtendableOutput, Shake128, Update, XofReader};

use super::{
    MU_BYTES, MlDsa44, MlDsa65, MlDsa87, MlDsaParameters, SEED_BYTES, dispatch, representative,
};
use crate::{
    encoding::SeedForms,
    engine::Engine,
    error::DecodeError,
    message::{Context, Message, PreHash, PreHashed},
    mldsa::MlDsaSigning,
};

/// The engines of the kernels that this CPU has; says which it lacks.
fn engines() -> impl Iterator<Item = Engine> {
    let kernels = Engine::ALL
        .iter()
        .copied()
        .filter(|engine| *engine != Engine::REFERENCE);
    kernels.filter(|engine| {
        if !engine.is_available() {
            eprintln!("not tested: this CPU has no {engine}");
        }
        engine.is_available()
    })
}

/// Reproducible bytes.
struct Random(<Shake128 as ExtendableOutput>::Reader);

impl Random {
    fn new(label: &str) -> Self {
        let mut xof = Shake128::default();
        xof.update(label.as_bytes());
        Self(xof.finalize_xof())
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read(&mut bytes);
        bytes
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.read(bytes);
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(u32::from_le_bytes(self.bytes())).unwrap() % bound
    }
}

/// Keys and signatures of `engine` and of the reference, for `count` seeds in one batch.
fn same_bytes<P: MlDsaParameters>(engine: Engine, count: usize) {
    let mut random = Random::new(P::NAME);
    let seeds: Vec<[u8; SEED_BYTES]> = (0..count).map(|_| random.bytes()).collect();
    let seeds: Vec<_> = seeds.iter().collect();
    let pairs = dispatch::generate::<P>(engine, &seeds);
    let expected = dispatch::generate::<P>(Engine::REFERENCE, &seeds);
    assert!(pairs == expected, "{engine} {} keys", P::NAME);
    for (sk, pk) in &pairs {
        let key = dispatch::expand_sk::<P>(engine, sk);
        let reference = dispatch::expand_sk::<P>(Engine::REFERENCE, sk);
        // More messages than lanes, so that slots are filled again.
        let drawn: Vec<([u8; MU_BYTES], [u8; 32])> =
            (0..11).map(|_| (random.bytes(), random.bytes())).collect();
        let items: Vec<_> = drawn.iter().map(|(mu, rnd)| (*mu, rnd)).collect();
        let signatures = dispatch::sign::<P>(&key, &items);
        let expected = dispatch::sign::<P>(&reference, &items);
        assert!(signatures == expected, "{engine} {} batch", P::NAME);
        for (item, expected) in items.iter().zip(&expected).take(3) {
            assert!(
                dispatch::sign::<P>(&key, &[*item])[0] == *expected,
                "{engine} alone"
            );
        }
        let signatures: Vec<_> = signatures.into_iter().map(Option::unwrap).collect();
        same_verdicts::<P>(engine, pk, &items, &signatures, &mut random);
    }
}

/// Good signatures, damaged ones, and good ones of another message.
fn same_verdicts<P: MlDsaParameters>(
    engine: Engine,
    pk: &[u8],
    items: &[([u8; MU_BYTES], &[u8; 32])],
    signatures: &[P::SignatureBytes],
    random: &mut Random,
) {
    let key = dispatch::expand_pk::<P>(engine, pk);
    let reference = dispatch::expand_pk::<P>(Engine::REFERENCE, pk);
    let damaged: Vec<P::SignatureBytes> = signatures
        .iter()
        .map(|signature| {
            let mut bytes = signature.as_ref().to_vec();
            let length = bytes.len();
            // Half of them in the hint, where encodings can be malformed.
            let at = if random.below(2) == 0 {
                random.below(length)
            } else {
                length - 1 - random.below(60)
            };
            bytes[at] ^= 1 << random.below(8);
            P::SignatureBytes::try_from(&bytes).ok().unwrap()
        })
        .collect();
    let mut claims = Vec::new();
    for i in 0..items.len() {
        claims.push((items[i].0, &signatures[i]));
        claims.push((items[i].0, &damaged[i]));
        claims.push((items[(i + 1) % items.len()].0, &signatures[i]));
    }
    let verdicts = dispatch::verify::<P>(&key, &claims);
    assert_eq!(
        verdicts,
        dispatch::verify::<P>(&reference, &claims),
        "{engine} {}",
        P::NAME
    );
    for (i, claim) in claims.iter().enumerate() {
        assert_eq!(verdicts[i], i % 3 == 0);
        assert_eq!(dispatch::verify::<P>(&key, &[*claim]), [verdicts[i]]);
    }
}

#[test]
fn engines_give_the_bytes_of_the_reference() {
    for engine in engines() {
        for count in [1, 3, 9] {
            same_bytes::<MlDsa44>(engine, count);
            same_bytes::<MlDsa65>(engine, count);
            same_bytes::<MlDsa87>(engine, count);
        }
    }
}

#[test]
fn representatives_of_a_batch_are_those_one_by_one() {
    let mut random = Random::new("representatives");
    let texts: Vec<[u8; 300]> = (0..60).map(|_| random.bytes()).collect();
    let given: [u8; MU_BYTES] = random.bytes();
    let messages: Vec<Message<'_>> = texts
        .iter()
        .enumerate()
        .map(|(i, text)| {
            // Runs of equal lengths, broken by other lengths, contexts, digests and given representatives.
            let context = Context::new(&text[..[0, 0, 0, 9, 255][i % 5]]).unwrap();
            match random.below(8) {
                0 => Message::Mu(&given),
                1 => Message::PreHashed {
                    digest: PreHashed::new(PreHash::Sha2_512, &text[..64]).unwrap(),
                    context,
                },
                2 => Message::with_context(&text[..random.below(300)], context),
                _ => Message::pure(&text[..200]),
            }
        })
        .collect();
    let (sk, pk) = dispatch::generate::<MlDsa44>(Engine::detect(), &[&[1; 32]]).remove(0);
    let tr = representative::tr(&pk);
    let expected: Vec<_> = messages
        .iter()
        .map(|m| representative::mu(&tr, m))
        .collect();
    for engine in engines() {
        let key = dispatch::expand_sk::<MlDsa44>(engine, &sk);
        assert_eq!(dispatch::mus(&key, &tr, &messages), expected, "{engine}");
    }
}

/// CCTV, "Accumulated ML-DSA tests": keys and deterministic signatures of the empty message for seeds from SHAKE128,
/// hashed by another.
fn accumulated<P: MlDsaParameters>(engine: Engine, count: usize) -> [u8; 32] {
    let mut seeds = Shake128::default().finalize_xof();
    let mut accumulator = Shake128::default();
    let mut left = count;
    while left > 0 {
        let mut group = vec![[0; SEED_BYTES]; left.min(50)];
        group.iter_mut().for_each(|seed| seeds.read(seed));
        for (sk, pk) in dispatch::generate::<P>(engine, &group.iter().collect::<Vec<_>>()) {
            let message = Message::pure(b"");
            let mu = representative::mu(&representative::tr(&pk), &message);
            let key = dispatch::expand_sk::<P>(engine, &sk);
            let signature = dispatch::sign::<P>(&key, &[(mu, &[0; 32])])
                .remove(0)
                .unwrap();
            let key = dispatch::expand_pk::<P>(engine, &pk);
            assert_eq!(dispatch::verify::<P>(&key, &[(mu, &signature)]), [true]);
            accumulator.update(&pk);
            accumulator.update(signature.as_ref());
        }
        left -= group.len();
    }
    let mut hash = [0; 32];
    accumulator.finalize_xof().read(&mut hash);
    hash
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn accumulated_vectors() {
    let expected = [
        "d51148e1f9f4fa1a723a6cf42e25f2a99eb5c1b378b3d2dbbd561b1203beeae4",
        "8358a1843220194417cadbc2651295cd8fc65125b5a5c1a239a16dc8b57ca199",
        "8c3ad714777622b8f21ce31bb35f71394f23bc0fcf3c78ace5d608990f3b061b",
    ];
    for engine in engines() {
        assert_eq!(
            hex(&accumulated::<MlDsa44>(engine, 100)),
            expected[0],
            "{engine}"
        );
        assert_eq!(
            hex(&accumulated::<MlDsa65>(engine, 100)),
            expected[1],
            "{engine}"
        );
        assert_eq!(
            hex(&accumulated::<MlDsa87>(engine, 100)),
            expected[2],
            "{engine}"
        );
    }
}

#[test]
#[ignore = "10,000 keys a parameter set and engine: half a minute with optimisation"]
fn accumulated_vectors_of_ten_thousand() {
    let expected = [
        "e7fd21f6a59bcba60d65adc44404bb29a7c00e5d8d3ec06a732c00a306a7d143",
        "5ff5e196f0b830c3b10a9eb5358e7c98a3a20136cb677f3ae3b90175c3ace329",
        "80a8cf39317f7d0be0e24972c51ac152bd2a3e09bc0c32ce29dd82c4e7385e60",
    ];
    for engine in engines() {
        assert_eq!(
            hex(&accumulated::<MlDsa44>(engine, 10_000)),
            expected[0],
            "{engine}"
        );
        assert_eq!(
            hex(&accumulated::<MlDsa65>(engine, 10_000)),
            expected[1],
            "{engine}"
        );
        assert_eq!(
            hex(&accumulated::<MlDsa87>(engine, 10_000)),
            expected[2],
            "{engine}"
        );
    }
}

fn every_part_is_checked<P: MlDsaParameters>() {
    let (sk, _) = dispatch::generate::<P>(Engine::detect(), &[&[7; 32]]).remove(0);
    assert!(MlDsaSigning::<P>::from_expanded(&sk).is_ok());
    // K is free; everything else follows from it, or is in the public key.
    for at in (0..32).chain(64..sk.len()).step_by(29) {
        let mut changed = sk.clone();
        changed[at] ^= 1 << (at % 8);
        let error = MlDsaSigning::<P>::from_expanded(&changed).err();
        assert!(
            matches!(error, Some(DecodeError::Inconsistent | DecodeError::Range)),
            "byte {at}"
        );
    }
    assert!(matches!(
        MlDsaSigning::<P>::from_expanded(&sk[1..]).err(),
        Some(DecodeError::Length)
    ));
}

#[test]
fn a_changed_expanded_key_is_refused() {
    every_part_is_checked::<MlDsa44>();
    every_part_is_checked::<MlDsa65>();
    every_part_is_checked::<MlDsa87>();
}
