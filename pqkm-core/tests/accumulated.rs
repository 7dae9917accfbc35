//! ML-KEM over thousands of random keys, ciphertexts and rejections, as one hash, through every engine.
//!
//! The recipe is CCTV's (C2SP, ML-KEM, "Accumulated pq-crystals vectors") without `dk`. Its page still gives hashes
//! of the draft standard, whose key generation lacked the byte `k`; those below are the final standard's,
//! as Go's `crypto/mlkem` tests have them for ML-KEM-768.
#![expect(clippy::unwrap_used, reason = "a failure is the test's")]
#![expect(clippy::print_stdout, reason = "says which engines this CPU lacks")]

use pqkm_core::{
    Ciphertext, Engine, ExposeToken, MlKem768,
    hazmat::{self, GivenBytes},
};
use shake::{ExtendableOutput, Shake128, Update, XofReader};

/// Keys that are generated, and encapsulated to, in one call.
const GROUP: usize = 100;

struct Input {
    seed: [u8; 64],
    m: [u8; 32],
    random: [u8; 1088],
}

impl Input {
    fn read(inputs: &mut impl XofReader) -> Self {
        let (mut seed, mut m, mut random) = ([0; 64], [0; 32], [0; 1088]);
        inputs.read(&mut seed);
        inputs.read(&mut m);
        inputs.read(&mut random);
        Self { seed, m, random }
    }
}

fn accumulate(engine: Engine, count: usize) -> String {
    let mut inputs = Shake128::default().finalize_xof();
    let mut outputs = Shake128::default();
    let mut left = count;
    while left > 0 {
        let group = left.min(GROUP);
        let group: Vec<_> = (0..group).map(|_| Input::read(&mut inputs)).collect();
        accumulate_group(engine, &group, &mut outputs);
        left -= group.len();
    }
    let mut digest = [0; 32];
    outputs.finalize_xof().read(&mut digest);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn accumulate_group(engine: Engine, group: &[Input], outputs: &mut Shake128) {
    let seeds = group.iter().map(|input| input.seed).collect::<Vec<_>>();
    let mut seeds = GivenBytes::new(seeds.as_flattened());
    let pairs = hazmat::generate_kem_pairs::<MlKem768, _>(engine, group.len(), &mut seeds);
    let pairs = pairs.unwrap().unwrap();
    let eks: Vec<_> = pairs.iter().map(|(_, ek)| ek).collect();
    let messages = group.iter().map(|input| input.m).collect::<Vec<_>>();
    let mut messages = GivenBytes::new(messages.as_flattened());
    let sent = hazmat::encapsulate_each(engine, &eks, &mut messages);
    for ((input, (dk, ek)), (ciphertext, sent)) in
        group.iter().zip(&pairs).zip(sent.unwrap().unwrap())
    {
        let random = Ciphertext::from_bytes(&input.random).unwrap();
        let prepared = dk.prepare_with(engine).unwrap();
        let secrets = prepared.decapsulate_many(&[&ciphertext, &random]).unwrap();
        let [received, rejected] = secrets.try_into().ok().unwrap();
        let sent = sent.expose(ExposeToken::acknowledge());
        assert_eq!(sent, received.unwrap().expose(ExposeToken::acknowledge()));

        outputs.update(ek.as_bytes());
        outputs.update(ciphertext.as_bytes());
        outputs.update(sent);
        outputs.update(rejected.unwrap().expose(ExposeToken::acknowledge()));
    }
}

/// Whether every engine that this CPU has comes to a hash.
fn through_every_engine(count: usize, expected: &str) {
    for engine in Engine::ALL.iter().copied() {
        if engine.is_available() {
            assert_eq!(accumulate(engine, count), expected, "{engine}");
        } else {
            println!("not tested: this CPU has no {engine}");
        }
    }
}

#[test]
fn a_hundred() {
    through_every_engine(
        100,
        "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415",
    );
}

const TEN_THOUSAND: &str = "8a518cc63da366322a8e7a818c7a0d63483cb3528d34a4cf42f35d5ad73f22fc";

#[test]
fn ten_thousand() {
    assert_eq!(accumulate(Engine::detect(), 10_000), TEN_THOUSAND);
}

#[test]
#[ignore = "half a minute without optimisation"]
fn ten_thousand_through_every_engine() {
    through_every_engine(10_000, TEN_THOUSAND);
}

#[test]
#[ignore = "ten minutes with optimisation"]
fn a_million() {
    through_every_engine(
        1_000_000,
        "424bf8f0e8ae99b78d788a6e2e8e9cdaf9773fc0c08a6f433507cb559edfd0f0",
    );
}
