//! An agreed secret cannot be printed.

use pqkm_core::{AgreedSecret, X25519};

fn print(secret: &AgreedSecret<X25519>) -> String {
    format!("{secret:?}")
}

fn main() {}
