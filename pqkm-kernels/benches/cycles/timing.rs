//! A small timing harness.

use core::hint::black_box;
use std::time::Instant;

/// Seconds that a thousand core cycles take now, from multiplications that wait for each other: three cycles
/// each on every x86-64 of the last decade.
fn thousand_cycles() -> f64 {
    let start = Instant::now();
    let mut x = black_box(3_u64);
    for _ in 0..2000 {
        x = x.wrapping_mul(x);
    }
    black_box(x);
    start.elapsed().as_secs_f64() / 6.0
}

/// The core clock in GHz.
pub(crate) fn core_ghz() -> f64 {
    let best = (0..1000)
        .map(|_| thousand_cycles())
        .fold(f64::INFINITY, f64::min);
    1e-6 / best
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints the median time of `f`, divided by `per`, unless a filter on the command line excludes it. The clock
/// is measured around every batch, so that cycles do not depend on what else the machine does.
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
    let batch = (calls / 100).max(1);
    let (mut seconds, mut cycles) = (vec![], vec![]);
    let mut before = thousand_cycles();
    for _ in 0..301 {
        let start = Instant::now();
        for _ in 0..batch {
            f();
        }
        let time = start.elapsed().as_secs_f64() / f64::from(batch) / per as f64;
        let after = thousand_cycles();
        seconds.push(time);
        cycles.push(2000.0 * time / (before + after));
        before = after;
    }
    println!(
        "{name:<60} {:>10.1} cycles {:>10.3} us",
        median(cycles),
        median(seconds) * 1e6
    );
}
