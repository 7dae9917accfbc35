//! An X25519 key cannot sign.

use pqkm_core::{AgreementKey, X25519, rand_core::TryCryptoRng};

fn sign(key: &AgreementKey<X25519>, rng: &mut impl TryCryptoRng) {
    drop(key.sign(b"message", rng));
}

fn main() {}
