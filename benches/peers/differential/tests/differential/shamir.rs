//! Sharing: shares of other crates through our import or our arithmetic, and ours through theirs; and why those crates are
//! not used.

use chacha20::ChaCha20Rng;
use pqkm::core::ExposeToken;
use pqkm::shamir::import::sharks::{SharksShare, combine};
use pqkm::shamir::raw::{self, RawShare};
use pqkm::shamir::{CombineError, Threshold};
use rand_core::{Rng as _, SeedableRng as _};

const SECRET: &[u8] = b"thirty-two bytes of a master key";

/// Reproducible bytes.
fn generator(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// The generator as `sharks` knows it.
struct Older(ChaCha20Rng);

impl rand_0_8::RngCore for Older {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_0_8::Error> {
        self.0.fill_bytes(out);
        Ok(())
    }
}

fn imported(shares: &[Vec<u8>], k: u8) -> Vec<u8> {
    let shares: Vec<_> = shares
        .iter()
        .map(|share| SharksShare::from_bytes(share).unwrap())
        .collect();
    let combined = combine(k, &shares).unwrap().accept_biased();
    let secret = match shares.len() == usize::from(k) {
        true => combined.unverified().unwrap().accept_unverified(),
        false => combined.recovered().unwrap().secret,
    };
    secret.expose(ExposeToken::acknowledge()).to_vec()
}

#[test]
fn shares_of_sharks_and_blahaj_are_imported() {
    for (k, n) in [(2, 3), (3, 5), (20, 30)] {
        let dealer = sharks::Sharks(k);
        let mut rng = Older(generator(k));
        let shares: Vec<Vec<u8>> = dealer
            .dealer_rng(SECRET, &mut rng)
            .take(n)
            .map(|share| Vec::from(&share))
            .collect();
        assert_eq!(imported(&shares, k), SECRET);
        assert_eq!(imported(&shares[n - usize::from(k)..], k), SECRET);
        let dealer = blahaj::Sharks(k);
        let mut rng = generator(k);
        let shares: Vec<Vec<u8>> = dealer
            .dealer_rng(SECRET, &mut rng)
            .take(n)
            .map(|share| Vec::from(&share))
            .collect();
        assert_eq!(imported(&shares, k), SECRET);
    }
}

/// `vsss-rs` works in our field: shares go both ways.
#[test]
fn shares_go_to_and_from_vsss() {
    for (k, n) in [(2, 3), (3, 5), (20, 30), (100, 255)] {
        let mut rng = generator(k);
        let theirs = vsss_rs::Gf256::split_bytes(k.into(), n.into(), SECRET, &mut rng).unwrap();
        let given: Vec<_> = theirs
            .iter()
            .map(|share| RawShare::new(share[0], &share[1..]).unwrap())
            .collect();
        let combined = raw::combine(k, &given).unwrap();
        let secret = match combined.recovered() {
            Some(recovered) => recovered.secret,
            None => panic!("there are more than k"),
        };
        assert_eq!(secret.expose(ExposeToken::acknowledge()), SECRET);
        let ours = raw::split(SECRET, Threshold::new(k, n).unwrap(), &mut rng).unwrap();
        let ours: Vec<Vec<u8>> = ours
            .iter()
            .map(|share| [&[share.index()], share.value()].concat())
            .collect();
        let recovered = vsss_rs::Gf256::combine_bytes(&ours[..usize::from(k)]).unwrap();
        assert_eq!(recovered, SECRET);
    }
}

/// RUSTSEC-2024-0398: with k = 2 a share never equals the secret, so that it rules out a value of every byte. Ours does,
/// once in 256.
#[test]
fn sharks_is_biased() {
    let secret = vec![0x5a; 100_000];
    let mut rng = Older(generator(1));
    let share = sharks::Sharks(2)
        .dealer_rng(&secret, &mut rng)
        .next()
        .unwrap();
    let share = Vec::from(&share);
    assert_eq!(share[1..].iter().filter(|byte| **byte == 0x5a).count(), 0);
    let mut rng = generator(1);
    let ours = raw::split(&secret, Threshold::new(2, 2).unwrap(), &mut rng).unwrap();
    let count = ours
        .iter()
        .next()
        .unwrap()
        .value()
        .iter()
        .filter(|byte| **byte == 0x5a)
        .count();
    assert!((250..=530).contains(&count), "{count}");
}

/// A share given twice: `sharks` and `blahaj` interpolate with it, and give a wrong secret.
#[test]
fn sharks_and_blahaj_take_a_share_twice() {
    let mut rng = Older(generator(2));
    let shares: Vec<_> = sharks::Sharks(2)
        .dealer_rng(SECRET, &mut rng)
        .take(2)
        .collect();
    let given = [&shares[0], &shares[1], &shares[0]];
    let recovered = sharks::Sharks(2).recover(given).unwrap();
    assert_ne!(recovered, SECRET);
    let mut rng = generator(2);
    let theirs: Vec<_> = blahaj::Sharks(2)
        .dealer_rng(SECRET, &mut rng)
        .take(2)
        .collect();
    let recovered = blahaj::Sharks(2)
        .recover([&theirs[0], &theirs[1], &theirs[0]])
        .unwrap();
    assert_ne!(recovered, SECRET);
    let bytes: Vec<Vec<u8>> = given.iter().map(|share| Vec::from(*share)).collect();
    let read: Vec<_> = bytes
        .iter()
        .map(|share| SharksShare::from_bytes(share).unwrap())
        .collect();
    assert_eq!(
        combine(2, &read).err(),
        Some(CombineError::Duplicate { index: 1 })
    );
}

/// A share with index 0: whoever gives it chooses the secret.
#[test]
fn sharks_lets_a_share_choose_the_secret() {
    let mut rng = Older(generator(3));
    let chosen = [&[0], b"thirty-two bytes of the attacker".as_slice()].concat();
    let mut shares: Vec<_> = sharks::Sharks(3)
        .dealer_rng(SECRET, &mut rng)
        .take(2)
        .collect();
    shares.push(sharks::Share::try_from(chosen.as_slice()).unwrap());
    assert_eq!(sharks::Sharks(3).recover(&shares).unwrap(), chosen[1..]);
    assert!(SharksShare::from_bytes(&chosen).is_err());
    assert_eq!(
        RawShare::new(0, &chosen[1..]).err(),
        Some(CombineError::Index { index: 0 })
    );
}
