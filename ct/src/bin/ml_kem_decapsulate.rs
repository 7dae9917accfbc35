//! ML-KEM import of an expanded key, encapsulation with secret randomness, and decapsulation of a right
//! and of a damaged ciphertext.

use pqkm_core::{
    Ciphertext, DecapsulationKey, ExposeToken, MlKem512, MlKem768, MlKem1024, PrivateKeyForm,
};
use pqkm_ct::{SecretRng, expanded, public};

fn main() {
    let mut rng = SecretRng::new(2);
    macro_rules! run {
        ($($algorithm:ty: $k:literal),+) => {$({
            let key = DecapsulationKey::<$algorithm>::from_seed(&[0x42; 64]).unwrap();
            let der = key.expose(ExposeToken::acknowledge()).unwrap();
            let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
            // dk = dk_pke || ek || H(ek) || z
            let bytes = 768 * $k + 96;
            let dk = expanded(der.as_bytes(), bytes, &[0..384 * $k, bytes - 32..bytes]);
            let (ciphertext, _) = key.encapsulation_key().encapsulate(&mut rng).unwrap();
            // CT: the ciphertext is sent.
            public(ciphertext.as_bytes());
            let mut damaged = ciphertext.as_bytes().to_vec();
            damaged[7] ^= 1;
            let damaged = Ciphertext::<$algorithm>::from_bytes(&damaged).unwrap();
            let prepared = DecapsulationKey::<$algorithm>::from_expanded(&dk).unwrap().prepare();
            for ciphertext in [&ciphertext, &damaged] {
                let secret = prepared.decapsulate(ciphertext).unwrap();
                let secret = secret.expose(ExposeToken::acknowledge());
                // CT: printed, to see that the run did something.
                public(secret);
                println!("{} {:02x}", key.algorithm_name(), secret[0]);
            }
        })+};
    }
    run!(MlKem512: 2, MlKem768: 3, MlKem1024: 4);
}
