use pqkm_composite::MlDsa65EcdsaP256;
use pqkm_core::SigningKey;

fn misuse(key: &SigningKey<MlDsa65EcdsaP256>) -> SigningKey<MlDsa65EcdsaP256> {
    fn cloned<T: Clone>(value: &T) -> T {
        value.clone()
    }
    cloned(key)
}

fn main() {}
