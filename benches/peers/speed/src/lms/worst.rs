//! The slowest of many consecutive signatures, two trees of height 10.
//!
//! A sequence of signatures is made a few times from its beginning, each with the thread's CPU time. What
//! counts for the signature at one place is its fastest time of all sequences: what the machine does beside
//! is not at the same place in each. The row is the slowest place, and beside it the median of all.

use pqkm::stateful::{LmotsAlgorithm, LmsAlgorithm};

use super::contenders::{crypto_pq_sign, ours_sign, purecrypto_sign};
use crate::measure::Timing;
use crate::probe::thread_time;

/// Consecutive signatures.
const COUNT: usize = 10_000;
const SEQUENCES: usize = 5;

/// The slowest signature and the median one, ours and then the peers'.
pub(crate) struct Worst {
    pub(crate) name: &'static str,
    pub(crate) worst: Timing,
    pub(crate) median: Timing,
}

pub(crate) fn worst() -> [Worst; 3] {
    let level = (LmsAlgorithm::Sha256M32H10, LmotsAlgorithm::Sha256N32W4);
    let levels = [level, level];
    [
        measure("pqkm", || ours_sign(&levels, true, true)),
        measure("crypto-pq", || crypto_pq_sign(&levels).0),
        measure("purecrypto", || purecrypto_sign(&levels).0),
    ]
}

fn measure<F: FnMut(usize) -> Vec<u8>>(name: &'static str, make: impl Fn() -> F) -> Worst {
    let mut fastest = vec![f64::INFINITY; COUNT];
    for _ in 0..SEQUENCES {
        let mut sign = make();
        // The first signature of a signer enters its first bottom tree, which the peers make with the key.
        drop(sign(0));
        for (turn, fastest) in fastest.iter_mut().enumerate() {
            let start = thread_time();
            let signature = sign(turn);
            let time = thread_time().saturating_sub(start).as_secs_f64() * 1e9;
            drop(signature);
            *fastest = fastest.min(time);
        }
    }
    fastest.sort_by(f64::total_cmp);
    let timing = |at: usize| Timing {
        ns: fastest.get(at).copied().unwrap_or(f64::INFINITY),
        batches: COUNT,
        dropped: 0,
        disturbed: false,
    };
    Worst {
        name,
        worst: timing(COUNT - 1),
        median: timing(COUNT >> 1),
    }
}
