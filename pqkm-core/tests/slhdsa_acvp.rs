//! SLH-DSA against ACVP: key generation, signing and verifying, by the internal interface.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use pqkm_core::{
    Signature, SignatureAlgorithm, SigningKey, SlhDsaParameters, SlhDsaSha2_128f, SlhDsaSha2_128s,
    SlhDsaSha2_192f, SlhDsaSha2_192s, SlhDsaSha2_256f, SlhDsaSha2_256s, SlhDsaShake128f,
    SlhDsaShake128s, SlhDsaShake192f, SlhDsaShake192s, SlhDsaShake256f, SlhDsaShake256s,
    VerificationAlgorithm, VerifyingKey,
    hazmat::{self, GivenBytes},
    material::{HeapBytes, SlhDsaSigning, SlhDsaVerification},
};
use pqkm_testkit::{
    case::{self, Case, Expect, Operation, PrivateKey},
    file::VectorFile,
    parameter_set::ParameterSet,
};

trait Set:
    SlhDsaParameters
    + SignatureAlgorithm<Signing = SlhDsaSigning<Self>>
    + VerificationAlgorithm<Verification = SlhDsaVerification<Self>, Signature = HeapBytes<Self>>
{
}

impl<P> Set for P where
    P: SlhDsaParameters
        + SignatureAlgorithm<Signing = SlhDsaSigning<P>>
        + VerificationAlgorithm<Verification = SlhDsaVerification<P>, Signature = HeapBytes<P>>
{
}

fn run<P: Set>(case: &Case) {
    match &case.operation {
        Operation::KeyGen {
            seed,
            expect: Expect::Is(pair),
        } => {
            let key = SigningKey::<P>::generate(&mut GivenBytes::new(seed)).unwrap();
            let public = pair.public.as_ref().unwrap();
            assert_eq!(key.verifying_key().as_bytes(), public);
            let sk = pair.private.as_ref().unwrap();
            let imported = SigningKey::<P>::from_raw_private_key(sk).unwrap();
            assert_eq!(regime::pkcs8(&imported), regime::pkcs8(&key));
        }
        Operation::Sign {
            key: PrivateKey::Expanded(sk),
            message: case::Message::Internal(message),
            randomness,
            expect: Expect::Is(expected),
            ..
        } => {
            let key = SigningKey::<P>::from_raw_private_key(sk).unwrap();
            let pk_seed = &sk[2 * P::N..3 * P::N];
            let addrnd = randomness.as_deref().unwrap_or(pk_seed);
            let signature =
                hazmat::slh_sign_internal(&key, message, &mut GivenBytes::new(addrnd)).unwrap();
            assert!(signature.as_bytes() == expected, "{:?}", case.id);
        }
        Operation::Verify {
            public,
            message: case::Message::Internal(message),
            signature,
            valid,
        } => {
            let key = VerifyingKey::<P>::from_bytes(public).unwrap();
            let accepted = Signature::from_bytes(signature).is_ok_and(|signature| {
                hazmat::slh_verify_internal(&key, message, &signature).is_ok()
            });
            assert_eq!(accepted, *valid, "{:?}", case.id);
        }
        other => panic!("unexpected case {other:?}"),
    }
}

fn dispatch(case: &Case) {
    match case.parameter_set {
        ParameterSet::SlhDsaSha2_128s => run::<SlhDsaSha2_128s>(case),
        ParameterSet::SlhDsaSha2_128f => run::<SlhDsaSha2_128f>(case),
        ParameterSet::SlhDsaSha2_192s => run::<SlhDsaSha2_192s>(case),
        ParameterSet::SlhDsaSha2_192f => run::<SlhDsaSha2_192f>(case),
        ParameterSet::SlhDsaSha2_256s => run::<SlhDsaSha2_256s>(case),
        ParameterSet::SlhDsaSha2_256f => run::<SlhDsaSha2_256f>(case),
        ParameterSet::SlhDsaShake128s => run::<SlhDsaShake128s>(case),
        ParameterSet::SlhDsaShake128f => run::<SlhDsaShake128f>(case),
        ParameterSet::SlhDsaShake192s => run::<SlhDsaShake192s>(case),
        ParameterSet::SlhDsaShake192f => run::<SlhDsaShake192f>(case),
        ParameterSet::SlhDsaShake256s => run::<SlhDsaShake256s>(case),
        ParameterSet::SlhDsaShake256f => run::<SlhDsaShake256f>(case),
        other => panic!("{other} is not SLH-DSA"),
    }
}

/// Which cases of a file to run.
#[derive(Clone, Copy, PartialEq)]
enum Cases {
    All,
    /// The first of each parameter set: the rest cost minutes without optimisation.
    OneOfEachSet,
}

/// Counts, so that a file that is not read does not pass.
fn acvp(test: &str, file: &str, which: Cases, expected: usize) {
    let Some(dir) = pqkm_testkit::vectors::dir(test) else {
        return;
    };
    let Ok(Some(VectorFile::Cases(cases))) = VectorFile::open(&dir.join("acvp").join(file)) else {
        panic!("{file} cannot be read");
    };
    let mut cases: Vec<_> = cases
        .iter()
        .filter(|case| !matches!(case.operation, Operation::Unusable(_)))
        .collect();
    if which == Cases::OneOfEachSet {
        let mut seen = Vec::new();
        cases.retain(|case| {
            let is_first = !seen.contains(&case.parameter_set);
            seen.push(case.parameter_set);
            is_first
        });
    }
    cases.iter().for_each(|case| dispatch(case));
    assert_eq!(cases.len(), expected, "{file}");
}

const KEY_GENERATION: &str = "SLH-DSA-keyGen-FIPS205.json";
const SIGNING: [(&str, usize); 3] = [
    ("SLH-DSA-sigGen_SHA2-192s.txt", 14),
    ("SLH-DSA-sigGen_SHAKE-128f.txt", 20),
    ("SLH-DSA-sigGen_SHAKE-192s.txt", 14),
];

#[test]
fn acvp_key_generation() {
    acvp(
        "acvp_key_generation",
        KEY_GENERATION,
        Cases::OneOfEachSet,
        4,
    );
}

#[test]
fn acvp_verification() {
    acvp(
        "acvp_verification",
        "SLH-DSA-sigVer-FIPS205.json",
        Cases::All,
        36,
    );
}

#[test]
fn acvp_signing() {
    for (file, _) in SIGNING {
        acvp("acvp_signing", file, Cases::OneOfEachSet, 1);
    }
}

#[test]
#[ignore = "minutes; examples/check_vectors runs the same cases in release builds"]
fn acvp_all_cases() {
    acvp("acvp_all_cases", KEY_GENERATION, Cases::All, 40);
    for (file, count) in SIGNING {
        acvp("acvp_all_cases", file, Cases::All, count);
    }
}
