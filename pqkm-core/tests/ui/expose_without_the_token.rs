use pqkm_core::{Aes256Key, ExposeToken, MlKem768, SharedSecret};

fn wrong(key: &Aes256Key, secret: &SharedSecret<MlKem768>) {
    let _ = key.expose();
    let _ = secret.expose(ExposeToken(()));
}

fn main() {}
