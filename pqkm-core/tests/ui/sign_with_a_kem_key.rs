use pqkm_core::{DecapsulationKey, MlKem768, rand_core::TryCryptoRng};

fn wrong(key: &DecapsulationKey<MlKem768>, rng: &mut impl TryCryptoRng) {
    let _ = key.sign(b"message", rng);
}

fn main() {}
