use pqkm_core::rand_core::TryCryptoRng;
use pqkm_stateful::{HssSigner, store::MemoryStore};

fn sign(signer: &HssSigner<MemoryStore>, rng: &mut impl TryCryptoRng) {
    let _signature = signer.sign_at(7, b"a message", rng);
}

fn main() {}
