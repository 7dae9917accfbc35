use pqkm_core::{Aes256Key, MlDsa65, MlKem768, SharedSecret, SigningKey};

fn copy<T: Clone>(_: &T) {}

fn wrong(key: &SigningKey<MlDsa65>, data_key: &Aes256Key, secret: &SharedSecret<MlKem768>) {
    copy(key);
    copy(data_key);
    copy(secret);
}

fn main() {}
