use pqkm_composite::CompositeSignature;
use pqkm_core::{EcdsaP521, MlDsa44, SigningKey, rand_core::CryptoRng};

fn misuse(rng: &mut impl CryptoRng) {
    let _ = SigningKey::<CompositeSignature<MlDsa44, EcdsaP521>>::generate(rng);
}

fn main() {}
