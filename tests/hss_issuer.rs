//! A root that signs with HSS: a reserved index a certificate, through the one-shot signer.
#![cfg(all(feature = "composite", feature = "stateful"))]
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are not recognised as tests"
)]

use ::core::time::Duration;

use pqkm::{
    composite::{
        ChainError, IssueError, MlDsa65EcdsaP256, family_verifiers,
        x509::{Certificate, ChainVerifier, Issuance, Policy, Profile, issue_once, name},
    },
    core::{
        Aes256Kwp, AnyPublicKey, SigningKey, UnixTime, Verifiers, VerifyingKey, WrappingKey,
        signature::Keypair as _,
    },
    stateful::{
        Hss, HssParameters, HssSigner, LmotsAlgorithm, LmsAlgorithm, OneShot, store::MemoryStore,
    },
};
use pqkm_testkit::rng::SeededRng;
use x509_cert::{
    der::asn1::GeneralizedTime,
    serial_number::SerialNumber,
    time::{Time, Validity},
};

const NOW: u64 = 1_800_000_000;
const DAY: u64 = 86_400;

struct Root {
    key: HssSigner<MemoryStore>,
    rng: SeededRng,
}

impl Root {
    fn new(label: &str) -> Self {
        let mut rng = SeededRng::from_label(label);
        let level = (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W8);
        let parameters = HssParameters::new(&[level]).unwrap();
        let wrapping = WrappingKey::<Aes256Kwp>::generate(&mut rng).unwrap();
        let key = HssSigner::create(MemoryStore::new(), parameters, &wrapping, &mut rng).unwrap();
        Self { key, rng }
    }

    /// An index, spent when this returns, as a signer.
    fn one_shot(&mut self) -> OneShot<'_, MemoryStore> {
        let index = self.key.reserve(1).unwrap().take().unwrap();
        index.one_shot(&self.key, &mut self.rng).unwrap()
    }

    fn public(&self) -> AnyPublicKey {
        AnyPublicKey::from(&VerifyingKey::<Hss>::from(*self.key.verifying_key()))
    }

    fn certificate(&mut self) -> Certificate {
        let public = self.public();
        let profile = Profile::root(name("CN=Firmware root").unwrap(), Some(0));
        issue_once(profile, issuance(1, &public), None, &self.one_shot()).unwrap()
    }
}

fn issuance(number: u8, key: &AnyPublicKey) -> Issuance<'_> {
    let at = |seconds| {
        let time = GeneralizedTime::from_unix_duration(Duration::from_secs(seconds)).unwrap();
        Time::GeneralTime(time)
    };
    Issuance {
        serial_number: SerialNumber::new(&[number]).unwrap(),
        validity: Validity::new(at(NOW - DAY), at(NOW + DAY)),
        subject_key: key,
    }
}

/// Verifiers of the family, with HSS handed in.
fn with_hss() -> Verifiers {
    let mut verifiers = family_verifiers().unwrap();
    verifiers.add_algorithm::<Hss>().unwrap();
    verifiers
}

#[test]
fn an_hss_root_issues_a_composite_leaf() {
    let mut root = Root::new("root");
    let certificate = root.certificate();
    let leaf = SigningKey::<MlDsa65EcdsaP256>::generate(&mut root.rng).unwrap();
    let public = AnyPublicKey::from(&leaf.verifying_key());
    let profile = || Profile::end_entity(&certificate, name("CN=Leaf").unwrap()).unwrap();
    let once = root.one_shot();
    let issued = issue_once(profile(), issuance(2, &public), Some(&certificate), &once).unwrap();
    // The index is spent: nothing else can be signed with it, not even the same once more.
    let again = issue_once(profile(), issuance(2, &public), Some(&certificate), &once);
    assert_eq!(again.err(), Some(IssueError::Signing));

    let anchors = [certificate.clone()];
    let now = UnixTime::from_seconds(NOW).unwrap();
    let verify = |verifiers: &Verifiers, policy| {
        ChainVerifier::new(&anchors, verifiers, policy).verify(&[issued.clone()], now)
    };
    assert_eq!(verify(&with_hss(), Policy::PostQuantum), Ok(()));
    assert_eq!(
        verify(&with_hss(), Policy::RequireComposite),
        Err(ChainError::Policy)
    );
    // Without a verifier for HSS it cannot be known to be good, so it is not.
    assert_eq!(
        verify(&family_verifiers().unwrap(), Policy::PostQuantum),
        Err(ChainError::Signature)
    );
}

/// What is refused before signing costs no index.
#[test]
fn a_signer_of_another_key_signs_nothing() {
    let (mut root, mut other) = (Root::new("root"), Root::new("other"));
    let certificate = root.certificate();
    let public = other.public();
    let profile = Profile::end_entity(&certificate, name("CN=Leaf").unwrap()).unwrap();
    let once = other.one_shot();
    let refused = issue_once(profile, issuance(3, &public), Some(&certificate), &once);
    assert_eq!(refused.err(), Some(IssueError::WrongKey));
    // It still holds its index: its own root can be issued with it.
    assert_eq!(AnyPublicKey::from(&once.verifying_key()), public);
    let profile = Profile::root(name("CN=Other").unwrap(), None);
    issue_once(profile, issuance(1, &public), None, &once).unwrap();
}

/// An HSS key below an HSS root.
#[test]
fn an_hss_key_is_a_subject_too() {
    let mut root = Root::new("root");
    let certificate = root.certificate();
    let below = Root::new("below");
    let public = below.public();
    let profile = Profile::end_entity(&certificate, name("CN=Firmware signer").unwrap()).unwrap();
    let once = root.one_shot();
    let issued = issue_once(profile, issuance(4, &public), Some(&certificate), &once).unwrap();
    assert_eq!(
        issued.key().promote::<VerifyingKey<Hss>>().unwrap(),
        VerifyingKey::<Hss>::from(*below.key.verifying_key())
    );
    let anchors = [certificate.clone()];
    let now = UnixTime::from_seconds(NOW).unwrap();
    let verifiers = with_hss();
    let verifier = ChainVerifier::new(&anchors, &verifiers, Policy::Pure);
    assert_eq!(verifier.verify(&[issued], now), Ok(()));
}
