//! Processes that take turns at one registry and expect to be killed, and what must hold afterwards.
//!
//! A worker says what it was told, a line each: `done OPERATION` after an operation was acknowledged, `used KEY` after a
//! use. What it did not live to say may have happened or not.

use core::time::Duration;
use std::{
    collections::HashMap,
    fs,
    io::{Read as _, Write},
    path::Path,
    sync::{Arc, mpsc::channel},
    thread,
    time::Instant,
};

use pqkm::{
    core::{
        Aes256Key, Aes256Kwp, KeyId, SysRng, UnixTime, Version, WrapContext, WrappingKey,
        rand_core::TryRng as _,
    },
    lifecycle::{
        Authority, KeyName, KeySpec, LeaseTerms, Managed, OperationError, OperationId, RedbStore,
        Refusal, Registry, RegistryError, RegistryOptions, Resolution, StoreError, SymmetricRoot,
        TransitionError,
        state::{Active, Deactivated, PreActivation, State},
        table::{Half, KeyState},
    },
};

use super::{Failure, Plan, kill_over_and_over, spawn};

type Key<S> = Managed<WrappingKey<Aes256Kwp>, S>;

/// Uses of a key, all told.
const BUDGET: u64 = 12;

/// Uses of a lease.
const USES: u64 = 3;

/// How many keys there are at a time.
const KEYS: usize = 8;

fn open(directory: &Path) -> Result<Registry, Failure> {
    let root = || SymmetricRoot::from_bytes(KeyId::from_bytes([1; 16]), &[0x42; 48]);
    let options = || RegistryOptions {
        terms: LeaseTerms {
            uses: USES,
            seconds: 1,
        },
        ..RegistryOptions::default()
    };
    let path = directory.join("registry.redb");
    let store = Arc::new(RedbStore::open(path)?);
    match Registry::create(store.clone(), root()?, options(), &mut SysRng) {
        Err(RegistryError::Exists) => {}
        Err(error) => return Err(error.into()),
        Ok(registry) => return Ok(registry),
    }
    Ok(Registry::open(store, root()?, options(), &mut SysRng)?)
}

fn is_locked(error: &Failure) -> bool {
    matches!(error.downcast_ref::<StoreError>(), Some(StoreError::Locked))
}

/// Works until it is killed.
pub(super) fn run(directory: &Path) -> Result<(), Failure> {
    loop {
        match turn(directory) {
            Err(error) if is_locked(&error) => {}
            other => other?,
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// A number below `n`.
fn random(n: usize) -> Result<usize, Failure> {
    let mut bytes = [0; 4];
    SysRng.try_fill_bytes(&mut bytes)?;
    let drawn = u64::from(u32::from_be_bytes(bytes));
    Ok(usize::try_from((drawn * u64::try_from(n)?) >> 32)?)
}

/// Opens the registry, does a few things, and says what it was told.
pub(super) fn turn(directory: &Path) -> Result<(), Failure> {
    let registry = open(directory)?;
    let mut said = std::io::stdout().lock();
    for _ in 0..6 {
        let keys = keys(&registry)?;
        let key = keys.get(random(keys.len().max(1))?).copied();
        let mut bytes = [0; OperationId::BYTES];
        SysRng.try_fill_bytes(&mut bytes)?;
        let operation = OperationId::from_bytes(bytes);
        let who = Authority::new("worker", "a turn").with_operation(operation);
        let Some(key) = key.filter(|_| keys.len() >= KEYS) else {
            let spec = KeySpec {
                budget: Some(BUDGET),
                ..KeySpec::default()
            };
            let key: Key<PreActivation> = registry.generate(&spec, &who, &mut SysRng)?;
            done(&mut said, operation)?;
            let who = Authority::new("worker", "a turn");
            drop(key.activate(&registry, &who).map_err(left)?);
            continue;
        };
        if work(&registry, key, &who, &mut said)? {
            done(&mut said, operation)?;
        }
    }
    Ok(())
}

/// Keys that are due some day, which are all that are active or deactivated.
fn keys(registry: &Registry) -> Result<Vec<KeyName>, Failure> {
    let alive = |state| matches!(state, KeyState::Active | KeyState::Deactivated);
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let (due, next) = registry.due(UnixTime::MAX, after.as_ref())?;
        let due = due.into_iter().filter(|due| alive(due.state));
        keys.extend(due.map(|due| due.key));
        match next {
            Some(_) => after = next,
            None => return Ok(keys),
        }
    }
}

fn done(said: &mut impl Write, operation: OperationId) -> Result<(), Failure> {
    writeln!(said, "done {operation}")?;
    Ok(said.flush()?)
}

/// One operation on a key. Whether it was done; it may be refused for good reasons.
fn work(
    registry: &Registry,
    name: KeyName,
    who: &Authority<'_>,
    said: &mut impl Write,
) -> Result<bool, Failure> {
    let found = registry.find(name)?;
    let remove = || match registry.remove_dependant(name, b"something", who) {
        Ok(()) => Ok(true),
        Err(error) => refused(error),
    };
    if found.state() == KeyState::Deactivated {
        if found.dependants() > 0 {
            return remove();
        }
        let key: Key<Deactivated> = match found.promote(registry, "worker") {
            Ok(key) => key,
            Err(error) => return refused(error),
        };
        return took(key.destroy(registry, who));
    }
    match random(5)? {
        0 => match registry.add_dependant(name, b"something", who) {
            Ok(()) => Ok(true),
            Err(error) => refused(error),
        },
        1 => remove(),
        2 => match registry.rotate::<WrappingKey<Aes256Kwp>, _>(name.id, who, &mut SysRng) {
            Ok(successor) => drop_after(successor),
            Err(error) => refused(error),
        },
        3 => {
            registry.sequence()?;
            Ok(false)
        }
        _ => {
            let key: Key<Active> = match found.promote(registry, "worker") {
                Ok(key) => key,
                Err(error) => return refused(error),
            };
            use_up(&key, said)?;
            took(key.deactivate(registry, who))
        }
    }
}

/// Uses a key until its lease is spent.
fn use_up(key: &Key<Active>, said: &mut impl Write) -> Result<(), Failure> {
    let data_key = Aes256Key::generate(&mut SysRng)?;
    let context = WrapContext::new(b"campaign")?;
    while key.wrap_key(&data_key, context, &mut SysRng).is_ok() {
        writeln!(said, "used {}", key.name())?;
        said.flush()?;
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "an arm like the others")]
fn drop_after<S: State>(key: Key<S>) -> Result<bool, Failure> {
    drop(key);
    Ok(true)
}

fn took<S: State, T: State>(
    result: Result<Key<T>, TransitionError<Key<S>>>,
) -> Result<bool, Failure> {
    match result {
        Ok(key) => drop_after(key),
        Err(error) => refused(error.without_handle()),
    }
}

fn left<S: State>(error: TransitionError<Key<S>>) -> OperationError {
    error.without_handle()
}

/// A refusal with a reason is as good as success; a registry that fails is not.
fn refused(error: OperationError) -> Result<bool, Failure> {
    match error {
        OperationError::Refused(Refusal::Registry(RegistryError::NotFound)) => Ok(false),
        OperationError::Refused(Refusal::Registry(error)) => Err(error.into()),
        OperationError::Refused(_) => Ok(false),
        other => Err(other.into()),
    }
}

/// Kills workers, and compares what they were told with what is on record.
pub(super) fn campaign(plan: &Plan) -> Result<bool, Failure> {
    drop(open(&plan.directory)?);
    let started = Instant::now();
    let (sender, receiver) = channel();
    let start = || {
        let mut child = spawn(plan)?;
        let mut output = child.stdout.take().ok_or("no pipe to the worker")?;
        let sender = sender.clone();
        thread::spawn(move || {
            let mut said = String::new();
            // Nobody is left to hear of a failure here, and what was read counts all the same.
            drop(output.read_to_string(&mut said));
            drop(sender.send(said));
        });
        Ok(child)
    };
    kill_over_and_over(plan, start, || {})?;
    drop(sender);
    let told: String = receiver.into_iter().collect();
    println!(
        "{} kills of {} processes in {:.1} s",
        plan.kills,
        plan.processes,
        started.elapsed().as_secs_f64()
    );
    fs::write(plan.directory.join("told"), &told)?;
    check(&plan.directory, &told)
}

/// Whether all that was told is true, and rows and events are of one another.
pub(super) fn check(directory: &Path, told: &str) -> Result<bool, Failure> {
    let registry = open(directory)?;
    let (mut acknowledged, mut lost, mut uses) = (0, 0, HashMap::<&str, u64>::new());
    // A line that was cut off was not told.
    for line in told
        .split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'))
    {
        match line.split_once(' ') {
            Some(("done", operation)) => {
                acknowledged += 1;
                if registry.resolve(parse(operation)?)? == Resolution::NotDone {
                    lost += 1;
                }
            }
            Some(("used", key)) => *uses.entry(key).or_default() += 1,
            _ => return Err("a worker said something else".into()),
        }
    }
    let events = registry.sequence()?;
    let rows_fit = registry.compare_with_log();
    let mut beyond = 0;
    for (key, used) in &uses {
        let (id, version) = key.split_once('/').ok_or("a key without a version")?;
        let name = KeyName {
            id: KeyId::from_bytes(*parse(id)?.as_bytes()),
            version: Version::new(version.parse()?)?,
            half: Half::Secret,
        };
        let (leased, _) = registry.find(name)?.uses();
        beyond += used.saturating_sub(leased.min(BUDGET));
    }
    println!(
        "operations told: {acknowledged}, of them not done: {lost}; uses: {}, beyond what was leased: {beyond}; events: \
         {events}; rows and events: {}",
        uses.values().sum::<u64>(),
        if rows_fit.is_ok() {
            "fit"
        } else {
            "DO NOT FIT"
        }
    );
    Ok(acknowledged > 0 && lost == 0 && beyond == 0 && rows_fit.is_ok())
}

/// Sixteen bytes in hexadecimal.
fn parse(text: &str) -> Result<OperationId, Failure> {
    let number = u128::from_str_radix(text, 16)?;
    Ok(OperationId::from_bytes(number.to_be_bytes()))
}
