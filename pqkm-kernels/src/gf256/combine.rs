//! Linear combinations of strings: what joins shares.

use super::{Engine, with_token};
use crate::lanes::{ByteLanes, Kernel, Token};

/// `out` becomes the sum of the rows, each times its factor. Rows beyond the factors, and factors beyond the rows, do
/// not count.
///
/// # Panics
/// If a row is shorter than `out`.
pub fn combine(engine: Engine, factors: &[u8], rows: &[&[u8]], out: &mut [u8]) {
    assert!(rows.iter().all(|row| row.len() >= out.len()));
    with_token!(engine, Combine { factors, rows, out });
}

/// `out` becomes `out * factor + row`.
///
/// # Panics
/// If the row is shorter than `out`.
pub fn scale_and_add(engine: Engine, factor: u8, row: &[u8], out: &mut [u8]) {
    assert!(row.len() >= out.len());
    with_token!(engine, ScaleAndAdd { factor, row, out });
}

struct Combine<'a> {
    factors: &'a [u8],
    rows: &'a [&'a [u8]],
    out: &'a mut [u8],
}

impl<L: ByteLanes> Kernel<L> for Combine<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let count = if self.factors.len() < self.rows.len() {
            self.factors.len()
        } else {
            self.rows.len()
        };
        let width = self.out.len();
        let mut at = 0;
        while at < width {
            let end = if width - at > 4 * L::BYTES {
                at + 4 * L::BYTES
            } else {
                width
            };
            let mut sums = [l.splat(0); 4];
            let mut row = 0;
            while row < count {
                let factor = l.factor(self.factors[row]);
                let bytes = &self.rows[row][at..end];
                let mut part = 0;
                while part < 4 && part * L::BYTES < bytes.len() {
                    let v = l.load(&bytes[part * L::BYTES..]);
                    sums[part] = l.xor(sums[part], l.scale(v, &factor));
                    part += 1;
                }
                row += 1;
            }
            let out = &mut self.out[at..end];
            let mut part = 0;
            while part < 4 && part * L::BYTES < out.len() {
                l.store(sums[part], &mut out[part * L::BYTES..]);
                part += 1;
            }
            at = end;
        }
    }
}

struct ScaleAndAdd<'a> {
    factor: u8,
    row: &'a [u8],
    out: &'a mut [u8],
}

impl<L: ByteLanes> Kernel<L> for ScaleAndAdd<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let factor = l.factor(self.factor);
        let mut at = 0;
        while at < self.out.len() {
            let sum = l.scale(l.load(&self.out[at..]), &factor);
            let sum = l.xor(sum, l.load(&self.row[at..]));
            l.store(sum, &mut self.out[at..]);
            at += L::BYTES;
        }
    }
}
