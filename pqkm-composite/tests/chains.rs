//! Chains: purposes, names, constraints, and anchors that share a name.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests are not recognised as tests"
)]

mod support;

use core::{
    slice,
    sync::atomic::{AtomicU32, Ordering},
};
use std::sync::Arc;

use pqkm_composite::{
    ChainError, IssueError, MlDsa44Ed25519, family_verifiers,
    x509::{Certificate, ChainVerifier, Policy, Profile, issue, name},
    x509_cert::ext::{Extension, pkix::name::GeneralName},
};
use pqkm_core::{
    AnyPublicKey, InvalidSignature, SigningKey, VerifierOf, Verifiers, VerifyByOid,
    spki::{AlgorithmIdentifierOwned, ObjectIdentifier},
};
use pqkm_testkit::rng::SeededRng;

use support::{
    Authority, NOW, at, extension,
    forge::{Forged, element, sequence},
    issuance,
};

type Pair = MlDsa44Ed25519;

const PURPOSES: &str = "2.5.29.37";
const NAME_CONSTRAINTS: &str = "2.5.29.30";
const SERVER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

fn purposes(critical: bool, all: &[ObjectIdentifier]) -> Extension {
    let all: Vec<u8> = all
        .iter()
        .flat_map(|oid| element(6, oid.as_bytes()))
        .collect();
    extension(PURPOSES, critical, &sequence(&[&all]))
}

/// A leaf with that extension.
fn leaf_with(top: &mut Authority<Pair>, extension: Extension) -> Certificate {
    let public = AnyPublicKey::from(&top.leaf_key.verifying_key());
    let profile = Profile::end_entity(&top.sub, name("CN=Leaf").unwrap()).unwrap();
    let profile = profile.with_extension(extension);
    issue(
        profile,
        issuance(9, &public),
        Some(&top.sub),
        &top.sub_key,
        &mut top.rng,
    )
    .unwrap()
}

/// The verdict on a leaf below the intermediate.
fn verdict(
    top: &Authority<Pair>,
    chain: &[Certificate],
    purpose: Option<ObjectIdentifier>,
) -> Result<(), ChainError> {
    let verifiers = family_verifiers().unwrap();
    let anchors = [top.root.clone()];
    let verifier = ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite);
    match purpose {
        Some(purpose) => verifier.for_purpose(purpose).verify(chain, at(NOW)),
        None => verifier.verify(chain, at(NOW)),
    }
}

#[test]
fn a_chain_is_for_its_purposes_only() {
    let mut top = Authority::<Pair>::new("purposes");
    let refused = Err(ChainError::Purpose);
    for (critical, named, purpose, expected) in [
        (true, &[SERVER][..], Some(SERVER), Ok(())),
        (true, &[SERVER], Some(CLIENT), refused),
        (false, &[SERVER], Some(CLIENT), refused),
        (true, &[CLIENT, SERVER], Some(SERVER), Ok(())),
        (true, &[ANY], Some(SERVER), Ok(())),
        // Who may speak for an issuer is said by name.
        (false, &[ANY], Some(OCSP), refused),
        (false, &[OCSP], Some(OCSP), Ok(())),
        // Without a purpose nobody understands the extension.
        (true, &[SERVER], None, Err(ChainError::CriticalExtension)),
        (true, &[ANY], None, Err(ChainError::CriticalExtension)),
        (false, &[SERVER], None, Ok(())),
    ] {
        let leaf = leaf_with(&mut top, purposes(critical, named));
        let chain = [leaf, top.sub.clone()];
        assert_eq!(
            verdict(&top, &chain, purpose),
            expected,
            "{named:?} {purpose:?}"
        );
    }
    let chain = [top.leaf.clone(), top.sub.clone()];
    assert_eq!(
        verdict(&top, &chain, Some(SERVER)),
        Ok(()),
        "no purposes are all"
    );
}

/// An authority for one purpose has none for another below it.
#[test]
fn the_purposes_of_authorities_count() {
    let mut top = Authority::<Pair>::new("purposes of authorities");
    let public = AnyPublicKey::from(&top.sub_key.verifying_key());
    let profile = Profile::authority(&top.root, name("CN=Sub").unwrap(), Some(0)).unwrap();
    let profile = profile.with_extension(purposes(false, &[CLIENT]));
    let order = issuance(9, &public);
    let sub = issue(profile, order, Some(&top.root), &top.root_key, &mut top.rng).unwrap();
    let chain = [top.leaf.clone(), sub];
    assert_eq!(verdict(&top, &chain, Some(CLIENT)), Ok(()));
    assert_eq!(
        verdict(&top, &chain, Some(SERVER)),
        Err(ChainError::Purpose)
    );
}

#[test]
fn alternative_names_are_there_to_be_compared() {
    let mut top = Authority::<Pair>::new("names");
    let names = extension("2.5.29.17", true, &[0x30, 3, 0x82, 1, b'a']);
    let leaf = leaf_with(&mut top, names);
    let [GeneralName::DnsName(dns)] = leaf.subject_alt_names() else {
        panic!("{:?}", leaf.subject_alt_names());
    };
    assert_eq!(dns.as_str(), "a");
    assert_eq!(verdict(&top, &[leaf, top.sub.clone()], None), Ok(()));
    assert_eq!(top.leaf.subject_alt_names(), []);
}

/// They are not enforced; an issuer that forgets to mark them does not make them void.
#[test]
fn constraints_that_are_not_enforced_refuse_the_chain() {
    let mut top = Authority::<Pair>::new("constraints");
    let public = AnyPublicKey::from(&top.sub_key.verifying_key());
    let root = name("CN=Root").unwrap();
    let permitted = sequence(&[&element(0xa0, &sequence(&[&[0x82, 1, b'a']]))]);
    for (oid, value) in [
        (NAME_CONSTRAINTS, permitted.as_slice()),
        ("2.5.29.36", &[0x30, 3, 0x80, 1, 0]),
        ("2.5.29.54", &[2, 1, 0]),
    ] {
        for critical in [false, true] {
            let forged = Forged {
                issuer: root.clone(),
                subject: name("CN=Sub").unwrap(),
                ..Forged::new(&public)
            };
            let authority = extension("2.5.29.19", true, &[0x30, 3, 1, 1, 0xff]);
            let forged = forged.with_extensions(&[authority, extension(oid, critical, value)]);
            let sub = Certificate::from_der(&forged.sign(&top.root_key)).unwrap();
            assert!(sub.has_unknown_critical_extension());
            // Nor is anything issued below it.
            let leaf = AnyPublicKey::from(&top.leaf_key.verifying_key());
            let profile = Profile::end_entity(&sub, name("CN=Leaf").unwrap()).unwrap();
            let order = issuance(9, &leaf);
            let refused = issue(profile, order, Some(&sub), &top.sub_key, &mut top.rng);
            assert_eq!(refused, Err(IssueError::Extension), "{oid} {critical}");
            let chain = [top.leaf.clone(), sub];
            let expected = Err(ChainError::CriticalExtension);
            assert_eq!(verdict(&top, &chain, None), expected, "{oid} {critical}");
        }
    }
}

/// Counts the signatures that are verified.
struct Counting(Arc<AtomicU32>);

impl VerifyByOid for Counting {
    fn name(&self) -> &'static str {
        "counted"
    }

    fn signature_algorithm(&self) -> AlgorithmIdentifierOwned {
        VerifierOf::<Pair>::new().signature_algorithm()
    }

    fn verify(
        &self,
        key: &AnyPublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.0.fetch_add(1, Ordering::Relaxed);
        VerifierOf::<Pair>::new().verify(key, message, signature)
    }
}

/// A root of that name with another key, whose certificates do not say which.
fn namesake(label: &str, subject: &str) -> Certificate {
    let key = SigningKey::<Pair>::generate(&mut SeededRng::from_label(label)).unwrap();
    let forged = Forged {
        issuer: name(subject).unwrap(),
        subject: name(subject).unwrap(),
        ..Forged::new(&AnyPublicKey::from(&key.verifying_key()))
    };
    let authority = forged.with("2.5.29.19", &[0x30, 3, 1, 1, 0xff]);
    Certificate::from_der(&authority.sign(&key)).unwrap()
}

#[test]
fn each_anchor_of_the_name_is_tried_and_each_link_verified_once() {
    let top = Authority::<Pair>::new("anchors");
    let count = Arc::new(AtomicU32::new(0));
    let mut verifiers = Verifiers::none();
    verifiers.add(Counting(count.clone())).unwrap();
    let chain = [top.leaf.clone(), top.sub.clone()];
    let verify = |anchors: &[Certificate]| {
        let verifier = ChainVerifier::new(anchors, &verifiers, Policy::RequireComposite);
        (
            verifier.verify(&chain, at(NOW)),
            count.swap(0, Ordering::Relaxed),
        )
    };
    let others = [namesake("one", "CN=Root"), namesake("two", "CN=Root")];
    let [one, two] = others.clone();
    assert_eq!(verify(slice::from_ref(&top.root)), (Ok(()), 2));
    assert_eq!(verify(&[one.clone(), top.root.clone()]), (Ok(()), 3));
    assert_eq!(
        verify(&[one.clone(), two.clone(), top.root.clone()]),
        (Ok(()), 4)
    );
    assert_eq!(verify(&[top.root.clone(), one.clone(), two]), (Ok(()), 2));
    // One key with several certificates is one anchor.
    assert_eq!(verify(&[one.clone(), one, top.root.clone()]), (Ok(()), 3));
    assert_eq!(verify(&others), (Err(ChainError::Signature), 3));
    assert_eq!(
        verify(&[namesake("one", "CN=Another")]),
        (Err(ChainError::UnknownAnchor), 0)
    );
    // An intermediate that is an anchor ends the path.
    assert_eq!(verify(&[top.sub.clone(), top.root.clone()]), (Ok(()), 1));
}
