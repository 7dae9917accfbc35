//! What every algorithm must hold, written once and run for each.
#![allow(dead_code, reason = "each test binary uses a part")]

use pkcs8::EncodePrivateKey;
use pqkm_core::{
    DecodeError, ExposeToken, GenerateError, Key, Message, Signature, SignatureAlgorithm,
    SigningKey, VerifyingKey,
    role::{HasKey, PrivateRole, PublicRole},
};
use pqkm_core::{PrivateMaterial, PublicMaterial, SecretMaterial};
use pqkm_testkit::mutate::{for_each_bit_flip, for_each_extension, for_each_truncation};
use pqkm_testkit::rng::{FailingRng, SeededRng};

/// PKCS#8 of a private key.
pub(crate) fn pkcs8<A: HasKey<R>, R: PrivateRole>(key: &Key<A, R>) -> Vec<u8>
where
    A::Material: SecretMaterial,
{
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    exposed.to_pkcs8_der().unwrap().as_bytes().to_vec()
}

/// Every damaged `SubjectPublicKeyInfo` is refused, or is another canonical encoding.
pub(crate) fn public_encodings<A: HasKey<R>, R: PublicRole>(key: &Key<A, R>)
where
    A::Material: PublicMaterial,
{
    let der = key.to_spki_der();
    assert!(Key::<A, R>::from_spki_der(&der).unwrap() == *key);
    assert!(Key::<A, R>::from_bytes(key.as_bytes()).unwrap() == *key);
    let check = |damaged: &[u8]| {
        if let Ok(read) = Key::<A, R>::from_spki_der(damaged) {
            assert_eq!(read.to_spki_der(), damaged);
        }
    };
    for_each_bit_flip(&der, |_, damaged| check(damaged));
    for_each_truncation(&der, |cut| {
        assert!(Key::<A, R>::from_spki_der(cut).is_err());
    });
    for_each_extension(&der, |long| {
        assert!(Key::<A, R>::from_spki_der(long).is_err());
    });
    for_each_truncation(key.as_bytes(), |cut| {
        assert!(Key::<A, R>::from_bytes(cut).is_err());
    });
}

/// Every damaged `OneAsymmetricKey` is refused, or is another key in canonical form. Only every
/// `every`-th bit is flipped, where reading a key costs much.
pub(crate) fn private_encodings<A: HasKey<R>, R: PrivateRole>(key: &Key<A, R>, every: usize)
where
    A::Material: PrivateMaterial,
{
    let der = pkcs8(key);
    let again = Key::<A, R>::from_pkcs8_der(&der).unwrap();
    assert_eq!(pkcs8(&again), der);
    for_each_bit_flip(&der, |bit, damaged| {
        if bit.is_multiple_of(every)
            && let Ok(read) = Key::<A, R>::from_pkcs8_der(damaged)
        {
            assert_eq!(pkcs8(&read), damaged);
        }
    });
    for_each_truncation(&der, |cut| {
        assert!(Key::<A, R>::from_pkcs8_der(cut).is_err());
    });
    for_each_extension(&der, |long| {
        assert!(Key::<A, R>::from_pkcs8_der(long).is_err());
    });
    let mut rng = SeededRng::from_label("arbitrary bytes");
    for length in 0..200 {
        assert!(Key::<A, R>::from_pkcs8_der(&rng.bytes(length)).is_err());
    }
}

/// Calls `check` with every copy of a text in which one bit is flipped, and with every part of it that
/// begins at its beginning.
pub(crate) fn damaged_texts(text: &str, check: impl Fn(&str)) {
    check(text);
    for_each_bit_flip(text.as_bytes(), |_, damaged| {
        if let Ok(damaged) = str::from_utf8(damaged) {
            check(damaged);
        }
    });
    for_each_truncation(text.as_bytes(), |cut| {
        if let Ok(cut) = str::from_utf8(cut) {
            check(cut);
        }
    });
}

/// A text without white space, which PEM does not count.
pub(crate) fn squeezed(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

/// Sign, verify, damage, fail, batch. Only every `bits_between`-th bit of a signature is flipped.
pub(crate) fn signature<A: SignatureAlgorithm>(
    bits_between: usize,
) -> (SigningKey<A>, VerifyingKey<A>) {
    let mut rng = SeededRng::from_label(A::NAME);
    let key = SigningKey::<A>::generate_checked(&mut rng).unwrap();
    let public = key.verifying_key();
    let signature = key.sign(b"message", &mut rng).unwrap();
    public.verify(b"message", &signature).unwrap();
    assert!(public.verify(b"massage", &signature).is_err());
    let other = SigningKey::<A>::generate(&mut rng).unwrap().verifying_key();
    assert!(other.verify(b"message", &signature).is_err());

    for_each_bit_flip(signature.as_bytes(), |bit, damaged| {
        if bit.is_multiple_of(bits_between)
            && let Ok(damaged) = Signature::<A>::from_bytes(damaged)
        {
            assert!(public.verify(b"message", &damaged).is_err(), "bit {bit}");
        }
    });
    for_each_extension(signature.as_bytes(), |long| {
        if let Ok(long) = Signature::<A>::from_bytes(long) {
            assert!(public.verify(b"message", &long).is_err());
        }
    });
    assert!(
        Signature::<A>::from_bytes(&[]).is_err_and(|error| error == DecodeError::Length),
        "no signature is empty"
    );
    assert!(
        SigningKey::<A>::generate(&mut FailingRng::after_calls(0))
            .is_err_and(|error| error == GenerateError::Randomness)
    );
    batch(&key);
    (key, public)
}

/// Many signatures in one call equal one by one from the same generator.
fn batch<A: SignatureAlgorithm>(key: &SigningKey<A>) {
    let messages = [Message::pure(b"one"), Message::pure(b"two")];
    let prepared = key.prepare();
    let many = prepared
        .sign_many(&messages, &mut SeededRng::from_u64(1))
        .unwrap();
    let mut rng = SeededRng::from_u64(1);
    for (message, signature) in [b"one", b"two"].into_iter().zip(&many) {
        assert!(prepared.sign(message, &mut rng).unwrap() == *signature);
    }
    let verifying = key.verifying_key().prepare();
    let results = verifying.verify_many(&[
        (messages[0], &many[0]),
        (messages[0], &many[1]),
        (messages[1], &many[1]),
    ]);
    assert_eq!(
        results.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
}
