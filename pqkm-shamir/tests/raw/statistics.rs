//! Statistics of coefficients and shares for fixed secrets.
//!
//! The generator is fixed, so the tests say the same every time. With 256,000 samples in 256 classes the statistic has
//! mean 255 and deviation 22.6; the bounds are six deviations away. A class that never occurs (the fault of
//! coefficients in 1..=255) adds 1000 to it, and is missed with a probability below 10^-60; one that occurs half as
//! often as it should adds 250, and is missed with a probability of 8 in 10,000.

use pqkm_shamir::{Threshold, raw};
use pqkm_testkit::rng::SeededRng;

use crate::model::{coefficients, eliminate, inverse, product};

const SAMPLES: usize = 256_000;

fn chi_square(samples: impl IntoIterator<Item = u8>) -> f64 {
    let mut counts = [0u32; 256];
    let mut total = 0;
    for sample in samples {
        counts[usize::from(sample)] += 1;
        total += 1;
    }
    let expected = f64::from(total) / 256.0;
    counts
        .iter()
        .map(|count| (f64::from(*count) - expected).powi(2) / expected)
        .sum()
}

fn is_uniform(statistic: f64) -> bool {
    (255.0 - 6.0 * 22.6..255.0 + 6.0 * 22.6).contains(&statistic)
}

#[test]
fn the_statistic_finds_what_it_is_for() {
    let mut rng = SeededRng::from_label("power");
    let good = rng.bytes(SAMPLES);
    assert!(is_uniform(chi_square(good.iter().copied())));
    let never_zero = good.iter().copied().filter(|byte| *byte != 0);
    assert!(!is_uniform(chi_square(never_zero)));
    let half = good
        .iter()
        .copied()
        .enumerate()
        .filter(|(i, byte)| *byte != 7 || i % 2 == 0);
    assert!(!is_uniform(chi_square(half.map(|(_, byte)| byte))));
    assert!(
        !is_uniform(chi_square((0..SAMPLES).map(|i| i as u8))),
        "too even is not random"
    );
}

/// Of a secret of zeros the values at two points give both coefficients of a polynomial of degree 2.
#[test]
fn every_coefficient_is_uniform() {
    let shares = raw::split(
        &vec![0; SAMPLES],
        Threshold::new(3, 3).unwrap(),
        &mut SeededRng::from_label("c"),
    )
    .unwrap();
    let rows: Vec<&[u8]> = shares.iter().map(|share| share.value()).collect();
    // y1 = a + b, y2 = 2 a + 4 b: 2 y1 + y2 = (2 + 4) b.
    let factor = inverse(6);
    let b: Vec<u8> = rows[0]
        .iter()
        .zip(rows[1])
        .map(|(y1, y2)| product(factor, product(2, *y1) ^ y2))
        .collect();
    let a = rows[0].iter().zip(&b).map(|(y, b)| y ^ b);
    for statistic in [chi_square(a), chi_square(b.iter().copied())] {
        assert!(is_uniform(statistic), "{statistic}");
    }
}

#[test]
fn every_share_byte_is_uniform() {
    for secret in [0x00, 0xff, 0x35] {
        let mut rng = SeededRng::from_u64(u64::from(secret));
        let shares = raw::split(
            &vec![secret; SAMPLES],
            Threshold::new(4, 7).unwrap(),
            &mut rng,
        )
        .unwrap();
        for share in shares.iter() {
            let statistic = chi_square(share.value().iter().copied());
            assert!(
                is_uniform(statistic),
                "share {}: {statistic}",
                share.index()
            );
        }
    }
}

/// Positions of one split and repeated splits of one position: neither repeats coefficients. A matrix of random bytes
/// with `rows` rows and eight more columns has full rank but for a chance below 256^-8.
#[test]
fn coefficients_are_independent_across_bytes() {
    for k in [2u8, 3, 5, 20] {
        let mut rng = SeededRng::from_u64(u64::from(k));
        let length = usize::from(k) + 8;
        let shares =
            raw::split(&vec![0xc3; length], Threshold::new(k, k).unwrap(), &mut rng).unwrap();
        let given: Vec<_> = shares.iter().collect();
        let by_byte = coefficients(&given);
        let mut matrix: Vec<Vec<u8>> = (1..usize::from(k))
            .map(|row| by_byte.iter().map(|of_byte| of_byte[row]).collect())
            .collect();
        assert!(by_byte.iter().all(|of_byte| of_byte[0] == 0xc3));
        assert_eq!(eliminate(&mut matrix), usize::from(k) - 1, "k = {k}");
    }
}
