//! Where a key lives and who watches it: anchors, moving to another store, the usage log, the family's traits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    reason = "test code: a panic is the failure"
)]

mod support;

use pqkm_core::{Clock, ClockUnavailable, Reserved as _, StatefulSign, UnixTime};
use pqkm_stateful::conformance::{Choices, Explorer, Fault, Medium, SimDisk, check_answers};
use pqkm_stateful::store::file::FileStore;
use pqkm_stateful::store::{Anchored, LogAnchor, MemoryStore, RedbStore, StateStore as _};
use pqkm_stateful::usage::{self, LoggedSignError, UsageLog};
use pqkm_stateful::{
    HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, OpenError, ReserveError, SignerOptions,
    StoreError,
};
use support::keys::{FailingRng, Scratch, TestRng, wrapping};

fn two_levels() -> HssParameters {
    let level = (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W4);
    HssParameters::new(&[level, level]).unwrap()
}

type File = Anchored<FileStore, LogAnchor>;

/// The one hazard that a file cannot see: it is replaced by a copy of itself. The anchor sees it.
#[test]
fn a_restored_backup_is_refused_with_an_anchor_and_goes_unseen_without() {
    let directory = Scratch::new("anchor");
    let at = |name: &str| directory.path().join(name);
    let anchored = || -> Result<File, StoreError> {
        let anchor = LogAnchor::open_existing(at("anchor"))?;
        Ok(Anchored::new(FileStore::open_existing(at("key"))?, anchor))
    };
    let mut rng = TestRng::new(1);
    let store = Anchored::new(
        FileStore::create_new(at("key")).unwrap(),
        LogAnchor::create_new(at("anchor")).unwrap(),
    );
    let signer = HssSigner::create(store, two_levels(), &wrapping(1), &mut rng).unwrap();
    drop(signer.reserve(3).unwrap());
    drop(signer);
    std::fs::copy(at("key"), at("backup")).unwrap();
    let signer = HssSigner::open(anchored().unwrap(), &wrapping(1)).unwrap();
    assert_eq!(signer.reserve(1).unwrap().take().unwrap().number(), 3);
    drop(signer);

    std::fs::copy(at("backup"), at("key")).unwrap();
    let refused = HssSigner::open(anchored().unwrap(), &wrapping(1)).err();
    assert_eq!(refused, Some(OpenError::Store(StoreError::RolledBack)));
    let unseen = FileStore::open_existing(at("key")).unwrap();
    let signer = HssSigner::open(unseen, &wrapping(1)).unwrap();
    let again = signer.reserve(1).unwrap().take().unwrap().number();
    assert_eq!(again, 3, "this is what the anchor is for");
    drop(signer);

    // A new anchor is no way around: it does not know the key.
    std::fs::remove_file(at("anchor")).unwrap();
    drop(LogAnchor::create_new(at("anchor")).unwrap());
    let refused = HssSigner::open(anchored().unwrap(), &wrapping(1)).err();
    assert_eq!(refused, Some(OpenError::Store(StoreError::Missing)));
}

/// A store and its anchor on two simulated disks; faults and power losses meet either of them.
struct OnTwoDisks {
    store: SimDisk,
    anchor: SimDisk,
    at_anchor: bool,
}

impl OnTwoDisks {
    fn new(at_anchor: bool) -> Self {
        let (store, anchor) = (SimDisk::new(), SimDisk::new());
        Self {
            store,
            anchor,
            at_anchor,
        }
    }

    const fn faulty(&mut self) -> &mut SimDisk {
        if self.at_anchor {
            &mut self.anchor
        } else {
            &mut self.store
        }
    }
}

impl Medium for OnTwoDisks {
    type Store = Anchored<FileStore<SimDisk>, LogAnchor<SimDisk>>;

    fn create(&mut self) -> Result<Self::Store, StoreError> {
        let anchor = LogAnchor::create_on(self.anchor.clone())?;
        Ok(Anchored::new(
            FileStore::create_on(self.store.clone())?,
            anchor,
        ))
    }
    fn open(&mut self) -> Result<Self::Store, StoreError> {
        let anchor = LogAnchor::open_on(self.anchor.clone())?;
        Ok(Anchored::new(
            FileStore::open_on(self.store.clone())?,
            anchor,
        ))
    }
    fn inject(&mut self, operation: u32, fault: Fault) {
        self.faulty().inject(operation, fault);
    }
    fn operations(&self) -> u32 {
        if self.at_anchor {
            self.anchor.operations()
        } else {
            self.store.operations()
        }
    }
    fn power_cycle(&mut self, choices: &mut Choices) {
        self.store.power_cycle(choices);
        self.anchor.power_cycle(choices);
    }
    fn rot_places(&self) -> u32 {
        if self.at_anchor {
            0
        } else {
            self.store.rot_places()
        }
    }
    fn rot(&mut self, place: u32) {
        self.store.rot(place);
    }
}

#[test]
fn an_anchored_store_keeps_the_contract_and_never_takes_a_crash_for_a_rollback() {
    for at_anchor in [false, true] {
        check_answers(&mut OnTwoDisks::new(at_anchor)).unwrap();
        // A refusal that nothing excuses would be a rollback seen where there was none.
        let explorer = Explorer {
            rounds: 4,
            spared: 1,
            ..Explorer::default()
        };
        let report = explorer.run(Choices::random(3), 10_000, || OnTwoDisks::new(at_anchor));
        let report = report.unwrap_or_else(|violation| panic!("{violation}"));
        println!("{report:?}");
        assert!(report.reservations > 3 * report.histories);
    }
}

#[test]
fn a_key_moves_to_another_store_and_leaves_nothing_behind() {
    let directory = Scratch::new("transfer");
    let at = |name: &str| directory.path().join(name);
    let mut rng = TestRng::new(2);
    let store = FileStore::create_new(at("key")).unwrap();
    let signer = HssSigner::create(store, two_levels(), &wrapping(1), &mut rng).unwrap();
    let key = *signer.verifying_key();
    let mut old = signer.reserve(40).unwrap();
    drop(old.sign_next(&signer, b"before", &mut rng).unwrap());

    let moved = signer
        .transfer(RedbStore::create_new(at("key.redb")).unwrap())
        .unwrap();
    assert_eq!(moved.removed, Ok(()));
    assert!(!at("key").exists());
    let signer = moved.signer;
    let signature = signer
        .reserve(1)
        .unwrap()
        .sign_next(&signer, b"after", &mut rng)
        .unwrap();
    key.verify(b"after", signature.as_bytes()).unwrap();
    assert_eq!(signer.remaining(), 1024 - 41);
    drop(signer);
    let store = RedbStore::open_existing(at("key.redb")).unwrap();
    let signer = HssSigner::open(store, &wrapping(1)).unwrap();
    assert_eq!(signer.reserve(1).unwrap().take().unwrap().number(), 41);
}

#[test]
fn a_key_stays_where_it_is_if_the_destination_is_taken_or_fails() {
    let mut rng = TestRng::new(3);
    let mut create = || HssSigner::create(MemoryStore::new(), two_levels(), &wrapping(1), &mut rng);
    let (signer, taken) = (create().unwrap(), MemoryStore::new());
    drop(
        HssSigner::create(
            taken.clone(),
            two_levels(),
            &wrapping(1),
            &mut TestRng::new(4),
        )
        .unwrap(),
    );
    let refused = signer.transfer(taken).err().unwrap();
    assert_eq!(refused.reason, StoreError::Exists);
    assert!(refused.rest.is_none());
    let signer = refused.signer;
    assert_eq!(signer.remaining(), 1024);

    // The destination fails at its first sync: the source is spent, and what was left is still in hand.
    let disk = SimDisk::new();
    let destination = FileStore::create_on(disk.clone()).unwrap();
    Medium::inject(&mut disk.clone(), 2, Fault::Failed);
    let failed = signer.transfer(destination).err().unwrap();
    assert_eq!(failed.reason, StoreError::Indeterminate { code: Some(5) });
    let (signer, mut rest) = (failed.signer, failed.rest.unwrap());
    assert_eq!((signer.remaining(), rest.remaining()), (0, 1024));
    assert!(
        FileStore::open_on(disk).is_err(),
        "a failed destination is removed"
    );
    let signature = rest.sign_next(&signer, b"m", &mut TestRng::new(5)).unwrap();
    signer
        .verifying_key()
        .verify(b"m", signature.as_bytes())
        .unwrap();
}

struct FixedClock(Option<u64>);

impl Clock for FixedClock {
    fn now(&self) -> Result<UnixTime, ClockUnavailable> {
        self.0
            .and_then(|seconds| UnixTime::from_seconds(seconds).ok())
            .ok_or(ClockUnavailable)
    }
}

#[test]
fn the_usage_log_has_an_entry_for_every_signature() {
    let mut rng = TestRng::new(7);
    let signer =
        HssSigner::create(MemoryStore::new(), two_levels(), &wrapping(1), &mut rng).unwrap();
    let mut bytes = Vec::new();
    let mut log = UsageLog::new(&mut bytes);
    let mut reservation = signer.reserve(5).unwrap();
    let mut next = || reservation.take().unwrap();
    let clock = FixedClock(Some(1_800_000_000));
    for message in [b"a", b"b"] {
        let signature = log
            .sign_at(&signer, next(), message, &clock, &mut rng)
            .unwrap();
        signer
            .verifying_key()
            .verify(message, signature.as_bytes())
            .unwrap();
    }
    let failed = log.sign_at(&signer, next(), b"c", &FixedClock(None), &mut rng);
    assert_eq!(failed.unwrap_err(), LoggedSignError::Clock);
    // An entry without a signature: the index is burned.
    let failed = log.sign_at(&signer, next(), b"d", &clock, &mut FailingRng);
    assert!(matches!(failed, Err(LoggedSignError::Sign(_))));
    log.sign_at(&signer, next(), b"e", &clock, &mut rng)
        .unwrap();
    let report = usage::check(&bytes[..]).unwrap();
    assert_eq!((report.entries, report.duplicates.len()), (4, 0));
    assert_eq!((report.gaps.len(), report.gaps[0].clone()), (1, 2..3));
}

/// Code that knows only `pqkm-core`.
fn sign_two<S: StatefulSign>(signer: &S) -> Vec<Vec<u8>> {
    let mut rng = TestRng::new(8);
    let mut reservation = signer.reserve(2).unwrap();
    assert_eq!(reservation.remaining(), 2);
    let mut sign = |message: &[u8]| signer.sign_next(&mut reservation, message, &mut rng);
    let signatures = [sign(b"0").unwrap(), sign(b"1").unwrap()];
    assert_eq!(sign(b"2").unwrap_err(), pqkm_core::SignError::NoIndex);
    for (signature, message) in signatures.iter().zip([b"0", b"1"]) {
        signer.verifying_key().verify(message, signature).unwrap();
    }
    signatures
        .map(|signature| signature.as_bytes().to_vec())
        .to_vec()
}

#[test]
fn a_signer_is_a_stateful_signer_of_the_family() {
    let mut rng = TestRng::new(9);
    let signer =
        HssSigner::create(MemoryStore::new(), two_levels(), &wrapping(1), &mut rng).unwrap();
    let signatures = sign_two(&signer);
    assert_ne!(signatures[0], signatures[1]);
    assert_eq!(StatefulSign::remaining(&signer), 1022);
    let exhausted = StatefulSign::reserve(&signer, 1023).unwrap_err();
    assert_eq!(
        exhausted,
        pqkm_core::ReserveError::Exhausted { remaining: 1022 }
    );
}

#[test]
fn a_low_supply_is_said_long_before_the_end_and_the_end_is_an_error() {
    let mut rng = TestRng::new(10);
    let store = MemoryStore::new();
    drop(HssSigner::create(store.clone(), two_levels(), &wrapping(1), &mut rng).unwrap());
    let options = SignerOptions {
        low_water: 100,
        ..SignerOptions::default()
    };
    let signer = HssSigner::open_with(store.clone(), &wrapping(1), options).unwrap();
    drop(signer.reserve(924).unwrap());
    assert!(!signer.is_low());
    drop(signer.reserve(1).unwrap());
    assert!(signer.is_low());
    assert_eq!(
        signer.reserve(100).unwrap_err(),
        ReserveError::Exhausted { remaining: 99 }
    );
    drop(signer.reserve(99).unwrap());
    assert_eq!(
        signer.reserve(1).unwrap_err(),
        ReserveError::Exhausted { remaining: 0 }
    );
    drop(signer);
    let mut store = store;
    assert!(store.record().is_ok());
    let signer = HssSigner::open(store, &wrapping(1)).unwrap();
    assert_eq!(
        signer.reserve(1).unwrap_err(),
        ReserveError::Exhausted { remaining: 0 }
    );
}
