use pqkm_core::{DecapsulationKey, MlDsa65, MlKem768, VerifyingKey, WrapContext, WrappedKey};

fn misuse(key: &DecapsulationKey<MlKem768>, record: &WrappedKey, context: WrapContext<'_>) {
    let _: Result<VerifyingKey<MlDsa65>, _> = key.unwrap_key(record, context);
}

fn main() {}
