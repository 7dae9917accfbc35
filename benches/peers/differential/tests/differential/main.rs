//! Differential tests: pqkm on every engine against implementations that share no code with it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::integer_division_remainder_used,
    clippy::print_stdout,
    reason = "a test: it fails by panicking, and says what it could not cover"
)]

mod known_answers;
mod lms;
mod mldsa;
mod mlkem;
mod shamir;

use pqkm::core::Engine;

/// The engines that this CPU runs; the others are named, so that a run says what it did not cover.
fn engines() -> Vec<Engine> {
    let (run, missing): (Vec<Engine>, Vec<Engine>) =
        Engine::ALL.iter().partition(|engine| engine.is_available());
    for engine in missing {
        println!("not run: this CPU lacks engine {engine}");
    }
    run
}

/// `N` bytes that differ from round to round.
fn bytes<const N: usize>(round: usize) -> [u8; N] {
    core::array::from_fn(|n| (n * 31 + round * 101 + round / 7).to_le_bytes()[0])
}

/// The last `length` bytes: of a PKCS#8 document in the expanded form, the expanded key.
fn tail(document: &[u8], length: usize) -> Vec<u8> {
    document[document.len() - length..].to_vec()
}
