//! A planted leak: a product in GF(2^8) from tables of logarithms, as sharing crates compute it.

use pqkm_ct::SecretRng;
use rand_core::TryRng;

fn main() {
    let (mut logarithms, mut powers, mut power) = ([0u8; 256], [0u8; 255], 1u8);
    for exponent in 0..=254u8 {
        powers[usize::from(exponent)] = power;
        logarithms[usize::from(power)] = exponent;
        power ^= power << 1 ^ (0x1b & (power >> 7).wrapping_neg());
    }
    let mut drawn = [0; 2];
    SecretRng::new(1).try_fill_bytes(&mut drawn).unwrap();
    let [a, b] = drawn.map(|byte| usize::from(logarithms[usize::from(byte)]));
    println!("{}", powers[(a + b) % 255]);
}
