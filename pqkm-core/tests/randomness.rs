//! A generator that fails is an error everywhere, at whichever draw it fails, and nothing half-made comes
//! out.

use pqkm_core::{
    Aes256Key, Aes256Kwp, Context, DecapsulationKey, DerivationKey, EncapsulationKey, HkdfSha384,
    KeyId, Message, MlDsa44, MlKem512, PreHash, PreHashed, Sealed, SignedWrappedKey, SigningKey,
    Unwrap, UnwrapItem, Version, Wrap, WrapContext, WrapItem, WrappingKey,
};
use pqkm_testkit::rng::{CountingRng, FailingRng, SeededRng};

type Rng = CountingRng<FailingRng>;

/// Runs `work` with a generator that never fails, then with one that fails at each of its draws in turn.
fn check<T, E>(name: &str, mut work: impl FnMut(&mut Rng) -> Result<T, E>) {
    let mut rng = Rng::new(FailingRng::after_calls(u64::MAX));
    assert!(work(&mut rng).is_ok(), "{name}");
    let (calls, bytes) = (rng.calls(), rng.bytes());
    assert!(calls > 0, "{name} draws nothing");
    for served in 0..calls {
        let result = work(&mut Rng::new(FailingRng::after_calls(served)));
        assert!(
            result.is_err(),
            "{name}: draw {served} of {calls} failed unnoticed"
        );
    }
    for served in [0, 1, bytes - 1] {
        let result = work(&mut Rng::new(FailingRng::after_bytes(served)));
        assert!(
            result.is_err(),
            "{name}: {served} of {bytes} bytes were enough"
        );
    }
}

#[test]
fn generating() {
    check("KEM pair", |rng| {
        DecapsulationKey::<MlKem512>::generate(rng)
    });
    check("checked KEM pair", |rng| {
        DecapsulationKey::<MlKem512>::generate_checked(rng)
    });
    check("KEM pairs", |rng| {
        DecapsulationKey::<MlKem512>::generate_many(3, rng)
    });
    check("signature pair", SigningKey::<MlDsa44>::generate);
    check("checked signature pair", |rng| {
        SigningKey::<MlDsa44>::generate_checked(rng)
    });
    check("signature pairs", |rng| {
        SigningKey::<MlDsa44>::generate_many(3, rng)
    });
    check("data key", Aes256Key::generate);
    check("wrapping key", |rng| {
        WrappingKey::<Aes256Kwp>::generate(rng)
    });
    check("derivation key", |rng| {
        DerivationKey::<HkdfSha384>::generate(rng)
    });
    check("key identifier", KeyId::generate);
}

#[test]
fn encapsulating() {
    let key = DecapsulationKey::<MlKem512>::generate(&mut SeededRng::from_u64(1)).unwrap();
    let key = key.encapsulation_key();
    let prepared = key.prepare();
    check("encapsulate", |rng| key.encapsulate(rng));
    check("encapsulate, prepared", |rng| prepared.encapsulate(rng));
    check("encapsulate many", |rng| prepared.encapsulate_many(3, rng));
    check("encapsulate each", |rng| {
        EncapsulationKey::encapsulate_each(&[&key, &key], rng)
    });
}

#[test]
fn signing() {
    let key = SigningKey::<MlDsa44>::generate(&mut SeededRng::from_u64(2)).unwrap();
    let prepared = key.prepare();
    let digest = PreHash::Sha2_512.digest(b"message");
    let digest = PreHashed::new(PreHash::Sha2_512, &digest).unwrap();
    let context = Context::new(b"context").unwrap();
    check("sign", |rng| key.sign(b"message", rng));
    check("sign with context", |rng| {
        key.sign_with_context(b"message", context, rng)
    });
    check("sign prehashed", |rng| {
        key.sign_prehashed(digest, context, rng)
    });
    check("sign mu", |rng| key.sign_mu(&[7; 64], rng));
    check("sign, prepared", |rng| prepared.sign(b"message", rng));
    check("sign many", |rng| {
        prepared.sign_many(&[Message::pure(b"a"), Message::pure(b"b")], rng)
    });
}

#[test]
fn wrapping() {
    let mut rng = SeededRng::from_u64(3);
    let dk = DecapsulationKey::<MlKem512>::generate(&mut rng).unwrap();
    let ek = dk.encapsulation_key();
    let kek = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let signer = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let context = WrapContext::new(b"context").unwrap();
    let record = ek.wrap_key(&key, context, &mut rng).unwrap();
    let item = WrapItem {
        key: &key,
        generation: Version::FIRST,
        context,
    };
    let items = [
        item,
        WrapItem {
            key: &key,
            generation: Version::FIRST,
            context,
        },
    ];
    let records = [UnwrapItem {
        record: &record,
        context,
    }; 2];

    check("wrap", |rng| ek.wrap_key(&key, context, rng));
    check("wrap, symmetric", |rng| kek.wrap_key(&key, context, rng));
    check("wrap many", |rng| ek.prepare().wrap_many(&items, rng));
    check("wrap many, symmetric", |rng| kek.wrap_many(&items, rng));
    check("rewrap", |rng| dk.rewrap(&records[0], &kek, rng));
    check("rewrap many", |rng| {
        dk.rewrap_many(&records, &ek.prepare(), rng)
    });
    check("sign a record", |rng| {
        SignedWrappedKey::sign(record.clone(), &signer, rng)
    });
    check("seal", |rng| Sealed::seal(b"payload", context, rng));
}
