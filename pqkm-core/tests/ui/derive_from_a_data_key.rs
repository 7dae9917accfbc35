use pqkm_core::{Aes256Gcm, Aes256Key};

fn misuse(key: &Aes256Key) {
    let _ = key.derive_data_key::<Aes256Gcm>(b"info");
}

fn main() {}
