//! Comparison of secret bytes.

use pqkm_core::SecretBytes;
use pqkm_ct::{SecretRng, public};
use rand_core::TryRng;
use subtle::ConstantTimeEq;

fn main() {
    let mut bytes = [0; 64];
    SecretRng::new(4).try_fill_bytes(&mut bytes).unwrap();
    let one = SecretBytes::copy_from(&bytes);
    let equal = [one.ct_eq(&SecretBytes::copy_from(&bytes)).unwrap_u8()];
    // CT: whether they are equal is the result.
    public(&equal);
    println!("{}", equal[0]);
}
