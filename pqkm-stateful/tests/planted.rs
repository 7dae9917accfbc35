//! Does the suite see the mistakes that a store can make? A store with none of them passes; with any one it does not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "test code: a panic is the failure"
)]

#[path = "planted/store.rs"]
mod store;

use pqkm_stateful::conformance::{Choices, Explorer, SimDisk, check_answers};
use store::{Flaw, Flawed};

/// What the suite finds in at most `histories` random histories of each workload.
fn judge(flaw: Flaw, histories: u64) -> Result<(), String> {
    let fresh = || Flawed(flaw, SimDisk::new());
    check_answers(&mut fresh())?;
    // Without upper signatures first, so that a flaw of the counter is found by what it does to the counter.
    for upper in [false, true] {
        let explorer = Explorer {
            rounds: 5,
            counts: &[1, 3, 1],
            upper,
            operations: 26,
            ..Explorer::default()
        };
        explorer
            .run(Choices::random(7), histories, fresh)
            .map_err(|violation| violation.to_string())?;
    }
    Ok(())
}

#[test]
fn a_store_without_a_flaw_passes() {
    judge(Flaw::None, 100_000).unwrap();
}

#[test]
fn every_planted_flaw_is_caught() {
    let mut missed = Vec::new();
    for flaw in Flaw::PLANTED {
        match judge(flaw, 300_000) {
            Ok(()) => missed.push(flaw),
            Err(found) => println!("{flaw:?}: {found}"),
        }
    }
    assert!(missed.is_empty(), "not caught: {missed:?}");
}
