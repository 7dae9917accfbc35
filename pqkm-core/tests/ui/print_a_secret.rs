use pqkm_core::{MlDsa65, SigningKey};

fn misuse(key: &SigningKey<MlDsa65>) {
    println!("{key:?}");
}

fn main() {}
