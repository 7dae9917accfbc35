use pqkm_core::{Aes256Key, MlKem768, SharedSecret, Wrap, WrapContext, rand_core::TryCryptoRng};

fn wrap(kek: &impl Wrap, key: &Aes256Key, context: WrapContext<'_>, rng: &mut impl TryCryptoRng) {
    let _ = kek.wrap_key(key, context, rng);
}

fn wrong(
    secret: &SharedSecret<MlKem768>,
    key: &Aes256Key,
    context: WrapContext<'_>,
    rng: &mut impl TryCryptoRng,
) {
    wrap(secret, key, context, rng);
}

fn main() {}
