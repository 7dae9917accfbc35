use pqkm_composite::{MlKem768EcdhP256, MlKem768X25519};
use pqkm_core::{Ciphertext, DecapsulationKey};

fn misuse(key: &DecapsulationKey<MlKem768X25519>, ciphertext: &Ciphertext<MlKem768EcdhP256>) {
    let _ = key.decapsulate(ciphertext);
}

fn main() {}
