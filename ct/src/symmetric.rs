//! Key wrapping, sealing, keys under a password, derivation and comparison.

use pqkm_core::{
    Aes256Key, Aes256Kw, Aes256Kwp, DecapsulationKey, DerivationKey, EncryptedPrivateKey,
    ExposeToken, HkdfSha384, KeyId, Kmac256, MlDsa44, MlKem768, PasswordWork, PrivateKeyForm,
    Sealed, SecretBytes, SigningKey, WrapContext, WrappedKey, WrappingKey,
};
use rand_core::TryRng;
use subtle::ConstantTimeEq;

use crate::{
    Expect::{Reported, Silent},
    Program,
    marks::{SecretRng, leak, public, secret, secret_array, secret_in, show},
};

pub const PROGRAMS: &[Program] = &[
    Program("wrap/kem", Silent, wrap_under_kem),
    Program("wrap/symmetric", Silent, wrap_under_wrapping_key),
    Program("wrap/kw-kwp", Silent, bare_modes),
    Program("wrap/control", Reported, control_wrap),
    Program("seal", Silent, seal),
    Program("seal/control", Reported, control_seal),
    Program("password", Silent, password),
    Program("password/control", Reported, control_password),
    Program("derive", Silent, derive),
    Program("derive/control", Reported, control_derive),
    Program("compare", Silent, compare),
    Program("compare/control", Reported, control_compare),
];

const ID: KeyId = KeyId::from_bytes([1; 16]);

fn context() -> WrapContext<'static> {
    WrapContext::new(b"context").unwrap()
}

/// The record as it is stored, and with its last byte damaged.
fn stored(record: &WrappedKey) -> [WrappedKey; 2] {
    // CT: the record is stored where anyone may read it.
    let der = public(&record.to_der());
    let mut damaged = der.clone();
    *damaged.last_mut().unwrap() ^= 1;
    [&der, &damaged].map(|der| WrappedKey::from_der(der).unwrap())
}

/// Wrapping with secret randomness; unwrapping under a secret decapsulation key: the right record, another context,
/// a damaged record.
fn wrap_under_kem() {
    let mut rng = SecretRng::new(5);
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let der = key.expose(ExposeToken::acknowledge()).unwrap();
    let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    let dk = &der.as_bytes()[der.as_bytes().len() - 2400..];
    let dk = secret_in(dk, &[0..1152, 2368..2400]);
    let dk = DecapsulationKey::<MlKem768>::from_expanded(&dk).unwrap();
    let data_key = Aes256Key::generate(&mut rng).unwrap();
    let ek = key.encapsulation_key();
    let record = ek.wrap_key(&data_key, context(), &mut rng).unwrap();
    let [record, damaged] = stored(&record);
    let other = WrapContext::new(b"another").unwrap();
    for (record, context) in [
        (&record, context()),
        (&record, other),
        (&damaged, context()),
    ] {
        println!("{}", dk.unwrap_key::<Aes256Key>(record, context).is_ok());
    }
}

/// The same under a secret wrapping key.
fn wrap_under_wrapping_key() {
    let mut rng = SecretRng::new(6);
    let key = WrappingKey::<Aes256Kwp>::import(ID, &secret(&[0x42; 32])).unwrap();
    let data_key = Aes256Key::generate(&mut rng).unwrap();
    let record = key.wrap_key(&data_key, context(), &mut rng).unwrap();
    let [record, damaged] = stored(&record);
    for record in [&record, &damaged] {
        println!("{}", key.unwrap_key::<Aes256Key>(record, context()).is_ok());
    }
}

/// KW and KWP of secret bytes under a secret key, every length of padding; and of damaged bytes.
fn bare_modes() {
    let kw = WrappingKey::<Aes256Kw>::import(ID, &secret(&[0x42; 32])).unwrap();
    let kwp = WrappingKey::<Aes256Kwp>::import(ID, &secret(&[0x43; 32])).unwrap();
    for length in [1, 8, 15, 16, 17, 31, 32] {
        let bytes = SecretBytes::copy_from(&secret(&vec![7; length]));
        // CT: what is wrapped is stored where anyone may read it.
        let mut wrapped = public(&kwp.kwp_wrap(&bytes).unwrap());
        println!("{}", kwp.kwp_unwrap(&wrapped).is_ok());
        wrapped[3] ^= 1;
        println!("{}", kwp.kwp_unwrap(&wrapped).is_ok());
        if length >= 16 && length.is_multiple_of(8) {
            let mut wrapped = public(&kw.kw_wrap(&bytes).unwrap());
            println!("{}", kw.kw_unwrap(&wrapped).is_ok());
            wrapped[3] ^= 1;
            println!("{}", kw.kw_unwrap(&wrapped).is_ok());
        }
    }
}

fn control_wrap() {
    let kwp = WrappingKey::<Aes256Kwp>::import(ID, &secret(&[0x42; 32])).unwrap();
    let wrapped = kwp.kwp_wrap(&SecretBytes::copy_from(&[7; 32])).unwrap();
    let unwrapped = kwp.kwp_unwrap(&public(&wrapped)).unwrap();
    leak(unwrapped.expose(ExposeToken::acknowledge()));
}

/// Sealing a secret payload, and opening it.
fn seal() {
    let (sealed, key) =
        Sealed::seal(&secret(&[7; 100]), context(), &mut SecretRng::new(7)).unwrap();
    // CT: what is sealed is stored where anyone may read it.
    let der = public(&sealed.to_der());
    let sealed = Sealed::from_der(&der).unwrap();
    println!("{}", sealed.open(&key, context()).is_ok());
    let other = WrapContext::new(b"another").unwrap();
    println!("{}", sealed.open(&key, other).is_ok());
}

fn control_seal() {
    let (sealed, key) = Sealed::seal(&[7; 100], context(), &mut SecretRng::new(7)).unwrap();
    let sealed = Sealed::from_der(&public(&sealed.to_der())).unwrap();
    let payload = sealed.open(&key, context()).unwrap();
    leak(payload.expose(ExposeToken::acknowledge()));
}

/// A key encrypted under a secret password with PBKDF2, and decrypted with the right one and with another.
fn password() {
    let encrypted = encrypted();
    println!("{}", encrypted.decrypt(&secret(b"correct horse")).is_ok());
    println!("{}", encrypted.decrypt(&secret(b"battery staple")).is_ok());
}

fn encrypted() -> EncryptedPrivateKey {
    let key = SigningKey::<MlDsa44>::from_seed(&[0x42; 32]).unwrap();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let work = PasswordWork::Pbkdf2 { iterations: 1000 };
    let (password, mut rng) = (secret(b"correct horse"), SecretRng::new(10));
    let encrypted = exposed.encrypt_pkcs8(&password, work, &mut rng).unwrap();
    // CT: the document is stored where anyone may read it.
    EncryptedPrivateKey::from_der(&public(encrypted.as_der())).unwrap()
}

fn control_password() {
    let key = encrypted().decrypt(&secret(b"correct horse")).unwrap();
    leak(&key.expose(ExposeToken::acknowledge())[30..]);
}

/// HKDF and KMAC under secret keys.
fn derive() {
    let hkdf = DerivationKey::<HkdfSha384>::import(&secret(&[0x42; 32])).unwrap();
    let kmac = DerivationKey::<Kmac256>::import(&secret(&[0x42; 32])).unwrap();
    for derived in [
        hkdf.derive_bytes(b"salt", b"info", 100),
        kmac.derive_bytes(b"", b"info", 100),
    ] {
        show(derived.unwrap().expose(ExposeToken::acknowledge()));
    }
}

fn control_derive() {
    let kmac = DerivationKey::<Kmac256>::import(&secret(&[0x42; 32])).unwrap();
    let derived = kmac.derive_bytes(b"", b"info", 100).unwrap();
    leak(derived.expose(ExposeToken::acknowledge()));
}

/// Comparison of secret bytes.
fn compare() {
    let mut bytes = secret_array::<64>(0);
    SecretRng::new(8).try_fill_bytes(&mut bytes).unwrap();
    let one = SecretBytes::copy_from(&bytes);
    // CT: whether they are equal is the result.
    show(&[one.ct_eq(&SecretBytes::copy_from(&bytes)).unwrap_u8()]);
}

/// Comparison of secret bytes, byte by byte until they differ.
fn control_compare() {
    let (one, other) = (secret_array::<64>(1), secret_array::<64>(1));
    let equal = one
        .iter()
        .zip(&other)
        .all(|(a, b)| core::hint::black_box(a) == b);
    println!("{equal}");
}
