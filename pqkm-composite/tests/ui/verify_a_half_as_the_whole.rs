use pqkm_composite::MlDsa65EcdsaP256;
use pqkm_core::{MlDsa65, Signature, VerifyingKey};

fn misuse(key: &VerifyingKey<MlDsa65EcdsaP256>, half: &Signature<MlDsa65>) {
    let _ = key.verify(b"message", half);
}

fn main() {}
