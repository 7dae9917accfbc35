use pqkm_core::{EncapsulationKey, MlKem768, WrapContext, rand_core::TryCryptoRng};

fn wrong(
    key: &EncapsulationKey<MlKem768>,
    context: WrapContext<'_>,
    rng: &mut impl TryCryptoRng,
) {
    let _ = key.wrap_key(key, context, rng);
}

fn main() {}
