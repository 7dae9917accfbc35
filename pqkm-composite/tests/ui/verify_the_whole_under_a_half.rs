use pqkm_composite::MlDsa65EcdsaP256;
use pqkm_core::{EcdsaP256, Signature, VerifyingKey};

fn misuse(half: &VerifyingKey<EcdsaP256>, signature: &Signature<MlDsa65EcdsaP256>) {
    let _ = half.verify(b"message", signature);
}

fn main() {}
