use pqkm_core::{MlDsa65, MlDsa87, Signature, VerifyingKey};

fn wrong(key: &VerifyingKey<MlDsa65>, signature: &Signature<MlDsa87>) {
    let _ = key.verify(b"message", signature);
}

fn main() {}
