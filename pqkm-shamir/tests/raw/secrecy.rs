//! What k - 1 shares carry: nothing, by exhaustion over all coefficients.

use pqkm_shamir::{SplitError, Threshold, raw};
use pqkm_testkit::rng::FailingRng;

use crate::model::{Script, product, value};

#[test]
fn shares_are_the_polynomials_values() {
    let (secret, drawn) = ([7, 0, 255], [1, 2, 3, 40, 50, 60, 0, 0, 9]);
    let shares = raw::split(
        &secret,
        Threshold::new(4, 255).unwrap(),
        &mut Script(&drawn),
    )
    .unwrap();
    let mut seen = 0;
    for (share, index) in shares.iter().zip(1..=255) {
        assert_eq!(share.index(), index);
        for byte in 0..3 {
            let polynomial = [secret[byte], drawn[byte], drawn[3 + byte], drawn[6 + byte]];
            assert_eq!(share.value()[byte], value(&polynomial, index));
        }
        seen += 1;
    }
    assert_eq!(seen, 255);
    assert_eq!(
        shares.iter().count(),
        255,
        "one share for every index but 0"
    );
}

/// k = 2: over all coefficients, each share of each secret takes every value exactly once.
#[test]
fn one_share_of_two_is_uniform_for_every_secret() {
    let all: Vec<u8> = (0..=255).collect();
    for secret in 0..=255 {
        let shares = raw::split(
            &[secret; 256],
            Threshold::new(2, 255).unwrap(),
            &mut Script(&all),
        )
        .unwrap();
        for share in shares.iter() {
            let mut values = share.value().to_vec();
            values.sort_unstable();
            assert_eq!(values, all, "share {} of secret {secret}", share.index());
        }
    }
}

/// k = 3: over all pairs of coefficients, each pair of shares takes every pair of values exactly once.
#[test]
fn two_shares_of_three_are_uniform_for_every_secret() {
    let pairs = [(1, 2), (1, 3), (2, 3), (3, 4), (1, 4), (2, 4)];
    for secret in (0..=255).step_by(5) {
        let mut seen = vec![vec![false; 1 << 16]; pairs.len()];
        for high in 0..=255u8 {
            let mut drawn: Vec<u8> = (0..=255).collect();
            drawn.extend([high; 256]);
            let shares = raw::split(
                &[secret; 256],
                Threshold::new(3, 4).unwrap(),
                &mut Script(&drawn),
            )
            .unwrap();
            let rows: Vec<&[u8]> = shares.iter().map(|share| share.value()).collect();
            for (pair, seen) in pairs.iter().zip(&mut seen) {
                for (a, b) in rows[pair.0 - 1].iter().zip(rows[pair.1 - 1]) {
                    let was =
                        core::mem::replace(&mut seen[usize::from(*a) << 8 | usize::from(*b)], true);
                    assert!(!was, "shares {pair:?} of secret {secret}");
                }
            }
        }
        assert!(seen.iter().flatten().all(|seen| *seen));
    }
}

/// The same without enumeration, for more k: whatever k - 1 shares say, each secret has coefficients with which it is
/// dealt in just these shares. So the k - 1 values and the secret determine each other's coefficients one to one, and
/// uniform coefficients make the values uniform for every secret.
#[test]
fn every_secret_fits_k_minus_one_shares() {
    for k in 2..=9u8 {
        let threshold = Threshold::new(k, k).unwrap();
        let known: Vec<(u8, u8)> = (1..k).map(|x| (x, product(x, 0x1d) ^ k)).collect();
        for secret in 0..=255 {
            let points = [&[(0, secret)], known.as_slice()].concat();
            let polynomial = crate::model::through(&points);
            let mut coins = Script(&polynomial[1..]);
            let shares = raw::split(&[secret], threshold, &mut coins).unwrap();
            for (share, (index, value)) in shares.iter().zip(&known) {
                assert_eq!((share.index(), share.value()), (*index, &[*value][..]));
            }
        }
    }
}

#[test]
fn thresholds_are_limited() {
    assert!(Threshold::new(1, 3).is_err());
    assert!(Threshold::new(0, 0).is_err());
    assert!(Threshold::new(4, 3).is_err());
    assert!(Threshold::new(2, 2).is_ok());
    assert!(Threshold::new(255, 255).is_ok());
    let nothing = raw::split(&[], Threshold::new(2, 2).unwrap(), &mut Script(&[]));
    assert_eq!(nothing.err(), Some(SplitError::Empty));
}

#[test]
fn a_generator_that_fails_leaves_nothing() {
    let threshold = Threshold::new(3, 5).unwrap();
    let secret = vec![0x5a; 100_000];
    for bytes in [0, 1, 20_000, 199_999] {
        let mut rng = FailingRng::after_bytes(bytes);
        let mut out = vec![0xff; 5 * secret.len()];
        let split = raw::split_into(&secret, threshold, &mut rng, &mut out);
        assert_eq!(split, Err(SplitError::Randomness));
        assert!(rng.has_failed());
        assert!(out.iter().all(|byte| *byte == 0), "after {bytes} bytes");
    }
    let mut rng = FailingRng::after_bytes(200_000);
    let mut out = vec![0; 5 * secret.len()];
    assert_eq!(
        raw::split_into(&secret, threshold, &mut rng, &mut out),
        Ok(())
    );
    let short = raw::split_into(
        &secret,
        threshold,
        &mut FailingRng::after_bytes(0),
        &mut out[1..],
    );
    assert_eq!(short, Err(SplitError::TooLong));
}
