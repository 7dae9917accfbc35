//! Fills a table with sealed payloads and their wrapped keys, rotates the key that these are wrapped under, is killed
//! on the way, goes on, and proves completion.
//!
//! scripts/test: --keys 3000 --threads 2 --db {dir}/keys.redb --interrupt-after 1500
//! scripts/test: --keys 50 --threads 1 --db {dir}/keys.redb
//!
//! The table is in redb. A rotation goes through it in slices: each is read, rewrapped over all threads, and written
//! back together with the number of the next one, in one transaction. Whatever stops the program leaves the table at
//! the end of a slice, and the next start goes on from there.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

mod keks;
mod rotation;
mod table;

use core::{error::Error, fmt, time::Duration};
use std::{
    env,
    path::PathBuf,
    process::{Command, ExitCode},
    thread,
};

use indicatif::{ProgressBar, ProgressStyle};

use keks::Keks;
use rotation::{Rotation, Spent};
use table::Table;

const HELP: &str = "\
Rotates the KEK of many wrapped keys: rewraps each of them from one ML-KEM-768 key to the next.

usage: rewrap_million [--keys N] [--threads T] [--db FILE] [--interrupt-after N | --abort-after N]

  --keys N             payloads to seal into the table (default: 100000), each under a key of its own
  --threads T          threads that wrap (default: one a core)
  --db FILE            the table (default: rewrap.redb); one that exists is gone on with. The seeds of the KEKs
                       stand beside it in FILE.keks: a KMS has them in its HSM
  --interrupt-after N  lets another process begin the rotation, which aborts after N keys; then goes on
  --abort-after N      begins the rotation and aborts after N keys, in the midst of a transaction
  --help               this text

Exit status: 0 every key is under the new KEK, 1 something failed, 2 wrong use.";

/// Ends the program, in words for a person.
type Failure = Box<dyn Error + Send + Sync>;

struct Arguments {
    keys: u64,
    threads: usize,
    db: PathBuf,
    interrupt_after: Option<u64>,
    abort_after: Option<u64>,
}

fn main() -> ExitCode {
    let arguments = match parse(env::args().skip(1)) {
        Some(Some(arguments)) => arguments,
        Some(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        None => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rewrap_million: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments; the inner `None` is a request for help, the outer one wrong use.
fn parse(mut words: impl Iterator<Item = String>) -> Option<Option<Arguments>> {
    let mut arguments = Arguments {
        keys: 100_000,
        threads: thread::available_parallelism().map_or(1, usize::from),
        db: PathBuf::from("rewrap.redb"),
        interrupt_after: None,
        abort_after: None,
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Some(None),
            "--keys" => arguments.keys = words.next()?.parse().ok()?,
            "--threads" => arguments.threads = words.next()?.parse().ok()?,
            "--db" => arguments.db = words.next()?.into(),
            "--interrupt-after" => arguments.interrupt_after = Some(words.next()?.parse().ok()?),
            "--abort-after" => arguments.abort_after = Some(words.next()?.parse().ok()?),
            _ => return None,
        }
    }
    let both = arguments.interrupt_after.is_some() && arguments.abort_after.is_some();
    (arguments.threads > 0 && !both).then_some(Some(arguments))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let keks = Keks::open(&arguments.db)?;
    let mut table = Table::open(&arguments.db)?;
    let mut rotation = Rotation::new(&table, &keks, arguments.threads);
    fill(&rotation, arguments.keys)?;
    if let Some(limit) = arguments.interrupt_after {
        drop(table);
        interrupted(arguments, limit)?;
        table = Table::open(&arguments.db)?;
        println!(
            "opened again: {} of {} are done",
            table.rotated()?,
            table.len()?
        );
        rotation = Rotation::new(&table, &keks, arguments.threads);
    }
    rotate(&rotation, arguments.abort_after)?;
    prove(&rotation)
}

/// Lets a process of its own rotate until it aborts.
fn interrupted(arguments: &Arguments, after: u64) -> Result<(), Failure> {
    let mut child = Command::new(env::current_exe()?);
    child.args(["--keys", "0", "--abort-after", &after.to_string()]);
    child.args(["--threads", &arguments.threads.to_string()]);
    let status = child.arg("--db").arg(&arguments.db).status()?;
    if status.success() {
        return Err("the process that was to abort came to its end".into());
    }
    println!("interrupted after {after} keys: {status}");
    Ok(())
}

/// Seals payloads until the table has as many as it shall.
fn fill(rotation: &Rotation<'_>, keys: u64) -> Result<(), Failure> {
    let have = rotation.table.len()?;
    if have < keys {
        let bar = bar("sealing", keys, have)?;
        rotation.fill(have..keys, |done| bar.set_position(done))?;
        bar.finish_and_clear();
        println!("{keys} payloads sealed, each under a key of its own");
    } else {
        println!("the table has {have} keys");
    }
    Ok(())
}

/// Rewraps what is left, and reports.
fn rotate(rotation: &Rotation<'_>, abort_after: Option<u64>) -> Result<(), Failure> {
    let bar = bar(
        "rewrapping",
        rotation.table.len()?,
        rotation.table.rotated()?,
    )?;
    let spent = rotation.rotate(abort_after, |done| bar.set_position(done))?;
    bar.finish_and_clear();
    println!("{spent}");
    Ok(())
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = (self.cryptography + self.store).as_secs_f64().max(1e-9);
        let percent = |part: Duration| 100.0 * part.as_secs_f64() / all;
        writeln!(f, "{} keys rewrapped in {all:.2} s", self.keys)?;
        let keys = f64::from(u32::try_from(self.keys).unwrap_or(u32::MAX));
        writeln!(f, "  {:.0} keys/s", keys / all)?;
        write!(
            f,
            "  cryptography {:.0} %, store {:.0} %",
            percent(self.cryptography),
            percent(self.store)
        )
    }
}

/// Proves that nothing was left out.
fn prove(rotation: &Rotation<'_>) -> Result<(), Failure> {
    let total = rotation.table.len()?;
    let bar = bar("proving", total, 0)?;
    let proved = rotation.prove(|done| bar.set_position(done))?;
    bar.finish_and_clear();
    if proved != total {
        return Err(format!("{proved} of {total} keys are under the new KEK").into());
    }
    println!(
        "proved: {total} of {total} records name the new KEK, open under it alone, and open their payload"
    );
    Ok(())
}

fn bar(what: &'static str, total: u64, from: u64) -> Result<ProgressBar, Failure> {
    let bar = ProgressBar::new(total)
        .with_message(what)
        .with_position(from);
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} ({per_sec}, {eta} left)")?;
    Ok(bar.with_style(style))
}
