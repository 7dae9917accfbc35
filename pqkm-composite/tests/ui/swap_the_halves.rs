use pqkm_composite::{CompositeSigner, FreshHalves};
use pqkm_core::{EcdsaP256, MlDsa65, SigningKey};

fn misuse(post_quantum: SigningKey<MlDsa65>, traditional: SigningKey<EcdsaP256>) {
    let _ = CompositeSigner::from_parts(traditional, post_quantum, FreshHalves::attest());
}

fn main() {}
