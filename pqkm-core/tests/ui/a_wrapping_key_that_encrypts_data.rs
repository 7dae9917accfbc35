use pqkm_core::{Aes256Gcm, WrappingKey};

fn wrong(_: WrappingKey<Aes256Gcm>) {}

fn main() {}
