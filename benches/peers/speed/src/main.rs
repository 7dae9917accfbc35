//! The ratio table: every operation of pqkm beside the fastest peer that crates.io offers, both
//! measured in one process, in turns, on one thread.
//!
//! `scripts/bench` runs it; docs/performance.md says how to read what it prints. Reading order:
//! [`measure`] is the method, [`rows`] the works, [`peers`] everybody else, [`ours`] this project,
//! [`goals`] what we aim for, [`report`] the table and the JSON.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program: the table goes to stdout, progress to stderr"
)]
#![expect(clippy::std_instead_of_alloc, reason = "a program for hosted systems")]
#![expect(
    clippy::expect_used,
    reason = "fixtures are made by this program; if one is refused the run must stop and say so"
)]

mod args;
mod composite;
mod fixture;
mod goals;
mod lms;
mod measure;
mod ours;
mod peers;
mod pool;
mod probe;
mod report;
mod rows;
mod shamir;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(args::Stop::Help) => {
            print!("{}", args::HELP);
            return ExitCode::SUCCESS;
        }
        Err(args::Stop::Wrong(message)) => {
            eprintln!("{message}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };

    if !peers::cpu_suffices() {
        eprintln!(
            "the peers' fast code needs AVX2, BMI, ADX, AES and PCLMULQDQ; nothing to compare"
        );
        return ExitCode::FAILURE;
    }
    match rows::run(&args) {
        Ok(rows) => finish(&args, &rows),
        Err(disagreement) => {
            eprintln!("{disagreement}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table and writes the JSON.
fn finish(args: &args::Args, rows: &[report::Row]) -> ExitCode {
    print!("{}", report::table(rows, args.peers));
    let Some(path) = &args.json else {
        return ExitCode::SUCCESS;
    };
    match std::fs::write(path, report::json(rows)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
