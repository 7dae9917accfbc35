//! A generator that fails, at whatever draw, is an error everywhere; and a batch equals one by one.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::integer_division_remainder_used,
    reason = "a test may fail loudly"
)]

use core::fmt::Debug;

use pqkm_core::{
    Aes256Key, Aes256Kw, Aes256Kwp, Ciphertext, DecapsulationKey, EncapsulateError,
    EncapsulationKey, GenerateError, HkdfSha384, KeyId, Message, MlDsa44, MlDsa65, MlDsa87,
    MlKem512, MlKem768, MlKem1024, RewrapError, Sealed, SignError, SignedWrappedKey, SigningKey,
    Unwrap, UnwrapItem, Version, Wrap, WrapContext, WrapError, WrapItem, WrappedKey, WrappingKey,
    XWing,
};
use pqkm_testkit::rng::{CountingRng, FailingRng, SeededRng};

fn rng() -> SeededRng {
    SeededRng::from_label("randomness")
}

fn context(i: u8) -> WrapContext<'static> {
    const CONTEXTS: [&[u8]; 4] = [b"a", b"b", b"c", b""];
    WrapContext::new(CONTEXTS[usize::from(i) % 4]).unwrap()
}

/// Fails the generator at each draw, and after each byte count within a draw.
fn fails_everywhere<T, E: PartialEq + Debug>(
    error: E,
    operation: impl Fn(&mut CountingRng<FailingRng>) -> Result<T, E>,
) {
    let mut whole = CountingRng::new(FailingRng::after_calls(u64::MAX));
    assert!(operation(&mut whole).is_ok());
    assert!(whole.calls() > 0, "draws nothing: nothing can fail");
    for calls in 0..whole.calls() {
        let mut rng = CountingRng::new(FailingRng::after_calls(calls));
        assert_eq!(
            operation(&mut rng).err().as_ref(),
            Some(&error),
            "after {calls} draws"
        );
    }
    let mut rng = CountingRng::new(FailingRng::after_bytes(whole.bytes() - 1));
    assert_eq!(
        operation(&mut rng).err().as_ref(),
        Some(&error),
        "one byte short"
    );
}

#[test]
fn generation_fails_with_the_generator() {
    let error = GenerateError::Randomness;
    fails_everywhere(error, DecapsulationKey::<MlKem512>::generate);
    fails_everywhere(error, DecapsulationKey::<MlKem768>::generate_checked);
    fails_everywhere(error, |rng| {
        DecapsulationKey::<MlKem1024>::generate_many(3, rng)
    });
    fails_everywhere(error, SigningKey::<MlDsa44>::generate);
    fails_everywhere(error, SigningKey::<MlDsa65>::generate_checked);
    fails_everywhere(error, |rng| SigningKey::<MlDsa87>::generate_many(3, rng));
    fails_everywhere(error, Aes256Key::generate);
    fails_everywhere(error, WrappingKey::<Aes256Kw>::generate);
    fails_everywhere(error, pqkm_core::DerivationKey::<HkdfSha384>::generate);
    fails_everywhere(error, KeyId::generate);
}

#[test]
fn operations_fail_with_the_generator() {
    let mut seeded = rng();
    let dk = DecapsulationKey::<MlKem512>::generate(&mut seeded).unwrap();
    let ek = dk.encapsulation_key();
    let signing = SigningKey::<MlDsa44>::generate(&mut seeded).unwrap();
    let kek = WrappingKey::<Aes256Kwp>::generate(&mut seeded).unwrap();
    let key = Aes256Key::generate(&mut seeded).unwrap();
    let item = WrapItem {
        key: &key,
        generation: Version::FIRST,
        context: context(0),
    };
    let items = [
        item,
        WrapItem {
            key: &key,
            generation: Version::FIRST,
            context: context(1),
        },
    ];
    let record = ek.wrap_key(&key, context(0), &mut seeded).unwrap();
    let unwrap = [UnwrapItem {
        record: &record,
        context: context(0),
    }; 2];
    let messages = [Message::pure(b"one"), Message::pure(b"two")];

    fails_everywhere(SignError::Randomness, |rng| signing.sign(b"message", rng));
    fails_everywhere(SignError::Randomness, |rng| {
        signing.prepare().sign_many(&messages, rng)
    });
    fails_everywhere(SignError::Randomness, |rng| {
        SignedWrappedKey::sign(record.clone(), &signing, rng)
    });
    let error = EncapsulateError::Randomness;
    fails_everywhere(error, |rng| ek.encapsulate(rng).map(drop));
    fails_everywhere(error, |rng| ek.prepare().encapsulate_many(3, rng).map(drop));
    fails_everywhere(error, |rng| {
        EncapsulationKey::encapsulate_each(&[&ek, &ek], rng).map(drop)
    });
    let error = WrapError::Randomness;
    fails_everywhere(error, |rng| ek.wrap_key(&key, context(0), rng));
    fails_everywhere(error, |rng| ek.prepare().wrap_many(&items, rng));
    fails_everywhere(error, |rng| kek.wrap_many(&items, rng));
    fails_everywhere(error, |rng| dk.rewrap_many(&unwrap, &kek, rng));
    fails_everywhere(error, |rng| {
        Sealed::seal(b"payload", context(0), rng).map(drop)
    });
    fails_everywhere(RewrapError::Wrap(error), |rng| {
        dk.rewrap(&unwrap[0], &ek, rng)
    });
}

#[test]
fn signing_batches_equal_one_by_one() {
    let (mut one, mut many) = (rng(), rng());
    let keys = SigningKey::<MlDsa65>::generate_many(3, &mut many).unwrap();
    for (signing, verifying) in &keys {
        let alone = SigningKey::<MlDsa65>::generate(&mut one).unwrap();
        assert_eq!(&alone.verifying_key(), verifying);
        assert_eq!(&signing.verifying_key(), verifying);
    }
    let prepared = keys[0].0.prepare();
    let messages = [b"a".as_slice(), b"", b"ccc"].map(Message::pure);
    let signatures = prepared.sign_many(&messages, &mut many).unwrap();
    for (signature, message) in signatures.iter().zip([b"a".as_slice(), b"", b"ccc"]) {
        assert_eq!(*signature, prepared.sign(message, &mut one).unwrap());
    }
    let items: Vec<_> = messages
        .into_iter()
        .zip([&signatures[0], &signatures[0], &signatures[2]])
        .collect();
    let results = keys[0].1.prepare().verify_many(&items);
    assert_eq!(results.map_is_ok(), [true, false, true]);
}

trait Outcomes {
    fn map_is_ok(&self) -> Vec<bool>;
}

impl<T, E> Outcomes for Vec<Result<T, E>> {
    fn map_is_ok(&self) -> Vec<bool> {
        self.iter().map(Result::is_ok).collect()
    }
}

#[test]
fn kem_batches_equal_one_by_one() {
    use pqkm_core::ExposeToken;

    let (mut one, mut many) = (rng(), rng());
    let keys = DecapsulationKey::<MlKem768>::generate_many(3, &mut many).unwrap();
    for (dk, ek) in &keys {
        let alone = DecapsulationKey::<MlKem768>::generate(&mut one).unwrap();
        assert_eq!(
            (&alone.encapsulation_key(), &dk.encapsulation_key()),
            (ek, ek)
        );
    }
    let (dk, ek) = &keys[0];
    let batch = ek.prepare().encapsulate_many(3, &mut many).unwrap();
    let publics: Vec<_> = keys.iter().map(|(_, ek)| ek).collect();
    let each = EncapsulationKey::encapsulate_each(&publics, &mut many).unwrap();
    let reveal = |secret: &pqkm_core::SharedSecret<MlKem768>| {
        secret.expose(ExposeToken::acknowledge()).to_vec()
    };
    for (ciphertext, secret) in &batch {
        let (alone, alone_secret) = ek.encapsulate(&mut one).unwrap();
        assert_eq!(
            (ciphertext, reveal(secret)),
            (&alone, reveal(&alone_secret))
        );
        assert_eq!(reveal(&dk.decapsulate(ciphertext).unwrap()), reveal(secret));
    }
    for ((ciphertext, secret), (dk, ek)) in each.iter().zip(&keys) {
        assert_eq!(*ciphertext, ek.encapsulate(&mut one).unwrap().0);
        assert_eq!(reveal(&dk.decapsulate(ciphertext).unwrap()), reveal(secret));
    }
    let ciphertexts: Vec<&Ciphertext<MlKem768>> =
        batch.iter().map(|(ciphertext, _)| ciphertext).collect();
    let secrets = dk.prepare().decapsulate_many(&ciphertexts).unwrap();
    for (received, (_, sent)) in secrets.iter().zip(&batch) {
        assert_eq!(reveal(received.as_ref().unwrap()), reveal(sent));
    }
}

#[test]
fn wrapping_batches_equal_one_by_one() {
    let (mut one, mut many) = (rng(), rng());
    let dk = DecapsulationKey::<MlKem512>::generate(&mut rng()).unwrap();
    let new = DecapsulationKey::<MlKem1024>::generate(&mut rng()).unwrap();
    let keys: Vec<_> = (0..4)
        .map(|_| Aes256Key::generate(&mut rng()).unwrap())
        .collect();
    let items: Vec<_> = keys
        .iter()
        .zip(0..)
        .map(|(key, i)| WrapItem {
            key,
            generation: Version::FIRST,
            context: context(i),
        })
        .collect();
    let batch = dk
        .encapsulation_key()
        .prepare()
        .wrap_many(&items, &mut many)
        .unwrap();
    let records: Vec<WrappedKey> = batch.into_iter().map(Result::unwrap).collect();
    for (record, item) in records.iter().zip(&items) {
        assert_eq!(
            *record,
            dk.encapsulation_key().wrap_item(item, &mut one).unwrap()
        );
    }
    // The second item has another's context: it alone fails.
    let items: Vec<_> = records
        .iter()
        .zip([0, 2, 2, 3])
        .map(|(record, i)| UnwrapItem {
            record,
            context: context(i),
        })
        .collect();
    let unwrapped = dk.prepare().unwrap_many::<Aes256Key>(&items);
    assert_eq!(unwrapped.map_is_ok(), [true, false, true, true]);
    let rewrapped = dk
        .prepare()
        .rewrap_many(&items, &new.encapsulation_key().prepare(), &mut many)
        .unwrap();
    assert_eq!(rewrapped.map_is_ok(), [true, false, true, true]);
    for (rewrapped, item) in rewrapped.iter().zip(&items) {
        assert_eq!(
            *rewrapped,
            dk.rewrap(item, &new.encapsulation_key(), &mut one)
        );
    }
}

/// A count that no memory holds is an error, before anything is drawn.
#[test]
fn batches_out_of_all_proportion_are_refused() {
    let key = DecapsulationKey::<MlKem768>::generate(&mut rng()).unwrap();
    let xwing = DecapsulationKey::<XWing>::generate(&mut rng()).unwrap();
    let (key, xwing) = (
        key.encapsulation_key().prepare(),
        xwing.encapsulation_key().prepare(),
    );
    let refused = Some(EncapsulateError::Refused);
    for count in [usize::MAX, usize::MAX >> 5, 1 << 48, 1 << 42] {
        let mut rng = FailingRng::after_calls(0);
        assert_eq!(key.encapsulate_many(count, &mut rng).err(), refused);
        assert_eq!(xwing.encapsulate_many(count, &mut rng).err(), refused);
        let refused = Some(GenerateError::Refused);
        let pairs = DecapsulationKey::<MlKem768>::generate_many(count, &mut rng);
        assert_eq!(pairs.err(), refused);
        let pairs = SigningKey::<MlDsa65>::generate_many(count, &mut rng);
        assert_eq!(pairs.err(), refused);
    }
}
