//! A key agrees with keys on its own curve only.

use pqkm_core::{AgreementKey, AgreementPublicKey, EcdhP256, EcdhP384};

fn agree(key: &AgreementKey<EcdhP256>, peer: &AgreementPublicKey<EcdhP384>) {
    drop(key.agree(peer));
}

fn main() {}
