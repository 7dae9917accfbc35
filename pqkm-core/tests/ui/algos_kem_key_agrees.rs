//! A decapsulation key does not agree: a KEM is not a key exchange.

use pqkm_core::{AgreementPublicKey, DecapsulationKey, X25519, XWing};

fn agree(key: &DecapsulationKey<XWing>, peer: &AgreementPublicKey<X25519>) {
    drop(key.agree(peer));
}

fn main() {}
