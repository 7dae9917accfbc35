use pqkm_composite::MlKem768X25519;
use pqkm_core::{DecapsulationKey, rand_core::CryptoRng};

fn misuse(key: &DecapsulationKey<MlKem768X25519>, rng: &mut impl CryptoRng) {
    let _ = key.sign(b"message", rng);
}

fn main() {}
