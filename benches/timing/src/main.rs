//! Whether the time of an operation depends on secrets, by statistics (dudect): Welch's t-test of two classes of inputs.
//!
//! ```text
//! cargo run --release --manifest-path benches/timing/Cargo.toml -- [--filter NAME] [--continuous NAME]
//! ```
//!
//! A row a program: how many times were measured, and the largest t of all cut-offs. `max t` beyond 5 says that
//! the classes differ; below that nothing was found, which is not a proof. The classes are a secret that stays the same, and
//! secrets drawn at random, or right and damaged ciphertexts. `control` compares a secret with an early exit, and must be
//! found: a run in which it is not shows nothing.
//!
//! It is a second opinion beside `scripts/ct`, and the only one on instruction sets that valgrind does not know: the
//! widest engine of the CPU runs. ML-DSA is not here: how often signing begins anew, and how many candidates
//! are refused in key generation, changes the time as FIPS 204 has it, and drowns everything else.
//! Run it on a machine that does nothing else.
#![expect(clippy::unwrap_used, reason = "a measurement that fails shows nothing")]

use std::hint::black_box;

use dudect_bencher::{BenchRng, Class, CtRunner, ctbench_main, rand::Rng};
use pqkm_core::hazmat::{self, GivenBytes};
use pqkm_core::{Ciphertext, DecapsulationKey, Engine, MlKem768, PreparedDecapsulationKey};
use pqkm_shamir::{Threshold, raw};

/// Inputs that are made for a round, of both classes at random. Where an input lies in memory changes the time as well:
/// so they are many, and made anew.
const POOL: usize = 128;
const ROUNDS: usize = 400;
/// Measurements of a round.
const RUNS: usize = 1000;
/// Items of a batch.
const MANY: usize = 8;

fn bytes<const N: usize>(rng: &mut BenchRng) -> [u8; N] {
    let mut out = [0; N];
    rng.fill_bytes(&mut out);
    out
}

/// Runs an operation on inputs of both classes, in random order.
fn compare<T, O>(
    runner: &mut CtRunner,
    rng: &mut BenchRng,
    mut make: impl FnMut(Class, &mut BenchRng) -> T,
    operation: impl Fn(&T) -> O,
) {
    for _ in 0..ROUNDS {
        let draw = |_| match bytes::<1>(rng)[0] & 1 {
            0 => (Class::Left, make(Class::Left, rng)),
            _ => (Class::Right, make(Class::Right, rng)),
        };
        let pool: Vec<(Class, T)> = (0..POOL).map(draw).collect();
        for (_, input) in &pool {
            black_box(operation(input));
        }
        for _ in 0..RUNS {
            let (class, input) = &pool[usize::from(bytes::<1>(rng)[0]) % POOL];
            runner.run_one(*class, || black_box(operation(input)));
        }
    }
}

type Key = PreparedDecapsulationKey<MlKem768>;

/// A key and a ciphertext for it.
fn received(seed: &[u8; 64], rng: &mut BenchRng) -> (Key, Ciphertext<MlKem768>) {
    let key = DecapsulationKey::<MlKem768>::from_seed(seed).unwrap();
    let m: [u8; 32] = bytes(rng);
    let each = hazmat::encapsulate_each(
        Engine::detect(),
        &[&key.encapsulation_key()],
        &mut GivenBytes::new(&m),
    );
    let (ciphertext, _) = each.unwrap().unwrap().pop().unwrap();
    (key.prepare(), ciphertext)
}

fn fixed_or_random<const N: usize>(class: Class, rng: &mut BenchRng) -> [u8; N] {
    match class {
        Class::Left => [0x42; N],
        Class::Right => bytes(rng),
    }
}

/// One private key, and many.
fn decapsulate_keys(runner: &mut CtRunner, rng: &mut BenchRng) {
    let make = |class, rng: &mut BenchRng| received(&fixed_or_random(class, rng), rng);
    compare(runner, rng, make, |(key, ciphertext)| {
        key.decapsulate(ciphertext).is_ok()
    });
}

/// A right ciphertext, or a damaged one.
fn right_or_damaged(class: Class, rng: &mut BenchRng) -> (Key, Ciphertext<MlKem768>) {
    let (key, ciphertext) = received(&[0x42; 64], rng);
    let mut bytes = ciphertext.as_bytes().to_vec();
    bytes[700] ^= match class {
        Class::Left => 0,
        Class::Right => 4,
    };
    (key, Ciphertext::from_bytes(&bytes).unwrap())
}

/// Right ciphertexts, and damaged ones, which are rejected implicitly.
fn decapsulate_damaged(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, right_or_damaged, |(key, ciphertext)| {
        key.decapsulate(ciphertext).is_ok()
    });
}

/// As [`decapsulate_damaged`], in lockstep.
fn decapsulate_many_damaged(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, right_or_damaged, |(key, ciphertext)| {
        key.decapsulate_many(&[ciphertext; MANY]).unwrap().len()
    });
}

/// One message of encapsulation, and many.
fn encapsulate_messages(runner: &mut CtRunner, rng: &mut BenchRng) {
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let key = key.encapsulation_key().prepare();
    compare(runner, rng, fixed_or_random::<32>, |m| {
        key.encapsulate(&mut GivenBytes::new(m)).is_ok()
    });
}

/// One secret that is split, and many; the coefficients are random for both.
fn split(runner: &mut CtRunner, rng: &mut BenchRng) {
    let threshold = Threshold::new(3, 5).unwrap();
    let make = |class, rng: &mut BenchRng| {
        let secret: [u8; 32] = fixed_or_random(class, rng);
        (secret, bytes::<64>(rng))
    };
    compare(runner, rng, make, |(secret, coefficients)| {
        raw::split(secret, threshold, &mut GivenBytes::new(coefficients)).is_ok()
    });
}

/// Shares of one secret combined, and of many.
fn combine(runner: &mut CtRunner, rng: &mut BenchRng) {
    let make = |class, rng: &mut BenchRng| {
        let secret: [u8; 32] = fixed_or_random(class, rng);
        let coefficients: [u8; 64] = bytes(rng);
        let threshold = Threshold::new(3, 5).unwrap();
        raw::split(&secret, threshold, &mut GivenBytes::new(&coefficients)).unwrap()
    };
    compare(runner, rng, make, |shares| {
        raw::combine(3, &shares.iter().take(3).collect::<Vec<_>>()).is_ok()
    });
}

/// A comparison that ends at the first difference: this must be found.
fn control(runner: &mut CtRunner, rng: &mut BenchRng) {
    let guess = [0x42; 2048];
    compare(runner, rng, fixed_or_random::<2048>, |secret| {
        secret
            .iter()
            .zip(&guess)
            .all(|(a, b)| black_box(a) == black_box(b))
    });
}

ctbench_main!(
    combine,
    control,
    decapsulate_damaged,
    decapsulate_keys,
    decapsulate_many_damaged,
    encapsulate_messages,
    split
);
