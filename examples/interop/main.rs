//! Reads other vendors' keys, certificates and KEM results, and says what it makes of each.
//!
//! scripts/test: vectors/pki/providers vectors/pki/rfc9881-ml-dsa vectors/pki/rfc9909-slh-dsa vectors/pki/rfc9935-ml-kem vectors/pki/xwing
//! scripts/test: --negative vectors/pki/negative vectors/pki/rfc9881-ml-dsa/bad-ML-DSA-44-1.priv vectors/pki/rfc9881-ml-dsa/bad-ML-DSA-44-2.priv
//! scripts/test: --negative vectors/pki/rfc9935-ml-kem/bad-ML-KEM-512-1.priv vectors/pki/rfc9935-ml-kem/bad-ML-KEM-512-2.priv
#![expect(clippy::print_stdout, reason = "an example talks to its user")]
#![expect(
    clippy::std_instead_of_alloc,
    reason = "a program always has the standard library"
)]

use core::sync::atomic::{AtomicUsize, Ordering};
use std::{panic::resume_unwind, path::PathBuf, process::ExitCode, thread};

mod artifact;
mod certificate;
mod check;
mod keys;
mod refusal;
mod report;
#[cfg(test)]
mod tests;
mod walk;

#[cfg(test)]
use report::Outcome;
use report::Report;

const HELP: &str = "\
Reads other vendors' artifacts and checks them against one another.

Usage: interop [--negative] [--json] DIR...

  DIR         folders (searched through) or files
  --negative  every artifact must be refused: refused counts as passed
  --json      an array of {path, check, result, reason}
  --help      this text

Artifacts that belong together share a name up to its ending: _seed_priv.der,
_expandedkey_priv.der, _both_priv.der, _priv.der, _ta.der, _ee.der, _public.der,
_ciphertext.bin, _ss.bin, and .raw or _seed.der for a private value in no container;
or -seed.priv, -expanded.priv, -both.priv, .crt, .pub. DER and PEM are told apart by
content, and what is no artifact is ignored. A file whose name begins with bad- must be
refused without --negative too.

A line a case, `PATH: passed|failed|skipped: what was checked`, and a total.
Exit code: 0 nothing failed, 1 something failed, 2 wrong usage: nothing to read is that too.
";

#[derive(Default)]
struct Arguments {
    negative: bool,
    json: bool,
    roots: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::default();
    for word in std::env::args_os().skip(1) {
        match word.to_str() {
            Some("--help" | "-h") => {
                print!("{HELP}");
                return ExitCode::SUCCESS;
            }
            Some("--negative") => arguments.negative = true,
            Some("--json") => arguments.json = true,
            Some(option) if option.starts_with("--") => return wrong_usage(option),
            _ => arguments.roots.push(word.into()),
        }
    }
    if arguments.roots.is_empty() {
        return wrong_usage("no folder was named");
    }
    match run(&arguments) {
        Ok(report) if report.is_empty() => wrong_usage("there is no artifact"),
        Ok(report) => report.print(arguments.json),
        Err(error) => {
            eprintln!("interop: {error}");
            ExitCode::from(2)
        }
    }
}

fn wrong_usage(what: &str) -> ExitCode {
    eprintln!("interop: {what}\n\n{HELP}");
    ExitCode::from(2)
}

fn run(arguments: &Arguments) -> Result<Report, walk::WalkError> {
    let mut report = Report::default();
    let mut groups = walk::Groups::default();
    for path in walk::files(&arguments.roots)? {
        let bytes = std::fs::read(&path).map_err(|error| walk::WalkError {
            path: path.clone(),
            error,
        })?;
        let artifacts = artifact::read(&path, &bytes);
        if arguments.negative || walk::Name::of(&path).is_bad() {
            refusal::check(&path, &artifacts, &mut report);
        } else {
            groups.add(&path, artifacts);
        }
    }
    for found in check_all(&groups.into_values()) {
        report.append(found);
    }
    Ok(report)
}

/// Checks groups in threads; the reports come in the order of the groups.
fn check_all(groups: &[walk::Group]) -> Vec<Report> {
    let issuers = walk::certificates(groups);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match groups.get(index) {
                Some(group) => found.push((index, check::group(group, &issuers))),
                None => return found,
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut found: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, report)| report).collect()
}
