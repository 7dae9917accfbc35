use pqkm_core::{Aes256Key, WrapContext};
use rand_core::TryCryptoRng;

fn misuse(kek: &Aes256Key, key: &Aes256Key, context: WrapContext<'_>, rng: &mut impl TryCryptoRng) {
    let _ = kek.wrap_key(key, context, rng);
}

fn main() {}
