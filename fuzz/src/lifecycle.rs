//! The audit log: events, checkpoints, and paths in its tree.

use std::sync::LazyLock;

use pqkm_core::{MlDsa44, SigningKey, VerifyingKey};
use pqkm_lifecycle::{
    Authority, Event, Hash, KeySpec, MemoryStore, Registry, RegistryOptions, SymmetricRoot,
    audit::{Checkpoint, leaf_hash, verify_consistency, verify_inclusion},
};

use crate::{Target, rng::TestRng, target};

pub const TARGETS: &[Target] = &[
    target!(audit_event, || LOG.events.clone()),
    target!(audit_checkpoint, || {
        let checkpoint = &LOG.checkpoint;
        vec![
            checkpoint.to_der().unwrap(),
            checkpoint.to_pem().unwrap().into_bytes(),
        ]
    }),
    target!(audit_inclusion, || vec![LOG.inclusion.clone()]),
    target!(audit_consistency, || vec![LOG.consistency.clone()]),
];

/// A log of some keys' lives.
struct Log {
    key: VerifyingKey<MlDsa44>,
    checkpoint: Checkpoint,
    old: (u64, Hash),
    events: Vec<Vec<u8>>,
    /// An index of one byte, then the path.
    inclusion: Vec<u8>,
    consistency: Vec<u8>,
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let rng = &mut TestRng::new(14);
    let root = SymmetricRoot::generate(rng).unwrap();
    let options = RegistryOptions::default();
    let registry = Registry::create(MemoryStore::new(), root, options, rng).unwrap();
    let who = Authority::new("anna", "fuzzing");
    let signer = SigningKey::<MlDsa44>::generate(rng).unwrap();
    let mut old = None;
    for _ in 0..3 {
        let spec = KeySpec::default();
        let key = registry
            .generate::<SigningKey<MlDsa44>, _>(&spec, &who, rng)
            .unwrap();
        let key = key.activate(&registry, &who).unwrap();
        let _gone = key.destroy(&registry, &who).unwrap();
        let checkpoint = registry.checkpoint(&signer, rng).unwrap();
        old.get_or_insert((checkpoint.size(), checkpoint.root()));
    }
    let checkpoint = registry.checkpoint(&signer, rng).unwrap();
    let (size, old) = (checkpoint.size(), old.unwrap());
    let inclusion = registry.prove_inclusion(2, size).unwrap();
    let path = |path: &[Hash]| {
        path.iter()
            .flat_map(Hash::as_bytes)
            .copied()
            .collect::<Vec<u8>>()
    };
    Log {
        key: signer.verifying_key(),
        events: (0..size)
            .map(|index| registry.entry(index).unwrap())
            .collect(),
        inclusion: [vec![2], path(&inclusion.path)].concat(),
        consistency: path(&registry.prove_consistency(old.0, size).unwrap()),
        checkpoint,
        old,
    }
});

fn audit_event(data: &[u8]) -> bool {
    Event::from_der(data).is_ok_and(|event| {
        assert_eq!(event.to_der().unwrap(), data);
        true
    })
}

/// What is read is written again as it was, and only the checkpoint that was signed verifies.
fn audit_checkpoint(data: &[u8]) -> bool {
    let read = Checkpoint::from_der(data).inspect(|read| {
        assert_eq!(read.to_der().unwrap(), data);
    });
    let read = read.or_else(|error| {
        let text = core::str::from_utf8(data).map_err(|_| error)?;
        Checkpoint::from_pem(text)
    });
    read.is_ok_and(|read| {
        assert!(read.verify(&LOG.key).is_err() || read == LOG.checkpoint);
        true
    })
}

/// The bytes as a path; none if they are no whole number of hashes.
fn path(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, []) = bytes.as_chunks() else {
        return None;
    };
    Some(hashes.iter().copied().map(Hash::from_bytes).collect())
}

/// The event at an index is the one that was logged there, and no other path says so.
fn audit_inclusion(data: &[u8]) -> bool {
    let Some((&index, Some(path))) = data.split_first().map(|(index, rest)| (index, path(rest)))
    else {
        return false;
    };
    let (size, root) = (LOG.checkpoint.size(), LOG.checkpoint.root());
    let leaf = leaf_hash(&LOG.events[2]);
    let accepted = verify_inclusion(&leaf, index.into(), size, &root, &path).is_ok();
    assert!(!accepted || data == LOG.inclusion);
    accepted
}

/// One path says that the log only grew.
fn audit_consistency(data: &[u8]) -> bool {
    let Some(path) = path(data) else {
        return false;
    };
    let ((old, old_root), root) = (LOG.old, LOG.checkpoint.root());
    let accepted = verify_consistency((old, &old_root), (LOG.checkpoint.size(), &root), &path);
    assert!(accepted.is_err() || data == LOG.consistency);
    accepted.is_ok()
}
