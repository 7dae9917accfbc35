//! Transforms, products, sampling and encoding against slow models.

use std::vec;
use std::vec::Vec;

use shake::{ExtendableOutput, Update, XofReader};

use super::super::product::vector_of_pair;
use super::super::{
    Factor, Matrix, Noise, NttPoly, PRODUCT_BOUND, Poly, Row, Scale, SingleNttPoly, SinglePoly,
    decode12, encode12, multiply_lanes, multiply_matrix, multiply_matrix_once, multiply_row,
    multiply_row_once, ntt, ntt_inverse, ntt_inverse_once, ntt_inverse_single, ntt_once,
    ntt_single, ntt_small, ntt_small_once, prepare_column, prepare_factor, prepare_row, prf,
    sample_poly_cbd, vartime_sample_ntt,
};
use super::slow;
use super::slow::Q;
use crate::lanes::Lanes;
use crate::rows::{Rows, RowsMut};
use crate::seed::Seed;
use crate::testing::Random;

type Coefficients = Vec<i64>;

/// The vectors whose element e of lane `lane` is `at(vector, e)` of that lane's polynomial.
fn put<L: Lanes>(l: L, v: &mut [L::V; 64], polys: &[Coefficients], at: fn(usize, usize) -> usize) {
    for (n, v) in v.iter_mut().enumerate() {
        let mut words = l.zero_words();
        for (word, poly) in words.as_mut().iter_mut().zip(polys) {
            for e in 0..4 {
                *word |= u64::from(poly[at(n, e)] as i16 as u16) << (16 * e);
            }
        }
        *v = l.load_words(&words);
    }
}

fn get<L: Lanes>(l: L, v: &[L::V; 64], lane: usize, at: fn(usize, usize) -> usize) -> Coefficients {
    let mut poly = vec![0; 256];
    for (n, v) in v.iter().enumerate() {
        for e in 0..4 {
            let x = (l.store_words(*v).as_ref()[lane] >> (16 * e)) as i16;
            poly[at(n, e)] = i64::from(x).rem_euclid(Q);
        }
    }
    poly
}

fn plain(n: usize, e: usize) -> usize {
    16 * (n / 4) + 4 * e + n % 4
}

fn hat(n: usize, e: usize) -> usize {
    let pair = (0..64).find(|pair| vector_of_pair(*pair) == n).unwrap();
    2 * pair + (e & 1) + 128 * (e >> 1)
}

fn random_poly(random: &mut Random, bound: i64) -> Coefficients {
    (0..256)
        .map(|_| random.below(2 * bound as u64 + 1) as i64 - bound)
        .collect()
}

/// Random, extreme and single-coefficient polynomials.
fn inputs(bound: i64) -> Vec<Coefficients> {
    let mut random = Random(3);
    let mut all: Vec<_> = (0..40).map(|_| random_poly(&mut random, bound)).collect();
    all.push(vec![bound; 256]);
    all.push(vec![-bound; 256]);
    all.push(
        (0..256)
            .map(|i| if i % 2 == 0 { bound } else { -bound })
            .collect(),
    );
    for i in 0..256 {
        let mut one = vec![0; 256];
        one[i] = bound;
        all.push(one);
    }
    all
}

fn forward_equals_the_model<L: Lanes>(l: L) {
    let (mut poly, mut out) = (Poly::zero(l), NttPoly::zero(l));
    for bound in [1, 2, 3, Q] {
        for group in inputs(bound).chunks(L::LANES) {
            put(l, &mut poly.v, group, plain);
            if bound <= 3 {
                ntt_small(l, &poly, &mut out);
            } else {
                ntt(l, &poly, &mut out);
            }
            for (lane, input) in group.iter().enumerate() {
                assert_eq!(get(l, &out.v, lane, hat), slow::ntt(input), "{}", L::NAME);
            }
        }
    }
}

fn lanes_keep_their_polynomials<L: Lanes>(l: L) {
    let all: Vec<[i16; 256]> = (0..L::LANES)
        .map(|lane| core::array::from_fn(|i| (1000 * lane + i) as i16))
        .collect();
    let (poly, transformed) = (Poly::from_lanes(l, &all), NttPoly::from_lanes(l, &all));
    for (lane, one) in all.iter().enumerate() {
        let expected: Vec<_> = one.iter().map(|x| i64::from(*x) % Q).collect();
        assert_eq!(get(l, &poly.v, lane, plain), expected);
        assert_eq!(get(l, &transformed.v, lane, hat), expected);
        assert_eq!((poly.lane(lane), transformed.lane(lane)), (*one, *one));
    }
}

#[test]
fn layouts_hold_the_order_of_the_standard() {
    on_every_instance!(lanes_keep_their_polynomials);
}

#[test]
fn forward_transform_equals_algorithm_9() {
    on_every_instance!(forward_equals_the_model);
}

/// The transforms of one operation's polynomials against those over lanes.
fn once_equals_over_lanes<L: Lanes>(l: L) {
    let four = l.four_lanes();
    let (mut poly, mut back, mut once) = (Poly::zero(four), Poly::zero(four), Poly::zero(four));
    let (mut out, mut out_once) = (NttPoly::zero(four), NttPoly::zero(four));
    for bound in [2, 3, Q] {
        for group in inputs(bound).chunks(4) {
            put(four, &mut poly.v, group, plain);
            ntt(four, &poly, &mut out);
            ntt_once(l, &poly, &mut out_once);
            let lanes = |p: &NttPoly<L::Four>| [0, 1, 2, 3].map(|lane| p.lane(lane));
            assert_eq!(lanes(&out_once), lanes(&out), "{}", L::NAME);
            if bound <= 3 {
                ntt_small(four, &poly, &mut out);
                ntt_small_once(l, &poly, &mut out_once);
                assert_eq!(lanes(&out_once), lanes(&out), "{}", L::NAME);
            }
            put(four, &mut out.v, group, hat);
            ntt_inverse(four, &out, &mut back);
            ntt_inverse_once(l, &out, &mut once);
            for lane in 0..4 {
                assert_eq!(once.lane(lane), back.lane(lane), "{}", L::NAME);
            }
        }
    }
}

#[test]
fn transforms_of_one_operation_equal_those_over_lanes() {
    on_every_instance!(once_equals_over_lanes);
}

/// One polynomial alone: its transform against the model, and back again.
fn one_polynomial_equals_the_model<L: Lanes>(l: L) {
    let small = |x: &Coefficients| core::array::from_fn(|i| x[i] as i16);
    let canonical = |x: &[i16; 256]| -> Coefficients {
        x.iter().map(|x| i64::from(*x).rem_euclid(Q)).collect()
    };
    let (mut hat, mut back) = (SingleNttPoly::<L>::zero(), SinglePoly::new([0; 256]));
    for bound in [1, 2, 1664, Q] {
        for input in inputs(bound) {
            ntt_single(l, &SinglePoly::new(small(&input)), &mut hat);
            let expected = slow::ntt(&input);
            assert_eq!(canonical(&hat.coefficients()), expected, "{}", L::NAME);
            let reduced = SingleNttPoly::new(&small(&expected));
            assert_eq!(reduced.coefficients(), small(&expected));
            ntt_inverse_single(l, &reduced, &mut back);
            let times_128: Coefficients = input.iter().map(|x| (128 * x).rem_euclid(Q)).collect();
            assert_eq!(canonical(back.coefficients()), times_128, "{}", L::NAME);
        }
    }
    // The largest that the inverse takes.
    for input in inputs(i64::from(PRODUCT_BOUND)) {
        ntt_inverse_single(l, &SingleNttPoly::new(&small(&input)), &mut back);
        let expected: Coefficients = input.iter().map(|x| (128 * x).rem_euclid(Q)).collect();
        assert_eq!(
            slow::ntt(&canonical(back.coefficients())),
            expected,
            "{}",
            L::NAME
        );
    }
}

#[test]
fn the_transform_of_one_polynomial_equals_algorithms_9_and_10() {
    on_every_instance!(one_polynomial_equals_the_model);
}

/// Transform, every form of product, and inverse against the definition of the product, times 128.
fn products_equal_the_model<L: Lanes>(l: L) {
    let four = l.four_lanes();
    let mut random = Random(17);
    let (a, b): (Vec<_>, Vec<_>) = (0..4)
        .map(|_| (random_poly(&mut random, 1664), random_poly(&mut random, 2)))
        .unzip();
    let slow: Vec<_> = a
        .iter()
        .zip(&b)
        .map(|(a, b)| slow::multiply(a, b))
        .collect();
    let total = |range: core::ops::Range<usize>| -> Coefficients {
        (0..256)
            .map(|i| 128 * range.clone().map(|j| slow[j][i]).sum::<i64>() % Q)
            .collect()
    };
    let mut poly = Poly::zero(l);
    let transformed = |p: &Coefficients| {
        let (mut poly, mut out) = (Poly::zero(l), NttPoly::zero(l));
        put(l, &mut poly.v, &vec![p.clone(); L::LANES], plain);
        ntt(l, &poly, &mut out);
        out
    };
    let (a_hat, b_hat): ([_; 3], [_; 3]) = (
        core::array::from_fn(|i| transformed(&a[i])),
        core::array::from_fn(|i| transformed(&b[i])),
    );
    let mut out = NttPoly::zero(l);

    let mut factors: [Factor<L>; 3] = core::array::from_fn(|_| Factor::zero(l));
    for (from, to) in b_hat.iter().zip(&mut factors) {
        prepare_factor(l, from, Scale::PRODUCT, to);
    }
    let canonical: [NttPoly<L>; 3] = core::array::from_fn(|i| {
        let mut out = NttPoly::zero(l);
        put(l, &mut out.v, &vec![slow::ntt(&a[i]); L::LANES], hat);
        out
    });
    multiply_lanes(l, &canonical, &factors, &mut out);
    ntt_inverse(l, &out, &mut poly);
    for lane in 0..L::LANES {
        assert_eq!(
            get(l, &poly.v, lane, plain),
            total(0..3),
            "lanes, {}",
            L::NAME
        );
    }

    let mut columns = NttPoly::zero(four);
    let hats: Vec<_> = a.iter().map(|a| slow::ntt(a)).collect();
    put(four, &mut columns.v, &hats, hat);
    let mut row = Row::zero();
    prepare_row(l, &columns, 3, Scale::PRODUCT, &mut row);
    multiply_row(l, &row, &b_hat, &mut out);
    ntt_inverse(l, &out, &mut poly);
    for lane in 0..L::LANES {
        assert_eq!(
            get(l, &poly.v, lane, plain),
            total(0..3),
            "row, {}",
            L::NAME
        );
    }

    let mut y = NttPoly::zero(four);
    let hats: Vec<_> = b.iter().map(|b| slow::ntt(b)).collect();
    put(four, &mut y.v, &hats, hat);
    let (mut once, mut poly_once) = (NttPoly::zero(four), Poly::zero(four));
    multiply_row_once(l, &row, &y, &mut once, 2);
    ntt_inverse(four, &once, &mut poly_once);
    assert_eq!(
        get(four, &poly_once.v, 2, plain),
        total(0..3),
        "row once, {}",
        L::NAME
    );
    assert_eq!(
        get(four, &poly_once.v, 1, plain),
        vec![0; 256],
        "row once, {}",
        L::NAME
    );

    // The matrix whose entry (i, j) is a[j] x^i: row i gives the sum times x^i.
    let mut matrix = Matrix::<3>::zero();
    for j in 0..3 {
        let shifted: Vec<_> = (0..4)
            .map(|i| {
                let mut power = vec![0; 256];
                power[i] = 1;
                slow::ntt(&slow::multiply(&a[j], &power))
            })
            .collect();
        put(four, &mut columns.v, &shifted, hat);
        prepare_column(l, &columns, Scale::PRODUCT, &mut matrix, j);
    }
    let mut u: [NttPoly<L>; 3] = core::array::from_fn(|_| NttPoly::zero(l));
    multiply_matrix(l, &matrix, &b_hat, &mut u);
    multiply_matrix_once(l, &matrix, &y, &mut once);
    ntt_inverse(four, &once, &mut poly_once);
    for i in 0..3 {
        let mut power = vec![0; 256];
        power[i] = 1;
        let expected = slow::multiply(&total(0..3), &power);
        ntt_inverse(l, &u[i], &mut poly);
        assert_eq!(
            get(l, &poly.v, L::LANES - 1, plain),
            expected,
            "matrix, {}",
            L::NAME
        );
        assert_eq!(
            get(four, &poly_once.v, i, plain),
            expected,
            "matrix once, {}",
            L::NAME
        );
    }
    drop(a_hat);
}

#[test]
fn products_equal_the_schoolbook() {
    on_every_instance!(products_equal_the_model);
}

fn samples_equal_the_model<L: Lanes>(l: L) {
    let mut random = Random(23);
    for _ in 0..20 {
        let seeds: Vec<Vec<u8>> = (0..L::LANES).map(|_| random.bytes(32)).collect();
        let rows: Vec<_> = seeds.iter().collect();
        let seed = Seed::from_rows(l, &Rows::new(&rows).unwrap()).unwrap();
        let indices: Vec<[u8; 2]> = (0..L::LANES)
            .map(|i| [i as u8, random.below(4) as u8])
            .collect();
        let mut out = NttPoly::zero(l);
        vartime_sample_ntt(l, &seed, &indices, &mut out);
        for lane in 0..L::LANES {
            let mut xof = shake::Shake128::default();
            xof.update(&seeds[lane]);
            xof.update(&indices[lane]);
            let mut reader = xof.finalize_xof();
            let mut expected = vec![];
            while expected.len() < 256 {
                let mut c = [0; 3];
                reader.read(&mut c);
                let c = c.map(i64::from);
                for d in [c[0] + 256 * (c[1] % 16), c[1] / 16 + 16 * c[2]] {
                    if d < Q && expected.len() < 256 {
                        expected.push(d);
                    }
                }
            }
            assert_eq!(
                get(l, &out.v, lane, hat),
                expected,
                "SampleNTT, {}",
                L::NAME
            );
        }
        noise_equals_the_model::<L, 2>(l, &seed, &seeds);
        noise_equals_the_model::<L, 3>(l, &seed, &seeds);
    }
}

fn noise_equals_the_model<L: Lanes, const ETA: usize>(l: L, seed: &Seed<L>, seeds: &[Vec<u8>]) {
    let mut nonces = l.zero_words();
    for (lane, nonce) in nonces.as_mut().iter_mut().enumerate() {
        *nonce = 5 + lane as u64;
    }
    let (mut noise, mut poly) = (Noise::zero(l), Poly::zero(l));
    prf::<L, ETA>(l, seed, &nonces, &mut noise);
    sample_poly_cbd::<L, ETA>(l, &noise, &mut poly);
    for (lane, seed) in seeds.iter().enumerate() {
        let mut xof = shake::Shake256::default();
        xof.update(seed);
        xof.update(&[5 + lane as u8]);
        let mut bytes = vec![0; 64 * ETA];
        xof.finalize_xof().read(&mut bytes);
        let bit = |i: usize| i64::from(bytes[i / 8] >> (i % 8) & 1);
        let sum = |from: usize| (from..from + ETA).map(bit).sum::<i64>();
        let expected: Vec<_> = (0..256)
            .map(|i| (sum(2 * i * ETA) - sum(2 * i * ETA + ETA)).rem_euclid(Q))
            .collect();
        assert_eq!(
            get(l, &poly.v, lane, plain),
            expected,
            "CBD {ETA}, {}",
            L::NAME
        );
    }
}

#[test]
fn samples_equal_algorithms_7_and_8() {
    on_every_instance!(samples_equal_the_model);
}

fn encodings_equal_the_model<L: Lanes>(l: L) {
    let mut random = Random(29);
    for bound in [1, 3328, 16_000] {
        let polys: Vec<_> = (0..L::LANES)
            .map(|_| random_poly(&mut random, bound))
            .collect();
        let mut hats = NttPoly::zero(l);
        put(l, &mut hats.v, &polys, hat);
        let mut bytes = vec![vec![0; 384]; L::LANES];
        encode12(l, &hats, &mut RowsMut::new(&mut bytes).unwrap(), 0);
        for (poly, bytes) in polys.iter().zip(&bytes) {
            for i in 0..256 {
                let got = (0..12).fold(0, |x, b| {
                    let at = 12 * i + b;
                    x | i64::from(bytes[at / 8] >> (at % 8) & 1) << b
                });
                assert_eq!(got, poly[i].rem_euclid(Q), "ByteEncode, {}", L::NAME);
            }
        }
        let rows: Vec<_> = bytes.iter().collect();
        let mut back = NttPoly::zero(l);
        let wrong = decode12(l, &Rows::new(&rows).unwrap(), 0, &mut back);
        assert!(wrong.as_ref().iter().all(|w| *w == 0));
        for (lane, poly) in polys.iter().enumerate() {
            let expected: Vec<_> = poly.iter().map(|x| x.rem_euclid(Q)).collect();
            assert_eq!(
                get(l, &back.v, lane, hat),
                expected,
                "ByteDecode, {}",
                L::NAME
            );
        }
    }
}

#[test]
fn encodings_equal_algorithms_5_and_6() {
    on_every_instance!(encodings_equal_the_model);
}
