//! The proof: the transforms run on intervals, for all inputs within their bounds at once.
//!
//! A lane is the smallest and the largest value that it can have; an operation fails if its true result could leave
//! 32 bits (64 for sums of products). What passes holds for every input in the stated range, for every instance,
//! because every instance runs this text and computes its operations as the trait says.

use crate::lanes::{Factor, FactorRow, Lanes32};
use crate::mldsa::zetas::Q_INV;
use crate::mldsa::{FORWARD_IN, FORWARD_OUT, INVERSE_IN, INVERSE_OUT, Q, ntt, round};

/// The token of the proof. With `REDUCES` false a product is left as it is, as if its reduction had been forgotten.
#[derive(Clone, Copy)]
struct Interval<const REDUCES: bool>;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Range(i128, i128);

impl Range {
    fn symmetric(bound: i32) -> Self {
        Self(-i128::from(bound), i128::from(bound))
    }

    fn fits(self, low: i128, high: i128) -> Self {
        assert!(
            self.0 >= low && self.1 <= high,
            "{self:?} is not within {low}..={high}"
        );
        self
    }

    fn fits32(self) -> Self {
        self.fits(i128::from(i32::MIN), i128::from(i32::MAX))
    }

    fn fits64(self) -> Self {
        self.fits(i128::from(i64::MIN), i128::from(i64::MAX))
    }

    fn times(self, other: Self) -> Self {
        let ends = [
            self.0 * other.0,
            self.0 * other.1,
            self.1 * other.0,
            self.1 * other.1,
        ];
        Self(
            ends.into_iter().min().unwrap(),
            ends.into_iter().max().unwrap(),
        )
    }

    fn hull(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.max(other.1))
    }

    fn all(values: &[i32]) -> Self {
        let ends = (values.iter().min().unwrap(), values.iter().max().unwrap());
        Self(i128::from(*ends.0), i128::from(*ends.1))
    }
}

impl<const REDUCES: bool> Interval<REDUCES> {
    /// (x - m q) / 2^32 for every m of 32 bits.
    fn montgomery(self, x: Range) -> Range {
        if !REDUCES {
            return x.fits32();
        }
        let (q, limit) = (i128::from(Q), i128::from(Q) << 31);
        let x = x.fits(-limit, limit);
        // The division is exact: rounding towards the inside is right.
        let (low, high) = (
            x.0 - q * i128::from(i32::MAX),
            x.1 - q * i128::from(i32::MIN),
        );
        Range(-((-low) >> 32), high >> 32).fits32()
    }
}

impl<const REDUCES: bool> Lanes32 for Interval<REDUCES> {
    type V = Range;
    type Wide = Range;
    const HOLDS_ALL: bool = false;

    fn load(self, from: &[i32; 16]) -> Range {
        Range::all(from)
    }
    fn store(self, _: Range, _: &mut [i32; 16]) {
        panic!("an interval is not a value");
    }
    fn splat(self, x: i32) -> Range {
        Range(x.into(), x.into())
    }
    fn add(self, a: Range, b: Range) -> Range {
        Range(a.0 + b.0, a.1 + b.1).fits32()
    }
    fn sub(self, a: Range, b: Range) -> Range {
        Range(a.0 - b.1, a.1 - b.0).fits32()
    }
    fn mul(self, a: Range, b: Range) -> Range {
        a.times(b).fits32()
    }
    fn and(self, _: Range, b: Range) -> Range {
        b.hull(Range(0, 0))
    }
    fn or(self, _: Range, _: Range) -> Range {
        panic!("not used in the texts that are proved")
    }
    fn xor(self, _: Range, _: Range) -> Range {
        panic!("not used in the texts that are proved")
    }
    fn abs(self, a: Range) -> Range {
        Range(0, (-a.0).max(a.1)).fits32()
    }
    fn max(self, a: Range, b: Range) -> Range {
        Range(a.0.max(b.0), a.1.max(b.1))
    }
    fn sra<const N: u32>(self, a: Range) -> Range {
        Range(a.0 >> N, a.1 >> N)
    }
    fn wrap_negative(self, a: Range, m: i32) -> Range {
        let m = i128::from(m);
        a.fits(-m, m - 1);
        Range(0, m - 1)
    }
    fn exchange8(self, a: Range, b: Range) -> (Range, Range) {
        (a.hull(b), a.hull(b))
    }
    fn exchange4(self, a: Range, b: Range) -> (Range, Range) {
        (a.hull(b), a.hull(b))
    }
    fn exchange2(self, a: Range, b: Range) -> (Range, Range) {
        (a.hull(b), a.hull(b))
    }
    fn exchange1(self, a: Range, b: Range) -> (Range, Range) {
        (a.hull(b), a.hull(b))
    }
    fn mul_factor(self, a: Range, f: &Factor) -> Range {
        assert_eq!(f.zq, f.z.wrapping_mul(Q_INV));
        self.montgomery(a.times(self.splat(f.z)))
    }
    fn mul_row(self, a: Range, row: &FactorRow) -> Range {
        self.montgomery(a.times(Range::all(&row.z)))
    }
    fn wide_mul(self, a: Range, b: Range) -> Range {
        a.times(b).fits64()
    }
    fn wide_add(self, a: Range, b: Range) -> Range {
        Range(a.0 + b.0, a.1 + b.1).fits64()
    }
    fn reduce_wide(self, x: Range) -> Range {
        self.montgomery(x)
    }
    fn at_least(self, _: Range, _: i32) -> u16 {
        panic!("an interval is not a value")
    }
    fn spread(self, _: u16) -> Range {
        Range(-1, 0)
    }
    fn claim(self, value: Range, low: i32, high: i32) {
        value.fits(low.into(), high.into());
    }
}

fn prove_forward<const REDUCES: bool>() -> Range {
    let mut x = [Range::symmetric(FORWARD_IN); 16];
    ntt::forward(Interval::<REDUCES>, &mut x);
    x.into_iter().reduce(Range::hull).unwrap()
}

fn prove_inverse<const REDUCES: bool>(bound: i32) -> Range {
    let mut x = [Range::symmetric(bound); 16];
    ntt::inverse(Interval::<REDUCES>, &mut x);
    x.into_iter().reduce(Range::hull).unwrap()
}

#[test]
fn forward_transform_stays_within_its_bound() {
    let out = prove_forward::<true>();
    out.fits(-i128::from(FORWARD_OUT), i128::from(FORWARD_OUT));
    // The bound is the proved one, not a generous one.
    assert_eq!(out.1.max(-out.0), i128::from(FORWARD_OUT));
}

#[test]
fn inverse_transform_stays_within_its_bound() {
    let bound = i128::from(INVERSE_OUT);
    prove_inverse::<true>(INVERSE_IN).fits(-bound, bound);
}

#[test]
fn products_of_the_transform_are_inputs_of_the_inverse() {
    let l = Interval::<true>;
    let (hat, matrix) = (Range::symmetric(FORWARD_OUT), Range::symmetric(Q - 1));
    let bound = i128::from(INVERSE_IN);
    let mut sum = l.wide_mul(matrix, hat);
    for _ in 1..8 {
        sum = l.wide_add(sum, l.wide_mul(matrix, hat));
    }
    l.reduce_wide(sum).fits(-bound, bound);
    l.reduce_wide(l.wide_mul(hat, hat)).fits(-bound, bound);
}

/// The largest value that `reduce` takes; the smallest is -2^31.
const REDUCE_IN: i32 = i32::MAX - (1 << 22);

#[test]
fn reduction_stays_within_its_bound() {
    let l = Interval::<true>;
    // x - floor((x + 2^22) / 2^23) q is monotonic within each quotient: its ends are there.
    let whole = Range(i32::MIN.into(), REDUCE_IN.into());
    l.add(whole, l.splat(1 << 22));
    for quotient in -256..=255_i64 {
        let first = (quotient << 23) - (1 << 22);
        for x in [
            first.max(i32::MIN.into()),
            (first + (1 << 23) - 1).min(REDUCE_IN.into()),
        ] {
            let reduced = x - quotient * i64::from(Q);
            assert!(
                reduced.abs() <= round::REDUCE_OUT.into(),
                "{x} becomes {reduced}"
            );
        }
    }
    // Hence what the roundings wrap is within their range, whether it was reduced or transformed.
    round::canonical(l, Range::symmetric(round::REDUCE_OUT));
    round::canonical(l, Range::symmetric(INVERSE_OUT));
}

#[test]
#[should_panic(expected = "is not within")]
fn forward_proof_fails_without_a_reduction() {
    prove_forward::<false>();
}

#[test]
#[should_panic(expected = "is not within")]
fn inverse_proof_fails_without_a_reduction() {
    prove_inverse::<false>(INVERSE_IN);
}

#[test]
#[should_panic(expected = "is not within")]
fn inverse_proof_fails_for_inputs_that_were_not_reduced() {
    prove_inverse::<true>(FORWARD_OUT);
}
