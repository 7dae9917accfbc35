//! Key encodings: SPKI, PKCS#8 and PEM, of any algorithm and of those that have one encoding a key.

use pkcs8::EncodePrivateKey;
use pqkm_core::{
    AnyPrivateKey, AnyPublicKey, DecapsulationKey, Ed25519, EncapsulationKey, EncryptedPrivateKey,
    ExposeToken, KnownPublicKey, MlDsa44, MlDsa65, MlDsa87, MlKem512, MlKem768, MlKem1024,
    PasswordWork, PrivateKeyForm, SigningKey, SlhDsaSha2_128f, VerifyingKey, XWing,
};

use crate::{Target, rng::TestRng, target};

pub const TARGETS: &[Target] = &[
    target!(spki, public_keys),
    target!(spki_pem, || pem("PUBLIC KEY", &public_keys())),
    target!(pkcs8, private_keys),
    target!(pkcs8_pem, || pem("PRIVATE KEY", &private_keys())),
    target!(encrypted_pkcs8, encrypted_keys),
];

fn token() -> ExposeToken {
    ExposeToken::acknowledge()
}

/// A public key of any algorithm, and as the type that its identifier names.
fn spki(data: &[u8]) -> bool {
    let Ok(any) = AnyPublicKey::from_spki_der(data) else {
        return false;
    };
    assert_eq!(any.as_spki_der(), data);
    assert!(data.ends_with(any.key_bytes()));
    let known = any.known();
    if let Ok(known) = &known {
        assert_eq!(AnyPublicKey::from(known).as_spki_der(), data);
    }
    known.is_ok()
}

fn spki_pem(data: &[u8]) -> bool {
    let Some(any) = core::str::from_utf8(data)
        .ok()
        .and_then(|pem| AnyPublicKey::from_pem(pem).ok())
    else {
        return false;
    };
    // PEM may be broken into lines in more than one way, so its contents are compared.
    assert!(AnyPublicKey::from_pem(&any.to_pem()).unwrap() == any);
    spki(any.as_spki_der())
}

/// A private key of any algorithm, and as each type: what one of them accepts, it writes again in one of its forms.
fn pkcs8(data: &[u8]) -> bool {
    let Ok(any) = AnyPrivateKey::from_pkcs8_der(data) else {
        return false;
    };
    assert_eq!(any.expose(token()), data);
    let known = any.known();
    if let Ok(known) = &known {
        let _public: KnownPublicKey = known.public_key();
    }
    // The types themselves take neither attributes nor a public key.
    let forms = [
        PrivateKeyForm::Seed,
        PrivateKeyForm::Expanded,
        PrivateKeyForm::Both,
    ];
    macro_rules! with_forms {
        ($($key:ty),+) => {$(
            if let Ok(key) = <$key>::from_pkcs8_der(data) {
                let exposed = key.expose(token()).unwrap();
                let written = forms.map(|form| exposed.to_pkcs8_der_as(form));
                assert!(written.iter().flatten().any(|der| der.as_bytes() == data));
                return true;
            }
        )+};
    }
    macro_rules! with_one_form {
        ($($key:ty),+) => {$(
            if let Ok(key) = <$key>::from_pkcs8_der(data) {
                assert_eq!(key.expose(token()).unwrap().to_pkcs8_der().unwrap().as_bytes(), data);
                return true;
            }
        )+};
    }
    with_forms!(
        DecapsulationKey<MlKem512>,
        DecapsulationKey<MlKem768>,
        DecapsulationKey<MlKem1024>,
        SigningKey<MlDsa44>,
        SigningKey<MlDsa65>,
        SigningKey<MlDsa87>
    );
    with_one_form!(
        SigningKey<SlhDsaSha2_128f>,
        SigningKey<Ed25519>,
        DecapsulationKey<XWing>
    );
    known.is_ok()
}

fn pkcs8_pem(data: &[u8]) -> bool {
    let any = core::str::from_utf8(data)
        .ok()
        .and_then(|pem| AnyPrivateKey::from_pem(pem).ok());
    any.is_some_and(|any| pkcs8(any.expose(token())))
}

const PASSWORD: &[u8] = b"correct horse";

/// A key under a password, decrypted where that is no work: whatever padding and document come out.
fn encrypted_pkcs8(data: &[u8]) -> bool {
    if let Ok(read) = EncryptedPrivateKey::from_der(data) {
        assert_eq!(read.as_der(), data);
        if matches!(
            read.work(),
            PasswordWork::Pbkdf2 {
                iterations: ..=1000
            }
        ) {
            let _opened = read.decrypt(PASSWORD).is_ok();
        }
        return true;
    }
    let text = core::str::from_utf8(data).ok();
    // PEM may be broken into lines in more than one way, so its contents are compared.
    text.and_then(|pem| EncryptedPrivateKey::from_pem(pem).ok())
        .is_some_and(|read| EncryptedPrivateKey::from_pem(&read.to_pem()) == Ok(read))
}

fn encrypted_keys() -> Vec<Vec<u8>> {
    let mut rng = TestRng::new(15);
    let key = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let exposed = key.expose(token()).unwrap();
    let cheap = PasswordWork::Pbkdf2 { iterations: 1000 };
    let ders = [cheap, PasswordWork::SCRYPT].map(|work| {
        let encrypted = exposed.encrypt_pkcs8(PASSWORD, work, &mut rng).unwrap();
        assert!(encrypted.decrypt(PASSWORD).is_ok());
        encrypted.as_der().to_vec()
    });
    [ders.to_vec(), pem("ENCRYPTED PRIVATE KEY", &ders)].concat()
}

/// A PEM document of each DER.
fn pem(label: &str, ders: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let of =
        |der: &Vec<u8>| pkcs8::der::pem::encode_string(label, pkcs8::LineEnding::LF, der).unwrap();
    ders.iter().map(|der| of(der).into_bytes()).collect()
}

fn private_keys() -> Vec<Vec<u8>> {
    let mut rng = TestRng::new(1);
    let mut seeds = Vec::new();
    macro_rules! lattice {
        ($($key:ty),+) => {$(
            let key = <$key>::generate(&mut rng).unwrap();
            let key = key.expose(token()).unwrap();
            for form in [PrivateKeyForm::Seed, PrivateKeyForm::Expanded, PrivateKeyForm::Both] {
                seeds.push(key.to_pkcs8_der_as(form).unwrap().as_bytes().to_vec());
            }
        )+};
    }
    macro_rules! others {
        ($($key:ty),+) => {$(
            let key = <$key>::generate(&mut rng).unwrap();
            let der = key.expose(token()).unwrap().to_pkcs8_der().unwrap();
            seeds.push(der.as_bytes().to_vec());
        )+};
    }
    lattice!(
        DecapsulationKey<MlKem512>,
        DecapsulationKey<MlKem1024>,
        SigningKey<MlDsa44>,
        SigningKey<MlDsa65>
    );
    others!(
        SigningKey<SlhDsaSha2_128f>,
        SigningKey<Ed25519>,
        DecapsulationKey<XWing>
    );
    seeds
}

fn public_keys() -> Vec<Vec<u8>> {
    let mut rng = TestRng::new(2);
    let ek: EncapsulationKey<MlKem768> = DecapsulationKey::generate(&mut rng)
        .unwrap()
        .encapsulation_key();
    let pk: VerifyingKey<MlDsa65> = SigningKey::generate(&mut rng).unwrap().verifying_key();
    let slh: VerifyingKey<SlhDsaSha2_128f> =
        SigningKey::generate(&mut rng).unwrap().verifying_key();
    let ed: VerifyingKey<Ed25519> = SigningKey::generate(&mut rng).unwrap().verifying_key();
    vec![
        ek.to_spki_der(),
        pk.to_spki_der(),
        slh.to_spki_der(),
        ed.to_spki_der(),
    ]
}
