//! Folders that are unusual and right, folders that are wrong, and files that are neither.

use std::{env, fs, path::PathBuf};

use pqkm::core::{
    DecapsulationKey, EcdsaP256, Ed25519, ExposeToken, Exposed, Key, MlDsa44, MlKem768,
    PrivateKeyForm, SecretMaterial, SigningKey, XWing,
    pkcs8::{EncodePrivateKey, LineEnding},
    role::{HasKey, PrivateRole},
    spki::EncodePublicKey,
};
use pqkm_testkit::rng::SeededRng;

use super::*;

const KEM: &str = "2.16.840.1.101.3.4.4.2";
const DSA: &str = "2.16.840.1.101.3.4.3.17";

/// A folder of one test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("pqkm-interop-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Passed, failed and skipped.
    fn check(&self, negative: bool) -> [usize; 3] {
        let arguments = Arguments {
            negative,
            json: false,
            roots: vec![self.0.clone()],
        };
        let report = run(&arguments).unwrap();
        let mut lines = Vec::new();
        report.write_lines(&mut lines).unwrap();
        println!("{}", String::from_utf8(lines).unwrap());
        [Outcome::Passed, Outcome::Failed, Outcome::Skipped].map(|outcome| report.count(outcome))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn exposed<A: HasKey<R>, R: PrivateRole>(key: &Key<A, R>) -> Exposed<'_, A, R>
where
    A::Material: SecretMaterial,
{
    key.expose(ExposeToken::acknowledge()).unwrap()
}

fn pkcs8<A: HasKey<R>, R: PrivateRole>(key: &Key<A, R>) -> Vec<u8>
where
    A::Material: SecretMaterial,
{
    exposed(key).to_pkcs8_der().unwrap().as_bytes().to_vec()
}

/// A DER element.
fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).unwrap().to_be_bytes();
    let header = match contents.len() {
        0..128 => vec![tag, length[1]],
        128..256 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [header.as_slice(), contents].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// The `AlgorithmIdentifier` of ML-DSA-44.
fn ml_dsa_44() -> Vec<u8> {
    sequence(&[&tlv(6, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17])])
}

/// A self-signed certificate with a serial number of 25 bytes, no version and no extensions.
fn certificate(key: &SigningKey<MlDsa44>) -> Vec<u8> {
    let name = sequence(&[]);
    let time = tlv(0x18, b"20260101000000Z");
    let tbs = sequence(&[
        &tlv(2, &[0x11; 25]),
        &ml_dsa_44(),
        &name,
        &sequence(&[&time, &time]),
        &name,
        &key.verifying_key().to_spki_der(),
    ]);
    let signature = key.sign(&tbs, &mut SeededRng::from_u64(7)).unwrap();
    let bits = tlv(3, &[&[0], signature.as_bytes()].concat());
    sequence(&[&tbs, &ml_dsa_44(), &bits])
}

/// PEM with lines of 76 characters that end in CR LF.
fn wide_pem(label: &str, der: &[u8]) -> String {
    let narrow = x509_cert::der::pem::encode_string(label, LineEnding::LF, der).unwrap();
    let body: String = narrow.lines().filter(|line| !line.contains('-')).collect();
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(76)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "Subject: a key\r\n-----BEGIN {label}-----\r\n{}\r\n-----END {label}-----\r\n",
        lines.join("\r\n")
    )
}

fn kem_key(label: &str) -> DecapsulationKey<MlKem768> {
    DecapsulationKey::generate(&mut SeededRng::from_label(label)).unwrap()
}

fn put_kem(folder: &Folder, key: &DecapsulationKey<MlKem768>) {
    let form = |form| exposed(key).to_pkcs8_der_as(form).unwrap();
    folder.put(
        &format!("ML_KEM_768-{KEM}_seed_priv.der"),
        form(PrivateKeyForm::Seed).as_bytes(),
    );
    folder.put(
        &format!("ml-kem-768-{KEM}_both_priv.der"),
        form(PrivateKeyForm::Both).as_bytes(),
    );
    folder.put(
        &format!("id-alg-mlkem768-{KEM}_expandedkey_priv.pem"),
        wide_pem("PRIVATE KEY", form(PrivateKeyForm::Expanded).as_bytes()),
    );
    let public = key.encapsulation_key();
    folder.put(
        &format!("mlkem768-{KEM}_pub.pem"),
        public.to_public_key_pem(LineEnding::CRLF).unwrap(),
    );
    let (ciphertext, secret) = public.encapsulate(&mut SeededRng::from_u64(1)).unwrap();
    folder.put(
        &format!("ML-KEM-768-{KEM}_ciphertext.bin"),
        ciphertext.as_bytes(),
    );
    folder.put(
        &format!("ML-KEM-768-{KEM}_ss.bin"),
        secret.expose(ExposeToken::acknowledge()),
    );
}

#[test]
fn names_and_forms_of_every_kind_belong_together() {
    let folder = Folder::new("kem");
    put_kem(&folder, &kem_key("kem"));
    // The public key; three private keys, loading and working; two that reject as the first; six pairs; three
    // decapsulations.
    assert_eq!(folder.check(false), [1 + 2 * 3 + 2 + 6 + 3, 0, 0]);
}

/// The last byte of a seed is of z, which no public key and no true ciphertext shows.
#[test]
fn a_form_that_rejects_otherwise_is_another_key() {
    let folder = Folder::new("z");
    let key = kem_key("z");
    put_kem(&folder, &key);
    let mut seed = pkcs8(&key);
    *seed.last_mut().unwrap() ^= 1;
    folder.put(&format!("ML_KEM_768-{KEM}_seed_priv.der"), seed);
    let [passed, failed, _] = folder.check(false);
    assert!(failed > 0 && passed > 0, "{passed} passed, {failed} failed");
}

#[test]
fn bare_private_values_are_matched() {
    let folder = Folder::new("bare");
    let key = SigningKey::<MlDsa44>::generate(&mut SeededRng::from_label("bare")).unwrap();
    let seed = pkcs8(&key);
    let seed = &seed[seed.len() - 32..];
    let expanded = exposed(&key)
        .to_pkcs8_der_as(PrivateKeyForm::Expanded)
        .unwrap();
    let expanded = &expanded.as_bytes()[expanded.as_bytes().len() - 2560..];
    folder.put(&format!("id-ML-DSA-44-{DSA}_seed.der"), seed);
    folder.put(
        &format!("id-ML-DSA-44-{DSA}_expandedkey_priv.raw"),
        expanded,
    );
    folder.put(&format!("id-ML-DSA-44-{DSA}_ta.der"), certificate(&key));
    let xwing = DecapsulationKey::<XWing>::generate(&mut SeededRng::from_label("bare")).unwrap();
    folder.put("x.raw", exposed(&xwing).to_raw_private_key());
    folder.put("x.priv", pkcs8(&xwing));
    // The certificate's key, usage and signature, two private keys, three pairs; two, one rejection and one pair.
    assert_eq!(folder.check(false), [3 + 2 * 2 + 3 + 2 * 2 + 1 + 1, 0, 0]);
}

#[test]
fn classical_keys_with_and_without_their_public_half() {
    let folder = Folder::new("classical");
    let mut rng = SeededRng::from_label("classical");
    let ed25519 = SigningKey::<Ed25519>::generate(&mut rng).unwrap();
    folder.put(
        "ed25519_priv.pem",
        wide_pem("PRIVATE KEY", &pkcs8(&ed25519)),
    );
    let key = SigningKey::<EcdsaP256>::generate(&mut rng).unwrap();
    let private = exposed(&key).to_raw_private_key();
    let public = tlv(
        0xa1,
        &tlv(3, &[&[0], key.verifying_key().as_bytes()].concat()),
    );
    let curve = tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let algorithm = sequence(&[&tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), &curve]);
    let parameters = tlv(0xa0, &curve);
    let forms = [
        vec![],
        parameters.clone(),
        public.clone(),
        [parameters, public].concat(),
    ];
    for (index, rest) in forms.iter().enumerate() {
        let contents = sequence(&[&tlv(2, &[1]), &tlv(4, &private), rest]);
        let document = sequence(&[&tlv(2, &[0]), &algorithm, &tlv(4, &contents)]);
        folder.put(&format!("{index}/p256_priv.der"), document);
        folder.put(
            &format!("{index}/p256_pub.der"),
            key.verifying_key().to_spki_der(),
        );
    }
    assert_eq!(folder.check(false), [2 + forms.len() * (1 + 2 + 1), 0, 0]);
}

#[test]
fn what_is_no_artifact_is_ignored_and_what_is_not_covered_is_skipped() {
    let folder = Folder::new("others");
    folder.put("README.md", "-----BEGIN PRIVATE KEY-----");
    folder.put("notes", [0xff; 100]);
    folder.put("empty.der", []);
    folder.put(".DS_Store", [0; 10]);
    folder.put("a_pub.raw", [0; 10]);
    folder.put("ocsp.der", sequence(&[&tlv(10, &[0])]));
    assert_eq!(folder.check(false), [0; 3]);

    let unknown = sequence(&[&tlv(6, &[0x2b, 0xce, 0x0f, 1])]);
    let xmss = sequence(&[&tlv(6, &[0x2b, 6, 1, 5, 5, 7, 6, 34])]);
    let private =
        |version, algorithm: &[u8]| sequence(&[&tlv(2, &[version]), algorithm, &tlv(4, b"key")]);
    folder.put("a_priv.der", private(0, &unknown));
    folder.put("b_priv.der", private(1, &xmss));
    let bits = tlv(3, &[0, 1, 2, 3]);
    let request = sequence(&[&tlv(2, &[0]), &sequence(&[]), &sequence(&[&unknown, &bits])]);
    folder.put("c.csr", sequence(&[&request, &unknown, &bits]));
    folder.put("d_ciphertext.bin", [0; 1088]);
    folder.put("e_priv.raw", [0; 32]);
    assert_eq!(folder.check(false), [0, 0, 5]);
}

#[test]
fn what_does_not_fit_fails() {
    let folder = Folder::new("wrong");
    let key = kem_key("one");
    put_kem(&folder, &key);
    folder.put(
        &format!("ml-kem-768-{KEM}_priv.der"),
        pkcs8(&kem_key("two")),
    );
    folder.put("cut_priv.der", &pkcs8(&key)[..50]);
    folder.put("ta_ta.der", {
        let mut signed = certificate(&SigningKey::generate(&mut SeededRng::from_u64(3)).unwrap());
        *signed.last_mut().unwrap() ^= 1;
        signed
    });
    // Four pairs, a rejection and a decapsulation with the other key; the cut key; the signature.
    let [_, failed, skipped] = folder.check(false);
    assert_eq!((failed, skipped), (4 + 1 + 1 + 1 + 1, 0));
}

#[test]
fn with_negative_only_refusals_pass() {
    let folder = Folder::new("negative");
    let key = kem_key("three");
    let der = pkcs8(&key);
    folder.put("cut_priv.der", &der[..50]);
    folder.put("anything.der", [1, 2, 3]);
    assert_eq!(folder.check(true), [2, 0, 0]);
    folder.put("good_priv.der", &der);
    assert_eq!(folder.check(true), [2, 1, 0]);
}
