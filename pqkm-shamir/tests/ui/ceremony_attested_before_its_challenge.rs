//! Attestations answer a challenge, so there are none before it is drawn.

use pqkm_core::{MlDsa65, UnixTime, VerifyingKey};
use pqkm_shamir::{Attestation, ceremony::Planned};

fn admit(
    ceremony: &mut Planned,
    attestation: &Attestation,
    custodian: &VerifyingKey<MlDsa65>,
    now: UnixTime,
) {
    let _ = ceremony.admit(attestation, custodian, &now);
}

fn main() {}
