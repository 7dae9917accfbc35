//! The kernels by themselves. The reference engine has none that can be called.
//!
//! In the ring of ML-KEM the rows `forward` and `inverse` are the transforms of one polynomial that has the registers
//! to itself, and `lockstep` those of a polynomial a lane, as the operations have them. Base multiplication is by an
//! operand with both forms prepared, as the operations have it. In the ring of ML-DSA a polynomial fills the
//! registers by itself.

use pqkm::core::Engine;
use pqkm_kernels::keccak::permute;
use pqkm_kernels::lanes::{Avx2, Avx512, Lanes, Portable, Token as _};
use pqkm_kernels::{mldsa, mlkem};

use super::Pair;
use crate::fixture::bytes;
use crate::measure::Contender;
use crate::peers::kernels::{IN_CACHE, in_turn, sample_3329, sample_8380417, schoolbook};

/// Ours in the ring of ML-KEM.
#[derive(Default)]
pub(crate) struct Ring3329 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) basemul: Pair,
}

/// Ours in the ring of ML-DSA.
#[derive(Default)]
pub(crate) struct Ring8380417 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) pointwise: Pair,
}

/// Calls a function with the token of an engine; the default where the engine has none.
macro_rules! with_token {
    ($engine:ident, $function:ident) => {
        match $engine.name() {
            "portable" => Portable::detect().map($function),
            "avx2" => Avx2::detect().map($function),
            "avx512" => Avx512::detect().map($function),
            _ => None,
        }
        .unwrap_or_default()
    };
}

/// Transforms and products in the ring of ML-KEM, a polynomial a lane.
pub(crate) fn ring3329(engine: Engine) -> Ring3329 {
    with_token!(engine, ring3329_in)
}

fn ring3329_in<L: Lanes>(l: L) -> Ring3329 {
    use mlkem::{Factor, NttPoly, Scale, multiply_lanes, prepare_factor};

    let rows: Vec<_> = (0..IN_CACHE)
        .map(|n| [NttPoly::from_lanes(l, &in_lanes::<L>(n))])
        .collect();
    let mut factor = [Factor::zero(l)];
    for (factor, [row]) in factor.iter_mut().zip(&rows) {
        prepare_factor(l, row, Scale::PRODUCT, factor);
    }
    let mut to = NttPoly::zero(l);
    let basemul = move |n| multiply_lanes(l, at(&rows, n), &factor, &mut to);
    let agrees = move |_, ()| multiplies_3329(l);
    Ring3329 {
        forward: Pair::both(forward_single(l), forward(l).doing(L::LANES)),
        inverse: Pair::both(inverse_single(l), inverse(l).doing(L::LANES)),
        basemul: Pair::alone(Contender::ours(basemul, agrees).doing(L::LANES)),
    }
}

/// As many polynomials as there are lanes.
fn in_lanes<L: Lanes>(n: usize) -> Vec<[i16; 256]> {
    (8 * n..8 * n + L::LANES)
        .map(|n| sample_3329(n).0)
        .collect()
}

/// One call: as many transforms as there are lanes.
fn forward<L: Lanes>(l: L) -> Contender {
    use mlkem::{NttPoly, Poly, ntt};

    let from: Vec<_> = (0..IN_CACHE)
        .map(|n| Poly::from_lanes(l, &in_lanes::<L>(n)))
        .collect();
    let mut to = NttPoly::zero(l);
    let call = move |n| ntt(l, at(&from, n), &mut to);
    Contender::ours(call, move |_, ()| multiplies_3329(l))
}

/// The same, back. What is transformed does not matter for time: any values within the bounds.
fn inverse<L: Lanes>(l: L) -> Contender {
    use mlkem::{NttPoly, Poly, ntt_inverse};

    let from: Vec<_> = (0..IN_CACHE)
        .map(|n| NttPoly::from_lanes(l, &in_lanes::<L>(n)))
        .collect();
    let mut to = Poly::zero(l);
    let call = move |n| ntt_inverse(l, at(&from, n), &mut to);
    Contender::ours(call, move |_, ()| multiplies_3329(l))
}

/// One transform of one polynomial.
fn forward_single<L: Lanes>(l: L) -> Contender {
    use mlkem::{SingleNttPoly, SinglePoly, ntt_single};

    let from: Vec<_> = (0..IN_CACHE)
        .map(|n| SinglePoly::new(sample_3329(n).0))
        .collect();
    let mut to = SingleNttPoly::<L>::zero();
    let call = move |n| ntt_single(l, at(&from, n), &mut to);
    Contender::ours(call, move |turn, ()| transforms_as_a_lane(l, turn))
}

/// The same, back.
fn inverse_single<L: Lanes>(l: L) -> Contender {
    use mlkem::{SingleNttPoly, SinglePoly, ntt_inverse_single};

    let from: Vec<_> = (0..IN_CACHE)
        .map(|n| SingleNttPoly::<L>::new(&sample_3329(n).0))
        .collect();
    let mut to = SinglePoly::new([0; 256]);
    let call = move |n| ntt_inverse_single(l, at(&from, n), &mut to);
    Contender::ours(call, move |turn, ()| transforms_as_a_lane(l, turn))
}

/// Whether a polynomial alone becomes what it becomes in a lane, which [`multiplies_3329`] checks, and comes back.
fn transforms_as_a_lane<L: Lanes>(l: L, turn: usize) -> bool {
    use mlkem::{NttPoly, Poly, SingleNttPoly, SinglePoly, ntt, ntt_inverse_single, ntt_single};

    let sample = sample_3329(turn).0;
    let mut hat = SingleNttPoly::<L>::zero();
    ntt_single(l, &SinglePoly::new(sample), &mut hat);
    let mut lanes = NttPoly::zero(l);
    ntt(l, &Poly::from_lanes(l, &[sample]), &mut lanes);
    let canonical = |c: [i16; 256]| c.map(|c| c.rem_euclid(mlkem::Q));
    let reduced = canonical(hat.coefficients());
    let mut back = SinglePoly::new([0; 256]);
    ntt_inverse_single(l, &SingleNttPoly::<L>::new(&reduced), &mut back);
    let back = back.coefficients().iter().map(|c| i64::from(*c));
    let expected = sample.map(|c| 128 * i64::from(c));
    reduced == canonical(lanes.lane(0))
        && multiplies_3329(l)
        && back.zip(expected).all(|(a, b)| (a - b) % 3329 == 0)
}

/// Whether the product of two polynomials a lane is the schoolbook's, times 128.
fn multiplies_3329<L: Lanes>(l: L) -> bool {
    use mlkem::{Factor, NttPoly, Poly, Scale, multiply_lanes, ntt, ntt_inverse, prepare_factor};

    let (a, b) = (sample_3329(1).0, sample_3329(2).0);
    let transformed = |p: [i16; 256]| {
        let mut hat = NttPoly::zero(l);
        ntt(l, &Poly::from_lanes(l, &vec![p; L::LANES]), &mut hat);
        hat
    };
    let canonical = transformed(a).lane(0).map(|c| c.rem_euclid(mlkem::Q));
    let a_hat = [NttPoly::from_lanes(l, &vec![canonical; L::LANES])];
    let mut factor = [Factor::zero(l)];
    for factor in &mut factor {
        prepare_factor(l, &transformed(b), Scale::PRODUCT, factor);
    }
    let (mut product, mut result) = (NttPoly::zero(l), Poly::zero(l));
    multiply_lanes(l, &a_hat, &factor, &mut product);
    ntt_inverse(l, &product, &mut result);
    let expected = schoolbook(&a.map(i64::from), &b.map(i64::from), 3329);
    let expected = expected.map(|c| (128 * c).rem_euclid(3329));
    (0..L::LANES).all(|lane| result.lane(lane).map(|c| i64::from(c).rem_euclid(3329)) == expected)
}

/// Transforms and products in the ring of ML-DSA, a polynomial at a time.
pub(crate) fn ring8380417(engine: Engine) -> Ring8380417 {
    with_token!(engine, ring8380417_in)
}

fn ring8380417_in<L: mldsa::MlDsaKernels>(l: L) -> Ring8380417 {
    use mldsa::{NttPoly, Poly};

    let hats = || -> Vec<NttPoly> {
        let sampled = (0..IN_CACHE).map(|n| sample_8380417(n).0);
        sampled
            .map(|values| NttPoly::from_standard_order(&values))
            .collect()
    };
    let from: Vec<_> = (0..IN_CACHE)
        .map(|n| Poly::new(&sample_8380417(n).0))
        .collect();
    let mut to = hats();
    let forward = move |n| l.ntt(at(&from, n), in_turn(&mut to, n));
    let (from, mut to) = (hats(), vec![Poly::ZERO; IN_CACHE]);
    let inverse = move |n| l.ntt_inverse(at(&from, n), in_turn(&mut to, n));
    let (a, b, mut to) = (hats(), hats(), hats());
    let pointwise = move |n| l.multiply_ntt(at(&a, n), at(&b, 0), in_turn(&mut to, n));
    let agrees = move |_, ()| multiplies_8380417(l);
    Ring8380417 {
        forward: Pair::alone(Contender::ours(forward, agrees)),
        inverse: Pair::alone(Contender::ours(inverse, agrees)),
        pointwise: Pair::alone(Contender::ours(pointwise, agrees)),
    }
}

/// Whether the product of two polynomials is the schoolbook's.
fn multiplies_8380417<L: mldsa::MlDsaKernels>(l: L) -> bool {
    use mldsa::{NttPoly, Poly};

    let (a, b) = (sample_8380417(1).0, sample_8380417(2).0);
    let [mut a_hat, mut b_hat, mut product] = [NttPoly::ZERO, NttPoly::ZERO, NttPoly::ZERO];
    l.ntt(&Poly::new(&a), &mut a_hat);
    l.ntt(&Poly::new(&b), &mut b_hat);
    l.multiply_ntt(&a_hat, &b_hat, &mut product);
    let mut result = Poly::ZERO;
    l.ntt_inverse(&product, &mut result);
    let expected = schoolbook(&a.map(i64::from), &b.map(i64::from), 8_380_417);
    let found = result
        .coefficients()
        .iter()
        .map(|c| i64::from(*c).rem_euclid(8_380_417));
    found.eq(expected)
}

#[inline]
fn at<T>(items: &[T], n: usize) -> &T {
    items
        .get(n & (IN_CACHE - 1))
        .expect("there are IN_CACHE items, a power of two")
}

/// The permutation on as many states as the engine has lanes.
pub(crate) fn keccak(engine: Engine) -> Pair {
    with_token!(engine, keccak_in)
}

fn keccak_in<L: Lanes>(l: L) -> Pair {
    let mut state = [l.splat64(0); 25];
    let ours = Contender::ours(
        move |_| permute(l, &mut state),
        move |turn, ()| permutes_each_lane(l, turn),
    );
    Pair::alone(ours.doing(L::LANES))
}

/// Whether every lane's state comes out as the `keccak` crate permutes it alone.
fn permutes_each_lane<L: Lanes>(l: L, turn: usize) -> bool {
    let word =
        |lane: usize, n: usize| u64::from_le_bytes(bytes(*b"lane", turn * 1000 + lane * 25 + n));
    let mut state: [L::V; 25] = core::array::from_fn(|n| {
        let mut words = l.zero_words();
        for (lane, out) in words.as_mut().iter_mut().enumerate() {
            *out = word(lane, n);
        }
        l.load_words(&words)
    });
    permute(l, &mut state);
    (0..L::LANES).all(|lane| {
        let mut alone = core::array::from_fn(|n| word(lane, n));
        keccak::Keccak::new().with_f1600(|f1600| f1600(&mut alone));
        let lanes = state
            .iter()
            .map(|v| l.store_words(*v).as_ref().get(lane).copied());
        lanes.eq(alone.into_iter().map(Some))
    })
}
