//! GF(2^8) by its definition, and what is tested with it.

use core::convert::Infallible;

use pqkm_shamir::raw::RawShare;
use rand_core::{TryCryptoRng, TryRng};

/// The product of polynomials over GF(2), modulo 0x11b.
pub(crate) fn product(a: u8, b: u8) -> u8 {
    let mut wide = 0u32;
    for bit in 0..8 {
        wide ^= (u32::from(a) << bit) * (u32::from(b) >> bit & 1);
    }
    for bit in (8..16).rev() {
        wide ^= (0x11b << (bit - 8)) * (wide >> bit & 1);
    }
    wide as u8
}

pub(crate) fn inverse(a: u8) -> u8 {
    (1..=255).find(|b| product(a, *b) == 1).expect("not zero")
}

/// The polynomial's value; the constant term comes first.
pub(crate) fn value(coefficients: &[u8], at: u8) -> u8 {
    coefficients
        .iter()
        .rev()
        .fold(0, |sum, c| product(sum, at) ^ c)
}

/// The polynomial of degree below the number of points that passes through them, by elimination.
pub(crate) fn through(points: &[(u8, u8)]) -> Vec<u8> {
    let n = points.len();
    let mut rows: Vec<Vec<u8>> = points
        .iter()
        .map(|(x, y)| {
            let mut row: Vec<u8> = (0..n)
                .scan(1, |power, _| {
                    let now = *power;
                    *power = product(*power, *x);
                    Some(now)
                })
                .collect();
            row.push(*y);
            row
        })
        .collect();
    eliminate(&mut rows);
    rows.iter().map(|row| row[n]).collect()
}

/// Reduced row echelon form; the rank.
pub(crate) fn eliminate(rows: &mut [Vec<u8>]) -> usize {
    let columns = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..columns {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != 0) else {
            continue;
        };
        rows.swap(rank, pivot);
        let factor = inverse(rows[rank][column]);
        let scaled: Vec<u8> = rows[rank].iter().map(|x| product(*x, factor)).collect();
        for (row, entries) in rows.iter_mut().enumerate() {
            if row == rank {
                entries.clone_from(&scaled);
            } else {
                let factor = entries[column];
                for (entry, other) in entries.iter_mut().zip(&scaled) {
                    *entry ^= product(factor, *other);
                }
            }
        }
        rank += 1;
        if rank == rows.len() {
            break;
        }
    }
    rank
}

/// The coefficients of every byte position, the constant terms among them, from as many shares as the threshold.
pub(crate) fn coefficients(shares: &[RawShare<'_>]) -> Vec<Vec<u8>> {
    (0..shares[0].value().len())
        .map(|byte| {
            let points: Vec<_> = shares
                .iter()
                .map(|share| (share.index(), share.value()[byte]))
                .collect();
            through(&points)
        })
        .collect()
}

/// Gives these bytes, and panics after the last.
pub(crate) struct Script<'a>(pub(crate) &'a [u8]);

impl TryRng for Script<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("splitting asks for bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("splitting asks for bytes")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        let (now, rest) = self.0.split_at(out.len());
        out.copy_from_slice(now);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Script<'_> {}
