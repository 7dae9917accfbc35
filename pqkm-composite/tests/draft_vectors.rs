//! The vectors of both drafts, through typed keys.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests are not recognised as tests"
)]

use std::{collections::BTreeMap, fs, path::Path};

use pqkm_composite::{
    CompositeKemAlgorithm, CompositeSignatureAlgorithm, KemVisitor, SignatureVisitor, kem_by_name,
    signature_by_name, visit_kem, visit_signature,
};
use pqkm_core::{
    AnyPublicKey, Ciphertext, Context, DecapsulationKey, ExposeToken, Message, PreHashed,
    Signature, SigningKey, VerifyingKey, pkcs8::EncodePrivateKey as _,
};
use pqkm_testkit::{mutate, rng::SeededRng};
use x509_cert::der::{Decode as _, Encode as _};

type Fields = BTreeMap<String, Vec<u8>>;

/// A file: its top-level fields, and the fields of each test by its name.
fn read(path: &Path) -> (Fields, Vec<(String, Fields)>) {
    let text = fs::read_to_string(path).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let fields = |object: &serde_json::Value| -> Fields {
        let object = object.as_object().unwrap().iter();
        let strings = object.filter_map(|(key, value)| Some((key.clone(), value.as_str()?)));
        strings
            .filter(|(key, _)| key != "tcId")
            .map(|(key, value)| (key, pqkm_testkit::base64::decode(value).unwrap()))
            .collect()
    };
    let tests = value["tests"].as_array().unwrap().iter();
    let tests = tests.map(|test| (test["tcId"].as_str().unwrap().into(), fields(test)));
    (fields(&value), tests.collect())
}

/// The subject key of a certificate.
fn certified_key(der: &[u8]) -> AnyPublicKey {
    let certificate = x509_cert::Certificate::from_der(der).unwrap();
    let spki = certificate.tbs_certificate().subject_public_key_info();
    AnyPublicKey::from_spki_der(&spki.to_der().unwrap()).unwrap()
}

struct SignatureCase<'a> {
    shared: &'a Fields,
    test: &'a Fields,
    rng: SeededRng,
}

impl SignatureCase<'_> {
    /// A bit in each half flipped: both must be looked at.
    fn flips<A: CompositeSignatureAlgorithm>(
        &self,
        key: &VerifyingKey<A>,
        message: &Message<'_>,
        signature: &[u8],
    ) {
        let prepared = key.prepare();
        for position in [0, 33, signature.len() - 40, signature.len() - 1] {
            let mut flipped = signature.to_vec();
            mutate::flip(&mut flipped, 8 * position);
            let Ok(flipped) = Signature::<A>::from_bytes(&flipped) else {
                continue;
            };
            let results = prepared.verify_many(&[(*message, &flipped)]);
            assert!(results[0].is_err(), "{} bit at {position}", A::NAME);
        }
    }
}

impl SignatureCase<'_> {
    /// A digest stands for its message.
    fn pre_hashed<A: CompositeSignatureAlgorithm>(
        &mut self,
        private: &SigningKey<A>,
        signature: &Signature<A>,
    ) {
        let (m, public) = (&self.shared["m"], private.verifying_key());
        let hash = A::ENTRY.pre_hash;
        let digest = hash.digest(m);
        let digest = PreHashed::new(hash, &digest[..hash.digest_bytes()]).unwrap();
        let verdict = public.verify_prehashed(digest, Context::EMPTY, signature);
        assert_eq!(verdict, Ok(()), "{}", A::NAME);
        let again = private
            .sign_prehashed(digest, Context::EMPTY, &mut self.rng)
            .unwrap();
        assert_eq!(public.verify(m, &again), Ok(()));
    }
}

impl SignatureVisitor for SignatureCase<'_> {
    type Output = ();

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) {
        let (m, test) = (&self.shared["m"], self.test);
        let public = VerifyingKey::<A>::from_bytes(&test["pk"]).unwrap();
        assert_eq!(certified_key(&test["x5c"]).promote(), Ok(public.clone()));
        let private = SigningKey::<A>::from_raw_private_key(&test["sk"]).unwrap();
        let from_pkcs8 = SigningKey::<A>::from_pkcs8_der(&test["sk_pkcs8"]).unwrap();
        let exposed = from_pkcs8.expose(ExposeToken::acknowledge()).unwrap();
        assert_eq!(*exposed.to_raw_private_key(), test["sk"]);
        assert_eq!(exposed.to_pkcs8_der().unwrap().as_bytes(), test["sk_pkcs8"]);
        assert_eq!(private.verifying_key(), public);
        assert!(A::ENTRY.public_key.allows(test["pk"].len()));
        assert!(A::ENTRY.private_key.allows(test["sk"].len()));

        let plain = Signature::from_bytes(&test["s"]).unwrap();
        assert_eq!(public.verify(m, &plain), Ok(()), "{}", A::NAME);
        self.flips(&public, &Message::pure(m), plain.as_bytes());
        self.pre_hashed(&private, &plain);
        // Bouncy Castle's file has no contexts.
        if let Some(given) = self.shared.get("ctx") {
            let context = Context::new(given).unwrap();
            let bound = Signature::from_bytes(&test["sWithContext"]).unwrap();
            assert_eq!(public.verify_with_context(m, context, &bound), Ok(()));
            assert!(public.verify(m, &bound).is_err());
            assert!(public.verify_with_context(m, context, &plain).is_err());
            self.flips(
                &public,
                &Message::with_context(m, context),
                bound.as_bytes(),
            );
        }
        let context = Context::new(b"again").unwrap();
        let again = private
            .sign_with_context(m, context, &mut self.rng)
            .unwrap();
        assert_eq!(public.verify_with_context(m, context, &again), Ok(()));
    }
}

fn signature_vectors(file: &str) {
    let Some(dir) = pqkm_testkit::vectors::dir(file) else {
        return;
    };
    let (shared, tests) = read(&dir.join("pki/draft-composite-sigs").join(file));
    let mut run = 0;
    for (name, test) in &tests {
        let Some(entry) = signature_by_name(name) else {
            assert!(name.starts_with("id-ML-DSA-"), "{name}");
            continue;
        };
        let rng = SeededRng::from_label(name);
        let mut case = SignatureCase {
            shared: &shared,
            test,
            rng,
        };
        run += usize::from(visit_signature(entry.oid, &mut case).is_some());
    }
    let expected = if cfg!(all(
        feature = "rsa",
        feature = "brainpool",
        feature = "unstable-448"
    )) {
        18
    } else {
        7
    };
    assert!(run >= expected, "{run} algorithms");
}

#[test]
fn signatures_of_the_reference_implementation() {
    signature_vectors("testvectors.json");
}

#[test]
fn signatures_of_bouncy_castle() {
    signature_vectors("bc_composite_sig.json");
}

struct KemCase<'a>(&'a Fields, SeededRng);

impl KemVisitor for KemCase<'_> {
    type Output = ();

    fn visit<A: CompositeKemAlgorithm>(&mut self) {
        let test = self.0;
        let private = DecapsulationKey::<A>::from_raw_private_key(&test["dk"]).unwrap();
        let from_pkcs8 = DecapsulationKey::<A>::from_pkcs8_der(&test["dk_pkcs8"]).unwrap();
        let exposed = from_pkcs8.expose(ExposeToken::acknowledge()).unwrap();
        assert_eq!(exposed.to_pkcs8_der().unwrap().as_bytes(), test["dk_pkcs8"]);
        let public = private.encapsulation_key();
        assert_eq!(public.as_bytes(), test["ek"], "{}", A::NAME);
        assert_eq!(certified_key(&test["x5c"]).promote(), Ok(public.clone()));
        assert!(A::ENTRY.public_key.allows(test["ek"].len()));
        assert!(A::ENTRY.private_key.allows(test["dk"].len()));

        let ciphertext = Ciphertext::from_bytes(&test["c"]).unwrap();
        let reveal = |secret: &pqkm_core::SharedSecret<A>| {
            secret.expose(ExposeToken::acknowledge()).to_vec()
        };
        let secret = private.decapsulate(&ciphertext).unwrap();
        assert_eq!(reveal(&secret), test["k"], "{}", A::NAME);

        // A bit flipped in either half gives another secret or an error, never this one.
        for position in [0, test["c"].len() - 1] {
            let mut flipped = test["c"].clone();
            mutate::flip(&mut flipped, 8 * position);
            let flipped = Ciphertext::from_bytes(&flipped).unwrap();
            let opened = private.decapsulate(&flipped);
            assert!(opened.is_err() || opened.is_ok_and(|secret| reveal(&secret) != test["k"]));
        }
        let sent = public.prepare().encapsulate_many(3, &mut self.1).unwrap();
        let prepared = private.prepare();
        let ciphertexts: Vec<_> = sent.iter().map(|(ciphertext, _)| ciphertext).collect();
        let received = prepared.decapsulate_many(&ciphertexts).unwrap();
        for ((_, sent), received) in sent.iter().zip(received) {
            assert_eq!(reveal(sent), reveal(&received.unwrap()));
        }
    }
}

#[test]
fn kems_of_the_reference_implementation() {
    let Some(dir) = pqkm_testkit::vectors::dir("kems_of_the_reference_implementation") else {
        return;
    };
    let (_, tests) = read(&dir.join("pki/draft-composite-kem/testvectors.json"));
    let mut run = 0;
    for (name, test) in &tests {
        let Some(entry) = kem_by_name(name) else {
            assert!(name.starts_with("id-alg-ml-kem-"), "{name}");
            continue;
        };
        let mut case = KemCase(test, SeededRng::from_label(name));
        run += usize::from(visit_kem(entry.oid, &mut case).is_some());
    }
    let expected = if cfg!(all(
        feature = "rsa",
        feature = "brainpool",
        feature = "unstable-448"
    )) {
        12
    } else {
        5
    };
    assert!(run >= expected, "{run} algorithms");
}
