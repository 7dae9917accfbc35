//! Every engine against a model on single elements.

use std::vec;
use std::vec::Vec;

use super::{Engine, Rows, combine, dual_weights, evaluate, invert, multiply, weights};
use crate::lanes::{ByteLanes, Kernel, Token};
use crate::testing::Random;

/// The product by its definition: of polynomials over GF(2), modulo 0x11b.
fn product(a: u8, b: u8) -> u8 {
    let mut wide = 0u32;
    for bit in 0..8 {
        wide ^= (u32::from(a) << bit) * (u32::from(b) >> bit & 1);
    }
    for bit in (8..16).rev() {
        wide ^= (0x11b << (bit - 8)) * (wide >> bit & 1);
    }
    wide as u8
}

fn power(a: u8, exponent: u32) -> u8 {
    (0..exponent).fold(1, |sum, _| product(sum, a))
}

fn inverse(a: u8) -> u8 {
    (0..=255).find(|b| product(a, *b) == 1).unwrap_or(0)
}

#[test]
fn the_model_gives_the_standards_examples() {
    // FIPS 197, sections 4.2 and 4.3.
    assert_eq!(product(0x57, 0x83), 0xc1);
    assert_eq!(product(0x57, 0x13), 0xfe);
    assert_eq!(inverse(0x53), 0xca);
}

#[test]
fn single_elements_follow_the_definition() {
    for a in 0..=255 {
        assert_eq!(invert(a), inverse(a));
        for b in 0..=255 {
            assert_eq!(multiply(a, b), product(a, b));
        }
    }
}

type Model = fn(u8, u8) -> u8;

/// All operations of a token, over all pairs of elements.
struct AllPairs;

impl<L: ByteLanes> Kernel<L> for AllPairs {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let every: Vec<u8> = (0..=255).collect();
        let mut out = vec![0; 256];
        for x in 0..=255u8 {
            let factor = l.factor(x);
            let other = l.splat(x);
            for at in (0..256).step_by(L::BYTES) {
                let v = l.load(&every[at..]);
                let results: [(L::V, Model); 6] = [
                    (l.scale(v, &factor), product),
                    (l.mul(v, other), product),
                    (l.mul(other, v), product),
                    (l.xor(v, other), |a, b| a ^ b),
                    (
                        l.is_zero(l.xor(v, other)),
                        |a, b| if a == b { 0xff } else { 0 },
                    ),
                    (
                        l.select(l.is_zero(l.xor(v, other)), v, l.splat(7)),
                        |a, b| if a == b { a } else { 7 },
                    ),
                ];
                for (result, model) in results {
                    l.store(result, &mut out[at..]);
                    for i in at..at + L::BYTES {
                        assert_eq!(out[i], model(every[i], x), "{}: {i} and {x}", L::NAME);
                    }
                }
            }
        }
        for at in (0..256).step_by(L::BYTES) {
            l.store(l.inverse(l.load(&every[at..])), &mut out[at..]);
        }
        for i in 0..256 {
            assert_eq!(out[i], inverse(every[i]), "{}", L::NAME);
        }
        for length in 0..=L::BYTES {
            let mut out = vec![0xaa; L::BYTES + 1];
            l.store(l.load(&every[1..=length]), &mut out[..L::BYTES]);
            assert_eq!(out[..length], every[1..=length]);
            assert!(out[length..L::BYTES].iter().all(|byte| *byte == 0));
            out.fill(0xaa);
            l.store(l.splat(1), &mut out[..length]);
            assert!(out[..length].iter().all(|byte| *byte == 1));
            assert!(out[length..].iter().all(|byte| *byte == 0xaa));
        }
    }
}

#[test]
fn every_product_of_every_engine() {
    for engine in Engine::all() {
        super::with_token!(engine, AllPairs);
    }
}

#[test]
fn every_engine_of_this_cpu_is_tested() {
    assert_eq!(Engine::all().next().map(Engine::name), Some("portable"));
    let widest = Engine::detect().name();
    assert!(Engine::all().any(|engine| engine.name() == widest));
}

fn value(constant: u8, coefficients: &[u8], point: u8) -> u8 {
    let mut sum = constant;
    for (i, coefficient) in coefficients.iter().enumerate() {
        sum ^= product(*coefficient, power(point, 1 + i as u32));
    }
    sum
}

#[test]
fn polynomials_are_evaluated_at_every_length() {
    let mut random = Random(0x6a09_e667_f3bc_c908);
    let lengths = (1..=140).chain([255, 256, 257, 1000]);
    for width in lengths {
        let count = 1 + random.below(13) as usize;
        let degree = random.below(7) as usize;
        let (points, constant) = (random.bytes(count), random.bytes(width));
        let coefficients = random.bytes(degree * width);
        let model = |point: usize, column: usize| {
            let column_of: Vec<u8> = (0..degree)
                .map(|row| coefficients[row * width + column])
                .collect();
            value(constant[column], &column_of, points[point])
        };
        for engine in Engine::all() {
            let (stride, at) = (width + 9, 5);
            let mut out = vec![0xcc; count * stride];
            let rows = Rows {
                bytes: &mut out,
                stride,
                at,
            };
            evaluate(engine, &points, &constant, &coefficients, rows);
            for (i, byte) in out.iter().enumerate() {
                let (point, column) = (i / stride, i % stride);
                let expected = if column < at || column >= at + width {
                    0xcc
                } else {
                    model(point, column - at)
                };
                assert_eq!(
                    *byte,
                    expected,
                    "{} {width} {point} {column}",
                    engine.name()
                );
            }
        }
    }
}

#[test]
fn strings_are_combined_at_every_length() {
    let mut random = Random(0xbb67_ae85_84ca_a73b);
    for width in (0..=140).chain([255, 256, 257, 1000]) {
        let count = 1 + random.below(9) as usize;
        let factors = random.bytes(count);
        let rows: Vec<Vec<u8>> = (0..count).map(|_| random.bytes(width)).collect();
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let expected: Vec<u8> = (0..width)
            .map(|column| {
                (0..count).fold(0, |sum, row| sum ^ product(factors[row], rows[row][column]))
            })
            .collect();
        for engine in Engine::all() {
            let mut out = vec![0x55; width];
            combine(engine, &factors, &rows, &mut out);
            assert_eq!(out, expected, "{} {width}", engine.name());
        }
    }
}

#[test]
fn weights_interpolate() {
    let mut random = Random(0x3c6e_f372_fe94_f82b);
    for count in (1..=70).chain([128, 200, 255, 256]) {
        let mut points: Vec<u8> = (0..=255).collect();
        for i in 0..255 {
            points.swap(i, i + random.below(256 - i as u64) as usize);
        }
        points.truncate(count);
        let coefficients = random.bytes(count - 1);
        let constant = random.bytes(1)[0];
        let values: Vec<u8> = points
            .iter()
            .map(|point| value(constant, &coefficients, *point))
            .collect();
        for engine in Engine::all() {
            for at in [0, 1, points[count / 2], 255] {
                let mut out = vec![0; count];
                weights(engine, &points, at, &mut out);
                let sum = (0..count).fold(0, |sum, i| sum ^ product(out[i], values[i]));
                assert_eq!(
                    sum,
                    value(constant, &coefficients, at),
                    "{} {count} {at}",
                    engine.name()
                );
            }
            let mut dual = vec![0; count];
            dual_weights(engine, &points, &mut dual);
            // Of values of degree less than count - 1 the sum is zero.
            let shorter = &coefficients[..coefficients.len().saturating_sub(1)];
            if count > 1 {
                let sum = (0..count).fold(0, |sum, i| {
                    sum ^ product(dual[i], value(constant, shorter, points[i]))
                });
                assert_eq!(sum, 0, "{} {count}", engine.name());
                assert!(dual.iter().all(|weight| *weight != 0));
            }
        }
    }
}
