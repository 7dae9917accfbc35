//! Protects real files under post-quantum keys, takes the keys through their seven stages, and proves that it
//! worked.
//!
//! scripts/test: --dir {dir}/vault
//! scripts/test: --dir {dir}/vault Cargo.toml Cargo.toml src/lib.rs

use core::error::Error;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use pqkm::core::SysRng;

#[path = "../shared/terminal.rs"]
#[macro_use]
mod terminal;

mod damage;
#[path = "../shared/folder.rs"]
mod folder;
mod keys;
mod stages;
mod vault;

use stages::Tour;
use vault::Vault;

const HELP: &str = "\
Protects files under post-quantum keys, takes the keys through their seven stages,
and verifies.

Usage: quickstart [--dir DIR] [FILE...]

  FILE        files to protect; without any, the documents of this repository
  --dir DIR   where everything is stored (default: pqkm-quickstart); a folder that
              is neither empty nor made by this example is refused, and
              what an earlier run left in it is deleted
  --help      this text

Exit code: 0 success, 1 something failed, 2 wrong usage.";

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
            say!("{HELP}");
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
                let value = folder::named(words.next())?;
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
    let vault = Vault::create(&arguments.dir)?;
    let files = &arguments.files;

    let tour = Tour::generate(vault, &mut rng)?;
    tour.distribute(&mut rng)?;
    let tour = tour.store(&mut rng)?;
    let protected = tour.use_keys(files, &mut rng)?;
    let (storage, protected) = tour.rotate(&protected, &mut rng)?;
    let old = tour.archive(&protected)?;
    tour.destroy(old)?;

    say!("and then: verify");
    tour.verify(files, &storage)?;
    tour.verify_log(&mut rng)?;
    say!("and then: damage");
    damage::show(tour.vault(), &storage)?;

    say!(
        "quickstart: {} files protected, rotated and verified",
        files.len()
    );
    Ok(())
}
