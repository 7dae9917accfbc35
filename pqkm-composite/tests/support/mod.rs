//! A small authority (root, intermediate, leaf), and a signer that counts.
#![allow(dead_code, reason = "each test binary uses a part")]

pub(crate) mod forge;

use core::{cell::Cell, time::Duration};

use pqkm_composite::x509::{Certificate, Issuance, Profile, issue, name};
use pqkm_core::{
    AnyPublicKey, Signature, SignatureAlgorithm, SigningKey, UnixTime, VerifyingKey,
    rand_core::TryCryptoRng,
    signature::{self, Keypair, RandomizedSigner},
    spki::{self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier},
};
use pqkm_testkit::rng::SeededRng;
use x509_cert::{
    der::{
        asn1::{GeneralizedTime, OctetString},
        oid::ObjectIdentifier,
    },
    ext::Extension,
    serial_number::SerialNumber,
    time::{Time, Validity},
};

pub(crate) const DAY: u64 = 86_400;
pub(crate) const NOW: u64 = 1_800_000_000;

pub(crate) fn at(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds).unwrap()
}

pub(crate) fn x509_time(seconds: u64) -> Time {
    Time::GeneralTime(GeneralizedTime::from_unix_duration(Duration::from_secs(seconds)).unwrap())
}

pub(crate) fn issuance(number: u8, key: &AnyPublicKey) -> Issuance<'_> {
    let (from, until) = (x509_time(NOW - DAY), x509_time(NOW + 30 * DAY));
    Issuance {
        serial_number: SerialNumber::new(&[number]).unwrap(),
        validity: Validity::new(from, until),
        subject_key: key,
    }
}

pub(crate) fn extension(oid: &str, critical: bool, value: &[u8]) -> Extension {
    Extension {
        extn_id: ObjectIdentifier::new_unwrap(oid),
        critical,
        extn_value: OctetString::new(value).unwrap(),
    }
}

pub(crate) struct Authority<A: SignatureAlgorithm> {
    pub(crate) root_key: SigningKey<A>,
    pub(crate) root: Certificate,
    pub(crate) sub_key: SigningKey<A>,
    pub(crate) sub: Certificate,
    pub(crate) leaf_key: SigningKey<A>,
    pub(crate) leaf: Certificate,
    pub(crate) rng: SeededRng,
}

impl<A: SignatureAlgorithm> Authority<A> {
    pub(crate) fn new(label: &str) -> Self {
        let mut rng = SeededRng::from_label(label);
        let rng = &mut rng;
        let root_key = SigningKey::<A>::generate(rng).unwrap();
        let public = AnyPublicKey::from(&root_key.verifying_key());
        let profile = Profile::root(name("CN=Root").unwrap(), Some(1));
        let root = issue(profile, issuance(1, &public), None, &root_key, rng).unwrap();
        let sub_key = SigningKey::<A>::generate(rng).unwrap();
        let public = AnyPublicKey::from(&sub_key.verifying_key());
        let profile = Profile::authority(&root, name("CN=Sub").unwrap(), Some(0)).unwrap();
        let sub = issue(profile, issuance(2, &public), Some(&root), &root_key, rng).unwrap();
        let leaf_key = SigningKey::<A>::generate(rng).unwrap();
        let public = AnyPublicKey::from(&leaf_key.verifying_key());
        let profile = Profile::end_entity(&sub, name("CN=Leaf").unwrap()).unwrap();
        let leaf = issue(profile, issuance(3, &public), Some(&sub), &sub_key, rng).unwrap();
        Self {
            root_key,
            root,
            sub_key,
            sub,
            leaf_key,
            leaf,
            rng: SeededRng::from_label("more"),
        }
    }
}

/// Counts what it is asked to sign.
pub(crate) struct CountingSigner<'a, A: SignatureAlgorithm> {
    key: &'a SigningKey<A>,
    signed: Cell<u32>,
}

impl<'a, A: SignatureAlgorithm> CountingSigner<'a, A> {
    pub(crate) fn new(key: &'a SigningKey<A>) -> Self {
        let signed = Cell::new(0);
        Self { key, signed }
    }

    /// How often it was asked since this was called last.
    pub(crate) fn signed(&self) -> u32 {
        self.signed.take()
    }

    fn sign<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Signature<A>, signature::Error> {
        self.signed.set(self.signed.get() + 1);
        self.key.try_sign_with_rng(rng, message)
    }
}

impl<A: SignatureAlgorithm> RandomizedSigner<Signature<A>> for CountingSigner<'_, A> {
    fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Signature<A>, signature::Error> {
        self.sign(rng, message)
    }
}

impl<A: SignatureAlgorithm> signature::Signer<Signature<A>> for CountingSigner<'_, A> {
    fn try_sign(&self, message: &[u8]) -> Result<Signature<A>, signature::Error> {
        self.sign(&mut SeededRng::from_label("once"), message)
    }
}

impl<A: SignatureAlgorithm> Keypair for CountingSigner<'_, A> {
    type VerifyingKey = VerifyingKey<A>;

    fn verifying_key(&self) -> VerifyingKey<A> {
        self.key.verifying_key()
    }
}

impl<A: SignatureAlgorithm> DynSignatureAlgorithmIdentifier for CountingSigner<'_, A> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(A::signature_algorithm())
    }
}
