use pqkm_core::{SigningKey, rand_core::TryCryptoRng};
use pqkm_stateful::Hss;

fn sign(key: &SigningKey<Hss>, rng: &mut impl TryCryptoRng) {
    let _signature = key.sign(b"a message", rng);
}

fn main() {}
