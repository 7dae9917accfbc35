use pqkm_core::{
    Aes256Key, Aes256Kwp, DecapsulationKey, MlKem768, WrapContext, WrappedKey, WrappingKey,
};

fn wrong(key: &DecapsulationKey<MlKem768>, record: &WrappedKey, context: WrapContext<'_>) {
    let _: Result<WrappingKey<Aes256Kwp>, _> = key.unwrap_key::<Aes256Key>(record, context);
}

fn main() {}
