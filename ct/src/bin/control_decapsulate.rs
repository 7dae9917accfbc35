//! Decapsulation under a secret key, and then a branch on the shared secret.

use pqkm_core::{DecapsulationKey, ExposeToken, MlKem768, PrivateKeyForm};
use pqkm_ct::expanded;

fn main() {
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let der = key.expose(ExposeToken::acknowledge()).unwrap();
    let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    let dk = expanded(der.as_bytes(), 2400, &[0..1152, 2368..2400]);
    let (ciphertext, _) = key
        .encapsulation_key()
        .encapsulate(&mut pqkm_core::hazmat::GivenBytes::new(&[7; 32]))
        .unwrap();
    let secret = DecapsulationKey::<MlKem768>::from_expanded(&dk).unwrap();
    let secret = secret.decapsulate(&ciphertext).unwrap();
    // The planted leak.
    if core::hint::black_box(secret.expose(ExposeToken::acknowledge())[0]) == 3 {
        println!("three");
    }
}
