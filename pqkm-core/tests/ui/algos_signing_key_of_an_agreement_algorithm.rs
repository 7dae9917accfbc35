//! There is no signing key of an agreement algorithm.

use pqkm_core::{SigningKey, X25519};

fn sign(_: &SigningKey<X25519>) {}

fn main() {}
