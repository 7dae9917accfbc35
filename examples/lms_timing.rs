//! Medians of key generation, signing and verifying for trees of height 10, with one thread.
//!
//! scripts/test: --runs 64
//!
//! `lms_timing [--runs N]`: N signatures and verifications (1,000 unless said), and N / 64 + 1 key generations.
#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::{process::ExitCode, time::Instant};

use pqkm_stateful::hazmat::LmsTree;
use pqkm_stateful::{LmotsAlgorithm, LmsAlgorithm};

/// The median of `count` runs, in microseconds.
fn median(count: u32, mut work: impl FnMut(u32)) -> f64 {
    let mut times: Vec<f64> = (0..count)
        .map(|run| {
            let start = Instant::now();
            work(run);
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() >> 1).copied().unwrap_or(f64::NAN)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runs = match words.as_slice() {
        ["--help"] => {
            println!("lms_timing [--runs N]");
            return ExitCode::SUCCESS;
        }
        [] => Ok(1000),
        ["--runs", text] => text.parse::<u32>(),
        _ => "".parse(),
    };
    let Ok(runs @ 1..) = runs else {
        println!("lms_timing [--runs N]: N is a number, 1 or more");
        return ExitCode::from(2);
    };
    measure(runs);
    ExitCode::SUCCESS
}

fn measure(runs: u32) {
    let lms = LmsAlgorithm::Sha256M32H10;
    for ots in [LmotsAlgorithm::Sha256N32W4, LmotsAlgorithm::Sha256N32W8] {
        let make = || LmsTree::from_seed(lms, ots, [1; 16], &[2; 32]);
        let Some(tree) = make() else { continue };
        let generate = median((runs >> 6) + 1, |_| drop(make()));
        let key = tree.verifying_key();
        let sign = |q: u32| tree.testing_only_sign(q & 1023, &[3; 32], &q.to_be_bytes());
        let signing = median(runs, |q| drop(sign(q)));
        let signed: Vec<_> = (0..256).filter_map(sign).collect();
        let verifying = median(runs, |q| {
            let signature = signed.get(usize::try_from(q & 255).unwrap_or(0));
            let message = (q & 255).to_be_bytes();
            let good = signature.is_some_and(|bytes| key.verify(&message, bytes).is_ok());
            assert!(good, "a signature of this program does not verify");
        });
        println!(
            "{} {}: generate {:.1} ms, sign (unchecked) {signing:.1} us, verify {verifying:.1} us",
            lms.name(),
            ots.name(),
            generate / 1000.0
        );
    }
}
