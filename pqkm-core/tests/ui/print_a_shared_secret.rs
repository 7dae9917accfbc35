use pqkm_core::{MlKem768, SharedSecret};

fn misuse(secret: &SharedSecret<MlKem768>) {
    println!("{secret:?}");
}

fn main() {}
