//! Transforms of both rings and Keccak, by engine, per call: a polynomial or a state in every lane.
//! `cargo bench -p pqkm-benches --bench kernels [-- FILTER]`
#![expect(missing_docs, reason = "criterion's macros make public functions")]

use core::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pqkm_kernels::keccak::permute;
use pqkm_kernels::lanes::{Lanes, Portable, Token};
use pqkm_kernels::{mldsa, mlkem};

fn ring3329<L: Lanes>(c: &mut Criterion, l: L) {
    let polys = vec![[1234; 256]; L::LANES];
    let poly = mlkem::Poly::from_lanes(l, &polys);
    let hat = mlkem::NttPoly::from_lanes(l, &polys);
    let mut group = c.benchmark_group("ntt3329");
    group.throughput(Throughput::Elements(u64::try_from(L::LANES).unwrap_or(1)));
    group.bench_function(BenchmarkId::new("forward", L::NAME), |b| {
        let mut to = mlkem::NttPoly::zero(l);
        b.iter(|| mlkem::ntt(l, black_box(&poly), &mut to));
    });
    group.bench_function(BenchmarkId::new("inverse", L::NAME), |b| {
        let mut to = mlkem::Poly::zero(l);
        b.iter(|| mlkem::ntt_inverse(l, black_box(&hat), &mut to));
    });
    group.bench_function(BenchmarkId::new("basemul", L::NAME), |b| {
        let (mut factor, mut to) = (mlkem::Factor::zero(l), mlkem::NttPoly::zero(l));
        mlkem::prepare_factor(l, &hat, mlkem::Scale::PRODUCT, &mut factor);
        let (row, factor) = ([mlkem::NttPoly::from_lanes(l, &polys)], [factor]);
        b.iter(|| mlkem::multiply_lanes(l, black_box(&row), &factor, &mut to));
    });
    group.finish();
}

fn ring8380417<L: mldsa::MlDsaKernels>(c: &mut Criterion, l: L) {
    let poly = mldsa::Poly::new(&[1_234_567; 256]);
    let hat = mldsa::NttPoly::from_standard_order(&[1_234_567; 256]);
    let mut group = c.benchmark_group("ntt8380417");
    group.bench_function(BenchmarkId::new("forward", L::NAME), |b| {
        let mut to = mldsa::NttPoly::ZERO;
        b.iter(|| l.ntt(black_box(&poly), &mut to));
    });
    group.bench_function(BenchmarkId::new("inverse", L::NAME), |b| {
        let mut to = mldsa::Poly::ZERO;
        b.iter(|| l.ntt_inverse(black_box(&hat), &mut to));
    });
    group.bench_function(BenchmarkId::new("pointwise", L::NAME), |b| {
        let mut to = mldsa::NttPoly::ZERO;
        b.iter(|| l.multiply_ntt(black_box(&hat), &hat, &mut to));
    });
    group.finish();
}

fn keccak<L: Lanes>(c: &mut Criterion, l: L) {
    let mut group = c.benchmark_group("keccak");
    group.throughput(Throughput::Elements(u64::try_from(L::LANES).unwrap_or(1)));
    group.bench_function(BenchmarkId::new("permutation", L::NAME), |b| {
        let mut state = [l.splat64(1); 25];
        b.iter(|| permute(l, black_box(&mut state)));
    });
    group.finish();
}

fn instance<L: Lanes + mldsa::MlDsaKernels>(c: &mut Criterion, token: Option<L>) {
    if let Some(l) = token {
        ring3329(c, l);
        ring8380417(c, l);
        keccak(c, l);
    }
}

fn all(c: &mut Criterion) {
    instance(c, Portable::detect());
    #[cfg(target_arch = "x86_64")]
    {
        use pqkm_kernels::lanes::{Avx2, Avx512};
        instance(c, Avx2::detect());
        instance(c, Avx512::detect());
    }
}

criterion_group!(kernels, all);
criterion_main!(kernels);
