//! A dealer, five custodians, and what was dealt to them.

use pqkm_core::{
    ExposeToken, KeyId, MlDsa44, SecretBytes, SigningKey, UnixTime, Version, WrapContext,
};
use pqkm_shamir::{Dealing, Plan, Share, ShareSet, VerifiedManifest, seal_and_split, split};
use pqkm_testkit::rng::SeededRng;

pub(crate) const SECRET: &[u8] = b"the root key of everything, 32 b";
pub(crate) const PAYLOAD: &[u8] =
    b"a payload that is longer than any key, and travels with every share";
pub(crate) const NAMES: [&str; 5] = ["Ada", "Bela", "Chidi", "Dana", "Emre"];

pub(crate) struct Fixture {
    pub(crate) dealer: SigningKey<MlDsa44>,
    pub(crate) rng: SeededRng,
}

impl Fixture {
    pub(crate) fn new(label: &str) -> Self {
        let mut rng = SeededRng::from_label(label);
        let dealer = SigningKey::from_seed(&rng.bytes(32)).unwrap();
        Self { dealer, rng }
    }

    pub(crate) fn plan(threshold: u8, count: usize) -> Plan {
        Plan::new(threshold, &NAMES[..count]).unwrap()
    }

    pub(crate) fn deal(
        &mut self,
        id: u8,
        generation: u64,
        threshold: u8,
        count: usize,
    ) -> ShareSet {
        let plan = Self::plan(threshold, count);
        let dealing = dealing(id, generation, &plan);
        split(
            &SecretBytes::copy_from(SECRET),
            &dealing,
            &self.dealer,
            &mut self.rng,
        )
        .unwrap()
    }

    pub(crate) fn seal(
        &mut self,
        id: u8,
        generation: u64,
        threshold: u8,
        count: usize,
    ) -> ShareSet {
        let plan = Self::plan(threshold, count);
        let dealing = dealing(id, generation, &plan);
        let context = WrapContext::new(b"hsm-7").unwrap();
        seal_and_split(PAYLOAD, context, &dealing, &self.dealer, &mut self.rng).unwrap()
    }

    pub(crate) fn verify(&self, set: &ShareSet) -> VerifiedManifest {
        set.manifest.verify(&self.dealer.verifying_key()).unwrap()
    }
}

pub(crate) fn dealing(id: u8, generation: u64, plan: &Plan) -> Dealing<'_> {
    Dealing {
        set_id: KeyId::from_bytes([id; 16]),
        generation: Version::new(generation).unwrap(),
        plan,
    }
}

pub(crate) fn time(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds).unwrap()
}

/// A copy, by way of its encoding.
pub(crate) fn copy(share: &Share) -> Share {
    Share::from_der(&share.to_der()).unwrap()
}

pub(crate) fn pick(set: &ShareSet, indices: &[usize]) -> Vec<Share> {
    indices
        .iter()
        .map(|index| copy(&set.shares[index - 1]))
        .collect()
}

/// The share with one bit of its value changed.
pub(crate) fn damaged(share: &Share, byte: usize) -> Share {
    let mut der = share.to_der().to_vec();
    let at = value_position(share) + byte;
    der[at] ^= 0x20;
    Share::from_der(&der).unwrap()
}

/// Where the value begins: it is the octet string before that of the salt.
pub(crate) fn value_position(share: &Share) -> usize {
    let der = share.to_der();
    let name = share.custodian().as_bytes();
    let name_at = der
        .windows(name.len())
        .position(|window| window == name)
        .unwrap();
    // Name, ENUMERATED of three bytes, tag and length of the value.
    name_at + name.len() + 3 + 2
}

pub(crate) fn bytes(secret: &SecretBytes) -> &[u8] {
    secret.expose(ExposeToken::acknowledge())
}
