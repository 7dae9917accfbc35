//! The redb store: the whole conformance suite on a disk that never tears a sector, which is what redb asks of one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "test code: a panic is the failure"
)]

mod support;

use pqkm_stateful::conformance::{
    Choices, Explorer, Fault, Medium, Report, SimDisk, check_answers,
};
use pqkm_stateful::store::RedbStore;
use pqkm_stateful::{HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, StoreError};
use support::keys::{Scratch, TestRng, wrapping};

/// A simulated disk with a redb store on it.
struct OnRedb(SimDisk);

fn fresh() -> OnRedb {
    OnRedb(SimDisk::power_safe())
}

impl Medium for OnRedb {
    type Store = RedbStore<SimDisk>;

    fn create(&mut self) -> Result<Self::Store, StoreError> {
        RedbStore::create_on(self.0.clone())
    }
    fn open(&mut self) -> Result<Self::Store, StoreError> {
        RedbStore::open_on(self.0.clone())
    }
    fn inject(&mut self, operation: u32, fault: Fault) {
        self.0.inject(operation, fault);
    }
    fn operations(&self) -> u32 {
        self.0.operations()
    }
    fn power_cycle(&mut self, choices: &mut Choices) {
        self.0.power_cycle(choices);
    }
    /// None: redb does not check the pages that it reads, and panics at some that have rotted.
    fn rot_places(&self) -> u32 {
        0
    }
    fn rot(&mut self, _: u32) {}
}

fn explore(rounds: u32, spared: u32, upper: bool, seed: u64, histories: u64) -> Report {
    let explorer = Explorer {
        rounds,
        counts: &[1, 3],
        upper,
        may_refuse: true,
        spared,
        operations: 40,
    };
    let report = explorer.run(Choices::random(seed), histories, fresh);
    report.unwrap_or_else(|violation| panic!("{violation}"))
}

#[test]
fn the_redb_store_answers_as_it_must() {
    check_answers(&mut fresh()).unwrap();
}

#[test]
fn no_index_comes_back_from_a_redb_store() {
    let report = explore(5, 1, false, 1, 4_000);
    println!("{report:?}");
    assert!(report.reservations > report.histories);
}

/// The same with faults in the creation: what it leaves behind is refused, or is a key that has spent nothing.
#[test]
fn no_index_comes_back_from_a_redb_store_whose_creation_failed() {
    let report = explore(3, 0, false, 3, 1_000);
    println!("{report:?}");
    assert!(report.refusals > 100);
}

#[test]
fn no_upper_signature_changes_in_a_redb_store() {
    let report = explore(5, 1, true, 2, 2_000);
    println!("{report:?}");
}

#[test]
fn a_redb_key_is_open_only_once_and_goes_on_after_reopening() {
    let directory = Scratch::new("redb");
    let path = directory.path().join("key.redb");
    let level = (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W4);
    let parameters = HssParameters::new(&[level, level]).unwrap();
    let mut rng = TestRng::new(1);
    let store = RedbStore::create_new(&path).unwrap();
    let signer = HssSigner::create(store, parameters, &wrapping(1), &mut rng).unwrap();
    assert_eq!(
        RedbStore::open_existing(&path).unwrap_err(),
        StoreError::Locked
    );
    assert_eq!(
        RedbStore::create_new(&path).unwrap_err(),
        StoreError::Exists
    );
    let key = *signer.verifying_key();
    let mut reservation = signer.reserve(3).unwrap();
    let signature = reservation.sign_next(&signer, b"m", &mut rng).unwrap();
    key.verify(b"m", signature.as_bytes()).unwrap();
    drop(signer);
    let signer = HssSigner::open(RedbStore::open_existing(&path).unwrap(), &wrapping(1)).unwrap();
    assert_eq!(signer.reserve(1).unwrap().take().unwrap().number(), 3);
    drop(signer);
    std::os::unix::fs::symlink(&path, directory.path().join("link")).unwrap();
    let refused = RedbStore::open_existing(directory.path().join("link")).unwrap_err();
    assert_eq!(refused, StoreError::Linked);
}
