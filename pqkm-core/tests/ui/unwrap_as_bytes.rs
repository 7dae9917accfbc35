use pqkm_core::{DecapsulationKey, MlKem768, WrapContext, WrappedKey};

fn wrong(key: &DecapsulationKey<MlKem768>, record: &WrappedKey, context: WrapContext<'_>) {
    let _ = key.unwrap_key::<Vec<u8>>(record, context);
}

fn main() {}
