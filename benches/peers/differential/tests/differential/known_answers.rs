//! The fixed runs of `pqkm::self_test` (inputs are the bytes 0, 1, 2, ...), done again with `fips203` and
//! `fips204`. The self-test compares pqkm with its known answers and these tests compare it with the
//! other implementation, so that the answers are the other implementation's too.

use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    DecapsulationKey, Engine, ExposeToken, KemAlgorithm, MlDsa44, MlDsa65, MlDsa87, MlKem512,
    MlKem768, MlKem1024, SeedForms, SignatureAlgorithm, SigningKey,
};

const MESSAGE: &[u8] = b"pqkm known answer";

/// The bytes 0, 1, 2, ...
fn input() -> [u8; 128] {
    core::array::from_fn(|n| n.to_le_bytes()[0])
}

/// Encapsulation key, ciphertext and shared secret key of pqkm's run.
fn kem_run<A: KemAlgorithm<Decapsulation: SeedForms>>(engine: Engine) -> [Vec<u8>; 3] {
    let input = input();
    let mut rng = GivenBytes::new(&input);
    let pairs = hazmat::generate_kem_pairs::<A, _>(engine, 1, &mut rng);
    let (dk, ek) = pairs.unwrap().unwrap().remove(0);
    let (ciphertext, secret) = ek
        .prepare_with(engine)
        .unwrap()
        .encapsulate(&mut rng)
        .unwrap();
    let seeded = DecapsulationKey::<A>::from_seed(&input[..64]).unwrap();
    for dk in [dk, seeded] {
        let opened = dk
            .prepare_with(engine)
            .unwrap()
            .decapsulate(&ciphertext)
            .unwrap();
        let token = ExposeToken::acknowledge;
        assert_eq!(opened.expose(token()), secret.expose(token()));
    }
    let secret = secret.expose(ExposeToken::acknowledge()).to_vec();
    [
        ek.as_bytes().to_vec(),
        ciphertext.as_bytes().to_vec(),
        secret,
    ]
}

/// Verifying key and signature of pqkm's run.
fn signature_run<A: SignatureAlgorithm<Signing: SeedForms>>(engine: Engine) -> [Vec<u8>; 2] {
    let input = input();
    let mut rng = GivenBytes::new(&input);
    let pairs = hazmat::generate_signature_pairs::<A, _>(engine, 1, &mut rng);
    let (sk, vk) = pairs.unwrap().unwrap().remove(0);
    let signature = sk
        .prepare_with(engine)
        .unwrap()
        .sign(MESSAGE, &mut rng)
        .unwrap();
    let seeded = SigningKey::<A>::from_seed(&input[..32]).unwrap();
    assert_eq!(seeded.verifying_key().as_bytes(), vk.as_bytes());
    [vk.as_bytes().to_vec(), signature.as_bytes().to_vec()]
}

#[test]
fn the_self_test_passes() {
    assert_eq!(pqkm::self_test(), Ok(()));
}

macro_rules! kem {
    ($($name:ident: $set:ident = $module:ident;)+) => {$(
        #[test]
        fn $name() {
            use fips203::traits::{Encaps as _, KeyGen as _, SerDes as _};

            let input = input();
            let part = |from: usize| -> [u8; 32] { input[from..from + 32].try_into().unwrap() };
            let (ek, _) = fips203::$module::KG::keygen_from_seed(part(0), part(32));
            let (secret, ciphertext) = ek.encaps_from_seed(&part(64));
            let theirs = [
                ek.into_bytes().to_vec(),
                ciphertext.into_bytes().to_vec(),
                secret.into_bytes().to_vec(),
            ];
            for engine in crate::engines() {
                assert_eq!(kem_run::<$set>(engine), theirs);
            }
        }
    )+};
}

kem! {
    ml_kem_512: MlKem512 = ml_kem_512;
    ml_kem_768: MlKem768 = ml_kem_768;
    ml_kem_1024: MlKem1024 = ml_kem_1024;
}

macro_rules! signature {
    ($($name:ident: $set:ident = $module:ident;)+) => {$(
        #[test]
        fn $name() {
            use fips204::traits::{KeyGen as _, SerDes as _, Signer as _};

            let input = input();
            let part = |from: usize| -> [u8; 32] { input[from..from + 32].try_into().unwrap() };
            let (vk, sk) = fips204::$module::KG::keygen_from_seed(&part(0));
            let signature = sk.try_sign_with_seed(&part(32), MESSAGE, b"").unwrap();
            let theirs = [vk.into_bytes().to_vec(), signature.to_vec()];
            for engine in crate::engines() {
                assert_eq!(signature_run::<$set>(engine), theirs);
            }
        }
    )+};
}

signature! {
    ml_dsa_44: MlDsa44 = ml_dsa_44;
    ml_dsa_65: MlDsa65 = ml_dsa_65;
    ml_dsa_87: MlDsa87 = ml_dsa_87;
}
