//! Ed25519 signatures have no context string.

use pqkm_core::{Context, Ed25519, SigningKey, rand_core::TryCryptoRng};

fn sign(key: &SigningKey<Ed25519>, rng: &mut impl TryCryptoRng) {
    drop(key.sign_with_context(b"message", Context::EMPTY, rng));
}

fn main() {}
