use pqkm_core::SecretBytes;

fn misuse(secret: &SecretBytes) -> &[u8] {
    secret.expose()
}

fn main() {}
