//! Joining shares: interpolation, and finding the wrong ones among more than it takes.
//!
//! Shares are a Reed-Solomon code: the values of a polynomial of degree below k. Words of its dual, times the shares,
//! add up to zero: those sums are the *syndromes*. They depend on the errors alone.

use alloc::{vec, vec::Vec};
use core::convert::Infallible;

use pqkm_core::SecretBytes;
use pqkm_kernels::{
    gf256::{self, Engine, multiply},
    memcheck,
};

use crate::{
    CombineError, IndexSet,
    outcome::{Combined, Recovered, Unverified},
    raw::RawShare,
};

mod locate;

/// The most shares there can be: as many as indices.
const MAX_SHARES: usize = 255;
/// Columns whose syndromes are computed together.
const COLUMNS: usize = 4096;

/// Checks what can be seen without arithmetic.
pub(crate) fn check(threshold: u8, shares: &[RawShare<'_>]) -> Result<(), CombineError> {
    let mut seen = IndexSet::new();
    let length = shares.first().map_or(0, |share| share.value().len());
    for share in shares {
        let index = share.index();
        if !seen.insert(index) {
            return Err(CombineError::Duplicate { index });
        }
        if share.value().len() != length || length == 0 {
            return Err(CombineError::Mismatch { index });
        }
    }
    if shares.len() < usize::from(threshold) {
        // At most 254.
        let given = u8::try_from(shares.len()).unwrap_or(u8::MAX);
        return Err(CombineError::TooFew {
            needed: threshold,
            given,
        });
    }
    Ok(())
}

/// Joins shares that [`check`] accepted.
pub(crate) fn combine(threshold: u8, shares: &[RawShare<'_>]) -> Result<Combined, CombineError> {
    let surplus = shares.len() - usize::from(threshold);
    if surplus == 0 {
        return Ok(Combined::Unverified(Unverified::new(interpolate(
            shares, 0,
        ))));
    }
    let mut wrong = IndexSet::new();
    let mut good = shares.to_vec();
    while let Some(syndromes) = first_syndromes(threshold, &good) {
        let found = locate::errors(&syndromes, &good).ok_or(CombineError::Undecodable)?;
        good.retain(|share| !found.contains(share.index()));
        for index in found.iter() {
            wrong.insert(index);
        }
        if wrong.len() > surplus >> 1 {
            return Err(CombineError::Undecodable);
        }
    }
    let used = good
        .get(..usize::from(threshold))
        .ok_or(CombineError::Undecodable)?;
    Ok(Combined::Recovered(Recovered {
        secret: interpolate(used, 0),
        wrong,
    }))
}

/// Joins shares of which each is known to be the dealer's.
pub(crate) fn combine_trusted(
    threshold: u8,
    shares: &[RawShare<'_>],
) -> Result<SecretBytes, CombineError> {
    let used = shares
        .get(..usize::from(threshold))
        .ok_or(CombineError::Undecodable)?;
    if first_syndromes(threshold, shares).is_some() {
        return Err(CombineError::Dealer);
    }
    Ok(interpolate(used, 0))
}

/// The value at a point of the polynomials through these shares.
pub(crate) fn interpolate(shares: &[RawShare<'_>], at: u8) -> SecretBytes {
    let engine = Engine::detect();
    let (mut points, mut weights) = ([0; MAX_SHARES], [0; MAX_SHARES]);
    for (point, share) in points.iter_mut().zip(shares) {
        *point = share.index();
    }
    let count = shares.len().min(MAX_SHARES);
    let weights = weights.get_mut(..count).unwrap_or_default();
    gf256::weights(engine, &points, at, weights);
    let length = shares.first().map_or(0, |share| share.value().len());
    let Ok(secret) = SecretBytes::filled(length, |secret| {
        gf256::combine(engine, weights, shares, secret);
        Ok::<_, Infallible>(())
    });
    secret
}

/// The syndromes of the first byte position that has any but zero.
fn first_syndromes(threshold: u8, shares: &[RawShare<'_>]) -> Option<Vec<u8>> {
    let checks = shares.len().saturating_sub(usize::from(threshold));
    let length = shares.first()?.value().len();
    let engine = Engine::detect();
    let points: Vec<u8> = shares.iter().map(RawShare::index).collect();
    let mut factors = vec![0; points.len()];
    gf256::dual_weights(engine, &points, &mut factors);
    let mut rows_of_factors = Vec::with_capacity(checks);
    for _ in 0..checks {
        rows_of_factors.push(factors.clone());
        for (factor, point) in factors.iter_mut().zip(&points) {
            *factor = multiply(*factor, *point);
        }
    }
    let mut at = 0;
    while at < length {
        let width = COLUMNS.min(length - at);
        let rows: Vec<&[u8]> = shares
            .iter()
            .map(|share| share.value().get(at..at + width).unwrap_or_default())
            .collect();
        let mut syndromes = vec![0; checks * width];
        for (factors, row) in rows_of_factors
            .iter()
            .zip(syndromes.chunks_exact_mut(width))
        {
            gf256::combine(engine, factors, &rows, row);
        }
        // CT: syndromes are sums of words of the dual code times the shares. Of right shares they are zero whatever the
        // secret and the coefficients are: they tell of errors alone, and which shares are wrong is what is reported.
        memcheck::declassify_bytes(&mut syndromes);
        if let Some(column) = first_nonzero(&syndromes, width) {
            let column = syndromes.iter().skip(column).step_by(width);
            return Some(column.copied().collect());
        }
        at += width;
    }
    None
}

/// The first column in which a row is not zero.
fn first_nonzero(rows: &[u8], width: usize) -> Option<usize> {
    if rows.iter().fold(0, |any, byte| any | byte) == 0 {
        return None;
    }
    (0..width).find(|column| {
        rows.iter()
            .skip(*column)
            .step_by(width)
            .any(|byte| *byte != 0)
    })
}
