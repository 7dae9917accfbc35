use pqkm_core::{Aes256Key, MlKem768, SharedSecret, Wrap, WrapContext};
use rand_core::TryCryptoRng;

fn misuse(
    secret: &SharedSecret<MlKem768>,
    key: &Aes256Key,
    context: WrapContext<'_>,
    rng: &mut impl TryCryptoRng,
) {
    let _ = Wrap::wrap_key(secret, key, context, rng);
}

fn main() {}
