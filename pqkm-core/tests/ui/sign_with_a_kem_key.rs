use pqkm_core::{DecapsulationKey, MlKem768};
use rand_core::TryCryptoRng;

fn misuse(key: &DecapsulationKey<MlKem768>, rng: &mut impl TryCryptoRng) {
    let _ = key.sign(b"message", rng);
}

fn main() {}
