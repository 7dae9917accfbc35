//! The file store under every fault of a small workload.

use pqkm_stateful::conformance::{Choices, Explorer, Report, SimDisk, check_answers};

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

/// Many faults in a row, sampled so often that the rarest mistakes of tests/planted.rs are found.
#[test]
fn no_index_comes_back_after_many_faults() {
    let explorer = Explorer {
        rounds: 5,
        counts: &[1, 3, 1],
        upper: false,
        operations: 26,
        ..Explorer::default()
    };
    let report = explorer
        .run(Choices::random(7), 300_000, SimDisk::new)
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

/// The long form, for a machine that has the time: `PQKM_STATES` states (10^8 unless said) or `PQKM_MINUTES` minutes (60
/// unless said), whichever comes first, on `PQKM_THREADS` threads (1 unless said), from the seed `PQKM_SEED`.
#[test]
#[ignore = "runs for an hour"]
fn no_index_comes_back_in_very_many_histories() {
    let number = |name: &str, usual| {
        std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
    };
    let (states, minutes) = (
        number("PQKM_STATES", 100_000_000),
        number("PQKM_MINUTES", 60),
    );
    let (threads, seed) = (number("PQKM_THREADS", 1), number("PQKM_SEED", 1_000));
    let end = std::time::Instant::now() + core::time::Duration::from_secs(60 * minutes);
    let total = std::sync::Mutex::new(Report::default());
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let total = &total;
            scope.spawn(move || {
                // Many small runs, each from a seed of its own: a violation is repeated with that seed and workload.
                for run in (seed + thread..).step_by(usize::try_from(threads).unwrap()) {
                    let explorer = Explorer {
                        rounds: 3 + u32::try_from(run & 3).unwrap(),
                        counts: if run & 4 == 0 { &[1, 3, 1] } else { &[2, 1, 7] },
                        upper: run & 8 == 0,
                        ..Explorer::default()
                    };
                    let found = explorer.run(Choices::random(run), 10_000, SimDisk::new);
                    let found = found.unwrap_or_else(|violation| panic!("seed {run}: {violation}"));
                    let mut total = total.lock().unwrap();
                    total.histories += found.histories;
                    total.states += found.states;
                    total.reservations += found.reservations;
                    total.refusals += found.refusals;
                    if total.states >= states || std::time::Instant::now() > end {
                        break;
                    }
                }
            });
        }
    });
    println!("{:?}", total.into_inner().unwrap());
}
