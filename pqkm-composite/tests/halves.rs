//! Halves held elsewhere, rotation of both at once, X-Wing import, generators that fail, and batches.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use pqkm_composite::{
    CompositeSigner, FreshHalves, MlDsa65EcdsaP256, MlDsa65Ed25519, MlKem768EcdhP256,
    MlKem768X25519, family_verifiers, import_x_wing,
    lenient::{self, Finding},
    x509::{Request, name, sign_request},
};
use pqkm_core::{
    AnyPublicKey, Context, DecapsulationKey, DecodeError, EcdsaP256, Ed25519, ExposeToken,
    GenerateError, KeyHandle, Message, MlDsa65, RawPrivateKey, Rotate, SecretMaterial, Sign,
    SignError, Signature, SignatureAlgorithm, SigningKey, VerifyingKey, XWing,
    pkcs8::EncodePrivateKey as _, rand_core::TryCryptoRng, role::Signing,
};
use pqkm_testkit::rng::{FailingRng, SeededRng};

/// A key in a module: whoever has the handle can ask for signatures and nothing else.
struct Module<A: SignatureAlgorithm>(SigningKey<A>);

impl<A: SignatureAlgorithm> KeyHandle for Module<A> {
    type Algorithm = A;
    type Role = Signing;
}

impl<A: SignatureAlgorithm> Sign for Module<A> {
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<A>, SignError> {
        self.0.sign_message(message, rng)
    }

    fn verifying_key(&self) -> VerifyingKey<A> {
        self.0.verifying_key()
    }
}

#[test]
fn two_modules_sign_as_one_key() {
    let mut rng = SeededRng::from_label("two modules");
    let first = Module(SigningKey::<MlDsa65>::generate(&mut rng).unwrap());
    let second = Module(SigningKey::<EcdsaP256>::generate(&mut rng).unwrap());
    let signer = CompositeSigner::from_parts(first, second, FreshHalves::attest()).unwrap();
    let public: VerifyingKey<MlDsa65EcdsaP256> = signer.verifying_key();
    let context = Context::new(b"context").unwrap();
    let message = Message::with_context(b"message", context);
    let signature = signer.sign_message(&message, &mut rng).unwrap();
    assert_eq!(
        public.verify_with_context(b"message", context, &signature),
        Ok(())
    );
    assert!(public.verify(b"message", &signature).is_err());
    // It signs what builders ask for, too.
    let request = sign_request(name("CN=Modules").unwrap(), &signer, &mut rng).unwrap();
    let read = Request::from_der(request.as_der()).unwrap();
    assert_eq!(read.verify(&family_verifiers().unwrap()), Ok(()));
    // A generator that fails makes no signature.
    let mut broken = FailingRng::after_bytes(40);
    let failed = signer.sign_message(&message, &mut broken);
    assert_eq!(failed.err(), Some(SignError::Randomness));
}

/// The raw private key of a composite, cut at the end of its seed.
fn halves<A: SignatureAlgorithm<Signing: RawPrivateKey>>(key: &SigningKey<A>) -> [Vec<u8>; 2] {
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let raw = exposed.to_raw_private_key();
    [raw[..32].to_vec(), raw[32..].to_vec()]
}

#[test]
fn both_halves_rotate_together() {
    let mut rng = SeededRng::from_label("rotation");
    let key = SigningKey::<MlDsa65Ed25519>::generate(&mut rng).unwrap();
    let successor = key.rotate(&mut rng).unwrap();
    let (old, new) = (halves(&key), halves(&successor));
    assert_ne!(old[0], new[0]);
    assert_ne!(old[1], new[1]);
    assert!(!successor.overlaps(&key));
    // A half that stayed is seen, whichever it is.
    for mixed in [[&old[0], &new[1]], [&new[0], &old[1]]] {
        let bytes = [&mixed[0][..], mixed[1]].concat();
        let mixed = SigningKey::<MlDsa65Ed25519>::from_raw_private_key(&bytes).unwrap();
        assert!(mixed.overlaps(&key));
        assert!(mixed.overlaps(&successor));
    }
    let kem = DecapsulationKey::<MlKem768EcdhP256>::generate(&mut rng).unwrap();
    assert!(!kem.rotate(&mut rng).unwrap().overlaps(&kem));
    // A generator that repeats itself makes no successor.
    let mut seed = SeededRng::from_label("again");
    let key = SigningKey::<MlDsa65Ed25519>::generate(&mut seed).unwrap();
    let mut seed = SeededRng::from_label("again");
    assert_eq!(key.rotate(&mut seed).err(), Some(GenerateError::Repeated));
}

#[test]
fn a_failing_generator_leaves_nothing_half_made() {
    for bytes in [0, 16, 32, 48] {
        let mut broken = FailingRng::after_bytes(bytes);
        let made = SigningKey::<MlDsa65EcdsaP256>::generate(&mut broken);
        assert_eq!(made.err(), Some(GenerateError::Randomness), "{bytes} bytes");
        let mut broken = FailingRng::after_bytes(bytes);
        let made = DecapsulationKey::<MlKem768X25519>::generate(&mut broken);
        assert_eq!(made.err(), Some(GenerateError::Randomness), "{bytes} bytes");
    }
}

/// The batch draws as one by one, so its signatures are the same bytes; and its verdicts are the same.
#[test]
fn batches_equal_one_by_one() {
    let mut rng = SeededRng::from_label("batches");
    let key = SigningKey::<MlDsa65EcdsaP256>::generate(&mut rng)
        .unwrap()
        .prepare();
    let messages = [
        Message::pure(b"one"),
        Message::pure(b"two"),
        Message::pure(b"three"),
    ];
    let mut together = SeededRng::from_label("same");
    let mut alone = SeededRng::from_label("same");
    let batch = key.sign_many(&messages, &mut together).unwrap();
    for (message, signature) in messages.iter().zip(&batch) {
        let one = key.sign_message(message, &mut alone).unwrap();
        assert!(one == *signature);
    }
    let public = Sign::verifying_key(&key).prepare();
    let items = [
        (messages[0], &batch[0]),
        (messages[1], &batch[0]),
        (Message::Mu(&[0; 64]), &batch[2]),
        (messages[2], &batch[2]),
    ];
    let verdicts = public
        .verify_many(&items)
        .iter()
        .map(Result::is_ok)
        .collect::<Vec<_>>();
    assert_eq!(verdicts, [true, false, false, true]);
}

#[test]
fn x_wing_keys_are_imported() {
    let mut rng = SeededRng::from_label("x-wing");
    let x_wing = DecapsulationKey::<XWing>::generate(&mut rng).unwrap();
    let exposed = x_wing.expose(ExposeToken::acknowledge()).unwrap();
    let composite = import_x_wing(&exposed.to_raw_private_key()).unwrap();
    let public = composite.encapsulation_key();
    assert_eq!(public.as_bytes(), x_wing.encapsulation_key().as_bytes());
    let (ciphertext, sent) = x_wing.encapsulation_key().encapsulate(&mut rng).unwrap();
    let same = pqkm_core::Ciphertext::from_bytes(ciphertext.as_bytes()).unwrap();
    let received = composite.decapsulate(&same).unwrap();
    let token = ExposeToken::acknowledge;
    assert_eq!(sent.expose(token()), received.expose(token()));
    assert_eq!(import_x_wing(&[0; 31]).err(), Some(DecodeError::Length));
}

#[test]
fn private_keys_have_one_encoding() {
    let mut rng = SeededRng::from_label("one encoding");
    let key = SigningKey::<MlDsa65EcdsaP256>::generate(&mut rng).unwrap();
    let [seed, ec] = halves(&key);
    let read = |second: &[u8]| {
        let bytes = [&seed[..], second].concat();
        SigningKey::<MlDsa65EcdsaP256>::from_raw_private_key(&bytes).err()
    };
    assert_eq!(read(&ec), None);
    // ECPrivateKey is: SEQUENCE, version, the integer, [0] parameters.
    let without_parameters = [&[0x30, 0x25], &ec[2..39]].concat();
    let material = <EcdsaP256 as SignatureAlgorithm>::Signing::from_bytes(&without_parameters);
    assert!(material.is_ok(), "a form that plain ECDSA keys may have");
    assert_eq!(read(&without_parameters), Some(DecodeError::Malformed));
    assert_eq!(read(&ec[7..39]), Some(DecodeError::Malformed));
    assert!(read(&[&ec[..], &[0]].concat()).is_some());
    assert!(read(&[]).is_some());
    assert!(read(&ec[..50]).is_some());
}

#[test]
fn the_lenient_reader_names_what_is_wrong() {
    let mut rng = SeededRng::from_label("lenient");
    let key = SigningKey::<MlDsa65EcdsaP256>::generate(&mut rng).unwrap();
    let spki = key.verifying_key().to_spki_der();
    assert_eq!(lenient::public_key(&spki).findings, []);
    assert_eq!(
        lenient::public_key(&spki[1..]).findings,
        [Finding::Container]
    );
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let pkcs8 = exposed.to_pkcs8_der().unwrap();
    let diagnosis = lenient::private_key(pkcs8.as_bytes());
    assert_eq!(diagnosis.name, Some("MLDSA65-ECDSA-P256-SHA512"));
    assert_eq!(diagnosis.halves.unwrap().map(|half| half.bytes), [32, 51]);
    assert_eq!(diagnosis.findings, []);
    // A point that is not on the curve, at the end of the public key.
    let mut off = spki.clone();
    *off.last_mut().unwrap() ^= 1;
    assert_eq!(
        lenient::public_key(&off).findings,
        [Finding::TraditionalHalf]
    );
    let other = SigningKey::<Ed25519>::generate(&mut rng).unwrap();
    let other = AnyPublicKey::from(&other.verifying_key());
    assert_eq!(lenient::public_key(other.as_spki_der()).findings, []);
    let Some(dir) = pqkm_testkit::vectors::dir("the_lenient_reader") else {
        return;
    };
    let read = |name: &str| std::fs::read(dir.join("pki/negative").join(name)).unwrap();
    let expanded = lenient::private_key(&read("composite-expanded-mldsa-45_priv.der"));
    assert!(expanded.findings.contains(&Finding::ExpandedPrivateKey));
}
