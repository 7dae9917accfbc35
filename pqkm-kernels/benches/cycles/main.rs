//! Cycles of each kernel and instance: medians of many short batches, in core cycles by a calibrated chain of
//! dependent multiplications. `cargo bench -p pqkm-kernels --bench cycles [-- FILTER]`.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::integer_division_remainder_used,
    reason = "a report for a person: a wrong harness may stop"
)]

#[path = "../../tests/mlkem/engine.rs"]
mod engine;
mod keccak;
mod kem;
mod ring3329;
mod timing;

use pqkm_kernels::lanes::{Lanes, Portable, Token};

fn instance<L: Lanes>(token: Option<L>) {
    let Some(l) = token else {
        println!("{}: not on this CPU", L::NAME);
        return;
    };
    keccak::run(l);
    ring3329::run(l);
    kem::run(l);
}

fn main() {
    println!("core clock {:.2} GHz", timing::core_ghz());
    instance(Portable::detect());
    #[cfg(target_arch = "x86_64")]
    {
        use pqkm_kernels::lanes::{Avx2, Avx512, Avx512Vl};
        instance(Avx2::detect());
        instance(Avx512Vl::detect());
        instance(Avx512::detect());
    }
}
