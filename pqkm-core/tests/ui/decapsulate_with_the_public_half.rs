use pqkm_core::{Ciphertext, EncapsulationKey, MlKem768};

fn wrong(key: &EncapsulationKey<MlKem768>, ciphertext: &Ciphertext<MlKem768>) {
    let _ = key.decapsulate(ciphertext);
}

fn main() {}
