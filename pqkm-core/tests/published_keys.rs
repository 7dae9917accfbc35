//! The example keys of RFC 9881 and RFC 9935: good ones load and match, bad ones are refused.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{fs, path::Path};

use pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use pqkm_core::{
    AnyPrivateKey, DecapsulationKey, Ed25519, EncapsulationKey, ExposeToken, MlDsa44, MlDsa65,
    MlKem512, MlKem768, PrivateKeyForm, SigningKey, VerifyingKey,
};
use spki::DecodePublicKey as _;
use x509_cert::spki;

use pqkm_testkit::vectors;
use x509_cert::{Certificate, der, der::DecodePem};

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

macro_rules! published {
    ($($test:ident: $folder:literal, $name:literal, $private:ident, $public:ident<$algorithm:ty>, $half:ident;)+) => {$(
        #[test]
        fn $test() {
            let Some(dir) = vectors::dir(stringify!($test)) else { return };
            let folder = dir.join(concat!("pki/", $folder));
            let public = $public::<$algorithm>::from_public_key_pem(&text(&folder, concat!($name, ".pub"))).unwrap();
            let certificate = Certificate::from_pem(text(&folder, concat!($name, ".crt"))).unwrap();
            let subject = certificate.tbs_certificate().subject_public_key_info();
            assert_eq!(subject.subject_public_key.raw_bytes(), public.as_bytes());
            for (name, form) in [
                (concat!($name, "-seed.priv"), PrivateKeyForm::Seed),
                (concat!($name, "-expanded.priv"), PrivateKeyForm::Expanded),
                (concat!($name, "-both.priv"), PrivateKeyForm::Both),
            ] {
                let pem = text(&folder, name);
                let key = $private::<$algorithm>::from_pkcs8_pem(&pem).unwrap();
                assert_eq!(key.$half(), public, "{name}");
                let written = key.expose(ExposeToken::acknowledge()).unwrap().to_pkcs8_der_as(form).unwrap();
                let (_, read) = der::pem::decode_vec(pem.as_bytes()).unwrap();
                assert_eq!(written.as_bytes(), read, "{name}");
            }
        }
    )+};
}

published! {
    ml_dsa_44: "rfc9881-ml-dsa", "ML-DSA-44", SigningKey, VerifyingKey<MlDsa44>, verifying_key;
    ml_dsa_65: "rfc9881-ml-dsa", "ML-DSA-65", SigningKey, VerifyingKey<MlDsa65>, verifying_key;
    ml_kem_512: "rfc9935-ml-kem", "ML-KEM-512", DecapsulationKey, EncapsulationKey<MlKem512>, encapsulation_key;
    ml_kem_768: "rfc9935-ml-kem", "ML-KEM-768", DecapsulationKey, EncapsulationKey<MlKem768>, encapsulation_key;
}

#[test]
fn published_bad_keys_are_refused() {
    let Some(dir) = vectors::dir("published_bad_keys_are_refused") else {
        return;
    };
    for (folder, name) in [
        ("rfc9881-ml-dsa", "bad-ML-DSA-44-1.priv"),
        ("rfc9881-ml-dsa", "bad-ML-DSA-44-2.priv"),
        ("rfc9935-ml-kem", "bad-ML-KEM-512-1.priv"),
        ("rfc9935-ml-kem", "bad-ML-KEM-512-2.priv"),
    ] {
        let pem = text(&dir.join("pki").join(folder), name);
        let (_, der) = der::pem::decode_vec(pem.as_bytes()).unwrap();
        let error = if folder.contains("dsa") {
            SigningKey::<MlDsa44>::from_pkcs8_der(&der).err()
        } else {
            DecapsulationKey::<MlKem512>::from_pkcs8_der(&der).err()
        };
        assert_eq!(error, Some(pqkm_core::DecodeError::Inconsistent), "{name}");
    }
}

/// RFC 8410, section 10: a public key, its private key, and the same with an attribute and the public key.
#[test]
fn the_keys_of_rfc_8410() {
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";
    const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
    const WITH_ATTRIBUTES: &str = "-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
";
    let public = VerifyingKey::<Ed25519>::from_public_key_pem(PUBLIC).unwrap();
    let private = SigningKey::<Ed25519>::from_pkcs8_pem(PRIVATE).unwrap();
    assert_eq!(private.verifying_key(), public);
    let exposed = private.expose(ExposeToken::acknowledge()).unwrap();
    assert_eq!(*exposed.to_pkcs8_pem(LineEnding::LF).unwrap(), *PRIVATE);

    let any = AnyPrivateKey::from_pem(WITH_ATTRIBUTES).unwrap();
    assert_eq!(any.attributes().len(), 1);
    assert_eq!(any.public_key_bytes(), Some(public.as_bytes()));
    let promoted: SigningKey<Ed25519> = any.promote().unwrap();
    assert_eq!(promoted.verifying_key(), public);
    // A key carries no attributes, and dropping them unseen would lose them.
    assert!(SigningKey::<Ed25519>::from_pkcs8_pem(WITH_ATTRIBUTES).is_err());
}

#[test]
fn acvp_decapsulation_keys_are_accepted() {
    use pqkm_core::{Ciphertext, MlKem1024};
    use pqkm_testkit::case::{Expect, Operation, PrivateKey};
    use pqkm_testkit::{file::VectorFile, parameter_set::ParameterSet};

    macro_rules! decapsulate {
        ($algorithm:ty, $dk:expr, $c:expr) => {{
            let key = DecapsulationKey::<$algorithm>::from_expanded($dk).unwrap();
            let secret = key
                .decapsulate(&Ciphertext::from_bytes($c).unwrap())
                .unwrap();
            secret.expose(ExposeToken::acknowledge()).to_vec()
        }};
    }

    let Some(dir) = vectors::dir("acvp_decapsulation_keys_are_accepted") else {
        return;
    };
    let file = VectorFile::open(&dir.join("acvp/ML-KEM-encapDecap-FIPS203.json")).unwrap();
    let Some(VectorFile::Cases(cases)) = file else {
        panic!("not read")
    };
    let mut seen = 0;
    for case in cases {
        let Operation::Decapsulate { key, c, expect, .. } = &case.operation else {
            continue;
        };
        let (PrivateKey::Expanded(dk), Expect::Is(k)) = (key, expect) else {
            continue;
        };
        let secret = match case.parameter_set {
            ParameterSet::MlKem512 => decapsulate!(MlKem512, dk, c),
            ParameterSet::MlKem768 => decapsulate!(MlKem768, dk, c),
            _ => decapsulate!(MlKem1024, dk, c),
        };
        assert_eq!(secret, *k, "{}", case.id);
        seen += 1;
    }
    assert!(seen >= 30, "{seen}");
}
