use pqkm_composite::{CompositeSigner, FreshHalves};
use pqkm_core::{EcdsaP521, MlDsa44, SigningKey};

fn misuse(post_quantum: SigningKey<MlDsa44>, traditional: SigningKey<EcdsaP521>) {
    let _ = CompositeSigner::from_parts(post_quantum, traditional, FreshHalves::attest());
}

fn main() {}
