//! One key through all seven stages, with what is refused on the way.
//!
//! scripts/test: --dir {dir}/registry
#![expect(clippy::print_stdout, reason = "an example talks to its user")]
#![expect(clippy::std_instead_of_alloc, reason = "an example has std")]

use core::error::Error;
use std::{fs, path::PathBuf, process::ExitCode};

mod stages;

use stages::Tour;

const HELP: &str = "\
Takes one key through generate, distribute, store, use, rotate, archive, destroy.

Usage: lifecycle_tour [--dir DIR]

  --dir DIR   where the registry is made (default: pqkm-lifecycle-tour); a folder
              that exists is refused
  --help      this text

Time passes when the tour says so: its clock begins at the system's and is moved by hand.
Exit code: 0 success, 1 something failed, 2 wrong usage.
";

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let dir = match words.as_slice() {
        [] => PathBuf::from("pqkm-lifecycle-tour"),
        [help] if ["--help", "-h"].map(PathBuf::from).contains(help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        [option, dir] if option.as_os_str() == "--dir" => dir.clone(),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(dir) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lifecycle_tour: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(dir: PathBuf) -> Result<(), Box<dyn Error>> {
    fs::create_dir(&dir)?;
    let tour = Tour::begin(dir)?;
    let key = tour.generate()?;
    tour.distribute(&key)?;
    let (tour, key) = tour.store(&key)?;
    let (key, wrapped) = tour.use_it(key)?;
    tour.rotate(key.name().id, &wrapped)?;
    let key = tour.archive(key.name(), &wrapped)?;
    tour.destroy(key)?;
    tour.verify_log()
}
