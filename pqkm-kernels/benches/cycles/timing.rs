//! A small timing harness.

use core::hint::black_box;
use std::time::Instant;

/// The core clock, from multiplications that wait for each other: three cycles each on every x86-64 of the
/// last decade.
pub(crate) fn core_ghz() -> f64 {
    let mut best = 0_f64;
    for _ in 0..5 {
        let start = Instant::now();
        let mut x = black_box(3_u64);
        for _ in 0..200_000 {
            x = x.wrapping_mul(x);
        }
        black_box(x);
        best = best.max(600_000.0 / start.elapsed().as_secs_f64() / 1e9);
    }
    best
}

/// Prints the median time of `f`, divided by `per`, unless a filter on the command line excludes it.
pub(crate) fn report(instance: &str, work: &str, per: usize, mut f: impl FnMut()) {
    let name = format!("{instance}: {work}");
    let mut filters = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .peekable();
    if filters.peek().is_some() && !filters.any(|filter| name.contains(&filter)) {
        return;
    }
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed().as_micros() < 2000 {
        f();
        calls += 1;
    }
    let batch = (calls / 20).max(1);
    let mut times: Vec<f64> = (0..201)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..batch {
                f();
            }
            start.elapsed().as_secs_f64() / f64::from(batch)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let seconds = times[times.len() / 2] / per as f64;
    let least = times[0] / per as f64;
    println!(
        "{name:<60} {:>10.1} cycles (least {:>9.1}) {:>10.3} us",
        seconds * core_ghz() * 1e9,
        least * core_ghz() * 1e9,
        seconds * 1e6
    );
}
