//! A ceremony takes a manifest whose signature was verified.

use pqkm_core::{Fingerprint, UnixTime};
use pqkm_shamir::{CeremonyError, SignedManifest, ceremony::Planned};

fn plan(
    manifest: SignedManifest,
    custodians: &[Fingerprint],
    now: UnixTime,
) -> Result<Planned, CeremonyError> {
    Planned::new("drill", manifest, custodians, &now)
}

fn main() {}
