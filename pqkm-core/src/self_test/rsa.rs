//! Known answers of RSA, with a fixed key: generating one takes too long.

use sha2::{Digest, Sha256};

use super::lattice::input;
use crate::{
    algorithm::{KemAlgorithm, SignatureAlgorithm},
    engine::Engine,
    given::GivenBytes,
    key::{DecapsulationKey, SigningKey},
    message::Message,
    rsa::{RsaOaepSha256, RsaPkcs1Sha256, RsaPssSha256},
};

/// A key of 2048 bits in PKCS#8, made by OpenSSL for this test. It is public.
const KEY: &[u8] = include_bytes!("rsa_2048.der");

/// SHA-256 of OpenSSL's RSASSA-PKCS1-v1_5 signature with SHA-256, which is deterministic.
const PKCS1_SIGNATURE: [u8; 32] = [
    0x32, 0x96, 0x01, 0xcf, 0x6d, 0x4b, 0xa7, 0x32, 0x1c, 0x88, 0x0d, 0x72, 0x07, 0xe5, 0x06, 0xf3,
    0x8a, 0xac, 0x47, 0x50, 0xc0, 0x3e, 0x97, 0x44, 0x3d, 0x8d, 0x56, 0x0c, 0xc3, 0xa3, 0x2b, 0x8a,
];

const MESSAGE: Message<'_> = Message::pure(b"pqkm known answer");

fn sign<A: SignatureAlgorithm>() -> Option<A::Signature> {
    let key = SigningKey::<A>::from_pkcs8_der(KEY).ok()?;
    let engine = Engine::REFERENCE;
    let bytes = [1; 4096];
    let mut rng = GivenBytes::new(&bytes);
    let signature = A::sign(
        &A::prepare_signing(engine, key.material()),
        &MESSAGE,
        &mut rng,
    )
    .ok()?;
    let public = A::prepare_verification(engine, key.verifying_key().material());
    A::verify(&public, &MESSAGE, &signature).ok()?;
    Some(signature)
}

fn pkcs1() -> bool {
    sign::<RsaPkcs1Sha256<2048>>()
        .is_some_and(|signature| Sha256::digest(signature).as_slice() == PKCS1_SIGNATURE)
}

fn pss() -> bool {
    sign::<RsaPssSha256<2048>>().is_some()
}

fn oaep() -> Option<bool> {
    type Oaep = RsaOaepSha256<2048>;
    let input = input();
    let key = DecapsulationKey::<Oaep>::from_pkcs8_der(KEY).ok()?;
    let public = key.encapsulation_key();
    let engine = Engine::REFERENCE;
    let prepared = Oaep::prepare_encapsulation(engine, public.material());
    let (ciphertext, sent) = Oaep::encapsulate(&prepared, &mut GivenBytes::new(&input)).ok()?;
    let prepared = Oaep::prepare_decapsulation(engine, key.material());
    let received = Oaep::decapsulate(&prepared, &ciphertext).ok()?;
    Some(sent == received && input.starts_with(&received))
}

pub(super) fn pass() -> bool {
    pkcs1() && pss() && oaep() == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pass() {
        assert!(pkcs1());
        assert!(pss());
        assert_eq!(oaep(), Some(true));
    }
}
