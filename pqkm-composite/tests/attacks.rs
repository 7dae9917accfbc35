//! No half is ever accepted alone: every pair against stripping, swapping, downgrading, crossing with
//! every other pair, other contexts and other labels.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeMap, fs};

use pqkm_composite::{
    CompositeSignatureAlgorithm, SIGNATURES, SignatureEntry, SignatureVisitor, family_verifiers,
    signature_by_name, visit_signature, visit_signatures,
};
use pqkm_core::{
    AnyPublicKey, Context, Message, MlDsa44, MlDsa65, MlDsa87, Signature, SigningKey,
    SupportsContext, VerificationAlgorithm, Verifiers, VerifyingKey,
    spki::{AlgorithmIdentifierOwned, ObjectIdentifier},
};
use pqkm_testkit::rng::SeededRng;

/// Private keys by algorithm name: RSA keys take long to make, so published ones are used.
fn published_keys() -> Option<BTreeMap<&'static str, Vec<u8>>> {
    let dir = pqkm_testkit::vectors::dir("attacks")?;
    let path = dir.join("pki/draft-composite-sigs/testvectors.json");
    let value: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let tests = value["tests"].as_array().unwrap().iter();
    let keys = tests.filter_map(|test| {
        let entry = signature_by_name(test["tcId"].as_str().unwrap())?;
        let key = pqkm_testkit::base64::decode(test["sk"].as_str().unwrap()).unwrap();
        Some((entry.name, key))
    });
    Some(keys.collect())
}

const MESSAGE: &[u8] = b"what both halves sign";
const CONTEXT: &[u8] = b"the context";

/// A pair at work: its public key, and a signature in a context and one without.
struct Signed {
    entry: &'static SignatureEntry,
    key: AnyPublicKey,
    in_context: Vec<u8>,
    plain: Vec<u8>,
}

struct Sign<'a> {
    keys: &'a BTreeMap<&'static str, Vec<u8>>,
    rng: SeededRng,
    all: Vec<Signed>,
}

impl SignatureVisitor for Sign<'_> {
    type Output = ();

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) {
        let key = SigningKey::<A>::from_raw_private_key(&self.keys[A::NAME]).unwrap();
        let context = Context::new(CONTEXT).unwrap();
        let prepared = key.prepare();
        let messages = [
            Message::with_context(MESSAGE, context),
            Message::pure(MESSAGE),
        ];
        let signatures = prepared.sign_many(&messages, &mut self.rng).unwrap();
        self.all.push(Signed {
            entry: A::ENTRY,
            key: AnyPublicKey::from(&key.verifying_key()),
            in_context: signatures[0].as_bytes().to_vec(),
            plain: signatures[1].as_bytes().to_vec(),
        });
    }
}

fn all() -> Option<Vec<Signed>> {
    let keys = published_keys()?;
    let rng = SeededRng::from_label("attacks");
    let mut sign = Sign {
        keys: &keys,
        rng,
        all: Vec::new(),
    };
    visit_signatures(&mut sign);
    if cfg!(all(
        feature = "rsa",
        feature = "brainpool",
        feature = "unstable-448"
    )) {
        assert_eq!(sign.all.len(), SIGNATURES.len());
    }
    Some(sign.all)
}

/// Verification of given bytes, as typed keys do it.
struct Verify<'a> {
    key: &'a AnyPublicKey,
    context: &'a [u8],
    message: &'a [u8],
    signature: &'a [u8],
}

impl SignatureVisitor for Verify<'_> {
    type Output = bool;

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) -> bool {
        let key: VerifyingKey<A> = self.key.promote().unwrap();
        let context = Context::new(self.context).unwrap();
        Signature::from_bytes(self.signature).is_ok_and(|signature| {
            key.verify_with_context(self.message, context, &signature)
                .is_ok()
        })
    }
}

impl Signed {
    fn accepts(&self, context: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let key = &self.key;
        let mut verify = Verify {
            key,
            context,
            message,
            signature,
        };
        visit_signature(self.entry.oid, &mut verify).unwrap()
    }

    /// The length of ML-DSA's half of signatures, and of public keys.
    fn splits(&self) -> (usize, usize) {
        match self.entry.post_quantum {
            "ML-DSA-44" => (2420, 1312),
            "ML-DSA-65" => (3309, 1952),
            _ => (4627, 2592),
        }
    }

    fn halves(&self) -> (&[u8], &[u8]) {
        self.in_context.split_at(self.splits().0)
    }
}

#[test]
fn stripped_swapped_and_padded_halves_are_refused() {
    let Some(all) = all() else { return };
    for signed in &all {
        let name = signed.entry.name;
        let accepts = |signature: &[u8]| signed.accepts(CONTEXT, MESSAGE, signature);
        assert!(accepts(&signed.in_context), "{name}");
        let (first, second) = signed.halves();
        let zeros = |half: &[u8]| vec![0; half.len()];
        // Stripped: one half alone, nothing at all, a half of zeros, a half twice.
        assert!(!accepts(first), "{name}");
        assert!(!accepts(second), "{name}");
        assert!(!accepts(&[]), "{name}");
        assert!(!accepts(&[first, &zeros(second)].concat()), "{name}");
        assert!(!accepts(&[&zeros(first), second].concat()), "{name}");
        assert!(!accepts(&[first, first].concat()), "{name}");
        assert!(!accepts(&[second, second].concat()), "{name}");
        // Swapped.
        assert!(!accepts(&[second, first].concat()), "{name}");
        // Longer, shorter, moved by a byte.
        assert!(!accepts(&[&signed.in_context[..], &[0]].concat()), "{name}");
        assert!(!accepts(&[&[0], &signed.in_context[..]].concat()), "{name}");
        assert!(!accepts(&signed.in_context[1..]), "{name}");
        assert!(
            !accepts(&signed.in_context[..signed.in_context.len() - 1]),
            "{name}"
        );
    }
}

#[test]
fn halves_of_two_signatures_are_refused() {
    let Some(all) = all() else { return };
    for signed in &all {
        let name = signed.entry.name;
        let split = signed.splits().0;
        let (with, without) = (&signed.in_context, &signed.plain);
        assert!(signed.accepts(&[], MESSAGE, without), "{name}");
        for (context, first, second) in [
            (CONTEXT, with, without),
            (CONTEXT, without, with),
            (&[], with, without),
            (&[], without, with),
        ] {
            let mixed = [&first[..split], &second[split..]].concat();
            assert!(!signed.accepts(context, MESSAGE, &mixed), "{name}");
        }
        // Another context, another message; and the context moved into the message.
        assert!(!signed.accepts(b"the contexs", MESSAGE, with), "{name}");
        assert!(!signed.accepts(&[], MESSAGE, with), "{name}");
        assert!(!signed.accepts(CONTEXT, MESSAGE, without), "{name}");
        assert!(
            !signed.accepts(CONTEXT, b"what both halves signed", with),
            "{name}"
        );
        let joined = [CONTEXT, MESSAGE].concat();
        assert!(!signed.accepts(&[], &joined, with), "{name}");
    }
}

/// A half is no signature of its own algorithm: not of the message, in no context that a caller would
/// use.
#[test]
fn a_half_is_no_signature_by_itself() {
    fn downgrade<P: VerificationAlgorithm + SupportsContext>(signed: &Signed) {
        let (first, _) = signed.halves();
        let public = &signed.key.key_bytes()[..signed.splits().1];
        let key = VerifyingKey::<P>::from_bytes(public).unwrap();
        let signature = Signature::<P>::from_bytes(first).unwrap();
        assert!(key.verify(MESSAGE, &signature).is_err());
        let context = Context::new(CONTEXT).unwrap();
        assert!(
            key.verify_with_context(MESSAGE, context, &signature)
                .is_err()
        );
        let label = Context::new(signed.entry.label.as_bytes()).unwrap();
        assert!(key.verify_with_context(MESSAGE, label, &signature).is_err());
        assert!(key.verify(&representative(signed), &signature).is_err());
        // It is one of the representative in the context of the label: that is what makes it a half.
        assert!(
            key.verify_with_context(&representative(signed), label, &signature)
                .is_ok()
        );
    }
    let Some(all) = all() else { return };
    for signed in &all {
        match signed.entry.post_quantum {
            "ML-DSA-44" => downgrade::<MlDsa44>(signed),
            "ML-DSA-65" => downgrade::<MlDsa65>(signed),
            _ => downgrade::<MlDsa87>(signed),
        }
    }
}

/// M', written here a second time.
fn representative(signed: &Signed) -> Vec<u8> {
    let mut message = b"CompositeAlgorithmSignatures2025".to_vec();
    message.extend(signed.entry.label.bytes());
    message.push(u8::try_from(CONTEXT.len()).unwrap());
    message.extend(CONTEXT);
    let hash = signed.entry.pre_hash;
    message.extend(&hash.digest(MESSAGE)[..hash.digest_bytes()]);
    message
}

/// Every pair against every other: signatures, halves of signatures, and re-labelled keys.
#[test]
fn pairs_do_not_cross() {
    let Some(all) = all() else { return };
    let verifiers = family_verifiers().unwrap();
    for one in &all {
        for other in &all {
            if one.entry == other.entry {
                continue;
            }
            let what = (one.entry.name, other.entry.name);
            assert!(
                !one.accepts(CONTEXT, MESSAGE, &other.in_context),
                "{what:?}"
            );
            let (first, second) = (one.halves(), other.halves());
            let crossed = [first.0, second.1].concat();
            assert!(!one.accepts(CONTEXT, MESSAGE, &crossed), "{what:?}");
            let crossed = [second.0, first.1].concat();
            assert!(!one.accepts(CONTEXT, MESSAGE, &crossed), "{what:?}");
            // The label of another pair on the same bytes: as key, as signature, as both.
            let relabelled = spki(other.entry.oid, one.key.key_bytes());
            for (oid, key) in [
                (other.entry.oid, &one.key),
                (one.entry.oid, &relabelled),
                (other.entry.oid, &relabelled),
            ] {
                let verdict = verify(&verifiers, oid, key, &one.plain);
                assert!(!verdict, "{what:?}");
            }
        }
        assert!(
            verify(&verifiers, one.entry.oid, &one.key, &one.plain),
            "{}",
            one.entry.name
        );
    }
}

/// A composite key or signature that names a pure algorithm, and a half that names the composite.
#[test]
fn downgraded_identifiers_are_refused() {
    let Some(all) = all() else { return };
    let verifiers = family_verifiers().unwrap();
    for signed in &all {
        let name = signed.entry.name;
        let pure = match signed.entry.post_quantum {
            "ML-DSA-44" => MlDsa44::signature_algorithm().oid,
            "ML-DSA-65" => MlDsa65::signature_algorithm().oid,
            _ => MlDsa87::signature_algorithm().oid,
        };
        let composite = signed.entry.oid;
        let (signature_split, key_split) = signed.splits();
        let (first, second) = signed.plain.split_at(signature_split);
        let (first_key, second_key) = signed.key.key_bytes().split_at(key_split);
        for (oid, key, signature) in [
            (pure, spki(pure, first_key), first),
            (pure, spki(pure, signed.key.key_bytes()), &signed.plain[..]),
            (pure, spki(composite, signed.key.key_bytes()), first),
            (composite, spki(pure, first_key), &signed.plain[..]),
            (composite, spki(composite, first_key), first),
            (composite, spki(composite, second_key), second),
            (composite, spki(composite, first_key), &signed.plain[..]),
        ] {
            assert!(!verify(&verifiers, oid, &key, signature), "{name}");
        }
    }
}

fn spki(oid: ObjectIdentifier, key: &[u8]) -> AnyPublicKey {
    use x509_cert::der::{Encode as _, asn1::BitString};
    let info = x509_cert::spki::SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid,
            parameters: None,
        },
        subject_public_key: BitString::from_bytes(key).unwrap(),
    };
    AnyPublicKey::from_spki_der(&info.to_der().unwrap()).unwrap()
}

fn verify(
    verifiers: &Verifiers,
    oid: ObjectIdentifier,
    key: &AnyPublicKey,
    signature: &[u8],
) -> bool {
    let algorithm = AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    };
    verifiers
        .verify(&algorithm, key, MESSAGE, signature)
        .is_ok()
}
