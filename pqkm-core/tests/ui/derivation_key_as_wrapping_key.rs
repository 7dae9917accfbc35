use pqkm_core::{Aes256Key, DerivationKey, HkdfSha384, WrapContext, rand_core::TryCryptoRng};

fn wrong(
    key: &DerivationKey<HkdfSha384>,
    data_key: &Aes256Key,
    context: WrapContext<'_>,
    rng: &mut impl TryCryptoRng,
) {
    let _ = key.wrap_key(data_key, context, rng);
}

fn main() {}
