use pqkm_composite::MlDsa65EcdsaP256;
use pqkm_core::{EcdsaP256, SigningKey};

fn misuse(key: SigningKey<MlDsa65EcdsaP256>) -> SigningKey<EcdsaP256> {
    key.traditional()
}

fn main() {}
