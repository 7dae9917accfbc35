//! Encapsulation with secret randomness, and then a branch on the shared secret.

use pqkm_core::{DecapsulationKey, ExposeToken, MlKem768};
use pqkm_ct::SecretRng;

fn main() {
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let (_, secret) = key
        .encapsulation_key()
        .encapsulate(&mut SecretRng::new(1))
        .unwrap();
    // The planted leak.
    if core::hint::black_box(secret.expose(ExposeToken::acknowledge())[0]) == 3 {
        println!("three");
    }
}
