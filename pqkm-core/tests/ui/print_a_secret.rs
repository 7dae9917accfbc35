use pqkm_core::{Aes256Key, MlDsa65, MlKem768, SecretBytes, SharedSecret, SigningKey};

fn wrong(
    key: &SigningKey<MlDsa65>,
    data_key: &Aes256Key,
    secret: &SharedSecret<MlKem768>,
    bytes: &SecretBytes,
) {
    println!("{key:?}");
    println!("{data_key:?}");
    println!("{secret:?}");
    println!("{bytes:?}");
}

fn main() {}
