use pqkm_core::{ExposeToken, SecretBytes};

fn misuse(secret: &SecretBytes) -> &[u8] {
    secret.expose(ExposeToken(()))
}

fn main() {}
