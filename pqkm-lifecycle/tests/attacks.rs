//! What somebody does who writes to the store past the registry, cuts the log, or has the store fail.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests, which run with std"
)]

use core::sync::atomic::{AtomicU8, Ordering};
use std::sync::Arc;

use pqkm_core::{Ed25519, KeyId, MlDsa65, SigningKey, VerifyingKey};
use pqkm_lifecycle::{
    AuditError, CommitError, KeySpec, KeyStore, Managed, MemoryStore, Refusal, Registry,
    RegistryError, RegistryOptions, Resolution, Stale, SymmetricRoot, TransitionError, UseError,
    audit::verify_log,
    state::{Active, PreActivation},
    store::{Batch, Row, RowName},
    table::KeyState,
};

use support::{Faulty, Fixture, Folder, NOW, WHO, handle_refused, options, root};

mod support;

type Signer<S> = Managed<SigningKey<Ed25519>, S>;

fn signer(f: &mut Fixture) -> Signer<Active> {
    let key: Signer<PreActivation> = f
        .registry
        .generate(&KeySpec::default(), &WHO, &mut f.rng)
        .unwrap();
    key.activate(&f.registry, &WHO).unwrap()
}

/// The row of a key's record, as it is stored.
fn row(f: &Fixture, prefix: u8) -> (RowName, Row) {
    f.store.scan(&[prefix], None, 1).unwrap().remove(0)
}

#[test]
fn no_bit_of_a_row_can_be_changed() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    for prefix in [b'k', b'h'] {
        let (name, original) = row(&f, prefix);
        for bit in 0..original.content.len() * 8 {
            let mut damaged = original.clone();
            damaged.content[bit >> 3] ^= 1 << (bit & 7);
            f.store.tamper(name.clone(), Some(damaged)).unwrap();
            let error = f.registry.find(key.name()).map(drop);
            assert_eq!(error, Err(RegistryError::Tampered), "bit {bit}");
        }
        let generation = original.generation + 1;
        let row = Row {
            generation,
            ..original.clone()
        };
        f.store.tamper(name.clone(), Some(row)).unwrap();
        assert_eq!(
            f.registry.find(key.name()).map(drop),
            Err(RegistryError::Tampered)
        );
        f.store.tamper(name, Some(original)).unwrap();
        f.registry.find(key.name()).unwrap();
    }
}

#[test]
fn a_row_does_not_stand_in_another_place() {
    let mut f = Fixture::new();
    let (one, other) = (signer(&mut f), signer(&mut f));
    let rows = f.store.scan(b"k", None, 10).unwrap();
    assert_eq!(rows.len(), 4);
    for (name, _) in &rows {
        for (from, row) in rows.iter().filter(|(from, _)| from != name) {
            let mut swapped = row.clone();
            let generation = f.store.get(name).unwrap().unwrap().generation;
            swapped.generation = generation;
            let before = f.store.get(name).unwrap();
            f.store.tamper(name.clone(), Some(swapped)).unwrap();
            let found = [one.name(), other.name()].map(|key| f.registry.find(key).is_err());
            let public = name.as_bytes().last() == Some(&1);
            assert!(public || found[0] || found[1], "{from:?}");
            assert!(f.registry.compare_with_log().is_err());
            f.store.tamper(name.clone(), before).unwrap();
        }
    }
    f.registry.compare_with_log().unwrap();
}

#[test]
fn without_the_root_nobody_makes_rows() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    // Another registry with another root, and a store with its rows put into ours.
    let theirs = Arc::new(MemoryStore::new());
    let root = SymmetricRoot::from_bytes(KeyId::from_bytes([7; 16]), &[8; 48]).unwrap();
    let options = RegistryOptions::default();
    let other = Registry::create(theirs.clone(), root, options, &mut f.rng).unwrap();
    let forged: Signer<PreActivation> = other
        .generate(&KeySpec::default(), &WHO, &mut f.rng)
        .unwrap();
    for prefix in [b"k", b"h"] {
        for (name, row) in theirs.scan(prefix, None, 10).unwrap() {
            f.store.tamper(name, Some(row)).unwrap();
        }
    }
    assert_eq!(
        f.registry.find(forged.name()).map(drop),
        Err(RegistryError::Tampered)
    );
    f.registry.find(key.name()).unwrap();
    let wrong = SymmetricRoot::from_bytes(KeyId::from_bytes([7; 16]), &[8; 48]).unwrap();
    let opened = Registry::open(
        f.store.clone(),
        wrong,
        support::options(&f.clock),
        &mut f.rng,
    );
    assert_eq!(opened.map(drop), Err(RegistryError::Root));
}

#[test]
fn a_row_put_back_is_found_and_so_is_one_taken_away() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    let (name, before) = row(&f, b'k');
    let key = key.suspend(&f.registry, &WHO).unwrap();
    for sequenced in [false, true] {
        if sequenced {
            f.registry.sequence().unwrap();
        }
        let (_, now) = row(&f, b'k');
        f.registry.compare_with_log().unwrap();
        f.store.tamper(name.clone(), Some(before.clone())).unwrap();
        assert_eq!(
            f.registry.find(key.name()).unwrap().state(),
            KeyState::Active
        );
        assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
        f.store.tamper(name.clone(), None).unwrap();
        assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
        f.store.tamper(name.clone(), Some(now)).unwrap();
    }
    // An event that is taken out of the outbox leaves a change without one.
    let _key = key.activate(&f.registry, &WHO).unwrap();
    let (event, _) = row(&f, b'x');
    f.store.tamper(event, None).unwrap();
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
}

/// All rows of a kind.
fn rows(f: &Fixture, prefix: u8) -> Vec<(RowName, Row)> {
    f.store.scan(&[prefix], None, 1000).unwrap()
}

#[test]
fn a_row_put_back_is_found_though_its_event_was_taken_out_of_the_log() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    let (name, before) = row(&f, b'k');
    let _key = key.suspend(&f.registry, &WHO).unwrap();
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
    let entries = rows(&f, b'e');
    f.store.tamper(name, Some(before)).unwrap();
    let (last, event) = entries.last().unwrap();
    f.store.tamper(last.clone(), None).unwrap();
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Root));
    // Another event in its place is none, nor is a gap.
    let other = entries[0].1.clone();
    f.store.tamper(last.clone(), Some(other)).unwrap();
    assert!(f.registry.compare_with_log().is_err());
    f.store.tamper(last.clone(), Some(event.clone())).unwrap();
    f.store.tamper(entries[0].0.clone(), None).unwrap();
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
}

#[test]
fn a_tree_put_back_does_not_keep_the_sequencer_busy() {
    let mut f = Fixture::new();
    let auditor = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let key = signer(&mut f);
    f.registry.sequence().unwrap();
    let (name, before) = row(&f, b't');
    let key = key.suspend(&f.registry, &WHO).unwrap();
    f.registry.sequence().unwrap();
    let _key = key.activate(&f.registry, &WHO).unwrap();
    f.store.tamper(name, Some(before)).unwrap();
    let tampered = AuditError::from(RegistryError::Tampered);
    assert_eq!(f.registry.sequence(), Err(tampered));
    let checkpoint = f.registry.checkpoint(&auditor, &mut f.rng);
    assert_eq!(checkpoint.err(), Some(tampered));
}

#[test]
fn a_whole_store_put_back_is_found_by_a_checkpoint() {
    let mut f = Fixture::new();
    let auditor = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let key = signer(&mut f);
    f.registry.checkpoint(&auditor, &mut f.rng).unwrap();
    let backup = f.store.snapshot().unwrap();
    let _key = key.suspend(&f.registry, &WHO).unwrap();
    let seen = f.registry.checkpoint(&auditor, &mut f.rng).unwrap();
    let open = |store: MemoryStore, rng: &mut _| {
        let last_seen = Some(seen.clone());
        let options = RegistryOptions {
            last_seen,
            ..options(&f.clock)
        };
        Registry::open(store, root(), options, rng).map(drop)
    };
    open(f.store.snapshot().unwrap(), &mut f.rng).unwrap();
    assert_eq!(
        open(backup.snapshot().unwrap(), &mut f.rng),
        Err(RegistryError::RolledBack)
    );
    // The same number of events after that, but others.
    let fork = Arc::new(backup);
    let opened = Registry::open(fork.clone(), root(), options(&f.clock), &mut f.rng).unwrap();
    for _ in 0..4 {
        opened.note(b"another past", &WHO).unwrap();
    }
    opened.sequence().unwrap();
    assert!(opened.log_size().unwrap() >= seen.size());
    drop(opened);
    assert_eq!(
        open(fork.snapshot().unwrap(), &mut f.rng),
        Err(RegistryError::RolledBack)
    );
}

/// A log in a folder with three checkpoints, its key, and the last checkpoint.
struct Exported {
    folder: Folder,
    key: VerifyingKey<MlDsa65>,
    seen: pqkm_lifecycle::audit::Checkpoint,
}

fn exported(name: &str) -> Exported {
    let mut f = Fixture::new();
    let auditor = SigningKey::<MlDsa65>::generate(&mut f.rng).unwrap();
    let mut seen = None;
    for _ in 0..3 {
        drop(signer(&mut f).destroy(&f.registry, &WHO).unwrap());
        f.registry.note(b"something", &WHO).unwrap();
        seen = Some(f.registry.checkpoint(&auditor, &mut f.rng).unwrap());
    }
    f.registry.note(b"after", &WHO).unwrap();
    f.registry.sequence().unwrap();
    let folder = Folder::new(name);
    f.registry.export_log(folder.path("log")).unwrap();
    Exported {
        folder,
        key: auditor.verifying_key(),
        seen: seen.unwrap(),
    }
}

#[test]
fn an_exported_log_verifies_without_secrets() {
    let log = exported("export");
    let mut events = Vec::new();
    let report = verify_log(
        log.folder.path("log"),
        &log.key,
        Some(&log.seen),
        |_, event| {
            events.push(event.action_name());
        },
    )
    .unwrap();
    assert_eq!(
        (report.signed, report.unsigned, report.checkpoints),
        (12, 1, 3)
    );
    assert_eq!(
        events[..4],
        ["generated", "transition", "transition", "noted"]
    );
}

#[test]
fn a_log_that_was_touched_does_not_verify() {
    let log = exported("touched");
    let path = log.folder.path("log/events.der");
    let original = std::fs::read(&path).unwrap();
    let mut events: Vec<&[u8]> = Vec::new();
    let mut rest = original.as_slice();
    while !rest.is_empty() {
        // SEQUENCE of 128 .. 65535 bytes
        let (header, length) = match rest[1] {
            0x81 => (3, usize::from(rest[2])),
            0x82 => (4, usize::from(u16::from_be_bytes([rest[2], rest[3]]))),
            length => (2, usize::from(length)),
        };
        let (event, after) = rest.split_at(header + length);
        events.push(event);
        rest = after;
    }
    let signed = usize::try_from(log.seen.size()).unwrap();
    assert_eq!(events.len(), signed + 1);
    let verify = |bytes: &[u8], seen| {
        std::fs::write(&path, bytes).unwrap();
        verify_log(log.folder.path("log"), &log.key, seen, |_, _| {}).map(drop)
    };
    let seen = Some(&log.seen);
    verify(&original, seen).unwrap();
    // Edited: a bit of every byte that is signed for.
    let signed_bytes: usize = events[..signed].iter().map(|event| event.len()).sum();
    for byte in (0..signed_bytes).step_by(7) {
        let mut edited = original.clone();
        edited[byte] ^= 1;
        assert!(verify(&edited, seen).is_err(), "byte {byte}");
        assert!(verify(&edited, None).is_err(), "byte {byte}, nothing seen");
    }
    for place in 0..signed {
        let mut dropped = events.clone();
        dropped.remove(place);
        assert!(verify(&dropped.concat(), seen).is_err());
        if place + 1 < signed {
            let mut doubled = events.clone();
            doubled.insert(place, events[place]);
            assert!(verify(&doubled.concat(), seen).is_err());
            let mut swapped = events.clone();
            swapped.swap(place, place + 1);
            assert_eq!(verify(&swapped.concat(), seen), Err(AuditError::Root));
        }
        // Cut, with the checkpoints that know better cut as well.
        assert!(verify(&events[..place].concat(), seen).is_err());
    }
    let checkpoints = log.folder.path("log/checkpoints.der");
    let all = std::fs::read(&checkpoints).unwrap();
    let third = all.len().div_euclid(3);
    std::fs::write(&checkpoints, &all[..2 * third]).unwrap();
    let cut = events[..8].concat();
    verify(&cut, None).unwrap();
    assert_eq!(verify(&cut, seen), Err(AuditError::Truncated));
    std::fs::write(&checkpoints, &all).unwrap();
    let mut rng = pqkm_testkit::rng::SeededRng::from_u64(77);
    let other = SigningKey::<MlDsa65>::generate(&mut rng)
        .unwrap()
        .verifying_key();
    std::fs::write(&path, &original).unwrap();
    assert_eq!(
        verify_log(log.folder.path("log"), &other, None, |_, _| {}).map(drop),
        Err(AuditError::Signature)
    );
}

#[test]
fn a_lost_reply_is_indeterminate_until_the_registry_is_asked_again() {
    for (mode, happened) in [(1, true), (2, false)] {
        let mut f = Fixture::new();
        // 0 commits; 1 commits and says that it does not know; 2 does not, and says the same.
        let told = Arc::new(AtomicU8::new(0));
        let asked = told.clone();
        let store = Arc::new(Faulty {
            store: f.store.clone(),
            commit: move |store: &MemoryStore, batch: &Batch| match asked.load(Ordering::SeqCst) {
                0 => store.commit(batch),
                1 => store.commit(batch).and(Err(CommitError::Unknown)),
                _ => Err(CommitError::Unknown),
            },
            before_scan: || {},
        });
        let registry =
            Registry::open(store.clone(), root(), options(&f.clock), &mut f.rng).unwrap();
        let key: Signer<PreActivation> = registry
            .generate(&KeySpec::default(), &WHO, &mut f.rng)
            .unwrap();
        let name = key.name();
        told.store(mode, Ordering::SeqCst);
        let error = key.activate(&registry, &WHO).unwrap_err();
        let TransitionError::Indeterminate { operation } = error else {
            panic!("{error:?}")
        };
        // Nothing is to be had from it now, not even what was true before.
        told.store(0, Ordering::SeqCst);
        assert_eq!(registry.find(name).map(drop), Err(RegistryError::Poisoned));
        drop(registry);
        let registry = f.open_again();
        let expected = if happened {
            Resolution::Done(name)
        } else {
            Resolution::NotDone
        };
        assert_eq!(registry.resolve(operation), Ok(expected));
        let state = registry.find(name).unwrap().state();
        assert_eq!(state == KeyState::Active, happened);
        registry.sequence().unwrap();
        registry.compare_with_log().unwrap();
    }
}

#[test]
fn two_processes_lose_nothing_and_the_second_to_decide_is_told() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    let second = f.open_again();
    let theirs: Signer<Active> = second
        .find(key.name())
        .unwrap()
        .promote(&second, "ben")
        .unwrap();
    let _suspended = key.suspend(&f.registry, &WHO).unwrap();
    // Their lease runs on: that is what a lease is. Their transition is refused.
    theirs.sign(b"m", &mut f.rng).unwrap();
    let (handle, reason) = handle_refused(theirs.suspend(&second, &WHO));
    assert_eq!(reason, Refusal::State(KeyState::Suspended));
    f.clock.set(NOW + 300);
    assert_eq!(
        handle.sign(b"m", &mut f.rng).unwrap_err(),
        UseError::Stale(Stale::Expired)
    );

    // Many at once: the log has each change of each row exactly once.
    let registries: Vec<_> = (0..4).map(|_| f.open_again()).collect();
    let name = handle.name();
    std::thread::scope(|scope| {
        for (n, registry) in registries.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..10 {
                    let dependant = format!("{n}/{round}");
                    registry
                        .add_dependant(name, dependant.as_bytes(), &WHO)
                        .unwrap();
                    registry.sequence().unwrap();
                }
            });
        }
    });
    assert_eq!(f.registry.find(name).unwrap().dependants(), 40);
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
}
