//! The proof that no element overflows: the kernels' own texts, run on intervals.
//!
//! An interval stands for every value that an element can have; each operation checks that its result fits.
//! That a result passes shows the bounds for all inputs, not for samples of them.

use std::panic::catch_unwind;

use super::super::compress::{
    BIAS, compressed, decompressed, message_bit, message_scale, noise_scale,
};
use super::super::field::{Constant, Q, montgomery, reduce_products};
use super::super::ntt::{
    NTT_BOUND, NTT_INPUT_BOUND, NTT_INVERSE_BOUND, NTT_SMALL_INPUT_BOUND, forward, inverse,
};
use super::super::product::{DECODED_BOUND, PRODUCT_BOUND, add_products, products};
use super::super::single::{self, NTT_INVERSE_SINGLE_BOUND, NTT_SINGLE_BOUND};
use crate::lanes::Lanes16;

/// The values from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    fn new(low: i64, high: i64) -> Self {
        Self { low, high }
    }

    fn within(bound: i16) -> Self {
        Self::new(-i64::from(bound), i64::from(bound))
    }

    fn products(self, other: Self) -> Self {
        let all = [
            self.low * other.low,
            self.low * other.high,
            self.high * other.low,
            self.high * other.high,
        ];
        Self::new(*all.iter().min().unwrap(), *all.iter().max().unwrap())
    }

    fn hull(self, other: Self) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    fn sixteen_bits(self, what: &str) -> Self {
        assert!(
            self.low >= i64::from(i16::MIN) && self.high <= i64::from(i16::MAX),
            "16 bits may overflow in {what}: {self:?}"
        );
        self
    }

    fn thirty_two_bits(self, what: &str) -> Self {
        assert!(
            self.low >= i64::from(i32::MIN) && self.high <= i64::from(i32::MAX),
            "32 bits may overflow in {what}: {self:?}"
        );
        self
    }

    fn is_within(self, bound: i16) -> bool {
        self.low >= -i64::from(bound) && self.high <= i64::from(bound)
    }
}

const ANY: Interval = Interval {
    low: i16::MIN as i64,
    high: i16::MAX as i64,
};

/// Runs the texts of both register counts on intervals; `BARRETT` is false where the reduction is planted out.
#[derive(Clone, Copy)]
struct Proof<const MANY: bool, const BARRETT: bool>;

impl<const MANY: bool, const BARRETT: bool> Lanes16 for Proof<MANY, BARRETT> {
    type V = Interval;
    type Wide = Interval;
    const MANY_REGISTERS: bool = MANY;

    fn splat16(self, x: i16) -> Interval {
        Interval::new(x.into(), x.into())
    }
    fn quad(self, x: &[i16; 4]) -> Interval {
        Interval::new(
            (*x.iter().min().unwrap()).into(),
            (*x.iter().max().unwrap()).into(),
        )
    }
    fn load16(self, elements: &[i16]) -> Interval {
        let (low, high) = (elements.iter().min(), elements.iter().max());
        Interval::new((*low.unwrap()).into(), (*high.unwrap()).into())
    }
    fn add16(self, a: Interval, b: Interval) -> Interval {
        Interval::new(a.low + b.low, a.high + b.high).sixteen_bits("add16")
    }
    fn sub16(self, a: Interval, b: Interval) -> Interval {
        Interval::new(a.low - b.high, a.high - b.low).sixteen_bits("sub16")
    }
    fn mul16(self, a: Interval, b: Interval) -> Interval {
        a.products(b).sixteen_bits("mul16")
    }
    fn mullo16(self, _: Interval, _: Interval) -> Interval {
        ANY
    }
    fn mulhi16(self, a: Interval, b: Interval) -> Interval {
        let p = a.products(b);
        Interval::new(p.low >> 16, p.high >> 16)
    }
    fn mulhrs16(self, a: Interval, b: Interval) -> Interval {
        let p = a.products(b);
        Interval::new((p.low + 0x4000) >> 15, (p.high + 0x4000) >> 15)
    }
    /// Quotient and value belong together: every value is tried.
    fn barrett16(self, x: Interval, factor: i16, modulus: i16) -> Interval {
        if !BARRETT {
            return x;
        }
        let x = x.sixteen_bits("barrett16");
        let reduced = |x: i64| x - ((x * i64::from(factor) + 0x4000) >> 15) * i64::from(modulus);
        let all = || (x.low..=x.high).map(reduced);
        Interval::new(all().min().unwrap(), all().max().unwrap())
    }
    fn madd16(self, a: Interval, b: Interval) -> Interval {
        let p = a.products(b);
        Interval::new(2 * p.low, 2 * p.high).thirty_two_bits("madd16")
    }
    fn add32(self, a: Interval, b: Interval) -> Interval {
        Interval::new(a.low + b.low, a.high + b.high).thirty_two_bits("add32")
    }
    fn low_halves(self, _: Interval, _: Interval) -> Interval {
        ANY
    }
    fn high_halves(self, a: Interval, b: Interval) -> Interval {
        let hull = a.hull(b);
        Interval::new(hull.low >> 16, hull.high >> 16)
    }
    fn transpose16(self, a: Interval, b: Interval) -> (Interval, Interval) {
        (a.hull(b), a.hull(b))
    }
    fn transpose32(self, a: Interval, b: Interval) -> (Interval, Interval) {
        (a.hull(b), a.hull(b))
    }
    fn transpose_lanes<const BIT: u32>(self, a: Interval, b: Interval) -> (Interval, Interval) {
        (a.hull(b), a.hull(b))
    }
    fn claim(self, x: Interval, low: i16, high: i16) {
        assert!(
            x.low >= low.into() && x.high <= high.into(),
            "{x:?} is not in {low}..={high}"
        );
    }
}

fn widest(values: &[Interval]) -> Interval {
    values.iter().fold(values[0], |all, v| all.hull(*v))
}

fn transformed<const MANY: bool, const SMALL: bool>(bound: i16) -> Interval {
    let mut out = [Interval::within(0); 64];
    forward::<_, SMALL>(
        Proof::<MANY, true>,
        &[Interval::within(bound); 64],
        &mut out,
    );
    widest(&out)
}

fn inverted<const MANY: bool, const BARRETT: bool>(bound: i16) -> Interval {
    let mut out = [Interval::within(0); 64];
    inverse(
        Proof::<MANY, BARRETT>,
        &[Interval::within(bound); 64],
        &mut out,
    );
    widest(&out)
}

fn transformed_single<const N: usize>(bound: i16) -> Interval {
    let mut x = [Interval::within(bound); N];
    single::forward(Proof::<true, true>, &mut x);
    widest(&x)
}

fn inverted_single<const N: usize, const BARRETT: bool>(bound: i16) -> Interval {
    let mut x = [Interval::within(bound); N];
    single::inverse(Proof::<true, BARRETT>, &mut x);
    widest(&x)
}

#[test]
fn transforms_of_one_polynomial_stay_in_bounds() {
    for out in [
        transformed_single::<8>(NTT_INPUT_BOUND),
        transformed_single::<16>(NTT_INPUT_BOUND),
    ] {
        std::println!("forward transform of one polynomial: {out:?}");
        assert!(out.is_within(NTT_SINGLE_BOUND), "{out:?}");
    }
    for out in [
        inverted_single::<8, true>(PRODUCT_BOUND),
        inverted_single::<16, true>(PRODUCT_BOUND),
    ] {
        std::println!("inverse transform of one polynomial: {out:?}");
        assert!(out.is_within(NTT_INVERSE_SINGLE_BOUND), "{out:?}");
    }
}

#[test]
fn forward_transform_stays_in_bounds() {
    for (out, what) in [
        (
            transformed::<true, true>(NTT_SMALL_INPUT_BOUND),
            "samples, 32 registers",
        ),
        (
            transformed::<false, true>(NTT_SMALL_INPUT_BOUND),
            "samples, 16 registers",
        ),
        (transformed::<true, false>(NTT_INPUT_BOUND), "32 registers"),
        (transformed::<false, false>(NTT_INPUT_BOUND), "16 registers"),
    ] {
        std::println!("forward transform of {what}: {out:?}");
        assert!(out.is_within(NTT_BOUND), "{what}: {out:?}");
    }
}

#[test]
fn inverse_transform_stays_in_bounds() {
    for out in [
        inverted::<true, true>(PRODUCT_BOUND),
        inverted::<false, true>(PRODUCT_BOUND),
    ] {
        std::println!("inverse transform: {out:?}");
        assert!(out.is_within(NTT_INVERSE_BOUND), "{out:?}");
    }
}

/// A coefficient times the constants of a preparation: both forms.
fn prepared(x: Interval) -> [Interval; 2] {
    let l = Proof::<true, true>;
    let half = (Q - 1) / 2;
    let any = Constant {
        value: [-half, half, 0, 0],
        twisted: [0; 4],
    };
    let scaled = montgomery(l, x, &any);
    [montgomery(l, scaled, &any).hull(scaled), scaled]
}

#[test]
fn products_stay_in_bounds() {
    let l = Proof::<true, true>;
    let decoded = Interval::new(0, DECODED_BOUND.into());
    let transformed = Interval::within(NTT_BOUND);
    for (varying, forms) in [
        (transformed, prepared(decoded)),
        (decoded, prepared(transformed)),
        (prepared(decoded)[1], prepared(transformed)),
    ] {
        let one = products(l, varying, forms);
        let sum = (1..4).fold(one, |sum, _| add_products(l, sum, one));
        let out = reduce_products(l, sum[0], sum[1]);
        std::println!("sum of four products: {sum:?}, {out:?}");
        assert!(out.is_within(PRODUCT_BOUND), "{out:?}");
        // What key generation adds.
        l.add16(out, transformed);
    }
}

#[test]
fn compression_takes_all_that_comes() {
    let l = Proof::<true, true>;
    for d in [4, 5, 10, 11] {
        let scale = i64::from(noise_scale(d)).abs();
        let noise = Interval::new(i64::from(BIAS) - 2 * scale, i64::from(BIAS) + 2 * scale);
        let message = Interval::new(
            i64::from(message_scale(d)).min(0),
            i64::from(message_scale(d)).max(0),
        );
        let noisy = l.add16(noise, message);
        compressed(l, l.add16(Interval::within(NTT_INVERSE_BOUND), noisy));
    }
    message_bit(
        l,
        Interval::new(0, Q.into()),
        Interval::within(NTT_INVERSE_BOUND),
    );
}

#[test]
fn decompression_gives_coefficients() {
    let l = Proof::<true, true>;
    for out in [
        decompressed::<_, 4>(l, Interval::new(0, 15)),
        decompressed::<_, 5>(l, Interval::new(0, 31)),
        decompressed::<_, 10>(l, Interval::new(0, 1023)),
        decompressed::<_, 11>(l, Interval::new(0, 2047)),
    ] {
        assert!(out.low >= 0 && out.high <= Q.into(), "{out:?}");
    }
}

#[test]
fn the_proof_fails_without_a_reduction() {
    let many = catch_unwind(|| inverted::<true, false>(PRODUCT_BOUND));
    let few = catch_unwind(|| inverted::<false, false>(PRODUCT_BOUND));
    assert!(
        many.is_err() && few.is_err(),
        "the inverse transform needs its reductions"
    );
    let eight = catch_unwind(|| inverted_single::<8, false>(PRODUCT_BOUND));
    let sixteen = catch_unwind(|| inverted_single::<16, false>(PRODUCT_BOUND));
    assert!(
        eight.is_err() && sixteen.is_err(),
        "so does the inverse transform of one polynomial"
    );
    let first = catch_unwind(|| transformed::<true, true>(NTT_INPUT_BOUND));
    assert!(
        first.is_err(),
        "only samples may skip the reduction of the first layer"
    );
    let input = catch_unwind(|| inverted::<true, true>(2 * PRODUCT_BOUND));
    assert!(input.is_err(), "the bound on the input matters");
}
