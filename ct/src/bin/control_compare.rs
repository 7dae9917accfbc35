//! Comparison of secret bytes, byte by byte until they differ.

use pqkm_core::{ExposeToken, SecretBytes};
use pqkm_ct::SecretRng;
use rand_core::TryRng;

fn main() {
    let mut bytes = [0; 64];
    SecretRng::new(4).try_fill_bytes(&mut bytes).unwrap();
    let one = SecretBytes::copy_from(&bytes);
    let one = one.expose(ExposeToken::acknowledge());
    // The planted leak.
    println!(
        "{}",
        one.iter()
            .zip(&bytes)
            .all(|(a, b)| core::hint::black_box(a) == b)
    );
}
