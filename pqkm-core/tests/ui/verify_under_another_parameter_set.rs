use pqkm_core::{MlDsa65, MlDsa87, Signature, VerifyingKey};

fn misuse(key: &VerifyingKey<MlDsa87>, signature: &Signature<MlDsa65>) {
    let _ = key.verify(b"message", signature);
}

fn main() {}
