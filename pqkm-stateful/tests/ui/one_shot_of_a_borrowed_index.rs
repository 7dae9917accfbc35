use pqkm_core::rand_core::TryCryptoRng;
use pqkm_stateful::{HssSigner, OneTimeIndex, store::MemoryStore};

fn dress(signer: &HssSigner<MemoryStore>, index: &OneTimeIndex, rng: &mut impl TryCryptoRng) {
    let _signer = index.one_shot(signer, rng);
}

fn main() {}
