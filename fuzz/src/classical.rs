//! Encodings of the classical algorithms, of which one identifier means several types.

use pkcs8::EncodePrivateKey;
use pqkm_core::{
    AgreementKey, AgreementPublicKey, EcdhP521, EcdsaP256, EcdsaP384, ExposeToken, RsaPssSha256,
    Signature, SigningKey, VerifyingKey, X25519,
};

use crate::{Target, rng::TestRng, target};

pub const TARGETS: &[Target] = &[
    target!(classical_public, || keys().0),
    target!(classical_private, || keys().1),
    target!(ecdsa_signature, || keys().2),
];

/// The key of the self-test.
const RSA_2048: &[u8] = include_bytes!("../../pqkm-core/src/self_test/rsa_2048.der");

/// SPKI of keys on curves and of RSA keys, each read as the type that a program would name.
fn classical_public(data: &[u8]) -> bool {
    macro_rules! each {
        ($($key:ty),+) => {
            false $( | <$key>::from_spki_der(data).is_ok_and(|key| {
                assert_eq!(key.to_spki_der(), data);
                true
            }) )+
        };
    }
    each!(
        VerifyingKey<EcdsaP256>,
        VerifyingKey<EcdsaP384>,
        AgreementPublicKey<EcdhP521>,
        AgreementPublicKey<X25519>,
        VerifyingKey<RsaPssSha256<2048>>,
        VerifyingKey<RsaPssSha256<3072>>
    )
}

/// PKCS#8 of the same. A key on a curve may be read with or without its public key, and is written in one form: so
/// what was written must be read as the same key, and be written again as it was.
fn classical_private(data: &[u8]) -> bool {
    macro_rules! each {
        ($($key:ty),+) => {
            false $( | <$key>::from_pkcs8_der(data).is_ok_and(|key| {
                let write = |key: &$key| {
                    key.expose(ExposeToken::acknowledge()).unwrap().to_pkcs8_der().unwrap()
                };
                let written = write(&key);
                let again = <$key>::from_pkcs8_der(written.as_bytes()).unwrap();
                assert_eq!(written.as_bytes(), write(&again).as_bytes());
                true
            }) )+
        };
    }
    each!(
        SigningKey<EcdsaP256>,
        SigningKey<EcdsaP384>,
        AgreementKey<EcdhP521>,
        AgreementKey<X25519>,
        SigningKey<RsaPssSha256<2048>>
    )
}

/// A signature of ECDSA under a key that was made for it: only the one that was made verifies.
fn ecdsa_signature(data: &[u8]) -> bool {
    let key = SigningKey::<EcdsaP256>::from_raw_private_key(&[1; 32])
        .unwrap()
        .verifying_key();
    Signature::from_bytes(data).is_ok_and(|signature| key.verify(b"message", &signature).is_ok())
}

type Inputs = Vec<Vec<u8>>;

fn keys() -> (Inputs, Inputs, Inputs) {
    let mut rng = TestRng::new(4);
    let (mut public, mut private) = (Vec::new(), vec![RSA_2048.to_vec()]);
    macro_rules! add {
        ($($key:ty, $half:ident);+) => {$(
            let key = <$key>::generate(&mut rng).unwrap();
            public.push(key.$half().to_spki_der());
            let der = key.expose(ExposeToken::acknowledge()).unwrap().to_pkcs8_der().unwrap();
            private.push(der.as_bytes().to_vec());
        )+};
    }
    add!(
        SigningKey<EcdsaP256>, verifying_key; SigningKey<EcdsaP384>, verifying_key;
        AgreementKey<EcdhP521>, agreement_public_key; AgreementKey<X25519>, agreement_public_key
    );
    let rsa = SigningKey::<RsaPssSha256<2048>>::from_pkcs8_der(RSA_2048).unwrap();
    public.push(rsa.verifying_key().to_spki_der());
    let key = SigningKey::<EcdsaP256>::from_raw_private_key(&[1; 32]).unwrap();
    let signature = key.sign(b"message", &mut rng).unwrap();
    (public, private, vec![signature.as_bytes().to_vec()])
}
