use pqkm_composite::{MlDsa65EcdsaP256, MlDsa65EcdsaP384};
use pqkm_core::{Signature, VerifyingKey};

fn misuse(key: &VerifyingKey<MlDsa65EcdsaP384>, signature: &Signature<MlDsa65EcdsaP256>) {
    let _ = key.verify(b"message", signature);
}

fn main() {}
