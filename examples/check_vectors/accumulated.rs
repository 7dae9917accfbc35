//! Accumulated vectors: many iterations, one hash. Inputs are drawn in order; the work of a chunk
//! is shared by threads; outputs are absorbed in order.

use std::thread;

use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    Ciphertext, Engine, ExposeToken, KemAlgorithm, Message, PrivateKeyForm, Sign, Verify,
};
use pqkm_testkit::cctv::Accumulator;
use pqkm_testkit::parameter_set::ParameterSet;
use pqkm_testkit::rng::SeededRng;

use crate::kem::VectorKem;
use crate::report::{Check, Fault, ensure};
use crate::signature::{DETERMINISTIC, VectorSignature};

/// Iterations whose inputs and outputs are held at once.
const CHUNK: u64 = 512;

/// What one iteration absorbs, or what went wrong in it.
type Output = Result<Vec<u8>, Fault>;

/// ML-KEM: `d`, `z`, `m` and a random ciphertext in; keys, ciphertext and both secrets out.
pub(crate) fn kem<A: VectorKem>(engine: Engine, iterations: u64, digest: &[u8; 32]) -> Check {
    let ciphertext_bytes = row::<A>()?.output_bytes();
    let draw = |rng: &mut SeededRng| rng.bytes(64 + 32 + ciphertext_bytes);
    accumulate(iterations, digest, draw, |input| {
        kem_iteration::<A>(engine, input)
    })
}

/// ML-DSA: `xi` in; the public key and the deterministic signature of nothing out.
pub(crate) fn signature<A: VectorSignature>(
    engine: Engine,
    iterations: u64,
    digest: &[u8; 32],
) -> Check {
    let draw = |rng: &mut SeededRng| rng.bytes(32);
    accumulate(iterations, digest, draw, |input| {
        signature_iteration::<A>(engine, input)
    })
}

fn accumulate(
    iterations: u64,
    digest: &[u8; 32],
    draw: impl Fn(&mut SeededRng) -> Vec<u8>,
    work: impl Fn(&[u8]) -> Output + Sync,
) -> Check {
    let mut rng = SeededRng::from_bytes(&[]);
    let mut accumulator = Accumulator::default();
    let mut left = iterations;
    while left > 0 {
        let count = left.min(CHUNK);
        let inputs: Vec<_> = (0..count).map(|_| draw(&mut rng)).collect();
        for output in in_threads(&inputs, &work) {
            accumulator.absorb(&output?);
        }
        left -= count;
    }
    ensure(
        accumulator.digest() == *digest,
        "another hash of all outputs",
    )
}

/// The outputs in the order of their inputs.
fn in_threads(inputs: &[Vec<u8>], work: &(impl Fn(&[u8]) -> Output + Sync)) -> Vec<Output> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = inputs.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = inputs
            .chunks(share)
            .map(|part| scope.spawn(|| part.iter().map(|input| work(input)).collect::<Vec<_>>()))
            .collect();
        let panicked = |_| vec![Err(Fault::from("an iteration panicked"))];
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(panicked))
            .collect()
    })
}

/// The row of the standards' tables.
fn row<A: KemAlgorithm>() -> Result<ParameterSet, Fault> {
    ParameterSet::from_name(A::NAME).ok_or_else(|| "no such parameter set".into())
}

fn kem_iteration<A: VectorKem>(engine: Engine, input: &[u8]) -> Output {
    let (seed, rest) = input.split_at_checked(64).ok_or("short input")?;
    let (m, random) = rest.split_at_checked(32).ok_or("short input")?;
    let pairs = hazmat::generate_kem_pairs::<A, _>(engine, 1, &mut GivenBytes::new(seed));
    let (dk, ek) = pairs??.into_iter().next().ok_or("no key was generated")?;
    let encapsulating = ek.prepare_with(engine)?;
    let decapsulating = dk.prepare_with(engine)?;
    let token = ExposeToken::acknowledge;
    let (c, k) = encapsulating.encapsulate(&mut GivenBytes::new(m))?;
    let same = decapsulating.decapsulate(&c)?;
    ensure(
        k.expose(token()) == same.expose(token()),
        "decapsulation gives another secret",
    )?;
    let random = Ciphertext::<A>::from_bytes(random)?;
    let rejected = decapsulating.decapsulate(&random)?;
    let exposed = dk.expose(token())?;
    let der = exposed.to_pkcs8_der_as(PrivateKeyForm::Expanded)?;
    let dk_bytes = row::<A>()?.private_key_bytes();
    let dk = der
        .as_bytes()
        .len()
        .checked_sub(dk_bytes)
        .and_then(|at| der.as_bytes().get(at..));
    Ok([
        ek.as_bytes(),
        dk.ok_or("short private key")?,
        c.as_bytes(),
        k.expose(token()),
        rejected.expose(token()),
    ]
    .concat())
}

fn signature_iteration<A: VectorSignature>(engine: Engine, input: &[u8]) -> Output {
    let pairs = hazmat::generate_signature_pairs::<A, _>(engine, 1, &mut GivenBytes::new(input));
    let (key, public) = pairs??.into_iter().next().ok_or("no key was generated")?;
    let message = Message::pure(&[]);
    let signing = key.prepare_with(engine)?;
    let signature = signing.sign_message(&message, &mut GivenBytes::new(&DETERMINISTIC));
    let signature = signature?;
    let verifying = public.prepare_with(engine)?;
    verifying.verify_message(&message, &signature)?;
    Ok([public.as_bytes(), signature.as_bytes()].concat())
}
