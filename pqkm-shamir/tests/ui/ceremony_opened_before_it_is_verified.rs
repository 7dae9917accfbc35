//! A ceremony opens once enough custodians attested.

use pqkm_core::{UnixTime, WrapContext};
use pqkm_shamir::{Share, ceremony::Collecting};

fn open(ceremony: Collecting, shares: &[Share], context: WrapContext<'_>, now: UnixTime) {
    let _ = ceremony.open(shares, context, &now);
}

fn main() {}
