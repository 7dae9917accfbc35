use pqkm_core::{MlKem768, SigningKey};

fn wrong(_: SigningKey<MlKem768>) {}

fn main() {}
