use pqkm_core::Aes256Key;

fn misuse(one: &Aes256Key, other: &Aes256Key) -> bool {
    one == other
}

fn main() {}
