//! Shares that `sharks` made are combined by its import alone, which warns of them.

use pqkm_shamir::{CombineError, Combined, import::sharks::SharksShare, raw};

fn join(shares: &[SharksShare]) -> Result<Combined, CombineError> {
    raw::combine(3, shares)
}

fn main() {}
