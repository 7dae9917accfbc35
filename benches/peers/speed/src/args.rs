//! The command line.

use std::path::PathBuf;

use crate::measure::Effort;
use crate::ours::{self, Engine};

pub(crate) const HELP: &str = "\
usage: bench [--quick] [--only PREFIX] [--engine NAME] [--peers] [--json FILE]

  --quick         fewer and shorter batches: for a look, not for a claim
  --only PREFIX   only works whose name begins with PREFIX (mlkem768.encapsulate)
  --engine NAME   reference, portable, avx2 or avx512; without it, what pqkm detects
  --peers         list every peer of a work, not only the fastest
  --json FILE     also write the rows as a JSON array, times in ns
";

/// What the user asked for.
pub(crate) struct Args {
    pub(crate) effort: Effort,
    pub(crate) only: String,
    pub(crate) engine: Engine,
    pub(crate) peers: bool,
    pub(crate) json: Option<PathBuf>,
}

/// Why there is nothing to run.
pub(crate) enum Stop {
    Help,
    Wrong(String),
}

pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Args, Stop> {
    let mut args = Args {
        effort: Effort::FULL,
        only: String::new(),
        engine: Engine::detect(),
        peers: false,
        json: None,
    };
    while let Some(word) = words.next() {
        let mut value = || {
            let missing = || Stop::Wrong(format!("{word} needs a value"));
            words.next().ok_or_else(missing)
        };
        match word.as_str() {
            "--quick" => args.effort = Effort::QUICK,
            "--peers" => args.peers = true,
            "--only" => args.only = value()?,
            "--json" => args.json = Some(PathBuf::from(value()?)),
            "--engine" => {
                let name = value()?;
                args.engine = ours::engine(&name)
                    .ok_or_else(|| Stop::Wrong(format!("no engine {name} here")))?;
            }
            "-h" | "--help" => return Err(Stop::Help),
            _ => return Err(Stop::Wrong(format!("unknown argument {word}"))),
        }
    }
    Ok(args)
}
