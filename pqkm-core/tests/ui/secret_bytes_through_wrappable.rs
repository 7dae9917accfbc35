use pqkm_core::{Aes256Key, Wrappable};

fn misuse(key: &Aes256Key) -> Vec<u8> {
    key.to_wrap_bytes(Default::default()).to_vec()
}

fn main() {}
