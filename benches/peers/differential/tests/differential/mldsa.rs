//! ML-DSA against aws-lc-rs (C): the same keys from the same seeds in the same encodings, and each side
//! verifies what the other signed and refuses what is not signed.

use aws_lc_rs::encoding::{AsDer as _, AsRawBytes as _};
use aws_lc_rs::signature::{
    self, KeyPair as _, PqdsaKeyPair, PqdsaSigningAlgorithm, PqdsaVerificationAlgorithm,
    UnparsedPublicKey,
};
use pqkm::core::hazmat::{self, GivenBytes};
use pqkm::core::{
    Engine, ExposeToken, MlDsa44, MlDsa65, MlDsa87, PrivateKeyForm, SeedForms, Signature,
    SignatureAlgorithm, SigningKey, SysRng, VerifyingKey,
};

use super::{bytes, engines, tail};

const ROUNDS: usize = 50;

/// A parameter set of theirs.
#[derive(Clone, Copy)]
struct Set {
    signing: &'static PqdsaSigningAlgorithm,
    verifying: &'static PqdsaVerificationAlgorithm,
}

/// Runs a test for every parameter set, on every engine that this CPU runs.
macro_rules! for_every_set {
    ($($name:ident = $check:ident;)+) => {$(
        #[test]
        fn $name() {
            let set = |signing, verifying| Set { signing, verifying };
            for engine in engines() {
                $check::<MlDsa44>(engine, set(&signature::ML_DSA_44_SIGNING, &signature::ML_DSA_44));
                $check::<MlDsa65>(engine, set(&signature::ML_DSA_65_SIGNING, &signature::ML_DSA_65));
                $check::<MlDsa87>(engine, set(&signature::ML_DSA_87_SIGNING, &signature::ML_DSA_87));
            }
        }
    )+};
}

for_every_set! {
    the_same_seed_is_the_same_key = same_keys;
    they_verify_what_we_sign = signed_by_us;
    we_verify_what_they_sign = signed_by_them;
    both_refuse_an_altered_signature = altered;
}

fn theirs(set: Set, round: usize) -> PqdsaKeyPair {
    PqdsaKeyPair::from_seed(set.signing, &bytes::<32>(round)).unwrap()
}

fn ours<A: SignatureAlgorithm<Signing: SeedForms>>(round: usize) -> SigningKey<A> {
    SigningKey::from_seed(&bytes::<32>(round)).unwrap()
}

fn verifies(set: Set, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(set.verifying, key)
        .verify(message, signature)
        .is_ok()
}

fn same_keys<A: SignatureAlgorithm<Signing: SeedForms>>(engine: Engine, set: Set) {
    for round in 0..ROUNDS {
        let (key, theirs) = (ours::<A>(round), theirs(set, round));
        let seed = bytes::<32>(round);
        let pairs =
            hazmat::generate_signature_pairs::<A, _>(engine, 1, &mut GivenBytes::new(&seed));
        let (_, generated) = pairs.unwrap().unwrap().remove(0);
        assert_eq!(generated.as_bytes(), theirs.public_key().as_ref());
        assert_eq!(key.verifying_key().as_bytes(), theirs.public_key().as_ref());

        let spki = theirs.public_key().as_der().unwrap();
        assert_eq!(key.verifying_key().to_spki_der(), spki.as_ref());

        let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
        let form = |form| exposed.to_pkcs8_der_as(form).unwrap();
        assert_eq!(
            form(PrivateKeyForm::Seed).as_bytes(),
            theirs.to_pkcs8v1().unwrap().as_ref()
        );
        let sk = theirs.private_key().as_raw_bytes().unwrap();
        let expanded = tail(form(PrivateKeyForm::Expanded).as_bytes(), sk.as_ref().len());
        assert_eq!(expanded, sk.as_ref());

        for form in [
            PrivateKeyForm::Seed,
            PrivateKeyForm::Expanded,
            PrivateKeyForm::Both,
        ] {
            let document = exposed.to_pkcs8_der_as(form).unwrap();
            let read = PqdsaKeyPair::from_pkcs8(set.signing, document.as_bytes()).unwrap();
            assert_eq!(read.public_key().as_ref(), theirs.public_key().as_ref());
        }
        let read = SigningKey::<A>::from_pkcs8_der(theirs.to_pkcs8v1().unwrap().as_ref()).unwrap();
        assert_eq!(
            read.verifying_key().as_bytes(),
            theirs.public_key().as_ref()
        );
    }
}

fn signed_by_us<A: SignatureAlgorithm<Signing: SeedForms>>(engine: Engine, set: Set) {
    for round in 0..ROUNDS {
        let key = ours::<A>(round);
        let vk = key.verifying_key();
        let message = vec![7; round * 37];
        let prepared = key.prepare_with(engine).unwrap();
        let signature = prepared.sign(&message, &mut SysRng).unwrap();
        assert!(verifies(set, vk.as_bytes(), &message, signature.as_bytes()));
        assert!(!verifies(
            set,
            vk.as_bytes(),
            b"another",
            signature.as_bytes()
        ));
    }
}

fn signed_by_them<A: SignatureAlgorithm<Signing: SeedForms>>(engine: Engine, set: Set) {
    for round in 0..ROUNDS {
        let key = PqdsaKeyPair::generate(set.signing).unwrap();
        let message = vec![9; round * 41];
        let signature = sign(set, &key, &message);
        let vk = VerifyingKey::<A>::from_bytes(key.public_key().as_ref()).unwrap();
        let vk = vk.prepare_with(engine).unwrap();
        let signature = Signature::from_bytes(&signature).unwrap();
        assert!(vk.verify(&message, &signature).is_ok());
        assert!(vk.verify(b"another", &signature).is_err());

        // Their expanded private key signs here, and they verify it.
        let sk = key.private_key().as_raw_bytes().unwrap();
        let sk = SigningKey::<A>::from_expanded(sk.as_ref()).unwrap();
        let prepared = sk.prepare_with(engine).unwrap();
        let signature = prepared.sign(&message, &mut SysRng).unwrap();
        assert!(verifies(
            set,
            key.public_key().as_ref(),
            &message,
            signature.as_bytes()
        ));
    }
}

fn sign(set: Set, key: &PqdsaKeyPair, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; set.signing.signature_len()];
    key.sign(message, &mut signature).unwrap();
    signature
}

/// A bit flipped anywhere (in `c_tilde`, z or the hint): refused by both.
fn altered<A: SignatureAlgorithm<Signing: SeedForms>>(engine: Engine, set: Set) {
    let (key, theirs) = (ours::<A>(0), theirs(set, 0));
    let vk = key.verifying_key();
    let prepared = vk.prepare_with(engine).unwrap();
    let good = sign(set, &theirs, b"message");
    for flip in 0..400 {
        let mut bad = good.clone();
        let place = (flip * 7919) % bad.len();
        bad[place] ^= 1 << (flip % 8);
        let signature = Signature::<A>::from_bytes(&bad).unwrap();
        assert!(prepared.verify(b"message", &signature).is_err());
        assert!(!verifies(set, vk.as_bytes(), b"message", &bad));
    }
    assert!(
        prepared
            .verify(b"message", &Signature::from_bytes(&good).unwrap())
            .is_ok()
    );
}
