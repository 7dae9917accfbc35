//! How much memory keys take, counted by the allocator.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    clippy::print_stdout,
    reason = "test code: a panic is the failure"
)]
#![expect(unsafe_code, reason = "an allocator is unsafe to implement")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

use pqkm_stateful::store::MemoryStore;
use pqkm_stateful::{
    HssParameters, HssSigner, HssVerifyingKey, KeyGeneration, LmotsAlgorithm, LmsAlgorithm,
};
use support::keys::{TestRng, wrapping};

/// Bytes that are held, the most that ever were, and how many allocations there were.
static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);
/// The counters count all threads, so one test runs at a time.
static TURN: Mutex<()> = Mutex::new(());

struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, SeqCst);
        let held = HELD.fetch_add(layout.size(), SeqCst) + layout.size();
        PEAK.fetch_max(held, SeqCst);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), SeqCst);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that were held beyond those at the start while `work` ran.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.load(SeqCst);
    PEAK.store(before, SeqCst);
    let result = work();
    (result, PEAK.load(SeqCst) - before)
}

fn generation(lms: LmsAlgorithm, ots: LmotsAlgorithm) -> usize {
    let parameters = HssParameters::new(&[(lms, ots)]).unwrap();
    let mut rng = TestRng::new(1);
    let create =
        || HssSigner::create(MemoryStore::new(), parameters, &wrapping(1), &mut rng).unwrap();
    peak(create).1
}

#[test]
fn generating_a_tree_takes_its_nodes_and_little_more() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let lms = LmsAlgorithm::Sha256M24H15;
    let bytes = generation(lms, LmotsAlgorithm::Sha256N24W1);
    println!("H15: {bytes} bytes");
    // Two nodes a leaf, 32 bytes each. At H20 that is 64 MiB.
    assert!(bytes < (64 << 15) + (256 << 10), "{bytes}");
}

#[test]
#[ignore = "takes half a minute with optimisation"]
fn generating_h20_takes_less_than_200_megabytes() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = generation(LmsAlgorithm::Sha256M32H20, LmotsAlgorithm::Sha256N32W4);
    println!("H20: {bytes} bytes");
    assert!(bytes < 200_000_000, "{bytes}");
}

/// H25 is kept down to its frontier; a part of the generation shows what is allocated.
#[test]
fn generating_h25_takes_two_megabytes() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let level = (LmsAlgorithm::Sha256M24H25, LmotsAlgorithm::Sha256N24W1);
    let parameters = HssParameters::new(&[level]).unwrap();
    let (progress, bytes) = peak(|| {
        let mut generation = KeyGeneration::new(parameters, &mut TestRng::new(1)).unwrap();
        generation.advance(3_000)
    });
    assert_eq!((progress.done, progress.total), (3 * 1024, 1 << 25));
    assert!(bytes < 3 << 20, "{bytes}");
}

/// Two whole trees and a third one are used, so that others are kept and made ahead.
#[test]
fn a_signer_with_two_levels_of_h10_takes_less_than_two_megabytes() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let level = (LmsAlgorithm::Sha256M32H10, LmotsAlgorithm::Sha256N32W1);
    let parameters = HssParameters::new(&[level, level]).unwrap();
    let mut rng = TestRng::new(2);
    let ((), bytes) = peak(|| {
        let signer =
            HssSigner::create(MemoryStore::new(), parameters, &wrapping(1), &mut rng).unwrap();
        // One signature in each of many trees fills what is kept; then some in a row.
        for _ in 0..20 {
            let mut reservation = signer.reserve(1024).unwrap();
            reservation.sign_next(&signer, b"m", &mut rng).unwrap();
        }
        let mut reservation = signer.reserve(2_100).unwrap();
        while reservation.remaining() > 0 {
            reservation.sign_next(&signer, b"m", &mut rng).unwrap();
        }
    });
    println!("HSS H10/H10: {bytes} bytes");
    assert!(bytes < 2_000_000, "{bytes}");
}

#[test]
fn verifying_allocates_nothing() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let level = (LmsAlgorithm::Sha256M32H5, LmotsAlgorithm::Sha256N32W4);
    let shake = (LmsAlgorithm::ShakeM24H5, LmotsAlgorithm::ShakeN24W8);
    for level in [level, shake] {
        let parameters = HssParameters::new(&[level, level]).unwrap();
        let mut rng = TestRng::new(3);
        let signer =
            HssSigner::create(MemoryStore::new(), parameters, &wrapping(1), &mut rng).unwrap();
        let mut reservation = signer.reserve(1).unwrap();
        let signature = reservation.sign_next(&signer, b"m", &mut rng).unwrap();
        let key = signer.verifying_key().to_bytes();
        drop(signer);
        let before = COUNT.load(SeqCst);
        let key = HssVerifyingKey::from_bytes(&key).unwrap();
        let good = key.verify(b"m", signature.as_bytes());
        let bad = key.verify(b"n", signature.as_bytes());
        assert_eq!(COUNT.load(SeqCst), before);
        assert!(good.is_ok() && bad.is_err());
    }
}
