//! A threshold is checked when it is made, and made no other way.

use pqkm_shamir::Threshold;

fn everyone() -> Threshold {
    Threshold {
        threshold: 1,
        count: 5,
    }
}

fn main() {}
