//! Key generation in slices, node caches, and trees that are made ahead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "test code: a panic is the failure"
)]

mod support;

use core::ops::ControlFlow;

use pqkm_stateful::store::MemoryStore;
use pqkm_stateful::{
    HssParameters, HssSigner, KeyGeneration, LmotsAlgorithm, LmsAlgorithm, OpenError, SignerOptions,
};
use support::keys::{TestRng, wrapping};

const LOW: (LmsAlgorithm, LmotsAlgorithm) =
    (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W4);
const HIGH: (LmsAlgorithm, LmotsAlgorithm) =
    (LmsAlgorithm::Sha256M24H15, LmotsAlgorithm::Sha256N24W1);

#[test]
fn a_generation_that_was_broken_off_goes_on_to_the_same_key() {
    let parameters = HssParameters::new(&[HIGH]).unwrap();
    let whole = HssSigner::create(
        MemoryStore::new(),
        parameters,
        &wrapping(1),
        &mut TestRng::new(5),
    )
    .unwrap();

    let mut rng = TestRng::new(5);
    let mut generation = KeyGeneration::new(parameters, &mut rng).unwrap();
    assert_eq!(generation.progress().done, 0);
    let stopped = generation.run(|progress| {
        if progress.done < 9_000 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    assert!(stopped.is_break());
    let after = generation.progress();
    assert!(after.done >= 9_000 && after.done < 12_000, "{after:?}");
    assert_eq!(generation.advance(1).done, after.done + 1);
    let mut seen = vec![after.done + 1];
    let ended = generation.run(|progress| {
        seen.push(progress.done);
        ControlFlow::Continue(())
    });
    assert!(ended.is_continue());
    assert!(seen.is_sorted() && seen.last() == Some(&after.total));
    let signer = generation
        .finish(MemoryStore::new(), &wrapping(1), &mut rng)
        .unwrap();
    assert_eq!(signer.verifying_key(), whole.verifying_key());
}

#[test]
fn a_node_cache_opens_its_key_and_no_changed_one_does() {
    let mut rng = TestRng::new(6);
    let parameters = HssParameters::new(&[LOW, LOW]).unwrap();
    let store = MemoryStore::new();
    let signer = HssSigner::create(store.clone(), parameters, &wrapping(1), &mut rng).unwrap();
    let cache = signer.node_cache();
    assert_eq!(cache.len(), 16 + 32 * 24);
    let open = |cache: &[u8]| {
        HssSigner::open_cached(store.clone(), &wrapping(1), SignerOptions::default(), cache)
    };
    let opened = open(&cache).unwrap();
    let mut reservation = opened.reserve(1).unwrap();
    let signature = reservation.sign_next(&opened, b"m", &mut rng).unwrap();
    let verified = signer.verifying_key().verify(b"m", signature.as_bytes());
    verified.unwrap();
    for bit in 0..cache.len() * 8 {
        let mut changed = cache.clone();
        changed[bit >> 3] ^= 1 << (bit & 7);
        assert!(matches!(open(&changed), Err(OpenError::Cache)), "bit {bit}");
    }
    for len in [0, 15, 16, cache.len() - 1] {
        assert!(matches!(open(&cache[..len]), Err(OpenError::Cache)));
    }
    let other = HssSigner::create(MemoryStore::new(), parameters, &wrapping(1), &mut rng).unwrap();
    assert!(matches!(open(&other.node_cache()), Err(OpenError::Cache)));
}

/// With threads, without them, and with trees that are never made ahead, because every signer signs a few times only.
#[test]
fn however_a_tree_was_made_its_upper_signature_is_the_same() {
    let mut rng = TestRng::new(7);
    let parameters = HssParameters::new(&[LOW, LOW, LOW]).unwrap();
    let store = MemoryStore::new();
    let wrapping = wrapping(1);
    drop(HssSigner::create(store.clone(), parameters, &wrapping, &mut rng).unwrap());
    let links = |threads: bool, turns: u32, each: u32| {
        // A copy of the key, which no two stores of a real one would be.
        let mut found = std::collections::BTreeMap::new();
        let mut rng = TestRng::new(8);
        let mut generation = KeyGeneration::new(parameters, &mut rng).unwrap();
        generation.advance(u32::MAX);
        let store = MemoryStore::new();
        drop(
            generation
                .finish(store.clone(), &wrapping, &mut rng)
                .unwrap(),
        );
        let options = SignerOptions {
            threads,
            ..SignerOptions::default()
        };
        for _ in 0..turns {
            let signer = HssSigner::open_with(store.clone(), &wrapping, options).unwrap();
            let mut reservation = signer.reserve(each).unwrap();
            while let Some(index) = reservation.take() {
                let number = index.number();
                let signature = signer.sign_at(index, b"m", &mut rng).unwrap();
                let bytes = signature.as_bytes();
                signer.verifying_key().verify(b"m", bytes).unwrap();
                let link = 4 + LOW.1.signature_len() + 4 + 5 * 24 + LOW.0.public_key_len();
                let links = bytes[4..4 + 2 * link].to_vec();
                let earlier = found.insert(number >> 5, links.clone());
                assert!(earlier.is_none_or(|earlier| earlier == links));
            }
        }
        found
    };
    let expected = links(true, 1, 2_400);
    assert_eq!(expected.len(), 75);
    assert_eq!(links(false, 1, 2_400), expected);
    assert_eq!(links(true, 480, 5), expected);
}
