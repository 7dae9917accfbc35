use pqkm_core::{MlDsa65, VerifyingKey};
use rand_core::TryCryptoRng;

fn misuse(key: &VerifyingKey<MlDsa65>, rng: &mut impl TryCryptoRng) {
    let _ = key.encapsulate(rng);
}

fn main() {}
