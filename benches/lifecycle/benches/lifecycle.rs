//! A registry with many keys: opening it, finding one, a transition, a leased use, and its log.
//!
//! `cargo bench --manifest-path benches/lifecycle/Cargo.toml`; `PQKM_BENCH_KEYS` is how many keys there are, one
//! million without it. The store is made in a temporary folder: about two gigabytes for a million keys. With
//! `PQKM_BENCH_EVENTS` the log is measured once more when it has so many events: about ten gigabytes for ten million.
//!
//! What is measured is the time that the thread had on a CPU, so that a busy machine shows little; of transitions, which
//! wait for the disk, it is the time on the clock.
#![expect(clippy::unwrap_used, missing_docs, reason = "a bench")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::{Arc, Mutex},
    time::Instant,
};

use core::time::Duration;

use criterion::{
    BatchSize, Criterion, criterion_group, criterion_main,
    measurement::{Measurement, ValueFormatter, WallTime},
};
use pqkm_core::{Aes256Kwp, Ed25519, KeyId, SigningKey, SysRng, WrappingKey};
use pqkm_lifecycle::{
    Authority, CommitError, KeyName, KeySpec, KeyStore, LeaseTerms, Managed, MemoryStore,
    RedbStore, Registry, RegistryOptions, StoreError, SymmetricRoot,
    state::{Active, PreActivation},
    store::{Batch, Row, RowName, Write},
};
use redb::{StorageBackend, backends::FileBackend};
use rustix::time::{ClockId, clock_gettime};

/// The time of this thread on a CPU.
struct CpuTime;

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap(),
        time.tv_nsec.try_into().unwrap(),
    )
}

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        cpu_time()
    }

    fn end(&self, start: Duration) -> Duration {
        cpu_time() - start
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

const WHO: Authority<'_> = Authority::new("bench", "");

/// How many commits of a store that is being filled become one.
const AT_ONCE: usize = 20_000;

fn root() -> SymmetricRoot {
    SymmetricRoot::from_bytes(KeyId::from_bytes([7; 16]), &[9; 48]).unwrap()
}

fn options() -> RegistryOptions {
    RegistryOptions {
        terms: LeaseTerms {
            uses: u64::MAX >> 1,
            seconds: 24 * 3600,
        },
        ..RegistryOptions::default()
    }
}

/// A file that is never synced.
#[derive(Debug)]
struct Unsynced(FileBackend);

impl StorageBackend for Unsynced {
    fn len(&self) -> Result<u64, std::io::Error> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), std::io::Error> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), std::io::Error> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> Result<(), std::io::Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), std::io::Error> {
        self.0.write(offset, data)
    }

    fn close(&self) -> Result<(), std::io::Error> {
        self.0.close()
    }
}

fn unsynced(path: &Path) -> RedbStore {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = options.open(path).unwrap();
    RedbStore::open_backend(Unsynced(FileBackend::new(file).unwrap())).unwrap()
}

/// Collects commits and makes many of them one: for filling a store, and for nothing else.
struct Bulk {
    store: RedbStore,
    waiting: Mutex<(BTreeMap<RowName, Vec<u8>>, Vec<Vec<u8>>)>,
}

impl Bulk {
    fn flush(&self) {
        let (rows, events) = std::mem::take(&mut *self.waiting.lock().unwrap());
        let writes = rows.into_iter().map(|(name, content)| Write {
            name,
            expected: 0,
            content: Some(content),
        });
        let writes = writes.collect();
        self.store.commit(&Batch { writes, events }).unwrap();
    }
}

impl KeyStore for Bulk {
    fn get(&self, name: &RowName) -> Result<Option<Row>, StoreError> {
        let waiting = self.waiting.lock().unwrap();
        match waiting.0.get(name) {
            Some(content) => Ok(Some(Row {
                generation: 1,
                content: content.clone(),
            })),
            None => self.store.get(name),
        }
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&RowName>,
        limit: usize,
    ) -> Result<Vec<(RowName, Row)>, StoreError> {
        self.store.scan(prefix, after, limit)
    }

    /// New rows only, which is all that generating keys writes.
    fn commit(&self, batch: &Batch) -> Result<(), CommitError> {
        let mut waiting = self.waiting.lock().unwrap();
        for write in &batch.writes {
            assert_eq!(write.expected, 0);
            waiting
                .0
                .insert(write.name.clone(), write.content.clone().unwrap());
        }
        waiting.1.extend(batch.events.iter().cloned());
        let is_full = waiting.1.len() >= AT_ONCE;
        drop(waiting);
        if is_full {
            self.flush();
        }
        Ok(())
    }
}

/// Fills a new store with keys, and gives the names of some of them, spread over all.
fn fill(path: &Path, keys: u64) -> Vec<KeyName> {
    let start = Instant::now();
    let store = Arc::new(Bulk {
        store: unsynced(path),
        waiting: Mutex::default(),
    });
    let registry = Registry::create(store.clone(), root(), options(), &mut SysRng).unwrap();
    let mut names = Vec::new();
    for number in 0..keys {
        let key: Managed<WrappingKey<Aes256Kwp>, PreActivation> = registry
            .generate(&KeySpec::default(), &WHO, &mut SysRng)
            .unwrap();
        if number % (keys / 1000).max(1) == 0 {
            names.push(key.name());
        }
    }
    store.flush();
    eprintln!("{keys} keys on record in {:?}", start.elapsed());
    names
}

/// The most memory that this process has had so far, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = env::temp_dir().join(format!("pqkm-bench-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn next<'a>(names: &'a [KeyName], at: &mut usize) -> &'a KeyName {
    *at = (*at + 617) % names.len();
    &names[*at]
}

fn many_keys(c: &mut Criterion<CpuTime>) {
    let keys = env::var("PQKM_BENCH_KEYS").map_or(1_000_000, |keys| keys.parse().unwrap());
    let folder = Folder::new();
    let path = folder.0.join("registry.redb");
    let names = fill(&path, keys);
    eprintln!("memory at most {} MiB", peak());

    c.bench_function(&format!("open, {keys} keys"), |b| {
        b.iter(|| {
            let store = RedbStore::open(&path).unwrap();
            Registry::open(store, root(), options(), &mut SysRng).unwrap()
        });
    });
    let registry = Registry::open(
        RedbStore::open(&path).unwrap(),
        root(),
        options(),
        &mut SysRng,
    )
    .unwrap();
    let mut at = 0;
    c.bench_function(&format!("find, {keys} keys"), |b| {
        b.iter(|| registry.find(*next(&names, &mut at)).unwrap());
    });
    drop(registry);

    after_a_crash(&path);
    log(c, &path);
    if let Ok(events) = env::var("PQKM_BENCH_EVENTS") {
        note(&path, events.parse::<u64>().unwrap().saturating_sub(keys));
        log(c, &path);
    }
    eprintln!("memory at most {} MiB", peak());
}

/// How long it takes to open what a process left behind that was killed: a copy that is taken while it has the store
/// open. The store has to look at everything then.
fn after_a_crash(path: &Path) {
    let registry = Registry::open(
        RedbStore::open(path).unwrap(),
        root(),
        options(),
        &mut SysRng,
    );
    let registry = registry.unwrap();
    registry.note(b"", &WHO).unwrap();
    let copy = path.with_extension("copy");
    fs::copy(path, &copy).unwrap();
    drop(registry);
    let start = Instant::now();
    drop(RedbStore::open(&copy).unwrap());
    eprintln!("opened after a crash in {:?}", start.elapsed());
    fs::remove_file(&copy).unwrap();
}

/// Leaves that many notes for the log.
fn note(path: &Path, notes: u64) {
    let store = Arc::new(Bulk {
        store: unsynced(path),
        waiting: Mutex::default(),
    });
    let registry = Registry::open(store.clone(), root(), options(), &mut SysRng).unwrap();
    for number in 0..notes {
        registry.note(&number.to_be_bytes(), &WHO).unwrap();
    }
    store.flush();
}

/// The events that wait move into the log; then proofs.
fn log(c: &mut Criterion<CpuTime>, path: &Path) {
    let registry = Registry::open(unsynced(path), root(), options(), &mut SysRng).unwrap();
    let (before, start) = (registry.log_size().unwrap(), cpu_time());
    let size = registry.sequence().unwrap();
    let each = (cpu_time() - start) / u32::try_from(size - before).unwrap();
    eprintln!("{size} events in the log; appended without a sync, {each:?} each");
    drop(registry);
    let registry = Registry::open(
        RedbStore::open(path).unwrap(),
        root(),
        options(),
        &mut SysRng,
    )
    .unwrap();
    let mut index = 0;
    c.bench_function(&format!("inclusion proof, {size} events"), |b| {
        b.iter(|| {
            index = (index + 617_717) % size;
            registry.prove_inclusion(index, size).unwrap()
        });
    });
    c.bench_function(&format!("consistency proof, {size} events"), |b| {
        b.iter(|| {
            index = (index + 617_717) % size;
            registry.prove_consistency(index + 1, size).unwrap()
        });
    });
}

/// A transition, and a commit of as many bytes by the store alone.
fn transition(c: &mut Criterion) {
    let folder = Folder::new();
    let store = Arc::new(RedbStore::open(folder.0.join("registry.redb")).unwrap());
    let registry = Registry::create(store.clone(), root(), options(), &mut SysRng).unwrap();
    let mut group = c.benchmark_group("transition");
    let mut number = 0_u64;
    group.bench_function("one commit of the store", |b| {
        b.iter_batched(
            || {
                number += 1;
                let row = |kind: u8, bytes: usize| Write {
                    name: RowName::new([[kind].as_slice(), &number.to_be_bytes()].concat()),
                    expected: 0,
                    content: Some(vec![1; bytes]),
                };
                Batch {
                    writes: vec![row(b'y', 500), row(b'z', 120)],
                    events: vec![vec![2; 300]],
                }
            },
            |batch| store.commit(&batch).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("activate", |b| {
        b.iter_batched(
            || -> Managed<WrappingKey<Aes256Kwp>, PreActivation> {
                let spec = KeySpec::default();
                registry.generate(&spec, &WHO, &mut SysRng).unwrap()
            },
            |key| key.activate(&registry, &WHO).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn leased(c: &mut Criterion<CpuTime>) {
    let registry = Registry::create(MemoryStore::new(), root(), options(), &mut SysRng).unwrap();
    let message = [0; 32];

    let bare = SigningKey::<Ed25519>::generate(&mut SysRng).unwrap();
    let key: Managed<SigningKey<Ed25519>, PreActivation> = registry
        .generate(&KeySpec::default(), &WHO, &mut SysRng)
        .unwrap();
    let key: Managed<_, Active> = key.activate(&registry, &WHO).unwrap();
    let mut group = c.benchmark_group("sign, Ed25519");
    group.bench_function("bare", |b| {
        b.iter(|| bare.sign(&message, &mut SysRng).unwrap())
    });
    group.bench_function("leased", |b| {
        b.iter(|| key.sign(&message, &mut SysRng).unwrap())
    });
    group.finish();
}

/// Appending to the log, apart from everything else.
fn append(c: &mut Criterion<CpuTime>) {
    const EVENTS: u64 = 4096;
    c.bench_function(&format!("append {EVENTS} events, in memory"), |b| {
        b.iter_batched(
            || {
                let store = MemoryStore::new();
                let registry = Registry::create(store, root(), options(), &mut SysRng).unwrap();
                for number in 0..EVENTS {
                    registry.note(&number.to_be_bytes(), &WHO).unwrap();
                }
                registry
            },
            |registry| registry.sequence().unwrap(),
            BatchSize::PerIteration,
        );
    });
}

criterion_group! {
    name = on_the_cpu;
    config = Criterion::default().with_measurement(CpuTime).sample_size(20);
    targets = leased, append, many_keys
}
criterion_group! {
    name = on_the_clock;
    config = Criterion::default().sample_size(50);
    targets = transition
}
criterion_main!(on_the_clock, on_the_cpu);
