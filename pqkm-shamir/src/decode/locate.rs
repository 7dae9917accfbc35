//! Which shares are wrong, from the syndromes of one byte position.

use alloc::{vec, vec::Vec};

use pqkm_kernels::gf256::{invert, multiply};

use crate::{IndexSet, raw::RawShare};

/// The shares to blame; none if no blame on up to half as many shares as there are syndromes explains them.
///
/// The syndromes are sums of `e_i x_i^j`; the locator, whose roots are the inverses of the wrong shares' indices, is
/// the shortest recurrence that generates them.
///
/// # Spec
/// J. L. Massey, Shift-register synthesis and BCH decoding, 1969.
pub(super) fn errors(syndromes: &[u8], shares: &[RawShare<'_>]) -> Option<IndexSet> {
    let (locator, count) = shortest_recurrence(syndromes);
    if count == 0 || count > syndromes.len() >> 1 {
        return None;
    }
    let found: IndexSet = shares
        .iter()
        .map(RawShare::index)
        .filter(|point| value(&locator, invert(*point)) == 0)
        .collect();
    (found.len() == count).then_some(found)
}

/// The coefficients, the constant term 1 first, of the shortest recurrence that generates a sequence, and its length.
fn shortest_recurrence(sequence: &[u8]) -> (Vec<u8>, usize) {
    let mut current = vec![1];
    let mut previous = vec![1];
    let (mut length, mut shift, mut last) = (0, 1, 1);
    for n in 0..sequence.len() {
        let discrepancy = current
            .iter()
            .take(length + 1)
            .zip(sequence.iter().take(n + 1).rev())
            .fold(0, |sum, (c, s)| sum ^ multiply(*c, *s));
        if discrepancy == 0 {
            shift += 1;
            continue;
        }
        let factor = multiply(discrepancy, invert(last));
        let before = current.clone();
        if current.len() < previous.len() + shift {
            current.resize(previous.len() + shift, 0);
        }
        for (c, p) in current.iter_mut().skip(shift).zip(&previous) {
            *c ^= multiply(factor, *p);
        }
        if length << 1 <= n {
            length = n + 1 - length;
            (previous, last, shift) = (before, discrepancy, 1);
        } else {
            shift += 1;
        }
    }
    (current, length)
}

fn value(polynomial: &[u8], at: u8) -> u8 {
    polynomial
        .iter()
        .rev()
        .fold(0, |sum, coefficient| multiply(sum, at) ^ coefficient)
}
