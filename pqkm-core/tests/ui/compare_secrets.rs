use pqkm_core::{Aes256Key, MlKem768, SharedSecret};

fn wrong(a: &Aes256Key, b: &Aes256Key, sent: &SharedSecret<MlKem768>, got: &SharedSecret<MlKem768>) {
    let _ = a == b;
    let _ = sent == got;
}

fn main() {}
