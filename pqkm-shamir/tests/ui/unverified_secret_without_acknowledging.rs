//! A secret that nothing checked is no secret until the caller accepts that.

use pqkm_core::SecretBytes;
use pqkm_shamir::Unverified;

fn secret(combined: Unverified<SecretBytes>) -> SecretBytes {
    combined
}

fn main() {}
