use pqkm_core::{MlDsa65, SigningKey};

fn misuse(key: &SigningKey<MlDsa65>) -> SigningKey<MlDsa65> {
    fn cloned<T: Clone>(value: &T) -> T {
        value.clone()
    }
    cloned(key)
}

fn main() {}
