//! The transform of the polynomials of one operation, one a lane of four: with eight lanes, two of their vectors at a
//! time, by the texts of `ntt`.

#![forbid(unsafe_code)]

use super::ntt::{
    inner_inverse_layers, inner_layers, ntt, ntt_inverse, ntt_small, outer_inverse_layers,
    outer_layers,
};
use super::poly::{NttPoly, Poly};
use crate::lanes::{Lanes, Lanes16};

/// A vector of four lanes.
type Four<L> = <<L as Lanes>::Four as Lanes16>::V;

/// Vectors `k` and `k + 1` of every four.
#[inline(always)]
fn outer<L: Lanes>(l: L, p: &[Four<L>; 64], k: usize) -> [L::V; 16] {
    let mut x = [l.splat64(0); 16];
    for i in 0..16 {
        x[i] = l.join_fours(&p[k + 4 * i..]);
    }
    x
}

#[inline(always)]
fn put_outer<L: Lanes>(l: L, p: &mut [Four<L>; 64], k: usize, x: &[L::V; 16]) {
    for i in 0..16 {
        l.split_fours(x[i], &mut p[k + 4 * i..]);
    }
}

/// The vectors of two blocks, with the second block in the upper lanes.
#[inline(always)]
fn inner<L: Lanes>(l: L, p: &[Four<L>; 64], pair: usize) -> [L::V; 8] {
    let mut x = [l.splat64(0); 8];
    for i in 0..4 {
        let at = 8 * pair + 32 * (i >> 1) + 2 * (i & 1);
        let (first, second) = (l.join_fours(&p[at..]), l.join_fours(&p[at + 4..]));
        (x[2 * i], x[2 * i + 1]) = l.transpose_lanes::<2>(first, second);
    }
    x
}

#[inline(always)]
fn put_inner<L: Lanes>(l: L, p: &mut [Four<L>; 64], pair: usize, x: &[L::V; 8]) {
    for i in 0..4 {
        let at = 8 * pair + 32 * (i >> 1) + 2 * (i & 1);
        let (first, second) = l.transpose_lanes::<2>(x[2 * i], x[2 * i + 1]);
        l.split_fours(first, &mut p[at..]);
        l.split_fours(second, &mut p[at + 4..]);
    }
}

#[inline(always)]
fn forward<L: Lanes, const SMALL: bool>(l: L, from: &[Four<L>; 64], to: &mut [Four<L>; 64]) {
    for k in 0..2 {
        let mut x = outer(l, from, 2 * k);
        outer_layers::<L, SMALL>(l, &mut x);
        put_outer(l, to, 2 * k, &x);
    }
    for pair in 0..4 {
        let mut x = inner(l, to, pair);
        inner_layers::<L, true>(l, &mut x, pair);
        put_inner(l, to, pair, &x);
    }
}

#[inline(always)]
fn inverse<L: Lanes>(l: L, from: &[Four<L>; 64], to: &mut [Four<L>; 64]) {
    for pair in 0..4 {
        let mut x = inner(l, from, pair);
        inner_inverse_layers::<L, true>(l, &mut x, pair);
        put_inner(l, to, pair, &x);
    }
    for k in 0..2 {
        let mut x = outer(l, to, 2 * k);
        outer_inverse_layers(l, &mut x);
        put_outer(l, to, 2 * k, &x);
    }
}

kernel! {
    /// [`ntt_small`] of one operation's polynomials.
    pub fn ntt_small_once(l, from: &Poly<L::Four>, to: &mut NttPoly<L::Four>) {
        if L::LANES == 8 {
            forward::<L, true>(l, &from.v, &mut to.v);
        } else {
            ntt_small(l.four_lanes(), from, to);
        }
    }
}

kernel! {
    /// [`ntt`] of one operation's polynomials.
    pub fn ntt_once(l, from: &Poly<L::Four>, to: &mut NttPoly<L::Four>) {
        if L::LANES == 8 {
            forward::<L, false>(l, &from.v, &mut to.v);
        } else {
            ntt(l.four_lanes(), from, to);
        }
    }
}

kernel! {
    /// [`ntt_inverse`] of one operation's polynomials.
    pub fn ntt_inverse_once(l, from: &NttPoly<L::Four>, to: &mut Poly<L::Four>) {
        if L::LANES == 8 {
            inverse(l, &from.v, &mut to.v);
        } else {
            ntt_inverse(l.four_lanes(), from, to);
        }
    }
}
