//! Kills processes that work on one store, over and over, and looks for what they should not have left behind.
//!
//! scripts/test: --store file --processes 3 --kills 30 --dir {dir}/file
//! scripts/test: --store redb --processes 3 --kills 30 --dir {dir}/redb
//! scripts/test: --store registry --processes 3 --kills 30 --dir {dir}/registry
//!
//! `crash_campaign --store file|redb|registry --processes P --kills N --dir D [--seed S]`: P processes take turns at one
//! HSS key or one registry in D; a parent that survives kills them at random moments, N times.
//! For a key it verifies every signature they handed over: exit code 1 if a one-time key was used twice or a signature is
//! wrong. For a registry it compares what they were told with what is on record: exit code 1 if something that was
//! acknowledged did not happen, a row has no event or an event no row, or a key was used beyond what was leased.
#![expect(clippy::print_stdout, reason = "an example talks to its user")]
#![expect(clippy::std_instead_of_alloc, reason = "a program has std")]

use core::error::Error;
use core::time::Duration;
use std::{
    collections::HashMap,
    env, fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Instant,
};

use pqkm::stateful::HssVerifyingKey;
use sha2::{Digest as _, Sha256};

mod registry;
mod worker;

use worker::Kind;

type Failure = Box<dyn Error + Send + Sync>;

/// What `--store` says for a registry.
const REGISTRY: &str = "registry";

/// What a worker hands over: message and signature, or that the key was held by another one.
enum Event {
    Signed(Vec<u8>, Vec<u8>),
    Refused,
}

struct Plan {
    /// The store of the key; without one it is about a registry.
    kind: Option<Kind>,
    processes: usize,
    kills: u32,
    directory: PathBuf,
    seed: u64,
}

/// What came of it. A one-time key is named by the leaves of a signature, from the top.
#[derive(Default)]
struct Tally {
    signatures: u64,
    refused: u64,
    used: HashMap<Vec<u32>, [u8; 32]>,
    again: u64,
    wrong: u64,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("crash_campaign: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    if arguments.iter().any(|argument| argument == "--help") {
        println!(
            "crash_campaign --store file|redb|registry --processes P --kills N --dir D [--seed S]"
        );
        return Ok(true);
    }
    if let Some(directory) = value("--registry-turn") {
        registry::turn(Path::new(&directory))?;
        return Ok(true);
    }
    if let (Some(directory), Some(told)) = (value("--registry-check"), value("--told")) {
        return registry::check(Path::new(&directory), &fs::read_to_string(told)?);
    }
    let store = value("--store").unwrap_or_else(|| "file".into());
    let kind = Kind::from_name(&store);
    if kind.is_none() && store != REGISTRY {
        return Err("--store is file, redb or registry".into());
    }
    if let Some(directory) = value("--work-in") {
        match kind {
            Some(kind) => worker::run(kind, Path::new(&directory))?,
            None => registry::run(Path::new(&directory))?,
        }
        return Ok(true);
    }
    let plan = Plan {
        kind,
        processes: value("--processes").map_or(Ok(3), |text| text.parse())?,
        kills: value("--kills").map_or(Ok(30), |text| text.parse())?,
        directory: value("--dir").ok_or("--dir is missing")?.into(),
        seed: value("--seed").map_or(Ok(1), |text| text.parse())?,
    };
    fs::create_dir_all(&plan.directory)?;
    match plan.kind {
        Some(kind) => campaign(&plan, kind),
        None => registry::campaign(&plan),
    }
}

fn campaign(plan: &Plan, kind: Kind) -> Result<bool, Failure> {
    let public = worker::create(kind, &plan.directory)?;
    let started = Instant::now();
    let (sender, receiver) = channel();
    let mut tally = Tally::default();
    kill_over_and_over(
        plan,
        || start(plan, &sender),
        || collect(&receiver, &public, &mut tally),
    )?;
    drop(sender);
    for event in receiver {
        tally.count(&public, event);
    }
    report(plan, kind, &tally, started.elapsed())
}

/// Starts the processes, kills one of them at a time and starts it again, and kills all of them in the end.
fn kill_over_and_over(
    plan: &Plan,
    start: impl Fn() -> Result<Child, Failure>,
    mut after_each: impl FnMut(),
) -> Result<(), Failure> {
    let mut workers = Vec::new();
    for _ in 0..plan.processes.max(1) {
        workers.push(start()?);
    }
    let mut state = plan.seed;
    for _ in 0..plan.kills {
        thread::sleep(Duration::from_millis(random(&mut state, 60)));
        let victim = usize::try_from(random(&mut state, u64::try_from(workers.len())?))?;
        let worker = workers.get_mut(victim).ok_or("no such worker")?;
        worker.kill()?;
        worker.wait()?;
        *worker = start()?;
        after_each();
    }
    for mut worker in workers {
        worker.kill()?;
        worker.wait()?;
    }
    Ok(())
}

/// The process that works, with a pipe to read what it says.
fn spawn(plan: &Plan) -> Result<Child, Failure> {
    Ok(Command::new(env::current_exe()?)
        .args([
            "--store",
            plan.kind.map_or(REGISTRY, Kind::name),
            "--work-in",
        ])
        .arg(&plan.directory)
        .stdout(Stdio::piped())
        .spawn()?)
}

/// A worker, and a thread that reads what it hands over.
fn start(plan: &Plan, sender: &Sender<Event>) -> Result<Child, Failure> {
    let mut child = spawn(plan)?;
    let mut output = child.stdout.take().ok_or("no pipe to the worker")?;
    let sender = sender.clone();
    thread::spawn(move || {
        // A signature of which only a part arrived was not handed over: the worker was killed while it wrote.
        while let Ok(event) = read_event(&mut output) {
            if sender.send(event).is_err() {
                break;
            }
        }
    });
    Ok(child)
}

fn read_event(output: &mut impl std::io::Read) -> std::io::Result<Event> {
    let mut header = [0; 5];
    output.read_exact(&mut header)?;
    let [kind, len @ ..] = header;
    if kind == worker::REFUSED {
        return Ok(Event::Refused);
    }
    let mut message = vec![0; worker::MESSAGE_LEN];
    output.read_exact(&mut message)?;
    let mut signature = Vec::new();
    let len = u64::from(u32::from_be_bytes(len));
    output.take(len).read_to_end(&mut signature)?;
    if u64::try_from(signature.len()).ok() == Some(len) {
        Ok(Event::Signed(message, signature))
    } else {
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}

fn collect(receiver: &Receiver<Event>, public: &HssVerifyingKey, tally: &mut Tally) {
    while let Ok(event) = receiver.try_recv() {
        tally.count(public, event);
    }
}

impl Tally {
    fn count(&mut self, public: &HssVerifyingKey, event: Event) {
        let Event::Signed(message, signature) = event else {
            self.refused += 1;
            return;
        };
        self.signatures += 1;
        let Some(leaves) = public
            .verify(&message, &signature)
            .ok()
            .and(leaves(&signature))
        else {
            self.wrong += 1;
            return;
        };
        // Every one-time key on the path: the bottom one signs the message, an upper one a public key.
        let digest: [u8; 32] = Sha256::digest(&message).into();
        if self.used.insert(leaves, digest).is_some() {
            self.again += 1;
        }
    }
}

/// The leaf numbers of a signature, read off its bytes.
fn leaves(signature: &[u8]) -> Option<Vec<u32>> {
    worker::leaf_offsets()
        .into_iter()
        .map(|at| {
            let bytes = signature.get(at..at.checked_add(4)?)?;
            Some(u32::from_be_bytes(bytes.try_into().ok()?))
        })
        .collect()
}

fn report(plan: &Plan, kind: Kind, tally: &Tally, took: Duration) -> Result<bool, Failure> {
    let spent = worker::spent(kind, &plan.directory)?;
    let distinct = u64::try_from(tally.used.len())?;
    println!(
        "{} kills of {} processes in {:.1} s; opens refused while another held the key: {}; wrong signatures: {}",
        plan.kills,
        plan.processes,
        took.as_secs_f64(),
        tally.refused,
        tally.wrong
    );
    println!(
        "signatures: {}, distinct indices: {distinct}, reused: {}, burned: {}",
        tally.signatures,
        tally.again,
        spent.saturating_sub(distinct)
    );
    Ok(tally.again == 0 && tally.wrong == 0 && tally.signatures > 0)
}

/// A number below `n` that follows from the state (`SplitMix64`).
fn random(state: &mut u64, n: u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z >> 32) * n) >> 32
}
