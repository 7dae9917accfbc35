//! Signing through stores: signatures verify, indices are used once, and what is not this signer's is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    reason = "test code: a panic is the failure"
)]

mod support;

use std::collections::HashSet;
use std::path::Path;

use pqkm_stateful::store::MemoryStore;
use pqkm_stateful::store::file::FileStore;
use pqkm_stateful::{
    HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, OpenError, ReserveError, SignError,
    StoreError,
};
use support::keys::{TestRng, wrapping};

fn two_levels() -> HssParameters {
    let level = (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W8);
    HssParameters::new(&[level, level]).unwrap()
}

fn one_level() -> HssParameters {
    HssParameters::new(&[(LmsAlgorithm::Sha256M32H5, LmotsAlgorithm::Sha256N32W4)]).unwrap()
}

/// Level numbers and leaves of a two-level signature with n = 24 and W8.
fn leaves(signature: &[u8]) -> (u32, u32) {
    let at = |offset: usize| u32::from_be_bytes(signature[offset..offset + 4].try_into().unwrap());
    // Levels, first signature (leaf, one-time signature, typecode, path), public key, second signature.
    let first = 4 + 652 + 4 + 5 * 24;
    (at(4), at(4 + first + 48))
}

/// Opens a file that was closed a moment ago. Where another test starts a program, that has the file, and so its lock, until it
/// runs.
fn reopen(path: &Path) -> FileStore {
    loop {
        match FileStore::open_existing(path) {
            Err(StoreError::Locked) => std::thread::yield_now(),
            other => return other.unwrap(),
        }
    }
}

#[test]
fn all_signatures_of_a_key_verify_and_no_leaf_comes_twice() {
    let mut rng = TestRng::new(1);
    let signer =
        HssSigner::create(MemoryStore::new(), two_levels(), &wrapping(7), &mut rng).unwrap();
    let mut seen = HashSet::new();
    let mut upper = std::collections::HashMap::new();
    for count in [1, 31, 32, 3, 957] {
        let mut reservation = signer.reserve(count).unwrap();
        while reservation.remaining() > 0 {
            let message = reservation.remaining().to_be_bytes();
            let signature = reservation.sign_next(&signer, &message, &mut rng).unwrap();
            let signature = signature.as_bytes();
            assert_eq!(signature.len(), signer.parameters().signature_len());
            signer.verifying_key().verify(&message, signature).unwrap();
            let (top, bottom) = leaves(signature);
            assert!(
                seen.insert((top, bottom)),
                "leaf {bottom} of tree {top} again"
            );
            // One upper one-time key signs one thing.
            let link = signature[4..4 + 780 + 48].to_vec();
            assert_eq!(*upper.entry(top).or_insert_with(|| link.clone()), link);
        }
    }
    assert_eq!(seen.len(), 1024);
    assert_eq!(signer.remaining(), 0);
    assert_eq!(
        signer.reserve(1).unwrap_err(),
        ReserveError::Exhausted { remaining: 0 }
    );
}

#[test]
fn a_file_key_goes_on_where_it_was_after_reopening() {
    let directory = support::keys::Scratch::new("reopen");
    let path = directory.path().join("key");
    let mut rng = TestRng::new(2);
    let create = || FileStore::create_new(&path).unwrap();
    let signer = HssSigner::create(create(), two_levels(), &wrapping(7), &mut rng).unwrap();
    let key = *signer.verifying_key();
    let mut seen = HashSet::new();
    let mut sign = |signer: &HssSigner<FileStore>, count: u32| {
        let mut reservation = signer.reserve(count).unwrap();
        let signature = reservation
            .sign_next(signer, b"m", &mut TestRng::new(3))
            .unwrap();
        key.verify(b"m", signature.as_bytes()).unwrap();
        assert!(seen.insert(leaves(signature.as_bytes())));
    };
    sign(&signer, 1);
    sign(&signer, 40);
    let left = signer.remaining();
    drop(signer);
    for _ in 0..4 {
        let signer = HssSigner::open(reopen(&path), &wrapping(7)).unwrap();
        assert!(signer.remaining() <= left);
        assert_eq!(*signer.verifying_key(), key);
        sign(&signer, 3);
        sign(&signer, 1);
    }
    assert_eq!(seen.len(), 10);
}

/// Whoever has the file and not its key can take the key away, and bring no index back.
#[test]
fn a_slot_that_somebody_changed_is_not_believed() {
    const SLOTS: [usize; 2] = [4096, 8192];
    let directory = support::keys::Scratch::new("slots");
    let path = directory.path().join("key");
    let create = FileStore::create_new(&path).unwrap();
    let mut rng = TestRng::new(5);
    let signer = HssSigner::create(create, one_level(), &wrapping(7), &mut rng).unwrap();
    // More than two, so that neither slot is as it was at first.
    for _ in 0..3 {
        drop(signer.reserve(3).unwrap());
    }
    let left = signer.remaining();
    drop(signer);
    let good = std::fs::read(&path).unwrap();
    let remaining_after = |change: &dyn Fn(&mut [u8])| {
        let mut bytes = good.clone();
        change(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        HssSigner::open(reopen(&path), &wrapping(7)).map(|signer| signer.remaining())
    };
    // The index that is next, after magic and sequence, in both slots.
    let set_back =
        remaining_after(&|file| SLOTS.iter().for_each(|&at| file[at + 16..at + 24].fill(0)));
    assert_eq!(set_back.unwrap_err(), OpenError::Store(StoreError::Corrupt));
    // The other slot is whole.
    for at in SLOTS {
        for place in 0..64 {
            let opened = remaining_after(&|file| file[at + place] ^= 1 << (place & 7));
            assert!(opened.unwrap() <= left, "slot {at}, byte {place}");
        }
    }
}

#[test]
fn a_file_key_is_open_only_once() {
    let directory = support::keys::Scratch::new("locked");
    let path = directory.path().join("key");
    let mut rng = TestRng::new(4);
    let store = FileStore::create_new(&path).unwrap();
    let signer = HssSigner::create(store, one_level(), &wrapping(7), &mut rng).unwrap();
    assert_eq!(
        FileStore::open_existing(&path).unwrap_err(),
        StoreError::Locked
    );
    assert_eq!(
        FileStore::create_new(&path).unwrap_err(),
        StoreError::Exists
    );
    drop(signer);
    drop(reopen(&path));
}

/// Another process is refused too: `flock(1)` holds the lock while this one tries.
#[test]
fn a_file_key_that_another_process_holds_is_refused() {
    let directory = support::keys::Scratch::new("process");
    let path = directory.path().join("key");
    let store = FileStore::create_new(&path).unwrap();
    drop(HssSigner::create(store, one_level(), &wrapping(7), &mut TestRng::new(5)).unwrap());
    let mut holder = std::process::Command::new("flock")
        .arg(&path)
        .args(["sh", "-c", "echo locked; read line"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("flock of util-linux");
    let mut ready = [0; 6];
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut ready).unwrap();
    assert_eq!(
        FileStore::open_existing(&path).unwrap_err(),
        StoreError::Locked
    );
    drop(holder.stdin.take());
    holder.wait().unwrap();
    drop(reopen(&path));
}

#[test]
fn links_are_refused() {
    let directory = support::keys::Scratch::new("links");
    let at = |name: &str| directory.path().join(name);
    let store = FileStore::create_new(at("key")).unwrap();
    drop(HssSigner::create(store, one_level(), &wrapping(7), &mut TestRng::new(6)).unwrap());
    let refused = |path: &Path| FileStore::open_existing(path).unwrap_err();
    std::os::unix::fs::symlink(at("key"), at("symbolic")).unwrap();
    assert_eq!(refused(&at("symbolic")), StoreError::Linked);
    assert_eq!(
        FileStore::create_new(at("symbolic")).unwrap_err(),
        StoreError::Exists
    );
    std::fs::hard_link(at("key"), at("hard")).unwrap();
    assert_eq!(refused(&at("hard")), StoreError::Linked);
    assert_eq!(refused(&at("key")), StoreError::Linked);
    assert_eq!(refused(&at("nothing")), StoreError::Missing);
    std::fs::remove_file(at("hard")).unwrap();
    FileStore::open_existing(at("key")).unwrap();
}

#[test]
fn an_index_of_another_key_is_refused() {
    let mut rng = TestRng::new(8);
    let mut open =
        || HssSigner::create(MemoryStore::new(), one_level(), &wrapping(7), &mut rng).unwrap();
    let (one, other) = (open(), open());
    let index = other.reserve(1).unwrap().take().unwrap();
    let refused = one.sign_at(index, b"m", &mut TestRng::new(0)).unwrap_err();
    assert_eq!(refused, SignError::ForeignIndex);
}

/// Two signers of one shared store: the second open fences the first, and the first one's indices are not the second's.
#[test]
fn a_stale_epoch_is_refused() {
    let store = MemoryStore::new();
    let mut rng = TestRng::new(9);
    let first = HssSigner::create(store.clone(), one_level(), &wrapping(7), &mut rng).unwrap();
    let mut reserved = first.reserve(2).unwrap();
    let second = HssSigner::open(store, &wrapping(7)).unwrap();
    assert_eq!(
        first.reserve(1).unwrap_err(),
        ReserveError::Store(StoreError::Fenced)
    );
    let index = reserved.take().unwrap();
    assert_eq!(
        second.sign_at(index, b"m", &mut rng).unwrap_err(),
        SignError::StaleIndex
    );
    // What the first signer had reserved stays its own.
    let signature = reserved.sign_next(&first, b"m", &mut rng).unwrap();
    second
        .verifying_key()
        .verify(b"m", signature.as_bytes())
        .unwrap();
    assert_eq!(second.reserve(1).unwrap().take().unwrap().number(), 2);
}

/// Two signers that enter one subtree sign its root with the same bytes.
#[test]
fn two_signers_entering_one_subtree_agree_on_its_signature() {
    let store = MemoryStore::new();
    let mut rng = TestRng::new(10);
    let first = HssSigner::create(store.clone(), two_levels(), &wrapping(7), &mut rng).unwrap();
    let mut of_first = first.reserve(2).unwrap();
    let second = HssSigner::open(store, &wrapping(7)).unwrap();
    let mut of_second = second.reserve(2).unwrap();
    let a = of_first.sign_next(&first, b"a", &mut rng);
    // The first one's epoch is over before it entered the subtree: it may not store there any more.
    assert_eq!(a.unwrap_err(), SignError::Store(StoreError::Fenced));
    let b = of_second.sign_next(&second, b"b", &mut rng).unwrap();
    second.verifying_key().verify(b"b", b.as_bytes()).unwrap();
}

#[test]
fn another_wrapping_key_does_not_open_the_key() {
    let store = MemoryStore::new();
    drop(
        HssSigner::create(
            store.clone(),
            one_level(),
            &wrapping(7),
            &mut TestRng::new(11),
        )
        .unwrap(),
    );
    let refused = HssSigner::open(store.clone(), &wrapping(8)).err();
    assert_eq!(refused, Some(OpenError::WrongKey));
    HssSigner::open(store, &wrapping(7)).ok().unwrap();
}

#[test]
fn a_reservation_splits_without_overlap_and_drops_burn() {
    let mut rng = TestRng::new(12);
    let signer =
        HssSigner::create(MemoryStore::new(), one_level(), &wrapping(7), &mut rng).unwrap();
    let mut upper = signer.reserve(10).unwrap();
    let mut lower = upper.split(4);
    assert_eq!((lower.remaining(), upper.remaining()), (4, 6));
    assert_eq!(upper.split(100).remaining(), 6);
    assert_eq!(upper.take().map(|index| index.number()), None);
    let numbers: Vec<u64> = std::iter::from_fn(|| lower.take())
        .map(|index| index.number())
        .collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
    assert_eq!(signer.reserve(1).unwrap().take().unwrap().number(), 10);
}

/// A random number generator that fails burns the index and nothing else.
#[test]
fn a_failing_generator_is_an_error() {
    let mut rng = TestRng::new(13);
    let signer =
        HssSigner::create(MemoryStore::new(), one_level(), &wrapping(7), &mut rng).unwrap();
    let mut reservation = signer.reserve(2).unwrap();
    let failed = reservation.sign_next(&signer, b"m", &mut support::keys::FailingRng);
    assert_eq!(failed.unwrap_err(), SignError::Rng);
    let signature = reservation.sign_next(&signer, b"m", &mut rng).unwrap();
    assert_eq!(signature.as_bytes()[4..8], [0, 0, 0, 1]);
    let created = HssSigner::create(
        MemoryStore::new(),
        one_level(),
        &wrapping(7),
        &mut support::keys::FailingRng,
    );
    assert_eq!(created.err(), Some(OpenError::Rng));
}

/// A signer is shared by threads; all of them together use every index once.
#[test]
fn threads_share_a_signer() {
    let mut rng = TestRng::new(14);
    let signer =
        HssSigner::create(MemoryStore::new(), two_levels(), &wrapping(7), &mut rng).unwrap();
    let all: Vec<(u32, u32)> = std::thread::scope(|scope| {
        let work = |seed: u64| {
            let mut rng = TestRng::new(seed);
            let mut leaf = Vec::new();
            while let Ok(mut reservation) = signer.reserve(16) {
                while reservation.remaining() > 0 {
                    let signature = reservation.sign_next(&signer, b"m", &mut rng).unwrap();
                    leaf.push(leaves(signature.as_bytes()));
                }
            }
            leaf
        };
        let threads: Vec<_> = (0..4).map(|seed| scope.spawn(move || work(seed))).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(all.len(), 1024);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 1024);
}
