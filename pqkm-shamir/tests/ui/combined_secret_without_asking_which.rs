//! Whether a secret was checked has to be asked for.

use pqkm_core::SecretBytes;
use pqkm_shamir::{CombineError, Share, combine};

fn secret(shares: &[Share]) -> Result<SecretBytes, CombineError> {
    Ok(combine(shares)?.secret)
}

fn main() {}
