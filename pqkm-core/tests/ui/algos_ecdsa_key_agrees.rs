//! A signing key on a curve does not agree on secrets.

use pqkm_core::{AgreementPublicKey, EcdhP256, EcdsaP256, SigningKey};

fn agree(key: &SigningKey<EcdsaP256>, peer: &AgreementPublicKey<EcdhP256>) {
    drop(key.agree(peer));
}

fn main() {}
