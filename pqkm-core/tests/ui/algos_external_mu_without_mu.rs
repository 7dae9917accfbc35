//! SLH-DSA signs no message representative computed elsewhere.

use pqkm_core::{SigningKey, SlhDsaSha2_128s, rand_core::TryCryptoRng};

fn sign(key: &SigningKey<SlhDsaSha2_128s>, rng: &mut impl TryCryptoRng) {
    drop(key.sign_mu(&[0; 64], rng));
}

fn main() {}
