//! ML-DSA on the kernels of `pqkm-kernels`: the algorithms of FIPS 204, one by one.
//!
//! Names, order and numbers are the standard's. Everything is generic over the [`Backend`] that computes, and works on
//! groups: what one message does not need of a vector, another takes.
//!
//! In reading order: `sets` (Table 1), `expand` (section 7.3), `encode` (section 7.2), `keys`, `represent`, `sign`, `verify`.

#![expect(
    clippy::indexing_slicing,
    reason = "indices are below the K, L and lengths of the parameter set, and below the eight lanes of a group"
)]

mod encode;
mod expand;
mod keys;
mod represent;
mod sets;
mod sign;
mod verify;

pub(super) use keys::{
    ExpandedSigning, ExpandedVerification, KeyBytes, key_pairs, public_key_if_consistent,
};
pub(super) use represent::representatives;
#[expect(
    unreachable_pub,
    reason = "a supertrait of `MlDsaParameters`, which is public"
)]
pub use sets::Lattice;
pub(super) use sign::{ToSign, sign_all};
pub(super) use verify::verify_all;

/// Overwrites scratch bytes that a secret passed through, many at a time.
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    core::hint::black_box(bytes);
}
