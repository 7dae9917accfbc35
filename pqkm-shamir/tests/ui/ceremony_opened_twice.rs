//! Attestations are for one opening.

use pqkm_core::{UnixTime, WrapContext};
use pqkm_shamir::{Share, ceremony::Verified};

fn open(ceremony: Verified, shares: &[Share], context: WrapContext<'_>, now: UnixTime) {
    let _ = ceremony.open(shares, context, &now);
    let _ = ceremony.open(shares, context, &now);
}

fn main() {}
