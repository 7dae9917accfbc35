//! What only the inside of the crate can do: a dealer who signs shares that do not fit together.

use pqkm_core::{KeyId, MlDsa44, SecretBytes, SigningKey, Version};
use pqkm_testkit::rng::SeededRng;

use super::*;
use crate::{Dealing, Plan, SignedManifest, VerifiedManifest, split, tree};

/// Shares of 2 of 3 that a dealer changed, and signed a manifest for.
fn dealt_wrong(change: impl FnOnce(&mut [Share])) -> (Vec<Share>, VerifiedManifest) {
    let mut rng = SeededRng::from_label("dishonest");
    let dealer = SigningKey::<MlDsa44>::from_seed(&[7; 32]).unwrap();
    let plan = Plan::new(2, &["a", "b", "c"]).unwrap();
    let dealing = Dealing {
        set_id: KeyId::from_bytes([1; 16]),
        generation: Version::FIRST,
        plan: &plan,
    };
    let secret = SecretBytes::copy_from(&[3; 40]);
    let mut shares = split(&secret, &dealing, &dealer, &mut rng).unwrap().shares;
    change(&mut shares);
    let leaves: Vec<_> = shares.iter().map(|share| share.leaf().unwrap()).collect();
    for (at, share) in shares.iter_mut().enumerate() {
        share.path = tree::path(&leaves, at);
    }
    let signed = SignedManifest::sign(shares[0].set, &leaves, None, &dealer, &mut rng).unwrap();
    let manifest = signed.verify(&dealer.verifying_key()).unwrap();
    // Every custodian's check passes: only together do the shares show it.
    assert!(shares.iter().all(|share| manifest.check(share).is_ok()));
    (shares, manifest)
}

#[test]
fn a_dishonest_dealer_is_seen_by_the_surplus() {
    for wrong in [None, Some(0), Some(39)] {
        let (shares, manifest) = dealt_wrong(|shares| {
            if let Some(byte) = wrong {
                shares[2].value[byte] ^= 1;
            }
        });
        let error = combine_with(&manifest, &shares).err();
        assert_eq!(error, wrong.map(|_| CombineError::Dealer));
        assert!(combine_with(&manifest, &shares[1..]).is_ok());
    }
}

#[test]
fn values_of_different_lengths_are_the_dealers_fault() {
    let (shares, manifest) = dealt_wrong(|shares| shares[1].value.push(0));
    let error = combine_with(&manifest, &shares[..2]).err();
    assert_eq!(error, Some(CombineError::Dealer));
    let error = combine(&shares[..2]).err();
    assert_eq!(error, Some(CombineError::Mismatch { index: 2 }));
}
