//! The log beside writers, in folders, and after what somebody did to the store.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests, which run with std"
)]

use core::sync::atomic::{AtomicU8, Ordering};
use std::{fs, io::ErrorKind};

use pqkm_core::{Ed25519, SigningKey};
use pqkm_lifecycle::{
    AuditError, Event, KeySpec, KeyStore, Managed, MemoryStore, OperationError, OperationId,
    Refusal, Registry, RegistryError, RegistryOptions, Resolution, Stale, UseError,
    audit::verify_log,
    state::PreActivation,
    store::{Row, RowName},
};
use pqkm_testkit::rng::SeededRng;

use support::{Faulty, Fixture, Folder, NOW, WHO, options, root, time};

mod support;

fn auditor(f: &mut Fixture) -> SigningKey<Ed25519> {
    SigningKey::generate(&mut f.rng).unwrap()
}

#[test]
fn an_export_is_of_one_moment_though_others_write() {
    let mut f = Fixture::new();
    let auditor = auditor(&mut f);
    let key = auditor.verifying_key();
    f.registry.note(b"before", &WHO).unwrap();
    f.registry.checkpoint(&auditor, &mut f.rng).unwrap();
    let other = f.open_again();
    let times = AtomicU8::new(0);
    let before_scan = move || {
        // Not for ever: an export that goes on as long as others write would never end.
        if times.fetch_add(1, Ordering::SeqCst) < 10 {
            let mut rng = SeededRng::from_u64(3);
            other.note(b"meanwhile", &WHO).unwrap();
            other.checkpoint(&auditor, &mut rng).unwrap();
        }
    };
    let busy = Faulty {
        store: f.store.clone(),
        commit: MemoryStore::commit,
        before_scan,
    };
    let registry = Registry::open(busy, root(), options(&f.clock), &mut f.rng).unwrap();
    let folder = Folder::new("log-busy");
    registry.export_log(folder.path("log")).unwrap();
    let report = verify_log(folder.path("log"), &key, None, |_, _| {}).unwrap();
    assert_eq!(report.unsigned, 0);
    assert!(report.signed < f.registry.log_size().unwrap());
}

#[test]
fn an_export_takes_no_other_file_s_place_and_leaves_nothing_half_done() {
    let mut f = Fixture::new();
    let auditor = auditor(&mut f);
    f.registry.note(b"one", &WHO).unwrap();
    f.registry.checkpoint(&auditor, &mut f.rng).unwrap();
    let folder = Folder::new("log-exists");
    let [events, checkpoints] = ["events.der", "checkpoints.der"].map(|name| folder.path(name));
    for (there, absent) in [(&events, &checkpoints), (&checkpoints, &events)] {
        fs::write(there, b"somebody's").unwrap();
        let refused = f.registry.export_log(folder.path(""));
        assert_eq!(refused, Err(AuditError::Exists));
        assert_eq!(fs::read(there).unwrap(), b"somebody's");
        assert!(!absent.exists());
        fs::remove_file(there).unwrap();
    }
    f.registry.export_log(folder.path("")).unwrap();
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 2);

    let below_a_file = f.registry.export_log(events.join("log"));
    assert_eq!(below_a_file, Err(AuditError::Io(ErrorKind::NotADirectory)));
    let key = auditor.verifying_key();
    let nothing = verify_log(folder.path("none"), &key, None, |_, _| {});
    assert_eq!(nothing.map(drop), Err(AuditError::Io(ErrorKind::NotFound)));
}

#[test]
fn a_log_without_checkpoints_is_said_to_be_unsigned() {
    let mut f = Fixture::new();
    let auditor = auditor(&mut f);
    let key = auditor.verifying_key();
    f.registry.note(b"one", &WHO).unwrap();
    f.registry.sequence().unwrap();
    let folder = Folder::new("log-unsigned");
    f.registry.export_log(folder.path("log")).unwrap();
    let verify = |seen| verify_log(folder.path("log"), &key, seen, |_, _| {}).map(drop);
    assert_eq!(verify(None), Err(AuditError::Unsigned));
    let seen = f.registry.checkpoint(&auditor, &mut f.rng).unwrap();
    assert_eq!(verify(Some(&seen)), Err(AuditError::Truncated));
}

#[test]
fn what_is_not_in_the_tree_is_not_exported() {
    let f = Fixture::new();
    f.registry.note(b"one", &WHO).unwrap();
    f.registry.note(b"two", &WHO).unwrap();
    f.registry.sequence().unwrap();
    let folder = Folder::new("log-touched");
    let entries = f.store.scan(b"e", None, 2).unwrap();
    let (first, last) = (&entries[0], &entries[1]);
    f.store
        .tamper(last.0.clone(), Some(first.1.clone()))
        .unwrap();
    let refused = f.registry.export_log(folder.path("log"));
    assert_eq!(refused, Err(AuditError::Root));
    f.store.tamper(last.0.clone(), None).unwrap();
    let refused = f.registry.export_log(folder.path("log"));
    assert_eq!(refused, Err(AuditError::Root));
    assert_eq!(fs::read_dir(folder.path("log")).unwrap().count(), 0);
}

#[test]
fn a_checkpoint_that_the_store_gives_is_verified_and_about_this_log() {
    let mut f = Fixture::new();
    let (ours, theirs) = (auditor(&mut f), auditor(&mut f));
    let empty = || f.store.snapshot().unwrap();
    let mut open = |store| Registry::open(store, root(), options(&f.clock), &mut f.rng).unwrap();
    let [copy, fork] = [open(empty()), open(empty())];
    let other = Registry::create(MemoryStore::new(), root(), options(&f.clock), &mut f.rng);
    let other = other.unwrap();
    for registry in [&f.registry, &copy, &other] {
        registry.note(b"one", &WHO).unwrap();
    }
    fork.note(b"another", &WHO).unwrap();
    let signed = f.registry.checkpoint(&ours, &mut f.rng).unwrap();
    let (place, row) = f.store.scan(b"c", None, 1).unwrap().remove(0);
    let forged = copy.checkpoint(&theirs, &mut f.rng).unwrap();
    let elsewhere = other.checkpoint(&ours, &mut f.rng).unwrap();
    let forked = fork.checkpoint(&ours, &mut f.rng).unwrap();
    for (planted, error) in [
        (forged, AuditError::Signature),
        (elsewhere, AuditError::OtherLog),
        (forked, AuditError::Root),
    ] {
        let content = planted.to_der().unwrap();
        let row = Row {
            content,
            ..row.clone()
        };
        f.store.tamper(place.clone(), Some(row)).unwrap();
        let given = f.registry.checkpoint(&ours, &mut f.rng);
        assert_eq!(given, Err(error));
    }
    f.store.tamper(place, Some(row)).unwrap();
    assert_eq!(f.registry.checkpoint(&ours, &mut f.rng), Ok(signed));
    let by_them = f.registry.checkpoint(&theirs, &mut f.rng);
    assert_eq!(by_them, Err(AuditError::Signature));
}

#[test]
fn an_empty_log_is_signed_for_once_too() {
    let mut f = Fixture::new();
    let auditor = auditor(&mut f);
    let first = f.registry.checkpoint(&auditor, &mut f.rng).unwrap();
    assert_eq!(first.size(), 0);
    f.clock.pass(10);
    assert_eq!(f.registry.checkpoint(&auditor, &mut f.rng), Ok(first));
}

/// Puts a row there, or takes it away.
fn put(f: &Fixture, name: &RowName, row: Option<&Row>) {
    f.store.tamper(name.clone(), row.cloned()).unwrap();
}

#[test]
fn an_event_put_into_the_outbox_again_is_not_logged_twice() {
    let f = Fixture::new();
    f.registry.note(b"once", &WHO).unwrap();
    let (first, event) = f.store.scan(b"x", None, 1).unwrap().remove(0);
    let again = RowName::of_outbox(7);
    let tampered = Err(RegistryError::Tampered.into());
    let is_refused = || {
        assert_eq!(f.registry.sequence(), tampered);
        assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
    };
    put(&f, &again, Some(&event));
    is_refused();
    put(&f, &again, None);
    assert_eq!(f.registry.sequence(), Ok(1));
    for place in [&again, &first] {
        put(&f, place, Some(&event));
        is_refused();
        put(&f, place, None);
    }
    // Whoever takes away the row that says where the event is gets it logged again, and is found.
    let (place, row) = f.store.scan(b"i", None, 1).unwrap().remove(0);
    put(&f, &place, None);
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
    put(&f, &again, Some(&event));
    assert_eq!(f.registry.sequence(), Ok(2));
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
    put(&f, &place, Some(&row));
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
}

#[test]
fn an_operation_that_lost_its_row_or_its_event_is_found() {
    let f = Fixture::new();
    f.registry.note(b"one", &WHO).unwrap();
    for prefix in [b"o", b"x"] {
        let (name, row) = f.store.scan(prefix, None, 1).unwrap().remove(0);
        f.registry.compare_with_log().unwrap();
        put(&f, &name, None);
        assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
        put(&f, &name, Some(&row));
    }
    f.registry.sequence().unwrap();
    let (name, _) = f.store.scan(b"o", None, 1).unwrap().remove(0);
    put(&f, &name, None);
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
}

#[test]
fn a_note_is_taken_once_whoever_asks_again() {
    let f = Fixture::new();
    f.registry.note(b"before", &WHO).unwrap();
    let operation = OperationId::from_bytes([3; 16]);
    let once = WHO.with_operation(operation);
    assert_eq!(f.registry.resolve(operation), Ok(Resolution::NotDone));
    for _ in 0..2 {
        f.registry.note(b"once", &once).unwrap();
        assert_eq!(f.registry.resolve(operation), Ok(Resolution::Noted));
    }
    let other = f.registry.note(b"something else", &once);
    assert_eq!(other, Err(Refusal::OperationReused.into()));
    assert_eq!(f.registry.logged(operation), Ok(None));
    assert_eq!(f.registry.sequence(), Ok(2));
    assert_eq!(f.registry.logged(operation), Ok(Some(1)));
    f.registry.compare_with_log().unwrap();
}

#[test]
fn a_clock_that_went_back_while_nothing_ran_is_noticed() {
    let mut f = Fixture::new();
    let opened = |f: &mut Fixture, seconds, tolerance| {
        f.clock.set(seconds);
        let options = RegistryOptions {
            clock_tolerance_seconds: tolerance,
            ..options(&f.clock)
        };
        Registry::open(f.store.clone(), root(), options, &mut f.rng)
    };
    let behind = |latest| Err(RegistryError::ClockBehind(time(latest)));
    for seconds in 0..5 {
        f.clock.set(NOW + seconds);
        f.registry.note(b"waits", &WHO).unwrap();
    }
    for _ in 0..2 {
        assert_eq!(opened(&mut f, NOW + 3, 0).map(drop), behind(NOW + 4));
        opened(&mut f, NOW + 4, 0).unwrap();
        f.registry.sequence().unwrap();
    }
    // Within the tolerance time stands still, for the registry and for the log.
    let registry = opened(&mut f, NOW - 6, 10).unwrap();
    registry.note(b"late", &WHO).unwrap();
    registry.sequence().unwrap();
    let last = Event::from_der(&registry.entry(5).unwrap()).unwrap();
    assert_eq!(last.at(), time(NOW + 4));
    // While it runs, too.
    f.clock.set(NOW - 7);
    let refused = registry.note(b"too late", &WHO);
    assert_eq!(
        refused.map(drop),
        behind(NOW + 4).map_err(OperationError::from)
    );
    f.clock.set(NOW + 4);
    registry.note(b"in time", &WHO).unwrap();
}

#[test]
fn a_checkpoint_that_was_seen_tells_the_time() {
    let mut f = Fixture::new();
    let auditor = auditor(&mut f);
    f.registry.note(b"one", &WHO).unwrap();
    f.registry.sequence().unwrap();
    let before = f.store.snapshot().unwrap();
    f.clock.pass(1000);
    let seen = f.registry.checkpoint(&auditor, &mut f.rng).unwrap();
    f.clock.set(NOW);
    let options = RegistryOptions {
        last_seen: Some(seen),
        ..options(&f.clock)
    };
    let opened = Registry::open(before, root(), options, &mut f.rng);
    let behind = RegistryError::ClockBehind(time(NOW + 1000));
    assert_eq!(opened.map(drop), Err(behind));
    // So does one that the registry has itself.
    let options = support::options(&f.clock);
    let opened = Registry::open(f.store.clone(), root(), options, &mut f.rng);
    assert_eq!(opened.map(drop), Err(behind));
}

#[test]
fn a_handle_is_not_used_by_a_clock_that_is_far_behind() {
    let mut f = Fixture::new();
    let key: Managed<SigningKey<Ed25519>, PreActivation> = f
        .registry
        .generate(&KeySpec::default(), &WHO, &mut f.rng)
        .unwrap();
    let key = key.activate(&f.registry, &WHO).unwrap();
    f.clock.set(NOW - 300);
    key.sign(b"m", &mut f.rng).unwrap();
    f.clock.set(NOW - 301);
    let stale = UseError::Stale(Stale::ClockBehind(time(NOW)));
    assert_eq!(key.sign(b"m", &mut f.rng).unwrap_err(), stale);
}
