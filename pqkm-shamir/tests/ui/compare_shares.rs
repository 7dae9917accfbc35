//! Shares cannot be compared: that would take a time that depends on where they differ.

use pqkm_shamir::Share;

fn equal(one: &Share, other: &Share) -> bool {
    one == other
}

fn main() {}
