//! Composite KEMs and signatures: what stands between their halves.

use pqkm_composite::{MlDsa65EcdsaP256, MlKem768EcdhP256, MlKem768X25519};
use pqkm_core::{Ciphertext, DecapsulationKey, ExposeToken, SigningKey};

use crate::{
    Expect::{Reported, Silent},
    Program,
    marks::{SecretRng, leak, public, secret_in, show},
};

pub const PROGRAMS: &[Program] = &[
    Program("composite/kem", Silent, decapsulate),
    Program("composite/sign", Silent, sign),
    Program("composite/control", Reported, control),
];

/// Length of an ML-KEM seed, which stands first.
const SEED: usize = 64;
/// Where the scalar stands in `ECPrivateKey` (RFC 5915): after two headers and the version.
const SCALAR: core::ops::Range<usize> = 7..39;

/// The key's private bytes with what is secret of them marked.
macro_rules! marked {
    ($set:ty, $key:ident, $secret:expr) => {{
        let key = $key::<$set>::generate(&mut pqkm_core::hazmat::GivenBytes::new(&[0x42; 512]));
        let key = key.unwrap();
        let raw = key
            .expose(ExposeToken::acknowledge())
            .unwrap()
            .to_raw_private_key();
        (
            key,
            $key::<$set>::from_raw_private_key(&secret_in(&raw, &$secret)).unwrap(),
        )
    }};
}

/// Decapsulation of right and damaged ciphertexts under a secret key.
fn decapsulate() {
    macro_rules! run {
        ($set:ty, $traditional:expr) => {{
            let (key, dk) = marked!($set, DecapsulationKey, [0..SEED, $traditional]);
            let mut rng = SecretRng::new(12);
            let (ciphertext, _) = key.encapsulation_key().encapsulate(&mut rng).unwrap();
            // CT: the ciphertext is sent.
            let mut bytes = public(ciphertext.as_bytes());
            for _ in 0..2 {
                let ciphertext = Ciphertext::<$set>::from_bytes(&bytes).unwrap();
                let secret = dk.decapsulate(&ciphertext).unwrap();
                show(secret.expose(ExposeToken::acknowledge()));
                bytes[7] ^= 1;
            }
        }};
    }
    run!(MlKem768X25519, SEED..SEED + 32);
    run!(MlKem768EcdhP256, SEED + SCALAR.start..SEED + SCALAR.end);
}

/// Signatures under a secret key, hedged with secret randomness.
fn sign() {
    let secret = [0..32, 32 + SCALAR.start..32 + SCALAR.end];
    let (_, key) = marked!(MlDsa65EcdsaP256, SigningKey, secret);
    let signature = key.sign(b"message", &mut SecretRng::new(13)).unwrap();
    // CT: the signature is published.
    show(signature.as_bytes());
}

fn control() {
    let (key, dk) = marked!(MlKem768X25519, DecapsulationKey, [0..SEED, SEED..SEED + 32]);
    let mut coins = pqkm_core::hazmat::GivenBytes::new(&[7; 64]);
    let (ciphertext, _) = key.encapsulation_key().encapsulate(&mut coins).unwrap();
    let secret = dk.decapsulate(&ciphertext).unwrap();
    leak(secret.expose(ExposeToken::acknowledge()));
}
