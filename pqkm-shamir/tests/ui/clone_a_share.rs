//! A share cannot be cloned.

use pqkm_shamir::Share;

fn two(share: &Share) -> [Share; 2] {
    [share.clone(), share.clone()]
}

fn main() {}
