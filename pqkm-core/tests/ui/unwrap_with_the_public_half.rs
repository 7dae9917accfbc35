use pqkm_core::{Aes256Key, EncapsulationKey, MlKem768, WrapContext, WrappedKey};

fn wrong(key: &EncapsulationKey<MlKem768>, record: &WrappedKey, context: WrapContext<'_>) {
    let _ = key.unwrap_key::<Aes256Key>(record, context);
}

fn main() {}
