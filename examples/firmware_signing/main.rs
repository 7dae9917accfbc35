//! Signs firmware with an HSS key in a directory, and shows that a kill in the middle uses no one-time key twice.
//!
//! scripts/test: --dir {dir}/keys Cargo.toml README.md
//! scripts/test: --dir {dir}/keys
#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use core::error::Error;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use pqkm::core::{
    Aes256Kwp, KeyId, SysRng, WrappingKey, rand_core::TryRng as _, zeroize::Zeroizing,
};
use pqkm::stateful::{
    HssParameters, HssSigner, HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, SignerOptions,
    store::file::FileStore,
};

const HELP: &str = "\
Signs files with a stateful HSS key, and verifies.

Usage: firmware_signing --dir DIR [--one | --die] [FILE...]

  FILE        files to sign; without any, what is signed already is verified
  --dir DIR   where key, signatures and public key are; made when missing
  --one       no demonstration: signs and verifies
  --die       dies after an index was spent, before its signature is written: the next run goes on

Without either, a run with files first starts itself with --die, to show that what it then signs has another index.
Exit code: 0 success, 1 something failed, 2 wrong usage.";

type Failure = Box<dyn Error>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Demonstration,
    One,
    Die,
}

fn main() -> ExitCode {
    let (mut dir, mut mode, mut files) = (None, Mode::Demonstration, Vec::new());
    let mut arguments = env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--help") => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            Some("--dir") => dir = arguments.next().map(PathBuf::from),
            Some("--one") => mode = Mode::One,
            Some("--die") => mode = Mode::Die,
            _ => files.push(PathBuf::from(argument)),
        }
    }
    let Some(dir) = dir else {
        println!("{HELP}");
        return ExitCode::from(2);
    };
    match run(&dir, mode, &files) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("firmware_signing: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(dir: &Path, mode: Mode, files: &[PathBuf]) -> Result<(), Failure> {
    fs::create_dir_all(dir)?;
    let wrapping = wrapping_key(dir)?;
    if mode == Mode::Demonstration && !files.is_empty() {
        let signer = open_or_create(dir, &wrapping)?;
        println!("{} signatures are left", signer.remaining());
        drop(signer);
        show_a_kill(dir, files)?;
    }
    let signer = open_or_create(dir, &wrapping)?;
    for file in files {
        let mut reservation = signer.reserve(1)?;
        let index = reservation.take().ok_or("an empty reservation")?;
        let number = index.number();
        if mode == Mode::Die {
            println!("index {number} is spent, and this process dies");
            std::process::abort();
        }
        let image = fs::read(file)?;
        let signature = signer.sign_at(index, &image, &mut SysRng)?;
        let name = file.file_name().ok_or("a file without a name")?;
        fs::write(dir.join(name), &image)?;
        fs::write(signature_path(dir, name), signature.as_bytes())?;
        println!("signed {} with index {number}", file.display());
    }
    println!(
        "{} signatures are left{}",
        signer.remaining(),
        warning(signer.is_low())
    );
    drop(signer);
    verify_all(dir)
}

const fn warning(low: bool) -> &'static str {
    if low { ": time for the next key" } else { "" }
}

/// Starts this program once more and lets it die between spending an index and writing its signature.
fn show_a_kill(dir: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    let mut child = Command::new(env::current_exe()?);
    let status = child
        .arg("--dir")
        .arg(dir)
        .arg("--die")
        .args(files)
        .status()?;
    if status.success() {
        return Err("the process that should die did not".into());
    }
    Ok(())
}

/// One tree of 1,024 signatures with SHA-256/192, as CNSA 2.0 recommends for firmware.
fn open_or_create(
    dir: &Path,
    wrapping: &WrappingKey<Aes256Kwp>,
) -> Result<HssSigner<FileStore>, Failure> {
    let path = dir.join("key.hss");
    if path.exists() {
        let options = SignerOptions {
            low_water: 64,
            ..SignerOptions::default()
        };
        let store = FileStore::open_existing(path)?;
        return Ok(HssSigner::open_with(store, wrapping, options)?);
    }
    let level = (LmsAlgorithm::Sha256M24H10, LmotsAlgorithm::Sha256N24W4);
    let parameters = HssParameters::new(&[level])?;
    let store = FileStore::create_new(path)?;
    let signer = HssSigner::create(store, parameters, wrapping, &mut SysRng)?;
    fs::write(dir.join("key.public"), signer.verifying_key().to_bytes())?;
    Ok(signer)
}

/// The key that encrypts the seed at rest. In a real service it comes from an HSM or a ceremony, and not from the same disk.
fn wrapping_key(dir: &Path) -> Result<WrappingKey<Aes256Kwp>, Failure> {
    let path = dir.join("wrapping.key");
    let mut bytes = Zeroizing::new([0; 32]);
    if path.exists() {
        bytes.copy_from_slice(&Zeroizing::new(fs::read(path)?));
    } else {
        SysRng.try_fill_bytes(bytes.as_mut_slice())?;
        fs::write(path, bytes.as_slice())?;
    }
    Ok(WrappingKey::import(
        KeyId::from_bytes([0; 16]),
        bytes.as_slice(),
    )?)
}

fn signature_path(dir: &Path, name: &std::ffi::OsStr) -> PathBuf {
    let mut name = name.to_owned();
    name.push(".sig");
    dir.join(name)
}

/// What a device does: the public key, an image, a signature, and nothing else.
fn verify_all(dir: &Path) -> Result<(), Failure> {
    let key = HssVerifyingKey::from_bytes(&fs::read(dir.join("key.public"))?)?;
    let mut count = 0;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sig") {
            let image = fs::read(path.with_extension(""))?;
            key.verify(&image, &fs::read(&path)?)?;
            count += 1;
        }
    }
    println!("{count} signatures verify");
    Ok(())
}
