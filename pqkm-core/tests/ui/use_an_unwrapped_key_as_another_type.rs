use pqkm_core::{Aes256Key, DecapsulationKey, MlDsa65, MlKem768, SigningKey, WrapContext, WrappedKey};

fn misuse(key: &DecapsulationKey<MlKem768>, record: &WrappedKey, context: WrapContext<'_>) {
    if let Ok(unwrapped) = key.unwrap_key::<Aes256Key>(record, context) {
        let _: SigningKey<MlDsa65> = unwrapped;
    }
}

fn main() {}
