use pqkm_core::{EncapsulationKey, ExposeToken, MlKem768};

fn wrong(key: &EncapsulationKey<MlKem768>) {
    let _ = key.expose(ExposeToken::acknowledge());
}

fn main() {}
