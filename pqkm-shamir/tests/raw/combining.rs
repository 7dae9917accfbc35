//! Which shares give the secret, which are named, and which are refused.

use pqkm_core::ExposeToken;
use pqkm_shamir::raw::{self, RawShare, RawShares};
use pqkm_shamir::{CombineError, Combined, IndexSet, Threshold};
use pqkm_testkit::rng::SeededRng;

fn subsets(n: u8, size: u8) -> impl Iterator<Item = Vec<u8>> {
    (0u32..1 << n)
        .filter(move |set| set.count_ones() == u32::from(size))
        .map(move |set| {
            (1..=n)
                .filter(|index| set >> (index - 1) & 1 == 1)
                .collect()
        })
}

fn split(secret: &[u8], k: u8, n: u8) -> RawShares {
    let mut rng = SeededRng::from_bytes(&[k, n, secret.len() as u8]);
    raw::split(secret, Threshold::new(k, n).unwrap(), &mut rng).unwrap()
}

fn bytes(combined: Combined) -> Vec<u8> {
    let secret = match combined {
        Combined::Recovered(recovered) => recovered.secret,
        Combined::Unverified(unverified) => unverified.accept_unverified(),
    };
    secret.expose(ExposeToken::acknowledge()).to_vec()
}

#[test]
fn every_subset_of_k_combines_and_says_that_nothing_was_checked() {
    for n in 2..=7 {
        for k in 2..=n {
            let secret: Vec<u8> = (0..37u8)
                .map(|i| i.wrapping_mul(k).wrapping_add(n))
                .collect();
            let shares = split(&secret, k, n);
            for set in subsets(n, k) {
                let mut given: Vec<_> = shares
                    .iter()
                    .filter(|share| set.contains(&share.index()))
                    .collect();
                for _ in 0..given.len() {
                    given.rotate_left(1);
                    let combined = raw::combine(k, &given).unwrap();
                    assert!(matches!(combined, Combined::Unverified(_)));
                    assert_eq!(bytes(combined), secret);
                }
            }
        }
    }
}

#[test]
fn the_largest_sets_combine() {
    let secret = [0x42; 33];
    for (k, n) in [(2, 255), (20, 30), (128, 255), (254, 255), (255, 255)] {
        let shares = split(&secret, k, n);
        let all: Vec<_> = shares.iter().collect();
        let last = &all[usize::from(n - k)..];
        assert_eq!(bytes(raw::combine(k, last).unwrap()), secret);
        assert_eq!(bytes(raw::combine(k, &all).unwrap()), secret);
    }
}

/// Every pattern of wrong shares that can be told apart is told apart, wherever in the string they are wrong.
#[test]
fn every_wrong_share_is_named() {
    let length = 9000;
    let secret: Vec<u8> = (0..length).map(|i| (i * i) as u8).collect();
    let places: [&[usize]; 5] = [
        &[0],
        &[length - 1],
        &[4095, 4096],
        &[17, 8999],
        &[1, 2, 3, 4, 5],
    ];
    let mut tested = 0;
    for n in 3..=7u8 {
        for k in 2..n {
            let shares = split(&secret, k, n);
            for wrong in (1..=(n - k) / 2).flat_map(|size| subsets(n, size)) {
                // The wrong shares are wrong in different places, and in several at once.
                let values: Vec<Vec<u8>> = shares
                    .iter()
                    .map(|share| {
                        let mut value = share.value().to_vec();
                        if wrong.contains(&share.index()) {
                            for place in
                                places[(usize::from(share.index()) + tested) % places.len()]
                            {
                                value[*place] ^= share.index();
                            }
                        }
                        value
                    })
                    .collect();
                let given: Vec<_> = (1..)
                    .zip(&values)
                    .map(|(i, value)| RawShare::new(i, value).unwrap())
                    .collect();
                let recovered = raw::combine(k, &given).unwrap().recovered().unwrap();
                assert_eq!(recovered.wrong, wrong.iter().copied().collect::<IndexSet>());
                assert_eq!(recovered.secret.expose(ExposeToken::acknowledge()), secret);
                tested += 1;
            }
        }
    }
    assert_eq!(tested, 117);
}

/// More wrong shares than can be told apart are an error: the strings are long enough that chance does not make them
/// the shares of another secret.
#[test]
fn too_many_wrong_shares_are_an_error() {
    let mut rng = SeededRng::from_label("too many");
    for n in 3..=7u8 {
        for k in 2..n {
            let shares = split(&[9; 64], k, n);
            for wrong in ((n - k) / 2 + 1..=n).flat_map(|count| subsets(n, count)) {
                // Noise of their own: wrong shares that agree with each other are another secret's.
                let noise: Vec<Vec<u8>> = (0..n).map(|_| rng.bytes(64)).collect();
                let given: Vec<_> = shares
                    .iter()
                    .zip(&noise)
                    .map(|(share, noise)| match wrong.contains(&share.index()) {
                        true => RawShare::new(share.index(), noise).unwrap(),
                        false => share,
                    })
                    .collect();
                let error = raw::combine(k, &given).err();
                assert_eq!(error, Some(CombineError::Undecodable), "{k} {n} {wrong:?}");
            }
        }
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let shares = split(&[1, 2, 3, 4], 3, 5);
    let all: Vec<_> = shares.iter().collect();
    assert_eq!(
        raw::combine(3, &all[..2]).err(),
        Some(CombineError::TooFew {
            needed: 3,
            given: 2
        })
    );
    assert_eq!(
        raw::combine(3, &[]).err(),
        Some(CombineError::TooFew {
            needed: 3,
            given: 0
        })
    );
    let twice = [all[0], all[1], all[0]];
    assert_eq!(
        raw::combine(3, &twice).err(),
        Some(CombineError::Duplicate { index: 1 })
    );
    let long = [1, 2, 3, 4, 5];
    let mixed = [all[0], all[1], RawShare::new(3, &long).unwrap()];
    assert_eq!(
        raw::combine(3, &mixed).err(),
        Some(CombineError::Mismatch { index: 3 })
    );
    assert_eq!(
        RawShare::new(0, &long).err(),
        Some(CombineError::Index { index: 0 })
    );
    assert_eq!(raw::combine(1, &all).err(), Some(CombineError::Threshold));
    assert_eq!(raw::combine(0, &[]).err(), Some(CombineError::Threshold));
    let empty = [
        RawShare::new(1, &[]).unwrap(),
        RawShare::new(2, &[]).unwrap(),
    ];
    assert_eq!(
        raw::combine(2, &empty).err(),
        Some(CombineError::Mismatch { index: 1 })
    );
}

#[test]
fn fewer_shares_than_the_dealer_meant_give_another_secret() {
    let secret = [0x77; 16];
    let shares = split(&secret, 3, 5);
    let two: Vec<_> = shares.iter().take(2).collect();
    assert_ne!(bytes(raw::combine(2, &two).unwrap()), secret);
}
