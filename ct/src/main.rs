//! Constant-time runs: secrets and generator output are marked undefined, and valgrind's memcheck
//! reports every branch and every address that depends on one.
//!
//! ```text
//! pqkm-ct --list     a line a program: its name, and "silent" or "reported"
//! pqkm-ct PROGRAM    runs it; exit status 3 where this CPU lacks its engine
//! ```
//!
//! Marks survive being copied and computed with, so marking what a generator gives marks every key,
//! shared secret and nonce that is made from it. What becomes public on the way is declassified where the
//! library computes it (`pqkm_kernels::memcheck`), each time with a `// CT:` comment; what an operation
//! returns to its caller, by the program. A program that must be `reported` ends in a planted leak: it shows
//! that the marks arrive there. `scripts/ct` builds and runs them all.
//!
//! A program is a line in the table of its module: its name, and a function without arguments.

#[cfg(not(pqkm_ctgrind))]
compile_error!("build this with --cfg pqkm_ctgrind, as scripts/ct does");

mod agreement;
mod composite;
mod kem;
mod marks;
mod sharing;
mod signature;
mod stateful;
mod symmetric;

/// What memcheck must say about a program.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Silent,
    Reported,
}

/// A program: its name, what memcheck must say, and what it does.
struct Program(&'static str, Expect, fn());

fn main() -> std::process::ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_default();
    let tables = [
        agreement::PROGRAMS,
        composite::PROGRAMS,
        kem::PROGRAMS,
        sharing::PROGRAMS,
        signature::PROGRAMS,
        stateful::PROGRAMS,
        symmetric::PROGRAMS,
    ];
    let mut programs = tables.iter().copied().flatten();
    if argument == "--list" {
        for Program(name, expect, _) in programs {
            let silent = *expect == Expect::Silent;
            println!("{name} {}", if silent { "silent" } else { "reported" });
        }
        return 0.into();
    }
    let Some(Program(.., run)) = programs.find(|program| program.0 == argument) else {
        eprintln!("usage: pqkm-ct --list | PROGRAM");
        return 2.into();
    };
    if !pqkm_kernels::memcheck::is_watched() {
        eprintln!("run this under valgrind: nothing is tested without");
        return 2.into();
    }
    run();
    0.into()
}

/// The engine of a name; the process ends where this CPU lacks it.
fn engine(name: &str) -> pqkm_core::Engine {
    match pqkm_core::Engine::from_name(name) {
        Some(engine) if engine.is_available() => engine,
        _ => std::process::exit(3),
    }
}
