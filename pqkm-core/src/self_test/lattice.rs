//! Known answers of ML-KEM and ML-DSA, on every engine.
//!
//! Every answer is the SHA-256 of all outputs of a fixed run: the inputs are the bytes 0, 1, 2, ... The
//! answers were made with the reference engine; benches/peers/differential checks them with fips203 and fips204.

use sha2::{Digest, Sha256};

use crate::{
    algorithm::{
        KemAlgorithm, PrivateMaterial as _, PublicMaterial as _, SecretMaterial as _,
        SignatureAlgorithm,
    },
    engine::Engine,
    given::GivenBytes,
    message::Message,
    mldsa::{MlDsa44, MlDsa65, MlDsa87},
    mlkem::{MlKem512, MlKem768, MlKem1024},
};

/// The bytes 0, 1, 2, ...: more than any run draws.
pub(super) fn input() -> [u8; 160] {
    let mut input = [0; 160];
    for (byte, value) in input.iter_mut().zip(0..) {
        *byte = value;
    }
    input
}

/// Generates, encapsulates and decapsulates; none if any step fails or the secrets differ.
fn run_kem<A: KemAlgorithm>(engine: Engine) -> Option<[u8; 32]> {
    let input = input();
    let mut rng = GivenBytes::new(&input);
    let (dk, ek) = A::generate_material(engine, &mut rng).ok()?;
    let (ciphertext, sent) =
        A::encapsulate(&A::prepare_encapsulation(engine, &ek), &mut rng).ok()?;
    let received = A::decapsulate(&A::prepare_decapsulation(engine, &dk), &ciphertext).ok()?;
    let is_same = sent.as_ref() == received.as_ref() && dk.public() == ek;
    let digest = Sha256::new()
        .chain_update(ek.as_bytes())
        .chain_update(ciphertext.as_ref())
        .chain_update(sent.as_ref());
    is_same.then(|| digest.finalize().into())
}

/// Generates, signs and verifies; none if any step fails.
fn run_signature<A: SignatureAlgorithm>(engine: Engine) -> Option<[u8; 32]> {
    let input = input();
    let mut rng = GivenBytes::new(&input);
    let message = Message::pure(b"pqkm known answer");
    let (sk, pk) = A::generate_material(engine, &mut rng).ok()?;
    let signature = A::sign(&A::prepare_signing(engine, &sk), &message, &mut rng).ok()?;
    let is_valid = A::verify(&A::prepare_verification(engine, &pk), &message, &signature).is_ok();
    let digest = Sha256::new()
        .chain_update(pk.as_bytes())
        .chain_update(signature.as_ref());
    (is_valid && !sk.to_bytes().is_empty()).then(|| digest.finalize().into())
}

pub(super) fn kem_passes<A: KemAlgorithm>(answer: [u8; 32]) -> bool {
    Engine::ALL
        .iter()
        .filter(|engine| engine.is_available() && A::supports(**engine))
        .all(|engine| run_kem::<A>(*engine) == Some(answer))
}

pub(super) fn signature_passes<A: SignatureAlgorithm>(answer: [u8; 32]) -> bool {
    Engine::ALL
        .iter()
        .filter(|engine| engine.is_available() && A::supports(**engine))
        .all(|engine| run_signature::<A>(*engine) == Some(answer))
}

pub(super) fn pass() -> bool {
    kem_passes::<MlKem512>(answers::ML_KEM_512)
        && kem_passes::<MlKem768>(answers::ML_KEM_768)
        && kem_passes::<MlKem1024>(answers::ML_KEM_1024)
        && signature_passes::<MlDsa44>(answers::ML_DSA_44)
        && signature_passes::<MlDsa65>(answers::ML_DSA_65)
        && signature_passes::<MlDsa87>(answers::ML_DSA_87)
}

/// The known answers.
mod answers {
    pub(super) const ML_KEM_512: [u8; 32] = [
        0xd5, 0xbf, 0x92, 0x50, 0xa6, 0xd5, 0xf8, 0x04, 0x49, 0x6c, 0xf8, 0xc4, 0x4c, 0x4c, 0x4f,
        0x0c, 0x46, 0x77, 0x25, 0x9a, 0xa8, 0x29, 0x7f, 0xa1, 0x2b, 0xf6, 0x56, 0x19, 0xff, 0xeb,
        0x08, 0xc4,
    ];
    pub(super) const ML_KEM_768: [u8; 32] = [
        0xec, 0xfb, 0x3b, 0x15, 0x0a, 0x0c, 0xdc, 0x45, 0xe8, 0x70, 0xaa, 0x1d, 0x53, 0x06, 0xd2,
        0x9c, 0x64, 0x54, 0xe6, 0xce, 0x64, 0x06, 0xf6, 0xab, 0xfc, 0x88, 0x4f, 0xf6, 0x77, 0xa7,
        0xa7, 0xe6,
    ];
    pub(super) const ML_KEM_1024: [u8; 32] = [
        0x73, 0xb0, 0x65, 0x6f, 0xae, 0x01, 0x79, 0x91, 0x18, 0x3b, 0x80, 0x0c, 0xa1, 0x3b, 0xc6,
        0x6e, 0x39, 0x2e, 0x5d, 0x97, 0x78, 0xd2, 0xf0, 0x20, 0xa5, 0x70, 0xcb, 0x09, 0xfc, 0x67,
        0xd2, 0xd1,
    ];
    pub(super) const ML_DSA_44: [u8; 32] = [
        0x8b, 0x4a, 0xf9, 0x06, 0xad, 0xd2, 0x7a, 0xf5, 0x88, 0x3a, 0xb0, 0xd1, 0x9f, 0xde, 0xa9,
        0xfb, 0x64, 0xa2, 0xef, 0xc5, 0xb8, 0x49, 0x7d, 0xac, 0xbe, 0x2a, 0x49, 0x05, 0xd5, 0x42,
        0x47, 0x10,
    ];
    pub(super) const ML_DSA_65: [u8; 32] = [
        0x21, 0x8a, 0x03, 0xea, 0x03, 0x63, 0xf5, 0x88, 0x64, 0xbd, 0xe2, 0x32, 0x1a, 0x3f, 0xe5,
        0xe1, 0xff, 0x03, 0x57, 0x00, 0x54, 0xd1, 0x51, 0x1f, 0x6d, 0x43, 0x98, 0x92, 0x16, 0x14,
        0x7e, 0x7e,
    ];
    pub(super) const ML_DSA_87: [u8; 32] = [
        0x32, 0x84, 0xcc, 0x8d, 0xef, 0x66, 0xf4, 0xae, 0xdd, 0xd6, 0x85, 0xe2, 0x3a, 0xdd, 0x87,
        0x97, 0xda, 0x79, 0x5b, 0xb2, 0x00, 0x8b, 0x53, 0xe9, 0x43, 0xdf, 0x5a, 0xbb, 0x23, 0xc7,
        0xda, 0xe2,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_passes() {
        assert!(pass());
    }

    #[test]
    fn a_wrong_answer_fails() {
        let mut wrong = answers::ML_KEM_768;
        wrong[31] ^= 1;
        assert!(!kem_passes::<MlKem768>(wrong));
        let mut wrong = answers::ML_DSA_65;
        wrong[0] ^= 1;
        assert!(!signature_passes::<MlDsa65>(wrong));
    }
}
