//! The real signer, whose locks, atomics and threads are the scheduler's: at every one of them another thread may go on.
//!
//! Random schedules and schedules with few changes of thread (PCT), some thousand of each. `PQKM_SCHEDULES` is how many.

use std::collections::HashSet;

use pqkm_core::{Aes256Kwp, KeyId, WrappingKey};
use pqkm_stateful_shuttle::store::{IntegrityKey, MemoryStore, Opened, StateStore, UpperStore};
use pqkm_stateful_shuttle::{
    HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, SignerOptions, StoreError,
};
use pqkm_testkit::rng::SeededRng;
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::sync::{Arc, Mutex};
use shuttle::{Runner, thread};

const LEVEL: (LmsAlgorithm, LmotsAlgorithm) =
    (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W1);
const THREADS: usize = 3;
/// So many that the threads cross from one bottom tree into the next, and the one after that is being made.
const EACH: u32 = 16;

fn schedules() -> usize {
    std::env::var("PQKM_SCHEDULES").map_or(300, |text| text.parse().expect("a number"))
}

fn everywhere(work: impl Fn() + Send + Sync + Clone + 'static) {
    let mut config = shuttle::Config::new();
    config.stack_size = 1 << 20;
    config.max_steps = shuttle::MaxSteps::None;
    let random = RandomScheduler::new(schedules());
    Runner::new(random, config.clone()).run(work.clone());
    let few_changes = PctScheduler::new(3, schedules());
    Runner::new(few_changes, config).run(work);
}

fn wrapping() -> WrappingKey<Aes256Kwp> {
    WrappingKey::import(KeyId::from_bytes([1; 16]), &[2; 32]).expect("32 bytes")
}

/// Several threads reserve and sign through one signer.
fn sign_together<S: UpperStore + 'static>(store: S) {
    let parameters = HssParameters::new(&[LEVEL, LEVEL]).expect("one hash function");
    let mut rng = SeededRng::from_label("threads");
    let signer = HssSigner::create(store, parameters, &wrapping(), &mut rng).expect("a new key");
    let signer = Arc::new(signer);
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let (signer, seen) = (Arc::clone(&signer), Arc::clone(&seen));
            thread::spawn(move || {
                let mut rng = SeededRng::from_label(&number.to_string());
                for turn in 0..EACH {
                    // Every other reservation leaves an index to be burned.
                    let mut reservation = signer.reserve(1 + (turn & 1)).expect("not used up");
                    let index = reservation.take().expect("one at least");
                    let new = seen.lock().expect("no panic").insert(index.number());
                    assert!(new, "an index twice");
                    let signature = signer.sign_at(index, b"m", &mut rng).expect("a signature");
                    let verified = signer.verifying_key().verify(b"m", signature.as_bytes());
                    assert!(verified.is_ok());
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
}

#[test]
fn threads_that_share_a_signer_never_get_one_index_twice() {
    everywhere(|| sign_together(MemoryStore::new()));
}

/// A second opening while threads sign: their indices are refused or were theirs alone, and never the new signer's.
#[test]
fn a_second_opening_fences_the_first() {
    everywhere(|| {
        let parameters = HssParameters::new(&[LEVEL]).expect("one level");
        let store = MemoryStore::new();
        let mut rng = SeededRng::from_label("fence");
        let signer = HssSigner::create(store.clone(), parameters, &wrapping(), &mut rng);
        let signer = signer.expect("a new key");
        let cache = signer.node_cache();
        let seen = Arc::new(Mutex::new(HashSet::new()));
        let first = {
            let seen = Arc::clone(&seen);
            thread::spawn(move || {
                for _ in 0..4 {
                    let Ok(mut reservation) = signer.reserve(2) else {
                        return;
                    };
                    while let Some(index) = reservation.take() {
                        assert!(seen.lock().expect("no panic").insert(index.number()));
                    }
                }
            })
        };
        let options = SignerOptions::default();
        let second = HssSigner::open_cached(store, &wrapping(), options, &cache).expect("it opens");
        for _ in 0..4 {
            let mut reservation = second.reserve(2).expect("not used up");
            while let Some(index) = reservation.take() {
                assert!(seen.lock().expect("no panic").insert(index.number()));
            }
        }
        first.join().expect("no panic");
    });
}

/// A store that reads its counter, lets go of the lock, and then writes: what the schedules must find.
#[derive(Default)]
struct Racy {
    inner: MemoryStore,
    next: Arc<Mutex<u64>>,
}

impl StateStore for Racy {
    fn create(&mut self, record: &[u8], integrity: &IntegrityKey) -> Result<(), StoreError> {
        self.inner.create(record, integrity)
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        self.inner.record()
    }

    fn open(&mut self, integrity: &IntegrityKey) -> Result<Opened, StoreError> {
        self.inner.open(integrity)
    }

    fn reserve(&mut self, _: u64, count: u64, _: u64) -> Result<u64, StoreError> {
        let first = *self.next.lock().expect("no panic");
        thread::yield_now();
        *self.next.lock().expect("no panic") = first + count;
        Ok(first)
    }
}

/// Two handles on one counter, each behind a lock of its own.
#[test]
#[should_panic(expected = "an index twice")]
fn a_race_between_two_stores_is_found() {
    everywhere(|| {
        let next = Arc::new(Mutex::new(0));
        let seen = Arc::new(Mutex::new(HashSet::new()));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (next, seen) = (Arc::clone(&next), Arc::clone(&seen));
                thread::spawn(move || {
                    let mut store = Racy {
                        next,
                        ..Racy::default()
                    };
                    let index = store.reserve(1, 1, 9).expect("an index");
                    assert!(
                        seen.lock().expect("no panic").insert(index),
                        "an index twice"
                    );
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("no panic");
        }
    });
}
