//! ML-DSA, each operation with each engine: medians of short batches.
//! `cargo bench -p pqkm-core --bench mldsa --features hazmat [-- FILTER]`.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::integer_division_remainder_used,
    reason = "a report for a person: a wrong harness may stop"
)]

use core::{convert::Infallible, hint::black_box};
use std::time::Instant;

use pqkm_core::{
    Engine, Message, MlDsa44, MlDsa65, MlDsa87, SeedForms, SignatureAlgorithm,
    VerificationAlgorithm, hazmat,
    rand_core::{TryCryptoRng, TryRng},
};

/// Signatures in a batch.
const MANY: usize = 256;

/// A generator for timing alone (`SplitMix64`).
struct Quick(u64);

impl TryRng for Quick {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        Ok(x ^ x >> 31)
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for chunk in to.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Quick {}

/// The filters on the command line.
fn filters() -> Vec<String> {
    let filters = std::env::args().skip(1);
    filters.filter(|a| !a.starts_with("--")).collect()
}

/// Prints the median time of `f`, divided by `per`.
fn report(engine: Engine, work: &str, per: usize, mut f: impl FnMut()) {
    let name = format!("{engine}: {work}");
    let filters = filters();
    if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter)) {
        return;
    }
    let mut times = Vec::new();
    let start = Instant::now();
    while times.len() < 15 || (start.elapsed().as_millis() < 300 && times.len() < 3000) {
        let start = Instant::now();
        f();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let us = |seconds: f64| seconds * 1e6 / per as f64;
    println!(
        "{name:<50} {:>9.2} us (least {:>9.2})",
        us(times[times.len() / 2]),
        us(times[0])
    );
}

fn set<A>(engine: Engine, name: &str)
where
    A: SignatureAlgorithm,
    A::Signing: SeedForms,
{
    let (prefix, filters) = (format!("{engine}: {name}"), filters());
    let wanted = |filter: &String| prefix.contains(filter) || filter.starts_with(&prefix);
    if !filters.is_empty() && !filters.iter().any(wanted) {
        return;
    }
    let mut rng = Quick(1);
    let mut pairs = |count: usize| {
        hazmat::generate_signature_pairs::<A, _>(engine, count, &mut rng)
            .expect("available")
            .expect("no failure")
    };
    report(engine, &format!("{name}.generate"), 1, || {
        drop(black_box(pairs(1)));
    });
    report(engine, &format!("{name}.generate.batch"), 64, || {
        drop(black_box(pairs(64)));
    });
    let (signing, verifying) = pairs(1).remove(0);
    report(engine, &format!("{name}.prepare signing"), 1, || {
        drop(black_box(signing.prepare_with(engine)));
    });
    let prepared = signing.prepare_with(engine).expect("available");
    let texts: [[u8; 32]; MANY] = core::array::from_fn(|i| [i as u8; 32]);
    let messages = texts.each_ref().map(|text| Message::pure(text));
    report(engine, &format!("{name}.sign.prepared"), MANY, || {
        for text in &texts {
            drop(black_box(prepared.sign(text, &mut rng)));
        }
    });
    report(engine, &format!("{name}.sign.prepared.batch"), MANY, || {
        drop(black_box(prepared.sign_many(&messages, &mut rng)));
    });
    let signatures = prepared.sign_many(&messages, &mut rng).expect("no failure");
    let items: Vec<_> = messages.iter().copied().zip(&signatures).collect();
    report(engine, &format!("{name}.verify.bytes"), 1, || {
        let prepared = verifying.prepare_with(engine).expect("available");
        assert!(prepared.verify(&texts[0], &signatures[0]).is_ok());
    });
    let prepared = verifying.prepare_with(engine).expect("available");
    report(engine, &format!("{name}.verify.prepared"), 1, || {
        assert!(prepared.verify(&texts[0], &signatures[0]).is_ok());
    });
    report(
        engine,
        &format!("{name}.verify.prepared.batch"),
        MANY,
        || {
            assert!(prepared.verify_many(&items).iter().all(Result::is_ok));
        },
    );
}

fn main() {
    for engine in Engine::ALL.iter().copied() {
        if engine.is_available() && <MlDsa44 as VerificationAlgorithm>::supports(engine) {
            set::<MlDsa44>(engine, "mldsa44");
            set::<MlDsa65>(engine, "mldsa65");
            set::<MlDsa87>(engine, "mldsa87");
        }
    }
}
