//! What is agreed with is the public half.

use pqkm_core::{AgreementKey, X25519};

fn agree(ours: &AgreementKey<X25519>, theirs: &AgreementKey<X25519>) {
    drop(ours.agree(theirs));
}

fn main() {}
