//! Runs published test vectors through this library.
//!
//! scripts/test: vectors/acvp/ML-KEM-keyGen-FIPS203.json vectors/acvp/ML-KEM-encapDecap-FIPS203.json
//! scripts/test: vectors/acvp/ML-DSA-keyGen-FIPS204.json vectors/acvp/ML-DSA-sigGen-FIPS204.json vectors/acvp/ML-DSA-sigVer-FIPS204.json
//! scripts/test: vectors/acvp/SLH-DSA-keyGen-FIPS205.json vectors/acvp/SLH-DSA-sigVer-FIPS205.json
//! scripts/test: vectors/wycheproof vectors/cctv vectors/lms
//! scripts/test: vectors/pki/draft-composite-sigs vectors/pki/draft-composite-kem
//! scripts/test: --engine reference vectors/acvp/ML-KEM-encapDecap-FIPS203.json
#![expect(clippy::std_instead_of_alloc, reason = "a program has std")]
#![expect(clippy::print_stderr, reason = "a program for the terminal")]

mod accumulated;
mod composite;
mod kem;
mod lms;
mod report;
mod run;
mod signature;
mod slh_dsa;

use core::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use pqkm::core::Engine;
use pqkm_testkit::file::VectorFile;
use pqkm_testkit::walk;

use report::Tally;
use run::{Options, check_file};

const HELP: &str = "\
Runs published test vectors through this library.

usage: check_vectors [--engine NAME] [--long] PATH...

  PATH           a vector file, or a folder, which is searched through. Files are recognised by their
                 content; gzip is read through. ACVP (internalProjection, or prompt with
                 expectedResults beside it), Wycheproof, CCTV, Botan, liboqs, Bouncy Castle, the LAMPS composite drafts.
  --engine NAME  the implementation to run; otherwise the fastest for this CPU
  --long         also the accumulated vectors of more than 10 000 iterations: hours

A line a file counts its test cases, the last line counts all. Exit status: 0 nothing failed,
1 something failed, 2 wrong use.";

fn main() -> ExitCode {
    let (options, paths) = match arguments() {
        Ok(Some(parsed)) => parsed,
        Ok(None) => {
            say(format_args!("{HELP}\n\nengines: {}", engines()));
            return ExitCode::SUCCESS;
        }
        Err(fault) => return wrong_use(&fault),
    };
    let mut total = Tally::default();
    for path in &paths {
        match check_path(&options, path) {
            Ok(tally) => total.add(&tally),
            Err(fault) => return wrong_use(&fault),
        }
    }
    say(format_args!("total: {total}"));
    if total.failed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Prints a line. Where nobody reads any more, there is nothing left to do.
fn say(line: fmt::Arguments<'_>) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(1);
    }
}

fn wrong_use(fault: &str) -> ExitCode {
    eprintln!("check_vectors: {fault}");
    ExitCode::from(2)
}

fn engines() -> String {
    let names: Vec<_> = Engine::ALL.iter().map(|engine| engine.name()).collect();
    names.join(", ")
}

/// The options and paths; `None` when help is asked for.
fn arguments() -> Result<Option<(Options, Vec<PathBuf>)>, String> {
    let mut options = Options {
        engine: None,
        long: false,
    };
    let mut paths = Vec::new();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("-h" | "--help") => return Ok(None),
            Some("--long") => options.long = true,
            Some("--engine") => {
                let name = arguments.next().unwrap_or_default();
                let engine = name.to_str().and_then(Engine::from_name);
                let unknown = || format!("no engine {}; there are: {}", name.display(), engines());
                options.engine = Some(engine.ok_or_else(unknown)?);
            }
            Some(option) if option.starts_with("--") => return Err(format!("no option {option}")),
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    if paths.is_empty() {
        return Err(String::from("no PATH; --help says more"));
    }
    Ok(Some((options, paths)))
}

/// Checks a file, or every file below a folder. The error is a path that was named in vain.
fn check_path(options: &Options, path: &Path) -> Result<Tally, String> {
    let named = path.is_file();
    let files = walk::files(path).map_err(|error| error.to_string())?;
    let mut total = Tally::default();
    let mut found = false;
    for file in files {
        let shown = file.display();
        let tally = match VectorFile::open(&file) {
            Ok(None) if named => return Err(format!("{shown}: no vector file")),
            Ok(None) => {
                say(format_args!("{shown}: ignored"));
                continue;
            }
            Ok(Some(VectorFile::ExpectedResults)) => {
                say(format_args!("{shown}: answers, read with their questions"));
                continue;
            }
            Ok(Some(vectors)) => check_file(options, &shown.to_string(), &vectors),
            Err(error) => {
                eprintln!("{error}");
                Tally::damaged()
            }
        };
        say(format_args!("{shown}: {tally}"));
        total.add(&tally);
        found = true;
    }
    if found || named {
        Ok(total)
    } else {
        Err(format!("{}: no vector file", path.display()))
    }
}
