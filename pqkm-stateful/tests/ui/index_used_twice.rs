use pqkm_core::rand_core::TryCryptoRng;
use pqkm_stateful::{HssSigner, OneTimeIndex, store::MemoryStore};

fn sign(signer: &HssSigner<MemoryStore>, index: OneTimeIndex, rng: &mut impl TryCryptoRng) {
    let _first = signer.sign_at(index, b"one message", rng);
    let _second = signer.sign_at(index, b"another message", rng);
}

fn main() {}
