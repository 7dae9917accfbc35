use pqkm_core::{Aes256Key, Aes256Gcm};

fn wrong(key: &Aes256Key) {
    let _ = key.derive_data_key::<Aes256Gcm>(b"info");
}

fn main() {}
