//! What `sharks` shared was shared with a bias, and whoever takes it says that they know.

use pqkm_core::SecretBytes;
use pqkm_shamir::{CombineError, import::sharks};

fn import(shares: &[sharks::SharksShare]) -> Result<Option<SecretBytes>, CombineError> {
    let imported = sharks::combine(3, shares)?;
    Ok(imported.recovered().map(|recovered| recovered.secret))
}

fn main() {}
