//! Verifies an audit log that was exported to a folder, without any secret.
//!
//! scripts/test: --demo {dir}/log

use core::error::Error;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use pqkm::{
    core::{
        MlDsa65, SigningKey, SysRng, VerifyingKey,
        spki::{DecodePublicKey as _, EncodePublicKey as _},
    },
    lifecycle::{
        Authority, Event, KeySpec, Managed, MemoryStore, Registry, RegistryOptions, SymmetricRoot,
        audit::{Checkpoint, verify_log},
        state::PreActivation,
    },
};

#[path = "../shared/terminal.rs"]
#[macro_use]
mod terminal;

#[path = "../shared/folder.rs"]
mod folder;

const HELP: &str = "\
Verifies an audit log: every event, every checkpoint, nothing missing.

Usage: audit_verify [--events] [--seen CHECKPOINT.pem] DIR
       audit_verify --demo DIR

  DIR       events.der, checkpoints.der, and key.pem: the ML-DSA-65 key that signs
            checkpoints; get that key from somewhere else than the log
  --seen    a checkpoint that you kept: the log must still begin with what it is about
  --events  prints every event
  --demo    makes such a folder, which must be empty or not exist, verifies it, cuts the log and
            shows that it is seen
  --help    this text

Exit code: 0 the log is whole, 1 it is not, 2 wrong usage.";

#[derive(Default)]
struct Arguments {
    dir: Option<PathBuf>,
    seen: Option<PathBuf>,
    events: bool,
    demo: bool,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::default();
    let mut words = std::env::args_os().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--help" | "-h") => {
                say!("{HELP}");
                return ExitCode::SUCCESS;
            }
            Some("--events") => arguments.events = true,
            Some("--demo") => arguments.demo = true,
            Some("--seen") => match words.next() {
                Some(path) => arguments.seen = Some(path.into()),
                None => return wrong_usage(),
            },
            Some(option) if option.starts_with('-') => return wrong_usage(),
            _ if arguments.dir.is_none() && !word.is_empty() => arguments.dir = Some(word.into()),
            _ => return wrong_usage(),
        }
    }
    let Some(dir) = arguments.dir.clone() else {
        return wrong_usage();
    };
    if arguments.demo && !folder::is_free(&dir) {
        eprintln!("audit_verify: {} is in use", dir.display());
        return ExitCode::from(2);
    }
    let done = if arguments.demo {
        demo(&dir)
    } else {
        verify(&dir, &arguments)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("audit_verify: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wrong_usage() -> ExitCode {
    eprintln!("{HELP}");
    ExitCode::from(2)
}

fn verify(dir: &Path, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let pem = fs::read_to_string(dir.join("key.pem"))?;
    let key = VerifyingKey::<MlDsa65>::from_public_key_pem(&pem)?;
    let seen = match &arguments.seen {
        Some(path) => Some(Checkpoint::from_pem(&fs::read_to_string(path)?)?),
        None => None,
    };
    let report = verify_log(dir, &key, seen.as_ref(), |index, event| {
        if arguments.events {
            print_event(index, event);
        }
    })?;
    say!("registry    {}", report.registry);
    say!(
        "events      {} signed for, {} not yet",
        report.signed,
        report.unsigned
    );
    say!("checkpoints {}, all valid", report.checkpoints);
    if seen.is_none() {
        say!("no checkpoint was given that was seen before: an old copy would look the same");
    }
    Ok(())
}

fn print_event(index: u64, event: &Event) {
    let what = match event.transition() {
        Some((from, to)) => format!("{from} -> {to}"),
        None => event.action_name().into(),
    };
    let key = event.key().map_or_else(String::new, |key| key.to_string());
    say!(
        "{index:>6}  {}  {what}  {key}  by {:?}: {:?}",
        event.at().seconds(),
        event.by(),
        event.reason()
    );
}

fn demo(dir: &Path) -> Result<(), Box<dyn Error>> {
    let mut rng = SysRng;
    let auditor = SigningKey::<MlDsa65>::generate(&mut rng)?;
    let root = SymmetricRoot::generate(&mut rng)?;
    let options = RegistryOptions::default();
    let registry = Registry::create(MemoryStore::new(), root, options, &mut rng)?;
    let who = Authority::new("anna", "demonstration");
    for _ in 0..3 {
        let key: Managed<SigningKey<MlDsa65>, PreActivation> =
            registry.generate(&KeySpec::default(), &who, &mut rng)?;
        drop(key.activate(&registry, &who)?.destroy(&registry, &who)?);
        registry.checkpoint(&auditor, &mut rng)?;
    }
    let seen = registry.checkpoint(&auditor, &mut rng)?;
    registry.export_log(dir)?;
    let pem = auditor
        .verifying_key()
        .to_public_key_pem(Default::default())?;
    folder::write_new(&dir.join("key.pem"), pem.as_bytes())?;
    let kept = dir.join("seen.pem");
    folder::write_new(&kept, seen.to_pem()?.as_bytes())?;
    let arguments = Arguments {
        seen: Some(kept),
        events: true,
        ..Arguments::default()
    };
    verify(dir, &arguments)?;

    let path = dir.join("events.der");
    let whole = fs::read(&path)?;
    for cut in [1, whole.len() >> 1] {
        fs::write(&path, whole.get(..whole.len() - cut).unwrap_or_default())?;
        match verify(
            dir,
            &Arguments {
                seen: arguments.seen.clone(),
                ..Arguments::default()
            },
        ) {
            Ok(()) => return Err("a log that was cut verified".into()),
            Err(error) => say!("cut by {cut} bytes: {error}"),
        }
    }
    fs::write(&path, whole)?;
    Ok(())
}
