//! Rounding over every residue, against the standard's definitions.

use super::slow;
use super::{Poly, with_every_token};
use crate::mldsa::{Gamma2, MlDsaKernels, Q};

const BOTH: [Gamma2; 2] = [Gamma2::QMinus1Over88, Gamma2::QMinus1Over32];

/// Every residue, 256 at a time; the last polynomial is filled up with residues already seen.
fn residues() -> impl Iterator<Item = (i32, Poly)> {
    (0..Q).step_by(256).map(|first| {
        let mut p = Poly::ZERO;
        let mut next = first..;
        p.coefficients_mut().fill_with(|| next.next().unwrap() % Q);
        (first, p)
    })
}

fn equal(found: &[i32], expected: impl Iterator<Item = i64>, what: &str) {
    for (i, (x, y)) in found.iter().zip(expected).enumerate() {
        assert_eq!(i64::from(*x), y, "{what} at {i}");
    }
}

fn every_residue<L: MlDsaKernels>(l: L) {
    let [mut high, mut low] = [Poly::ZERO, Poly::ZERO];
    for (_, p) in residues() {
        let r = || p.coefficients().iter().map(|r| i64::from(*r));
        l.power2round(&p, &mut high, &mut low);
        equal(
            high.coefficients(),
            r().map(|r| slow::power2round(r).0),
            "r1 of Power2Round",
        );
        equal(
            low.coefficients(),
            r().map(|r| slow::power2round(r).1),
            "r0 of Power2Round",
        );
        for gamma2 in BOTH {
            let g = i64::from(gamma2.value());
            l.decompose(gamma2, &p, &mut high, &mut low);
            equal(
                high.coefficients(),
                r().map(|r| slow::decompose(r, g).0),
                "r1 of Decompose",
            );
            equal(
                low.coefficients(),
                r().map(|r| slow::decompose(r, g).1),
                "r0 of Decompose",
            );
            for hint in [0, 0xFFFF, 0xA5C3] {
                l.use_hint(gamma2, &[hint; 16], &p, &mut high);
                let set = (0..256).map(|i| hint >> (i % 16) & 1 == 1);
                let expected = set.zip(r()).map(|(h, r)| slow::use_hint(h, r, g));
                equal(high.coefficients(), expected, "UseHint");
            }
        }
    }
}

#[test]
fn every_residue_is_rounded_as_defined() {
    with_every_token!(every_residue());
}

fn representatives<L: MlDsaKernels>(l: L) {
    let mut random = super::Random(9);
    let [mut high, mut low, mut sum] = [Poly::ZERO, Poly::ZERO, Poly::ZERO];
    for _ in 0..500 {
        let p = random.poly(1 - Q, Q - 1);
        let r = || p.coefficients().iter().map(|r| i64::from(*r));
        l.power2round(&p, &mut high, &mut low);
        equal(
            high.coefficients(),
            r().map(|r| slow::power2round(r).0),
            "r1",
        );
        for gamma2 in BOTH {
            let g = i64::from(gamma2.value());
            l.decompose(gamma2, &p, &mut high, &mut low);
            equal(
                low.coefficients(),
                r().map(|r| slow::decompose(r, g).1),
                "r0",
            );
            l.use_hint(gamma2, &[0xFFFF; 16], &p, &mut high);
            equal(
                high.coefficients(),
                r().map(|r| slow::use_hint(true, r, g)),
                "hint",
            );
        }
        let (a, b) = (
            random.poly(-(1 << 30), 1 << 30),
            random.poly(-(1 << 29), 1 << 29),
        );
        l.add_poly(&a, &b, &mut sum);
        congruent(&sum, |i| a.coefficients()[i] + b.coefficients()[i]);
        l.sub_poly(&a, &b, &mut sum);
        congruent(&sum, |i| a.coefficients()[i] - b.coefficients()[i]);
    }
    // Where the centred representative is small, it is what comes out.
    let limit = (1 << 22) - (1 << 14);
    for offset in [-2 * Q, -Q, 0, Q, 2 * Q] {
        for start in [-limit + 1, -300, 0, limit - 256] {
            let mut p = Poly::ZERO;
            let mut next = start..;
            p.coefficients_mut()
                .fill_with(|| next.next().unwrap() + offset);
            l.add_poly(&p, &Poly::ZERO, &mut sum);
            equal(
                sum.coefficients(),
                (i64::from(start)..).take(256),
                "centred",
            );
        }
    }
}

fn congruent(found: &Poly, expected: impl Fn(usize) -> i32) {
    for (i, x) in found.coefficients().iter().enumerate() {
        assert!(x.abs() <= crate::mldsa::round::REDUCE_OUT);
        assert_eq!(
            slow::canonical(i64::from(*x)),
            slow::canonical(i64::from(expected(i)))
        );
    }
}

#[test]
fn sums_are_reduced() {
    with_every_token!(representatives());
}

fn hints<L: MlDsaKernels>(l: L) {
    let mut random = super::Random(11);
    for gamma2 in BOTH {
        let g = i64::from(gamma2.value());
        for round in 0..300 {
            // Every second round near the boundaries of the high bits.
            let near = |random: &mut super::Random| {
                2 * gamma2.value() * random.within(0, 45) + gamma2.value() + random.within(-2, 2)
            };
            let (mut r, mut s) = (random.poly(0, Q - 1), random.poly(1 - Q, Q - 1));
            if round % 2 == 0 {
                r.coefficients_mut().fill_with(|| near(&mut random));
                s.coefficients_mut().fill_with(|| near(&mut random));
                for x in r.coefficients_mut().iter_mut().chain(s.coefficients_mut()) {
                    *x %= Q;
                }
            }
            let mut hint = [0; 16];
            l.make_hint(gamma2, &r, &s, &mut hint);
            for (i, (r, s)) in r.coefficients().iter().zip(s.coefficients()).enumerate() {
                let differ =
                    slow::decompose(i64::from(*r), g).0 != slow::decompose(i64::from(*s), g).0;
                assert_eq!(hint[i / 16] >> (i % 16) & 1 == 1, differ, "{r} {s}");
            }
        }
    }
}

#[test]
fn hints_are_differences_of_high_bits() {
    with_every_token!(hints());
}

fn norms<L: MlDsaKernels>(l: L) {
    for bound in [1, 4, 95_232 - 78, (1 << 19) - 196, 261_888] {
        for i in 0..256 {
            for (x, below) in [
                (bound - 1, true),
                (1 - bound, true),
                (bound, false),
                (-bound, false),
            ] {
                let mut p = Poly::ZERO;
                p.coefficients_mut()[i] = x;
                assert_eq!(l.norm_below(&p, bound), below, "{x} at {i} below {bound}");
            }
        }
    }
}

#[test]
fn one_large_coefficient_is_seen() {
    with_every_token!(norms());
}
