//! Reductions and roundings, for every 16-bit input.

use std::vec::Vec;

use super::super::compress::{compressed, decompressed};
use super::super::encode::canonical;
use super::super::field::{Constant, barrett, gamma, montgomery, zeta};
use super::slow::{Q, ZETAS, compress, decompress};
use crate::lanes::Lanes;

/// Runs `check` on every 16-bit integer and what `f` makes of it.
fn for_all<L: Lanes>(l: L, mut f: impl FnMut(L::V) -> L::V, mut check: impl FnMut(i64, i64)) {
    let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    for chunk in all.chunks(4 * L::LANES) {
        let words = l.store_words(f(l.load16(chunk)));
        for (i, x) in chunk.iter().enumerate() {
            let got = (words.as_ref()[i / 4] >> (16 * (i % 4))) as i16;
            check((*x).into(), got.into());
        }
    }
}

fn every_input<L: Lanes>(l: L) {
    for_all(
        l,
        |x| barrett(l, x),
        |x, r| {
            assert!(
                (x - r) % Q == 0 && 3 * r.abs() <= 2 * Q + 3,
                "barrett {x} {r}"
            );
        },
    );
    for_all(
        l,
        |x| canonical(l, x),
        |x, r| assert_eq!(r, x.rem_euclid(Q)),
    );
    for factor in ZETAS.into_iter().chain([1 << 17, 3303]) {
        let constant = Constant::new([factor; 4]);
        for_all(
            l,
            |x| montgomery(l, x, &constant),
            |x, r| {
                assert!((x * factor - r) % Q == 0, "montgomery {x} {factor} {r}");
                assert!(
                    r.abs() <= Q / 2 + 1 + x.abs() / 39,
                    "montgomery {x} {factor} {r}"
                );
            },
        );
    }
}

#[test]
fn reductions_are_right_for_every_input() {
    on_every_instance!(every_input);
}

/// The inverse of 2^(16 + d) modulo q.
fn unscale(d: u32) -> i64 {
    (0..16 + d).fold(1, |x, _| x * i64::from((Q as i32 + 1) / 2) % Q)
}

fn every_compression<L: Lanes>(l: L) {
    for d in [1, 4, 5, 10, 11] {
        for_all(
            l,
            |s| compressed(l, s),
            |s, got| {
                if s >= 0 {
                    let x = s * unscale(d) % Q;
                    assert_eq!(got & ((1 << d) - 1), compress(d, x), "compress {d} of {x}");
                }
            },
        );
    }
    macro_rules! decompression {
        ($($d:literal)+) => {$(
            for_all(l, |y| decompressed::<L, $d>(l, y), |y, got| {
                if (0..1 << $d).contains(&y) {
                    assert_eq!(got, decompress($d, y), "decompress {} of {y}", $d);
                }
            });
        )+};
    }
    decompression!(4 5 10 11);
}

#[test]
fn compression_is_right_for_every_input() {
    on_every_instance!(every_compression);
}

#[test]
fn zetas_are_those_of_the_standard() {
    for (k, expected) in ZETAS.iter().enumerate() {
        assert_eq!(zeta(k), *expected);
    }
    // Appendix A, second table: 17, -17, 2761, -2761, ...
    for k in 0..64 {
        assert_eq!(gamma(2 * k), ZETAS[64 + k]);
        assert_eq!(gamma(2 * k + 1), Q - ZETAS[64 + k]);
    }
}
