//! The kernels' contenders: PQClean's AVX2 transforms and four-way Keccak permutations.
//!
//! Every call works in place on the next of a few polynomials or states that stay in the first
//! cache. What they hold does not matter for time: nothing branches on it.

use super::pqclean::{Poly3329, Poly8380417, PqClean, States};
use crate::fixture::bytes;
use crate::measure::Contender;

const NAME: &str = "pqclean avx2";

/// Polynomials or states that a work cycles through: a power of two.
pub(crate) const IN_CACHE: usize = 8;

/// The contenders in the ring of ML-KEM, by work.
#[derive(Default)]
pub(crate) struct Ring3329 {
    pub(crate) forward: Vec<Contender>,
    pub(crate) inverse: Vec<Contender>,
    pub(crate) basemul: Vec<Contender>,
}

/// The contenders in the ring of ML-DSA, by work.
#[derive(Default)]
pub(crate) struct Ring8380417 {
    pub(crate) forward: Vec<Contender>,
    pub(crate) inverse: Vec<Contender>,
    pub(crate) pointwise: Vec<Contender>,
}

/// Declares the three contenders of a ring. Whether they agree is decided together: the transform of
/// a product is the product of the transforms.
macro_rules! ring {
    (
        $(#[$doc:meta])* $ring:ident -> $contests:ident { forward, inverse, $product:ident };
        $poly:ident, $forward:ident, $inverse:ident, $multiply:ident, $agrees:ident, $sample:ident
    ) => {
        $(#[$doc])*
        pub(crate) fn $ring() -> $contests {
            let mut contests = $contests::default();
            let Some(pqclean) = PqClean::detect() else {
                return contests;
            };
            let polynomials = || -> Vec<$poly> { (0..IN_CACHE).map($sample).collect() };
            let agrees = move |_, ()| $agrees(pqclean);

            let mut r = polynomials();
            contests.forward.push(Contender::peer(
                NAME,
                move |n| pqclean.$forward(in_turn(&mut r, n)),
                agrees,
            ));
            let mut r = polynomials();
            contests.inverse.push(Contender::peer(
                NAME,
                move |n| pqclean.$inverse(in_turn(&mut r, n)),
                agrees,
            ));
            let (mut r, mut a, b) = (polynomials(), polynomials(), $sample(99));
            contests.$product.push(Contender::peer(
                NAME,
                move |n| pqclean.$multiply(in_turn(&mut r, n), in_turn(&mut a, n), &b),
                agrees,
            ));
            contests
        }
    };
}

ring! {
    /// The ring of ML-KEM, q = 3329.
    ring3329 -> Ring3329 { forward, inverse, basemul };
    Poly3329, forward_3329, inverse_3329, multiply_3329, agrees_3329, sample_3329
}

ring! {
    /// The ring of ML-DSA, q = 8380417.
    ring8380417 -> Ring8380417 { forward, inverse, pointwise };
    Poly8380417, forward_8380417, inverse_8380417, multiply_8380417, agrees_8380417,
    sample_8380417
}

/// Four-way permutations: PQClean's assembly, and the Keccak team's intrinsics that it carries.
pub(crate) fn keccak() -> Vec<Contender> {
    let Some(pqclean) = PqClean::detect() else {
        return Vec::new();
    };
    let four = |name, permute: fn(PqClean, &mut States)| {
        let mut states: Vec<States> = (0..IN_CACHE).map(sample_states).collect();
        let call = move |n| permute(pqclean, in_turn(&mut states, n));
        let agrees = move |n, ()| {
            let mut states = sample_states(n);
            let expected = permuted_alone(&states);
            permute(pqclean, &mut states);
            states.0 == expected.0
        };
        Contender::peer(name, call, agrees).doing(4)
    };
    vec![
        four("pqclean f1600x4", PqClean::f1600x4),
        four("pqclean times4", PqClean::times4),
    ]
}

#[inline]
pub(crate) fn in_turn<T>(items: &mut [T], n: usize) -> &mut T {
    items
        .get_mut(n & (IN_CACHE - 1))
        .expect("there are IN_CACHE items, a power of two")
}

/// Coefficients in [0, q), from fixed bytes. Uniform enough: they only have to be arbitrary.
pub(crate) fn sample_3329(n: usize) -> Poly3329 {
    let words = bytes::<512>(*b"3329", n);
    let mut words = words.as_chunks().0.iter();
    let mut next = || words.next().map_or(0, |word| u16::from_le_bytes(*word));
    Poly3329([(); 256].map(|()| i16::try_from(next().rem_euclid(3329)).unwrap_or(0)))
}

pub(crate) fn sample_8380417(n: usize) -> Poly8380417 {
    let words = bytes::<1024>(*b"8380", n);
    let mut words = words.as_chunks().0.iter();
    let mut next = || words.next().map_or(0, |word| u32::from_le_bytes(*word));
    Poly8380417([(); 256].map(|()| i32::try_from(next().rem_euclid(8_380_417)).unwrap_or(0)))
}

fn sample_states(n: usize) -> States {
    let words = bytes::<800>(*b"f160", n);
    let mut words = words.as_chunks().0.iter();
    let mut next = || words.next().map_or(0, |word| u64::from_le_bytes(*word));
    States([(); 25].map(|()| [(); 4].map(|()| next())))
}

/// Whether PQClean's product of two polynomials is the schoolbook's. Its base multiplication divides
/// by 2^16 and its inverse transform multiplies by it.
fn agrees_3329(pqclean: PqClean) -> bool {
    let (a, b) = (sample_3329(1), sample_3329(2));
    let expected = schoolbook(&a.0.map(i64::from), &b.0.map(i64::from), 3329);

    let (mut a_hat, mut b_hat, mut product) = (a.clone(), b, a);
    pqclean.forward_3329(&mut a_hat);
    pqclean.forward_3329(&mut b_hat);
    pqclean.reduce_3329(&mut a_hat);
    pqclean.multiply_3329(&mut product, &a_hat, &b_hat);
    pqclean.inverse_3329(&mut product);
    product.0.map(|c| i64::from(c).rem_euclid(3329)) == expected
}

/// The same in the ring of ML-DSA, where the factor is 2^32.
fn agrees_8380417(pqclean: PqClean) -> bool {
    let (a, b) = (sample_8380417(1), sample_8380417(2));
    let expected = schoolbook(&a.0.map(i64::from), &b.0.map(i64::from), 8_380_417);

    let (mut a_hat, mut b_hat, mut product) = (a.clone(), b, a);
    pqclean.forward_8380417(&mut a_hat);
    pqclean.forward_8380417(&mut b_hat);
    pqclean.multiply_8380417(&mut product, &a_hat, &b_hat);
    pqclean.inverse_8380417(&mut product);
    product.0.map(|c| i64::from(c).rem_euclid(8_380_417)) == expected
}

/// a * b modulo X^256 + 1 and q, coefficients in [0, q).
pub(crate) fn schoolbook(a: &[i64; 256], b: &[i64; 256], q: i64) -> [i64; 256] {
    let mut product = [0_i64; 512];
    for (i, x) in a.iter().enumerate() {
        for (sum, y) in product.iter_mut().skip(i).zip(b) {
            *sum = (*sum + x * y).rem_euclid(q);
        }
    }
    let (low, high) = product.split_at(256);
    let mut out = [0; 256];
    for (out, (low, high)) in out.iter_mut().zip(low.iter().zip(high)) {
        *out = (low - high).rem_euclid(q);
    }
    out
}

/// The four states permuted one by one by the `keccak` crate.
fn permuted_alone(states: &States) -> States {
    let mut out = states.clone();
    for lane in 0..4 {
        let mut state = states.0.map(|word| word.get(lane).copied().unwrap_or(0));
        keccak::Keccak::new().with_f1600(|f1600| f1600(&mut state));
        for (out, word) in out.0.iter_mut().zip(state) {
            out.iter_mut()
                .skip(lane)
                .take(1)
                .for_each(|out| *out = word);
        }
    }
    out
}
