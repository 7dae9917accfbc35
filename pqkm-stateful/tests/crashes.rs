//! The file store under every fault of a small workload.

use pqkm_stateful::conformance::{Choices, Explorer, SimDisk, check_answers};

#[test]
fn the_file_store_answers_as_it_must() {
    check_answers(&mut SimDisk::new()).unwrap();
}

/// Every single fault with every outcome, then every rotted slot.
#[test]
fn no_index_comes_back_after_any_one_fault() {
    let explorer = Explorer {
        rounds: 2,
        counts: &[1, 2],
        upper: false,
        ..Explorer::default()
    };
    let report = explorer
        .run(Choices::every(), u64::MAX, SimDisk::new)
        .unwrap();
    println!("{report:?}");
    assert!(report.histories > 400);
}

/// Every pair of faults, sampled.
#[test]
fn no_index_comes_back_after_two_faults() {
    let explorer = Explorer {
        rounds: 3,
        counts: &[1, 2],
        upper: false,
        ..Explorer::default()
    };
    let report = explorer
        .run(Choices::random(1), 50_000, SimDisk::new)
        .unwrap();
    println!("{report:?}");
}

/// Longer histories with upper signatures, sampled.
#[test]
fn no_index_comes_back_in_long_histories() {
    let explorer = Explorer {
        rounds: 6,
        counts: &[1, 3, 1],
        upper: true,
        ..Explorer::default()
    };
    let report = explorer
        .run(Choices::random(2), 20_000, SimDisk::new)
        .unwrap();
    println!("{report:?}");
}
