//! The error state: a process of its own, since there is no way back.

use pqkm_core::{
    Aes256Key, Aes256Kw, Aes256Kwp, DecapsulateError, DecapsulationKey, DerivationKey,
    EncapsulateError, GenerateError, HkdfSha256, MlDsa44, MlKem512, NotOperational, Sealed,
    SecretBytes, SignError, SigningKey, WrapContext, WrapError, WrappingKey, hazmat,
    is_operational, self_test,
};
use pqkm_testkit::rng::SeededRng;

#[test]
fn after_a_failed_self_test_everything_is_refused() {
    let mut rng = SeededRng::from_label("error state");
    let context = WrapContext::new(b"").unwrap();
    let dk = DecapsulationKey::<MlKem512>::generate(&mut rng).unwrap();
    let ek = dk.encapsulation_key();
    let signing = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let signature = signing.sign(b"m", &mut rng).unwrap();
    let key = Aes256Key::generate(&mut rng).unwrap();
    let record = ek.wrap_key(&key, context, &mut rng).unwrap();
    let (sealed, seal_key) = Sealed::seal(b"p", context, &mut rng).unwrap();
    let (ciphertext, _) = ek.encapsulate(&mut rng).unwrap();
    let kw = WrappingKey::<Aes256Kw>::generate(&mut rng).unwrap();
    let kwp = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
    let secret = SecretBytes::copy_from(&[1; 16]);
    let (by_kw, by_kwp) = (kw.kw_wrap(&secret).unwrap(), kwp.kwp_wrap(&secret).unwrap());
    let derivation = DerivationKey::<HkdfSha256>::generate(&mut rng).unwrap();
    assert_eq!(self_test(), Ok(()));

    hazmat::enter_error_state();

    assert!(!is_operational());
    assert_eq!(self_test(), Err(NotOperational));
    let refused = Some(GenerateError::NotOperational);
    assert_eq!(
        DecapsulationKey::<MlKem512>::generate(&mut rng).err(),
        refused
    );
    assert_eq!(
        SigningKey::<MlDsa44>::generate_many(1, &mut rng).err(),
        refused
    );
    assert_eq!(Aes256Key::generate(&mut rng).err(), refused);
    assert_eq!(signing.sign(b"m", &mut rng), Err(SignError::NotOperational));
    assert!(signing.verifying_key().verify(b"m", &signature).is_err());
    assert!(
        signing
            .verifying_key()
            .prepare()
            .verify(b"m", &signature)
            .is_err()
    );
    let refused = Some(EncapsulateError::NotOperational);
    assert_eq!(ek.encapsulate(&mut rng).err(), refused);
    assert_eq!(ek.prepare().encapsulate_many(1, &mut rng).err(), refused);
    assert_eq!(
        dk.decapsulate(&ciphertext).err(),
        Some(DecapsulateError::NotOperational)
    );
    let refused = Err(WrapError::NotOperational);
    assert_eq!(ek.wrap_key(&key, context, &mut rng), refused);
    assert!(dk.unwrap_key::<Aes256Key>(&record, context).is_err());
    assert!(Sealed::seal(b"p", context, &mut rng).is_err());
    assert!(sealed.open(&seal_key, context).is_err());
    assert_eq!(kw.kw_wrap(&secret), Err(WrapError::NotOperational));
    assert_eq!(kwp.kwp_wrap(&secret), Err(WrapError::NotOperational));
    assert!(kw.kw_unwrap(&by_kw).is_err() && kwp.kwp_unwrap(&by_kwp).is_err());
    assert!(derivation.derive_bytes(b"", b"", 16).is_err());
}
