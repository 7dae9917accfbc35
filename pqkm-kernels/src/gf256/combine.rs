//! Linear combinations of strings: what joins shares.

use super::{Engine, with_token};
use crate::lanes::{ByteLanes, Kernel, Token};

/// `out` becomes the sum of the rows, each times its factor. Rows beyond the factors, and factors beyond the rows, do
/// not count.
///
/// # Panics
/// If a row is shorter than `out`.
pub fn combine<R: AsRef<[u8]>>(engine: Engine, factors: &[u8], rows: &[R], out: &mut [u8]) {
    assert!(rows.iter().all(|row| row.as_ref().len() >= out.len()));
    with_token!(engine, Combine { factors, rows, out });
}

struct Combine<'a, R> {
    factors: &'a [u8],
    rows: &'a [R],
    out: &'a mut [u8],
}

impl<L: ByteLanes, R: AsRef<[u8]>> Kernel<L> for Combine<'_, R> {
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
                let bytes = &self.rows[row].as_ref()[at..end];
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
