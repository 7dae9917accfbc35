//! The transforms against the definition, and the zetas against the standard's table.

use std::vec::Vec;

use super::slow::{self, canonical};
use super::{Random, inputs, with_every_token};
use crate::lanes::Portable;
use crate::mldsa::zetas::ZETAS;
use crate::mldsa::{FORWARD_IN, FORWARD_OUT, INVERSE_OUT, MlDsaKernels, NttPoly, Poly, Q};

/// FIPS 204, Appendix B, as printed, modulo q.
const APPENDIX_B: &str = include_str!("appendix_b.txt");

#[test]
fn zetas_are_those_of_appendix_b() {
    let printed: Vec<i32> = APPENDIX_B
        .split(',')
        .map(|x| x.trim().parse().unwrap())
        .collect();
    assert_eq!(printed.len(), 256);
    assert_eq!(printed[1..], ZETAS[1..]);
}

fn forward_is_evaluation<L: MlDsaKernels>(l: L) {
    for p in inputs(-FORWARD_IN, FORWARD_IN) {
        let mut p_hat = NttPoly::ZERO;
        l.ntt(&p, &mut p_hat);
        let expected = slow::evaluate(p.coefficients());
        for (x, y) in p_hat.to_standard_order().iter().zip(expected) {
            assert!(x.abs() <= FORWARD_OUT);
            assert_eq!(canonical(i64::from(*x)), y, "{}", L::NAME);
        }
    }
}

#[test]
fn ntt_is_evaluation_at_the_roots() {
    with_every_token!(forward_is_evaluation());
}

fn products_are_schoolbook<L: MlDsaKernels>(l: L) {
    let all = inputs(-FORWARD_IN, FORWARD_IN);
    for (i, a) in all.iter().enumerate() {
        let b = &all[(7 * i + 3) % all.len()];
        let [mut a_hat, mut b_hat] = [NttPoly::ZERO, NttPoly::ZERO];
        l.ntt(a, &mut a_hat);
        l.ntt(b, &mut b_hat);
        let mut c = Poly::ZERO;
        l.inverse_product(&a_hat, &b_hat, &mut c);
        let expected = slow::multiply(a.coefficients(), b.coefficients());
        for (x, y) in c.coefficients().iter().zip(expected) {
            assert!(x.abs() <= INVERSE_OUT);
            assert_eq!(canonical(i64::from(*x)), y, "{}", L::NAME);
        }
    }
}

#[test]
fn products_are_the_schoolbook_products() {
    with_every_token!(products_are_schoolbook());
}

fn dot_is_sum<L: MlDsaKernels>(l: L) {
    for terms in 0..=8_usize {
        let mut random = Random(u64::try_from(terms).unwrap());
        let a: Vec<Poly> = (0..terms).map(|_| random.poly(0, Q - 1)).collect();
        let b: Vec<Poly> = (0..terms)
            .map(|_| random.poly(-FORWARD_IN, FORWARD_IN))
            .collect();
        let a_hat: Vec<NttPoly> = a.iter().map(|a| small_transform(l, a)).collect();
        let b_hat: Vec<NttPoly> = b.iter().map(|b| transform(l, b)).collect();
        let mut c = Poly::new(&[77; 256]);
        l.inverse_dot(&a_hat, &b_hat, &mut c);
        let mut expected = [0; 256];
        for (a, b) in a.iter().zip(&b) {
            let product = slow::multiply(a.coefficients(), b.coefficients());
            for (sum, x) in expected.iter_mut().zip(product) {
                *sum = canonical(*sum + x);
            }
        }
        for (x, y) in c.coefficients().iter().zip(expected) {
            assert!(x.abs() <= INVERSE_OUT);
            assert_eq!(
                canonical(i64::from(*x)),
                y,
                "{} with {terms} terms",
                L::NAME
            );
        }
    }
}

fn transform<L: MlDsaKernels>(l: L, p: &Poly) -> NttPoly {
    let mut p_hat = NttPoly::ZERO;
    l.ntt(p, &mut p_hat);
    p_hat
}

/// The transform with values below q, as the sampled matrix has them.
fn small_transform<L: MlDsaKernels>(l: L, p: &Poly) -> NttPoly {
    let values = transform(l, p).to_standard_order();
    NttPoly::from_standard_order(&values.map(|x| x.rem_euclid(Q)))
}

#[test]
fn dot_products_are_sums_of_products() {
    with_every_token!(dot_is_sum());
}

fn same_bits<L: MlDsaKernels>(l: L) {
    let portable = Portable::new();
    for p in inputs(-FORWARD_IN, FORWARD_IN) {
        let (expected, found) = (transform(portable, &p), transform(l, &p));
        assert_eq!(
            expected.to_standard_order(),
            found.to_standard_order(),
            "{}",
            L::NAME
        );
        let mut negative = found.clone();
        l.negate(&mut negative);
        for (x, y) in negative
            .to_standard_order()
            .iter()
            .zip(expected.to_standard_order())
        {
            assert_eq!(canonical(-i64::from(*x)), canonical(i64::from(y)));
        }
        let (mut a, mut b) = (Poly::ZERO, Poly::ZERO);
        portable.inverse_product(&expected, &expected, &mut a);
        l.inverse_product(&found, &found, &mut b);
        assert_eq!(a.coefficients(), b.coefficients(), "{}", L::NAME);
        let mut product = NttPoly::ZERO;
        l.multiply_ntt(&found, &found, &mut product);
        l.ntt_inverse(&product, &mut b);
        assert_eq!(a.coefficients(), b.coefficients(), "{}", L::NAME);
    }
}

#[test]
fn instances_agree_bit_for_bit() {
    with_every_token!(same_bits());
}
