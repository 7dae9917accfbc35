//! What the tests of this crate have in common.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::sync::atomic::{AtomicU64, Ordering};
use std::{fs, path::PathBuf, process, sync::Arc};

use pqkm_core::{Clock, ClockUnavailable, UnixTime};
use pqkm_lifecycle::{
    Authority, CommitError, KeyStore, MemoryStore, Refusal, Registry, RegistryOptions, StoreError,
    SymmetricRoot, TransitionError,
    store::{Batch, Row, RowName},
};
use pqkm_testkit::rng::SeededRng;

/// A folder that is removed when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pqkm-{name}-{}", process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A clock that tests set.
#[derive(Clone, Default)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub(crate) fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    pub(crate) fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Result<UnixTime, ClockUnavailable> {
        UnixTime::from_seconds(self.0.load(Ordering::SeqCst)).map_err(|_| ClockUnavailable)
    }
}

pub(crate) const NOW: u64 = 1_800_000_000;

pub(crate) const WHO: Authority<'_> = Authority::new("anna", "test");

pub(crate) fn time(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds).unwrap()
}

/// The same root each time.
pub(crate) fn root() -> SymmetricRoot {
    SymmetricRoot::from_bytes(pqkm_core::KeyId::from_bytes([7; 16]), &[9; 48]).unwrap()
}

pub(crate) fn options(clock: &TestClock) -> RegistryOptions {
    RegistryOptions {
        clock: Box::new(clock.clone()),
        ..RegistryOptions::default()
    }
}

/// The handle of a transition that must be refused, and why it was.
pub(crate) fn handle_refused<T, M>(result: Result<T, TransitionError<M>>) -> (M, Refusal) {
    match result.map(drop) {
        Err(TransitionError::Refused { handle, reason }) => (handle, reason),
        Err(TransitionError::Indeterminate { .. }) => panic!("indeterminate"),
        Ok(()) => panic!("not refused"),
        Err(_) => panic!("neither"),
    }
}

/// A store whose commits are something else, or in which something happens before every scan.
#[derive(Clone)]
pub(crate) struct Faulty<F, B = fn()> {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) commit: F,
    pub(crate) before_scan: B,
}

impl<F, B> KeyStore for Faulty<F, B>
where
    F: Fn(&MemoryStore, &Batch) -> Result<(), CommitError> + Send + Sync,
    B: Fn() + Send + Sync,
{
    fn get(&self, name: &RowName) -> Result<Option<Row>, StoreError> {
        self.store.get(name)
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&RowName>,
        limit: usize,
    ) -> Result<Vec<(RowName, Row)>, StoreError> {
        (self.before_scan)();
        self.store.scan(prefix, after, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), CommitError> {
        (self.commit)(&self.store, batch)
    }
}

/// A registry in memory, with its store and clock.
pub(crate) struct Fixture {
    pub(crate) registry: Registry,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: TestClock,
    pub(crate) rng: SeededRng,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let clock = TestClock::at(NOW);
        Self::with(options(&clock), clock)
    }

    pub(crate) fn with(options: RegistryOptions, clock: TestClock) -> Self {
        let store = Arc::new(MemoryStore::new());
        let mut rng = SeededRng::from_u64(1);
        let registry = Registry::create(store.clone(), root(), options, &mut rng).unwrap();
        Self {
            registry,
            store,
            clock,
            rng,
        }
    }

    /// The same registry, as another process has it.
    pub(crate) fn open_again(&mut self) -> Registry {
        let options = options(&self.clock);
        Registry::open(self.store.clone(), root(), options, &mut self.rng).unwrap()
    }
}
