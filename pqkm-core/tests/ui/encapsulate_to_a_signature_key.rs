use pqkm_core::{MlDsa65, VerifyingKey, rand_core::TryCryptoRng};

fn wrong(key: &VerifyingKey<MlDsa65>, rng: &mut impl TryCryptoRng) {
    let _ = key.encapsulate(rng);
}

fn main() {}
