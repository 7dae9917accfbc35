use pqkm_core::{MlDsa65, SigningKey, pkcs8::EncodePrivateKey};

fn write(_: &impl EncodePrivateKey) {}

fn wrong(key: &SigningKey<MlDsa65>) {
    write(key);
    let _ = key.as_bytes();
}

fn main() {}
