//! The stores of this crate pass the suite, and stores with a fault do not.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests, which run with std"
)]
#![cfg(feature = "conformance")]

use std::{path::PathBuf, sync::Arc};

use pqkm_lifecycle::{
    CommitError, KeyStore, MemoryStore, StoreError,
    conformance::{self, Subject},
    store::Batch,
};

use support::Faulty;

struct InMemory(Arc<MemoryStore>);

impl Subject for InMemory {
    type Store = Arc<MemoryStore>;

    fn open(&self) -> Self::Store {
        self.0.clone()
    }

    fn opens_twice(&self) -> bool {
        true
    }
}

#[test]
fn memory() {
    conformance::run(&InMemory(Arc::default())).unwrap();
}

#[cfg(feature = "redb")]
#[test]
fn redb() {
    use pqkm_lifecycle::RedbStore;

    struct InFile(PathBuf);

    impl Subject for InFile {
        type Store = RedbStore;

        fn open(&self) -> RedbStore {
            RedbStore::open(&self.0).unwrap()
        }

        fn opens_twice(&self) -> bool {
            false
        }
    }

    let folder = support::Folder::new("stores-redb");
    let path = folder.path("registry.redb");
    conformance::run(&InFile(path.clone())).unwrap();
    let _open = RedbStore::open(&path).unwrap();
    assert_eq!(RedbStore::open(&path).err(), Some(StoreError::Locked));
    let other = folder.path("other");
    std::fs::write(
        &other,
        b"not a store of any kind, and long enough to be read",
    )
    .unwrap();
    assert_eq!(RedbStore::open(&other).err(), Some(StoreError::Malformed));

    // What somebody left behind who died while making a store is in nobody's way, and nothing else is left.
    let new = folder.path("new.redb");
    let left = folder.path(&format!("new.redb.new-{}", std::process::id()));
    std::fs::write(&left, b"half of a store").unwrap();
    drop(RedbStore::open(&new).unwrap());
    assert!(new.exists() && !left.exists());
}

/// What a store with one fault does instead of committing.
type Fault = fn(&MemoryStore, &Batch) -> Result<(), CommitError>;

impl Subject for Faulty<Fault> {
    type Store = Self;

    fn open(&self) -> Self {
        self.clone()
    }

    fn opens_twice(&self) -> bool {
        true
    }
}

fn rule_broken_by(commit: Fault) -> &'static str {
    let faulty: Faulty<Fault> = Faulty {
        store: Arc::default(),
        commit,
        before_scan: || {},
    };
    let violation = conformance::run(&faulty);
    violation.map_or_else(|violation| violation.rule, |()| "")
}

/// Takes whatever generation there is.
fn overwrite(store: &MemoryStore, batch: &Batch) -> Result<(), CommitError> {
    let mut batch = batch.clone();
    for write in &mut batch.writes {
        let row = store.get(&write.name).map_err(|_| CommitError::Failed)?;
        write.expected = row.map_or(0, |row| row.generation);
    }
    store.commit(&batch)
}

/// Commits row by row.
fn piecemeal(store: &MemoryStore, batch: &Batch) -> Result<(), CommitError> {
    let one = |writes, events| store.commit(&Batch { writes, events });
    for write in &batch.writes {
        one(vec![write.clone()], Vec::new())?;
    }
    one(Vec::new(), batch.events.clone())
}

/// Sends the events whether the rows are written or not.
fn events_first(store: &MemoryStore, batch: &Batch) -> Result<(), CommitError> {
    let (writes, events) = (Vec::new(), batch.events.clone());
    store.commit(&Batch { writes, events })?;
    let (writes, events) = (batch.writes.clone(), Vec::new());
    store.commit(&Batch { writes, events })
}

/// Forgets events.
fn no_events(store: &MemoryStore, batch: &Batch) -> Result<(), CommitError> {
    let (writes, events) = (batch.writes.clone(), Vec::new());
    store.commit(&Batch { writes, events })
}

#[test]
fn faults_are_found() {
    assert_eq!(rule_broken_by(MemoryStore::commit), "");
    assert_eq!(rule_broken_by(overwrite), "an absent row has generation 0");
    assert_eq!(
        rule_broken_by(piecemeal),
        "a batch happens as a whole or not at all"
    );
    assert_eq!(
        rule_broken_by(events_first),
        "without its rows there is no event"
    );
    assert_eq!(rule_broken_by(no_events), "and so is its event");
}

mod support;
