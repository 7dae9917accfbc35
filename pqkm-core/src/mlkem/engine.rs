//! ML-KEM on the kernels of `pqkm-kernels`: the algorithms of FIPS 203, one by one.
//!
//! Names, order and numbers are the standard's. Everything is generic over the token that computes. A batch runs one
//! operation a lane; an operation that is alone has its polynomials in the lanes instead.
//!
//! In reading order: `sets` (Table 2), `work`, `keys` (sections 5.1, 6.1 and 7), `encrypt` (sections 5.2 and 6.2),
//! `decrypt` (sections 5.3 and 6.3).

#![expect(
    clippy::indexing_slicing,
    reason = "indices are below the k and the lengths of the parameter set, and below the lanes of a group"
)]

mod decrypt;
mod encrypt;
mod keys;
mod sets;
mod work;

pub(super) use keys::KeyBytes;
#[expect(
    unreachable_pub,
    reason = "a supertrait of `MlKemParameters`, which is public"
)]
pub use sets::Kernels;

/// The algorithms for the k, `eta_1`, `d_u` and `d_v` of a parameter set.
struct Kem<const K: usize, const ETA1: usize, const DU: usize, const DV: usize>;

/// Runs a batch in groups of one operation a lane, and what does not fill a third of the lanes one by one.
fn in_groups<T>(lanes: usize, items: &[T], mut many: impl FnMut(&[T]), mut one: impl FnMut(&T)) {
    for group in items.chunks(lanes) {
        if 3 * group.len() <= lanes || group.len() == 1 {
            group.iter().for_each(&mut one);
        } else {
            many(group);
        }
    }
}
