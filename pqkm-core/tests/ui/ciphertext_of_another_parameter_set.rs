use pqkm_core::{Ciphertext, DecapsulationKey, MlKem768, MlKem1024};

fn wrong(key: &DecapsulationKey<MlKem768>, ciphertext: &Ciphertext<MlKem1024>) {
    let _ = key.decapsulate(ciphertext);
}

fn main() {}
