use pqkm_core::{Aes256Key, Wrappable};

fn wrong(key: &Aes256Key) {
    let _ = key.to_wrap_bytes();
}

fn main() {}
