//! Each operation of ML-KEM and ML-DSA: alone, with a prepared key, and in batches of 1, 8, 64 and 1,024, by engine;
//! with the feature `rayon` also by number of threads. Randomness is the system's, as in use.
//!
//! `cargo bench -p pqkm-benches --bench operations [--features rayon] [-- FILTER]`
#![expect(missing_docs, reason = "criterion's macros make public functions")]
#![expect(clippy::expect_used, reason = "a bench that cannot run stops")]

use core::hint::black_box;

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use pqkm::core::{
    DecapsulationKey, Engine, KemAlgorithm, Message, MlDsa44, MlDsa65, MlDsa87, MlKem512, MlKem768,
    MlKem1024, SeedForms, SignatureAlgorithm, SigningKey, SysRng, hazmat,
};

type Group<'a> = BenchmarkGroup<'a, WallTime>;

const BATCHES: [usize; 4] = [1, 8, 64, 1024];

/// Runs a batch of each size, over each number of threads there is.
fn batches(group: &mut Group<'_>, work: &str, engine: Engine, mut call: impl FnMut(usize) + Send) {
    for size in BATCHES {
        group.throughput(Throughput::Elements(u64::try_from(size).unwrap_or(1)));
        #[cfg(not(feature = "rayon"))]
        group.bench_function(
            BenchmarkId::new(format!("{work}.batch/{engine}"), size),
            |b| {
                b.iter(|| call(size));
            },
        );
        #[cfg(feature = "rayon")]
        for threads in threads() {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.expect("threads can be had");
            let name = format!("{work}.batch/{engine}/{threads} threads");
            // Handing the batch to the pool is a part of the time.
            group.bench_function(BenchmarkId::new(name, size), |b| {
                b.iter(|| pool.install(|| call(size)));
            });
        }
    }
    group.throughput(Throughput::Elements(1));
}

/// 1, 2, 4 and so on, up to the cores there are.
#[cfg(feature = "rayon")]
fn threads() -> impl Iterator<Item = usize> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (0..)
        .map(|power| 1 << power)
        .take_while(move |threads| *threads <= cores)
}

fn single(group: &mut Group<'_>, work: &str, engine: Engine, mut call: impl FnMut()) {
    group.bench_function(BenchmarkId::new(work, engine), |b| b.iter(&mut call));
}

fn kem<A: KemAlgorithm<Decapsulation: SeedForms>>(c: &mut Criterion, name: &str) {
    let mut group = c.benchmark_group(name);
    let engines = Engine::ALL.iter().copied();
    for engine in engines.filter(|engine| engine.is_available() && A::supports(*engine)) {
        let generate = |count| {
            let pairs = hazmat::generate_kem_pairs::<A, _>(engine, count, &mut SysRng);
            pairs.expect("it runs").expect("the system has randomness")
        };
        single(&mut group, "generate", engine, || {
            drop(black_box(generate(1)));
        });
        batches(&mut group, "generate", engine, |count| {
            drop(black_box(generate(count)));
        });

        let dk = DecapsulationKey::<A>::from_seed(&[7; 64]).expect("a seed is a key");
        let ek = dk.encapsulation_key();
        let each = |count| {
            let made = hazmat::encapsulate_each(engine, &vec![&ek; count], &mut SysRng);
            made.expect("it runs").expect("the system has randomness")
        };
        single(&mut group, "encapsulate", engine, || {
            drop(black_box(each(1)));
        });
        batches(&mut group, "encapsulate", engine, |count| {
            drop(black_box(each(count)));
        });

        let prepared = ek.prepare_with(engine).expect("it runs");
        single(&mut group, "encapsulate.prepared", engine, || {
            drop(black_box(prepared.encapsulate(&mut SysRng)));
        });
        batches(&mut group, "encapsulate.prepared", engine, |count| {
            drop(black_box(prepared.encapsulate_many(count, &mut SysRng)));
        });

        let made = prepared
            .encapsulate_many(1024, &mut SysRng)
            .expect("randomness");
        let ciphertexts: Vec<_> = made.iter().map(|(ct, _)| ct).collect();
        let prepared = dk.prepare_with(engine).expect("it runs");
        let Some(first) = ciphertexts.first() else {
            continue;
        };
        single(&mut group, "decapsulate.prepared", engine, || {
            drop(black_box(prepared.decapsulate(first)));
        });
        batches(&mut group, "decapsulate.prepared", engine, |count| {
            let some = ciphertexts.get(..count).unwrap_or_default();
            drop(black_box(prepared.decapsulate_many(some)));
        });
    }
    group.finish();
}

fn signature<A: SignatureAlgorithm<Signing: SeedForms>>(c: &mut Criterion, name: &str) {
    let mut group = c.benchmark_group(name);
    let engines = Engine::ALL.iter().copied();
    for engine in engines.filter(|engine| engine.is_available() && A::supports(*engine)) {
        let generate = |count| {
            let pairs = hazmat::generate_signature_pairs::<A, _>(engine, count, &mut SysRng);
            pairs.expect("it runs").expect("the system has randomness")
        };
        single(&mut group, "generate", engine, || {
            drop(black_box(generate(1)));
        });
        batches(&mut group, "generate", engine, |count| {
            drop(black_box(generate(count)));
        });

        let key = SigningKey::<A>::from_seed(&[7; 32]).expect("a seed is a key");
        let texts: Vec<[u8; 8]> = (0_u64..1024).map(u64::to_le_bytes).collect();
        let messages: Vec<_> = texts.iter().map(|text| Message::pure(text)).collect();
        let prepared = key.prepare_with(engine).expect("it runs");
        let mut turn = texts.iter().cycle();
        let mut next = || turn.next().map_or(&[][..], |text| text);
        single(&mut group, "sign.prepared", engine, || {
            drop(black_box(prepared.sign(next(), &mut SysRng)));
        });
        batches(&mut group, "sign.prepared", engine, |count| {
            let some = messages.get(..count).unwrap_or_default();
            drop(black_box(prepared.sign_many(some, &mut SysRng)));
        });
        let signatures = prepared
            .sign_many(&messages, &mut SysRng)
            .expect("randomness");
        let checked = prepared.verifying_each();
        single(&mut group, "sign.prepared.verified", engine, || {
            drop(black_box(checked.sign(next(), &mut SysRng)));
        });

        let items: Vec<_> = messages.iter().copied().zip(&signatures).collect();
        let prepared = key.verifying_key().prepare_with(engine).expect("it runs");
        let Some((text, signature)) = texts.first().zip(signatures.first()) else {
            continue;
        };
        single(&mut group, "verify.prepared", engine, || {
            assert!(prepared.verify(black_box(text), signature).is_ok());
        });
        batches(&mut group, "verify.prepared", engine, |count| {
            let some = items.get(..count).unwrap_or_default();
            drop(black_box(prepared.verify_many(some)));
        });
    }
    group.finish();
}

fn kems(c: &mut Criterion) {
    kem::<MlKem512>(c, "mlkem512");
    kem::<MlKem768>(c, "mlkem768");
    kem::<MlKem1024>(c, "mlkem1024");
}

fn signatures(c: &mut Criterion) {
    signature::<MlDsa44>(c, "mldsa44");
    signature::<MlDsa65>(c, "mldsa65");
    signature::<MlDsa87>(c, "mldsa87");
}

criterion_group!(operations, kems, signatures);
criterion_main!(operations);
