//! Prints any certificate, request, revocation list or key of the family: halves, sizes, verdict.
//!
//! scripts/test: vectors/pki/providers/bc/certs_r5/MLDSA65-ECDSA-P256-SHA512-1.3.6.1.5.5.7.6.45_ta.der
#![expect(clippy::print_stderr, reason = "a program for the terminal")]

#[path = "../shared/terminal.rs"]
#[macro_use]
mod terminal;

mod show;

use std::{fs, process::ExitCode};

use pqkm::composite::x509_cert::der::pem;

use show::{Fields, certificate, private_key, public_key, request, revocation_list};

const HELP: &str = "\
Prints any certificate, request, revocation list or key of the family with its halves, sizes and verdict.

usage: inspect FILE...

  FILE    DER or PEM. What is refused is looked at again with the lenient reader, which says why.
  --help  this text

Private keys are described and never printed. Exit status: 0 everything was accepted, 1 something was
not, 2 wrong use.";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments
        .iter()
        .any(|word| word == "--help" || word == "-h")
    {
        say!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if arguments.is_empty() {
        eprintln!("inspect: no file was named\n\n{HELP}");
        return ExitCode::from(2);
    }
    let mut all_accepted = true;
    for path in &arguments {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("inspect: {}: {error}", path.display());
                all_accepted = false;
                continue;
            }
        };
        say!("{}", path.display());
        let fields = inspect(&bytes);
        all_accepted &= fields.is_accepted();
        fields.print();
    }
    if all_accepted {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Told by the label where there is one, otherwise by what reads.
fn inspect(bytes: &[u8]) -> Fields {
    match pem::decode_vec(bytes) {
        Ok(("CERTIFICATE", der)) => certificate(&der),
        Ok(("CERTIFICATE REQUEST", der)) => request(&der),
        Ok(("X509 CRL", der)) => revocation_list(&der),
        Ok(("PRIVATE KEY", der)) => private_key(&der),
        Ok(("PUBLIC KEY", der)) => public_key(&der),
        Ok(_) => Fields::refused("PEM document", "of a kind that is not read here"),
        Err(_) => by_content(bytes),
    }
}

fn by_content(der: &[u8]) -> Fields {
    let readers = [
        certificate,
        request,
        revocation_list,
        private_key,
        public_key,
    ];
    let all: Vec<_> = readers.iter().map(|read| read(der)).collect();
    let best = all.into_iter().max_by_key(Fields::rank);
    best.unwrap_or_else(|| Fields::refused("file", "nothing that is read here"))
}
