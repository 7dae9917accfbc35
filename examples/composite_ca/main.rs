//! A certification authority whose keys are all composites, and the attacks on it, shown failing.
//!
//! scripts/test: --dir {dir}/authority
#![expect(clippy::print_stderr, reason = "a program for the terminal")]

#[path = "../shared/terminal.rs"]
#[macro_use]
mod terminal;

mod attacks;
mod authority;
#[path = "../shared/folder.rs"]
mod folder;

use core::error::Error;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use pqkm::composite::{
    family_verifiers,
    x509::{ChainVerifier, Policy, Revoked, name, sign_request, sign_revocation_list},
    x509_cert::ext::pkix::CrlReason,
};
use pqkm::core::{Clock, ExposeToken, Rotate, SysRng, SystemClock, pkcs8::EncodePrivateKey};

use authority::{Authority, Named, times};

const HELP: &str = "\
A certification authority with ML-DSA-65 and ECDSA P-256 in every key: root, intermediate, leaf,
revocation list, rotation of the leaf with both halves at once, and the attacks on it.

usage: composite_ca --dir DIR

  --dir DIR  where certificates, requests, lists and the leaf's keys go, in PEM; it must be empty or not exist
  --help     this text

The leaf's private keys are written in the clear, for their owner to read: this is an example. Exit status: 0 all went as it must,
1 something did not (an attack that succeeded, for one), 2 wrong use.";

/// Anything that ends the program.
pub(crate) type Fault = Box<dyn Error>;

fn main() -> ExitCode {
    let dir = match parse(std::env::args_os().skip(1).map(PathBuf::from)) {
        Ok(Some(dir)) => dir,
        Ok(None) => {
            say!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("composite_ca: {problem}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(&dir) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(succeeded) => {
            eprintln!("composite_ca: {succeeded} attacks succeeded");
            ExitCode::FAILURE
        }
        Err(fault) => {
            eprintln!("composite_ca: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// The folder, or none where help is wanted.
fn parse(mut words: impl Iterator<Item = PathBuf>) -> Result<Option<PathBuf>, String> {
    let first = words.next();
    let dir = match first.as_deref().and_then(Path::to_str) {
        Some("--help" | "-h") => return Ok(None),
        Some("--dir") => folder::named(words.next())?,
        _ => return Err("--dir is missing".into()),
    };
    if let Some(more) = words.next() {
        return Err(format!("unknown argument {}", more.display()));
    }
    if !folder::is_free(&dir) {
        return Err(format!("{} is in use", dir.display()));
    }
    Ok(Some(dir))
}

/// Runs the whole tour; the number of attacks that succeeded.
fn run(dir: &Path) -> Result<usize, Fault> {
    fs::create_dir_all(dir)?;
    let write = |file: &str, text: &str| -> Result<(), Fault> {
        folder::write_new(&dir.join(file), text.as_bytes())?;
        say!("wrote     {}", dir.join(file).display());
        Ok(())
    };
    let rng = &mut SysRng;
    let root = Authority::root("CN=Example Root,O=Example", rng)?;
    let intermediate = root.below("CN=Example Issuing CA,O=Example", rng)?;
    let leaf = intermediate.leaf("CN=service.example,O=Example", rng)?;
    write("root.crt", &root.certificate.to_pem())?;
    write("intermediate.crt", &intermediate.certificate.to_pem())?;
    write("leaf.crt", &leaf.certificate.to_pem())?;
    write(
        "leaf.csr",
        &sign_request(name("CN=service.example,O=Example")?, &leaf.key, rng)?.to_pem(),
    )?;
    write("leaf.key", &private_key(&leaf)?)?;

    let verifiers = family_verifiers()?;
    let anchors = [root.certificate.clone()];
    let chains = ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite);
    let now = SystemClock.now()?;
    let chain = |leaf: &Named| [leaf.certificate.clone(), intermediate.certificate.clone()];
    chains.verify(&chain(&leaf), now)?;
    say!("verified  leaf, intermediate, root: every key and signature is a composite");

    // Rotation: a successor with two fresh halves, a certificate for it, and the end of the old one.
    let successor = leaf.key.rotate(rng)?;
    let renewed = intermediate.certify(successor, "CN=service.example,O=Example", rng)?;
    chains.verify(&chain(&renewed), now)?;
    write("leaf-renewed.crt", &renewed.certificate.to_pem())?;
    write("leaf-renewed.key", &private_key(&renewed)?)?;
    say!("rotated   both halves at once, and the new certificate verifies");
    let (this_update, next_update) = times(now)?;
    let revoked = Revoked {
        serial_number: leaf.certificate.serial_number().clone(),
        since: this_update,
        reason: CrlReason::Superseded,
    };
    let list = sign_revocation_list(
        &intermediate.certificate,
        1,
        (this_update, next_update),
        &[revoked],
        &intermediate.key,
        rng,
    )?;
    write("intermediate.crl", &list.to_pem())?;
    list.verify(&intermediate.certificate, &verifiers, now)?;
    let is_revoked = |leaf: &Named| list.is_revoked(leaf.certificate.serial_number());
    if !is_revoked(&leaf) || is_revoked(&renewed) {
        return Err("the list does not say what it should".into());
    }
    say!("revoked   the old leaf, and only that");

    attacks::all(&chains, &intermediate, &leaf, &renewed, now)
}

fn private_key(leaf: &Named) -> Result<String, Fault> {
    let exposed = leaf.key.expose(ExposeToken::acknowledge())?;
    let pem = exposed.to_pkcs8_pem(pqkm::core::der::pem::LineEnding::LF)?;
    Ok(pem.as_str().to_owned())
}
