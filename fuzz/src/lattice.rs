//! Keys, ciphertexts and signatures of ML-KEM and ML-DSA through every engine that the CPU runs: all engines must
//! agree, on what they accept and on every byte of what they give.

use pqkm_core::{
    Ciphertext, DecapsulationKey, EncapsulationKey, Engine, ExposeToken, MlDsa44, MlKem512,
    Signature, SigningKey, VerifyingKey, hazmat::GivenBytes,
};

use crate::{Target, target};

pub const TARGETS: &[Target] = &[
    target!(ml_kem_key, || vec![
        ml_kem().encapsulation_key().as_bytes().to_vec()
    ]),
    target!(ml_kem_ciphertext, || vec![vec![7; 768], ciphertext()]),
    target!(ml_kem_expanded, expanded_kem),
    target!(ml_dsa_key, || vec![
        ml_dsa().verifying_key().as_bytes().to_vec()
    ]),
    target!(ml_dsa_signature, || vec![signature()]),
    target!(ml_dsa_expanded, expanded_dsa),
];

const MESSAGE: &[u8] = b"message";

fn token() -> ExposeToken {
    ExposeToken::acknowledge()
}

/// What every engine says, once they agree.
fn agreed<T: PartialEq>(of: impl Fn(Engine) -> T) -> T {
    let mut engines = Engine::ALL
        .iter()
        .copied()
        .filter(|engine| engine.is_available());
    let first = of(engines
        .next()
        .expect("the reference engine is always there"));
    for engine in engines {
        assert!(of(engine) == first, "{engine} disagrees");
    }
    first
}

fn ml_kem() -> DecapsulationKey<MlKem512> {
    DecapsulationKey::from_seed(&[0x42; 64]).unwrap()
}

fn ml_dsa() -> SigningKey<MlDsa44> {
    SigningKey::from_seed(&[0x42; 32]).unwrap()
}

fn ciphertext() -> Vec<u8> {
    let coins = &mut GivenBytes::new(&[7; 32]);
    ml_kem()
        .encapsulation_key()
        .encapsulate(coins)
        .unwrap()
        .0
        .as_bytes()
        .to_vec()
}

fn signature() -> Vec<u8> {
    ml_dsa()
        .sign(MESSAGE, &mut GivenBytes::new(&[7; 32]))
        .unwrap()
        .as_bytes()
        .to_vec()
}

/// The expanded form, without its encoding.
fn expanded_kem() -> Vec<Vec<u8>> {
    let key = ml_kem();
    let der = key.expose(token()).unwrap();
    let der = der
        .to_pkcs8_der_as(pqkm_core::PrivateKeyForm::Expanded)
        .unwrap();
    vec![der.as_bytes()[der.as_bytes().len() - 1632..].to_vec()]
}

fn expanded_dsa() -> Vec<Vec<u8>> {
    let key = ml_dsa();
    let der = key.expose(token()).unwrap();
    let der = der
        .to_pkcs8_der_as(pqkm_core::PrivateKeyForm::Expanded)
        .unwrap();
    vec![der.as_bytes()[der.as_bytes().len() - 2560..].to_vec()]
}

/// An encapsulation key: what is encapsulated to it.
fn ml_kem_key(data: &[u8]) -> bool {
    let Ok(key) = EncapsulationKey::<MlKem512>::from_bytes(data) else {
        return false;
    };
    assert_eq!(key.as_bytes(), data);
    agreed(|engine| {
        let key = key.prepare_with(engine).unwrap();
        let (ciphertext, secret) = key.encapsulate(&mut GivenBytes::new(&[9; 32])).unwrap();
        (
            ciphertext.as_bytes().to_vec(),
            secret.expose(token()).to_vec(),
        )
    });
    true
}

/// A ciphertext: what it decapsulates to.
fn ml_kem_ciphertext(data: &[u8]) -> bool {
    let Ok(ciphertext) = Ciphertext::<MlKem512>::from_bytes(data) else {
        return false;
    };
    let key = ml_kem();
    agreed(|engine| {
        let key = key.prepare_with(engine).unwrap();
        key.decapsulate(&ciphertext)
            .unwrap()
            .expose(token())
            .to_vec()
    });
    true
}

/// An expanded decapsulation key: what a fixed ciphertext decapsulates to.
fn ml_kem_expanded(data: &[u8]) -> bool {
    let Ok(key) = DecapsulationKey::<MlKem512>::from_expanded(data) else {
        return false;
    };
    let ciphertext = Ciphertext::<MlKem512>::from_bytes(&[7; 768]).unwrap();
    agreed(|engine| {
        let key = key.prepare_with(engine).unwrap();
        key.decapsulate(&ciphertext)
            .unwrap()
            .expose(token())
            .to_vec()
    });
    true
}

/// A public key: whether a fixed signature verifies, which it does under one key alone.
fn ml_dsa_key(data: &[u8]) -> bool {
    let Ok(key) = VerifyingKey::<MlDsa44>::from_bytes(data) else {
        return false;
    };
    assert_eq!(key.as_bytes(), data);
    let signature = Signature::from_bytes(&signature()).unwrap();
    agreed(|engine| {
        key.prepare_with(engine)
            .unwrap()
            .verify(MESSAGE, &signature)
    })
    .is_ok_and(|()| key == ml_dsa().verifying_key())
}

/// A signature: whether it verifies.
fn ml_dsa_signature(data: &[u8]) -> bool {
    let Ok(signature) = Signature::<MlDsa44>::from_bytes(data) else {
        return false;
    };
    let key = ml_dsa().verifying_key();
    agreed(|engine| {
        key.prepare_with(engine)
            .unwrap()
            .verify(MESSAGE, &signature)
    })
    .is_ok()
}

/// An expanded private key: the signature it makes.
fn ml_dsa_expanded(data: &[u8]) -> bool {
    let Ok(key) = SigningKey::<MlDsa44>::from_expanded(data) else {
        return false;
    };
    agreed(|engine| {
        let key = key.prepare_with(engine).unwrap();
        key.sign(MESSAGE, &mut GivenBytes::new(&[7; 32]))
            .unwrap()
            .as_bytes()
            .to_vec()
    });
    true
}
