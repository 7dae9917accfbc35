//! SLH-DSA against ACVP, RFC 9909's example and itself.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use pkcs8::{DecodePrivateKey, DecodePublicKey};
use pqkm_core::{
    Context, DecodeError, Message, PreHash, PreHashed, Sign, SignError, Signature,
    SignatureAlgorithm, SigningKey, SlhDsaParameters, SlhDsaSha2_128f, SlhDsaSha2_128s,
    SlhDsaSha2_192f, SlhDsaSha2_192s, SlhDsaSha2_256f, SlhDsaSha2_256s, SlhDsaShake128f,
    SlhDsaShake128s, SlhDsaShake192f, SlhDsaShake192s, SlhDsaShake256f, SlhDsaShake256s,
    VerificationAlgorithm, Verify, VerifyingKey,
    hazmat::{self, GivenBytes},
    material::{HeapBytes, SlhDsaSigning, SlhDsaVerification},
};
use pqkm_testkit::{
    case::{self, Case, Expect, Operation, PrivateKey},
    file::VectorFile,
    parameter_set::ParameterSet,
    rng::{FailingRng, SeededRng},
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

/// Counts, so that a file that is not read does not pass.
fn acvp(test: &str, file: &str, expected: usize) {
    let Some(dir) = pqkm_testkit::vectors::dir(test) else {
        return;
    };
    let Ok(Some(VectorFile::Cases(cases))) = VectorFile::open(&dir.join("acvp").join(file)) else {
        panic!("{file} cannot be read");
    };
    let cases: Vec<_> = cases
        .iter()
        .filter(|case| !matches!(case.operation, Operation::Unusable(_)))
        .collect();
    cases.iter().for_each(|case| dispatch(case));
    assert_eq!(cases.len(), expected, "{file}");
}

#[test]
fn acvp_key_generation() {
    acvp("acvp_key_generation", "SLH-DSA-keyGen-FIPS205.json", 40);
}

#[test]
fn acvp_verification() {
    acvp("acvp_verification", "SLH-DSA-sigVer-FIPS205.json", 36);
}

#[test]
fn acvp_signing_sha2_192s() {
    acvp("acvp_signing_sha2_192s", "SLH-DSA-sigGen_SHA2-192s.txt", 14);
}

#[test]
fn acvp_signing_shake_128f() {
    acvp(
        "acvp_signing_shake_128f",
        "SLH-DSA-sigGen_SHAKE-128f.txt",
        20,
    );
}

#[test]
fn acvp_signing_shake_192s() {
    acvp(
        "acvp_signing_shake_192s",
        "SLH-DSA-sigGen_SHAKE-192s.txt",
        14,
    );
}

#[test]
fn rfc_9909_example() {
    let Some(dir) = pqkm_testkit::vectors::dir("rfc_9909_example") else {
        return;
    };
    let read =
        |name: &str| std::fs::read_to_string(dir.join("pki/rfc9909-slh-dsa").join(name)).unwrap();
    let key =
        SigningKey::<SlhDsaSha2_128s>::from_pkcs8_pem(&read("id-slh-dsa-sha2-128s.priv")).unwrap();
    let public =
        VerifyingKey::<SlhDsaSha2_128s>::from_public_key_pem(&read("id-slh-dsa-sha2-128s.pub"))
            .unwrap();
    assert!(key.verifying_key() == public);
}

fn fast_set<P: Set + pqkm_core::SupportsContext + pqkm_core::SupportsPreHash>() {
    let (key, public) = regime::signature::<P>(4099);
    regime::public_encodings(&public);
    regime::private_encodings(&key, 61);

    let mut rng = SeededRng::from_u64(2);
    let context = Context::new(b"context").unwrap();
    let signature = key
        .sign_with_context(b"message", context, &mut rng)
        .unwrap();
    public
        .verify_with_context(b"message", context, &signature)
        .unwrap();
    assert!(public.verify(b"message", &signature).is_err());

    let digest = PreHash::Shake256.digest(b"message");
    let digest = PreHashed::new(PreHash::Shake256, &digest).unwrap();
    let signature = key.sign_prehashed(digest, context, &mut rng).unwrap();
    public
        .verify_prehashed(digest, context, &signature)
        .unwrap();
    assert!(
        public
            .verify_prehashed(digest, Context::EMPTY, &signature)
            .is_err()
    );
    assert!(
        public
            .verify_with_context(digest.as_bytes(), context, &signature)
            .is_err()
    );

    // An external mu is ML-DSA's.
    let mu = Message::Mu(&[0; 64]);
    assert_eq!(key.sign_message(&mu, &mut rng), Err(SignError::Refused));
    assert!(public.verify_message(&mu, &signature).is_err());

    assert_eq!(
        key.sign(b"message", &mut FailingRng::after_calls(0)),
        Err(SignError::Randomness)
    );
}

#[test]
fn sha2_128f_holds_the_regime() {
    fast_set::<SlhDsaSha2_128f>();
}

#[test]
fn shake_128f_holds_the_regime() {
    fast_set::<SlhDsaShake128f>();
}

#[test]
fn a_root_that_is_not_the_seeds_is_refused() {
    let key = SigningKey::<SlhDsaSha2_128f>::generate(&mut SeededRng::from_u64(3)).unwrap();
    let exposed = key.expose(pqkm_core::ExposeToken::acknowledge()).unwrap();
    let sk = exposed.to_raw_private_key();
    for byte in 0..sk.len() {
        let mut damaged = sk.to_vec();
        damaged[byte] ^= 1;
        let result = SigningKey::<SlhDsaSha2_128f>::from_raw_private_key(&damaged);
        // `SK.prf` does not enter the root.
        let expected = (!(16..32).contains(&byte)).then_some(DecodeError::Inconsistent);
        assert_eq!(result.err(), expected, "byte {byte}");
    }
}
