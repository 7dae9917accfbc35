use pqkm_core::{MlDsa65, SigningKey};

fn misuse(key: &SigningKey<MlDsa65>) {
    fn serialize<T: pkcs8::EncodePrivateKey>(_: &T) {}
    serialize(key);
}

fn main() {}
