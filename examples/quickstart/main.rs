//! Protects real files under post-quantum keys, rotates the keys, and proves that it worked.
//!
//! scripts/test: --dir {dir}/vault
//! scripts/test: --dir {dir}/vault Cargo.toml Cargo.toml src/lib.rs
#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use core::error::Error;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use pqkm::core::{
    DecapsulationKey, MlDsa65, MlKem768, MlKem1024, SigningKey, SysRng, Unwrap, UnwrapItem,
    WrapContext,
};

mod damage;
mod vault;

use vault::{Protected, Vault};

const HELP: &str = "\
Protects files under post-quantum keys, rotates the keys, and verifies.

Usage: quickstart [--dir DIR] [FILE...]

  FILE        files to protect; without any, the documents of this repository
  --dir DIR   where everything is stored (default: pqkm-quickstart); a folder that
              is neither empty nor made by this example is refused
  --help      this text

Exit code: 0 success, 1 something failed, 2 wrong usage.
";

/// What to do when no files are named.
const OWN_DOCUMENTS: [&str; 4] = [
    "README.md",
    "ARCHITECTURE.md",
    "SECURITY.md",
    "CHANGELOG.md",
];

struct Arguments {
    dir: PathBuf,
    files: Vec<PathBuf>,
}

enum Request {
    Help,
    Run(Arguments),
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args_os().skip(1).map(PathBuf::from)) {
        Ok(Request::Run(arguments)) => arguments,
        Ok(Request::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("quickstart: {problem}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut words: impl Iterator<Item = PathBuf>) -> Result<Request, String> {
    let mut dir = None;
    let mut files = Vec::new();
    let mut only_files = false;
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--help" | "-h") if !only_files => return Ok(Request::Help),
            Some("--dir") if !only_files => {
                let value = words.next().ok_or("--dir needs a folder")?;
                if dir.replace(value).is_some() {
                    return Err("--dir was given twice".into());
                }
            }
            Some("--") if !only_files => only_files = true,
            Some(flag) if flag.starts_with('-') && !only_files => {
                return Err(format!("unknown option {flag}"));
            }
            _ => files.push(word),
        }
    }
    if files.is_empty() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        files = OWN_DOCUMENTS.iter().map(|name| root.join(name)).collect();
    }
    if let Some(missing) = files.iter().find(|file| !file.is_file()) {
        return Err(format!("{} is not a file", missing.display()));
    }
    let dir = dir.unwrap_or_else(|| "pqkm-quickstart".into());
    if !Vault::may_use(&dir) {
        return Err(format!("{} is in use by something else", dir.display()));
    }
    if let Some(inside) = files.iter().find(|file| lies_in(file, &dir)) {
        return Err(format!(
            "{} lies in {}, which begins anew",
            inside.display(),
            dir.display()
        ));
    }
    Ok(Request::Run(Arguments { dir, files }))
}

fn lies_in(file: &Path, dir: &Path) -> bool {
    match (file.canonicalize(), dir.canonicalize()) {
        (Ok(file), Ok(dir)) => file.starts_with(dir),
        _ => false,
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut rng = SysRng;
    pqkm::self_test()?;
    let vault = Vault::create(&arguments.dir, &mut rng)?;

    println!("1. Keys");
    let start = Instant::now();
    let kem_key = DecapsulationKey::<MlKem768>::generate_checked(&mut rng)?;
    let signing_key = SigningKey::<MlDsa65>::generate_checked(&mut rng)?;
    vault.store_private("ml-kem-768", &kem_key, &mut rng)?;
    vault.store_private("ml-dsa-65", &signing_key, &mut rng)?;
    println!(
        "   ML-KEM-768 and ML-DSA-65 generated, checked and stored wrapped under the root key in {:?}",
        start.elapsed()
    );
    println!(
        "   encapsulation key {}",
        kem_key.encapsulation_key().fingerprint()
    );
    println!(
        "   verifying key     {}",
        signing_key.verifying_key().fingerprint()
    );

    println!("2. Protect");
    let protected = protect(&vault, &arguments.files, &kem_key, &mut rng)?;
    vault.sign_manifest(&protected, &signing_key, &mut rng)?;

    println!("3. Rotate to ML-KEM-1024");
    let new_key = DecapsulationKey::<MlKem1024>::generate_checked(&mut rng)?;
    vault.store_private("ml-kem-1024", &new_key, &mut rng)?;
    let protected = rotate(&vault, &protected, &kem_key, &new_key, &mut rng)?;
    vault.sign_manifest(&protected, &signing_key, &mut rng)?;
    vault.remove_private("ml-kem-768")?;
    println!("   the ML-KEM-768 key is destroyed");

    println!("4. Verify");
    verify(&vault, &arguments.files)?;

    println!("5. Damage");
    damage::show(&vault)?;

    println!(
        "quickstart: {} files protected, rotated and verified",
        arguments.files.len()
    );
    Ok(())
}

/// Encrypts each file under a data key of its own and wraps the data key.
fn protect(
    vault: &Vault,
    files: &[PathBuf],
    key: &DecapsulationKey<MlKem768>,
    rng: &mut SysRng,
) -> Result<Vec<Protected>, Box<dyn Error>> {
    let encapsulation_key = key.encapsulation_key().prepare();
    let mut protected = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let start = Instant::now();
        let plaintext = fs::read(file)?;
        let name = vault::stored_name(index, file);
        let entry = vault.protect(&name, &plaintext, &encapsulation_key, rng)?;
        println!(
            "   {name}: {} bytes -> {} encrypted + {} for the wrapped key, {:?}",
            plaintext.len(),
            entry.ciphertext_bytes,
            entry.record.to_der().len(),
            start.elapsed()
        );
        protected.push(entry);
    }
    Ok(protected)
}

/// Rewraps every data key under the new key. The files themselves are not touched.
fn rotate(
    vault: &Vault,
    protected: &[Protected],
    old: &DecapsulationKey<MlKem768>,
    new: &DecapsulationKey<MlKem1024>,
    rng: &mut SysRng,
) -> Result<Vec<Protected>, Box<dyn Error>> {
    let start = Instant::now();
    let items = protected
        .iter()
        .map(|entry| {
            Ok(UnwrapItem {
                record: &entry.record,
                context: WrapContext::new(entry.name.as_bytes())?,
            })
        })
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let records = old
        .prepare()
        .rewrap_many(&items, &new.encapsulation_key().prepare(), rng)?;
    let mut rotated = Vec::new();
    for (entry, record) in protected.iter().zip(records) {
        rotated.push(vault.replace_record(entry, record?)?);
    }
    println!(
        "   {} data keys rewrapped in {:?}",
        rotated.len(),
        start.elapsed()
    );
    Ok(rotated)
}

/// Reads everything back from the disk, as another process would, and compares.
fn verify(vault: &Vault, files: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let manifest = vault.read_manifest()?;
    let key: DecapsulationKey<MlKem1024> = vault.load_private("ml-kem-1024")?;
    let key = key.prepare();
    for (index, file) in files.iter().enumerate() {
        let name = vault::stored_name(index, file);
        let plaintext = vault.open(&name, &manifest, &key)?;
        if *plaintext != fs::read(file)? {
            return Err(format!("{name} came back different").into());
        }
    }
    println!(
        "   manifest signature valid, {} files decrypted and equal to the originals, {:?}",
        files.len(),
        start.elapsed()
    );
    Ok(())
}
