use pqkm_core::{DecapsulationKey, MlKem768, WrapContext, WrappedKey};

fn misuse(key: &DecapsulationKey<MlKem768>, record: &WrappedKey, context: WrapContext<'_>) {
    let _: Result<Vec<u8>, _> = key.unwrap_key(record, context);
}

fn main() {}
