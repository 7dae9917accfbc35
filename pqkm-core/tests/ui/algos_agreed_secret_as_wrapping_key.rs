//! An agreed secret is no key for anything: keys are derived from it.

use pqkm_core::{
    Aes256Key, AgreedSecret, WrapContext, X25519, rand_core::TryCryptoRng, Wrap,
};

fn wrap(secret: &AgreedSecret<X25519>, key: &Aes256Key, rng: &mut impl TryCryptoRng) {
    drop(secret.wrap_key(key, WrapContext::new(b"context").unwrap(), rng));
}

fn main() {}
