use pqkm_core::{MlDsa65, Rotate, VerifyingKey};
use rand_core::TryCryptoRng;

fn successor<K: Rotate>(key: &K, rng: &mut impl TryCryptoRng) {
    let _ = key.rotate(rng);
}

fn misuse(key: &VerifyingKey<MlDsa65>, rng: &mut impl TryCryptoRng) {
    successor(key, rng);
}

fn main() {}
