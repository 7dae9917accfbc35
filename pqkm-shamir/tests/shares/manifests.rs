//! Dealing and combining, with and without a manifest.

use pqkm_core::{MlDsa44, SecretBytes, SigningKey, WrapContext};
use pqkm_shamir::{
    CombineError, Combined, IndexSet, Plan, PlanError, ShareError, SignedManifest, SplitError,
    combine, combine_with, open, open_with, seal_and_split, split,
};
use pqkm_testkit::{mutate::for_each_bit_flip, rng::FailingRng};

use crate::fixture::{Fixture, PAYLOAD, SECRET, bytes, copy, damaged, dealing, pick};

fn context() -> WrapContext<'static> {
    WrapContext::new(b"hsm-7").unwrap()
}

#[test]
fn every_subset_combines_under_the_manifest() {
    let mut fixture = Fixture::new("subsets");
    for (k, n) in [(2, 2), (2, 3), (3, 5), (5, 5)] {
        let set = fixture.deal(1, 1, k, n);
        let manifest = fixture.verify(&set);
        for chosen in 0u32..1 << n {
            let indices: Vec<usize> = (1..=n).filter(|i| chosen >> (i - 1) & 1 == 1).collect();
            let shares = pick(&set, &indices);
            let combined = combine_with(&manifest, &shares);
            if indices.len() < usize::from(k) {
                let given = indices.len() as u8;
                assert_eq!(
                    combined.err(),
                    Some(CombineError::TooFew { needed: k, given })
                );
            } else {
                let recovered = combined.unwrap();
                assert_eq!(bytes(&recovered.secret), SECRET);
                assert!(recovered.wrong.is_empty());
            }
        }
    }
}

/// Whatever is done to a share, the manifest names it; k good ones suffice, and k - 1 do not.
#[test]
fn every_wrong_share_is_named_under_the_manifest() {
    let mut fixture = Fixture::new("named");
    let set = fixture.deal(1, 1, 3, 5);
    let manifest = fixture.verify(&set);
    for wrong in 0u32..1 << 5 {
        let shares: Vec<_> = set
            .shares
            .iter()
            .map(|share| match wrong >> (share.index() - 1) & 1 {
                1 => damaged(share, usize::from(share.index())),
                _ => copy(share),
            })
            .collect();
        let named: IndexSet = (1..=5)
            .filter(|index| wrong >> (index - 1) & 1 == 1)
            .collect();
        for share in &shares {
            let expected = if named.contains(share.index()) {
                Err(ShareError::Wrong)
            } else {
                Ok(())
            };
            assert_eq!(manifest.check(share), expected);
        }
        match combine_with(&manifest, &shares) {
            Ok(recovered) => {
                assert!(named.len() <= 2);
                assert_eq!(recovered.wrong, named);
                assert_eq!(bytes(&recovered.secret), SECRET);
            }
            Err(error) => {
                assert!(named.len() > 2);
                assert_eq!(
                    error,
                    CombineError::TooFewGood {
                        needed: 3,
                        wrong: named
                    }
                );
            }
        }
    }
}

#[test]
fn without_a_manifest_the_surplus_finds_wrong_shares() {
    let mut fixture = Fixture::new("surplus");
    let set = fixture.deal(1, 1, 3, 5);
    let mut shares = pick(&set, &[1, 2, 3, 4, 5]);
    shares[3] = damaged(&set.shares[3], 0);
    let recovered = combine(&shares).unwrap().recovered().unwrap();
    assert_eq!(recovered.wrong, IndexSet::from_iter([4]));
    assert_eq!(bytes(&recovered.secret), SECRET);
    shares[0] = damaged(&set.shares[0], 9);
    assert_eq!(combine(&shares).err(), Some(CombineError::Undecodable));
    // With exactly k nothing is seen, and the type says so.
    let three = pick(&set, &[1, 4, 5]);
    let Combined::Unverified(secret) = combine(&three).unwrap() else {
        panic!("nothing was checked")
    };
    assert_eq!(bytes(&secret.accept_unverified()), SECRET);
    let wrong = [copy(&three[0]), damaged(&three[1], 5), copy(&three[2])];
    let secret = combine(&wrong)
        .unwrap()
        .unverified()
        .unwrap()
        .accept_unverified();
    assert_ne!(bytes(&secret), SECRET);
}

#[test]
fn sets_and_generations_do_not_mix() {
    let mut fixture = Fixture::new("mixed");
    let set = fixture.deal(1, 1, 2, 3);
    let manifest = fixture.verify(&set);
    let others = [
        (fixture.deal(2, 1, 2, 3), CombineError::Set { index: 2 }),
        (
            fixture.deal(1, 2, 2, 3),
            CombineError::Generation { index: 2 },
        ),
        (
            fixture.deal(1, 1, 3, 3),
            CombineError::Mismatch { index: 2 },
        ),
        (
            fixture.deal(1, 1, 2, 4),
            CombineError::Mismatch { index: 2 },
        ),
        (
            fixture.seal(1, 1, 2, 3),
            CombineError::Mismatch { index: 2 },
        ),
    ];
    for (other, error) in others {
        let mixed = [
            copy(&set.shares[0]),
            copy(&other.shares[1]),
            copy(&set.shares[2]),
        ];
        assert_eq!(combine(&mixed).err(), Some(error));
        assert_eq!(combine_with(&manifest, &mixed).err(), Some(error));
        assert_eq!(manifest.check(&other.shares[1]), Err(ShareError::OtherSet));
    }
    // The same set dealt twice by mistake, or by an attacker: only the manifest tells.
    let again = fixture.deal(1, 1, 2, 3);
    assert_eq!(manifest.check(&again.shares[1]), Err(ShareError::Wrong));
    let twice = pick(&set, &[1, 2, 1]);
    assert_eq!(
        combine(&twice).err(),
        Some(CombineError::Duplicate { index: 1 })
    );
    assert_eq!(
        combine_with(&manifest, &twice).err(),
        Some(CombineError::Duplicate { index: 1 })
    );
    assert!(matches!(
        combine(&[]).err(),
        Some(CombineError::TooFew { .. })
    ));
}

#[test]
fn a_payload_opens_with_its_context_alone() {
    let mut fixture = Fixture::new("payload");
    let set = fixture.seal(1, 1, 3, 5);
    let manifest = fixture.verify(&set);
    let shares = pick(&set, &[2, 4, 5]);
    assert_eq!(bytes(&open(&shares, context()).unwrap().secret), PAYLOAD);
    assert_eq!(
        bytes(&open_with(&manifest, &shares, context()).unwrap().secret),
        PAYLOAD
    );
    let other = WrapContext::new(b"hsm-8").unwrap();
    assert_eq!(open(&shares, other).err(), Some(CombineError::Open));
    assert_eq!(
        open_with(&manifest, &shares, other).err(),
        Some(CombineError::Open)
    );
    // Raw combining would give a key without its payload.
    assert_eq!(combine(&shares).err(), Some(CombineError::Content));
    assert_eq!(
        combine_with(&manifest, &shares).err(),
        Some(CombineError::Content)
    );
    let secret = fixture.deal(1, 1, 3, 5);
    assert_eq!(
        open(&secret.shares, context()).err(),
        Some(CombineError::Content)
    );
    let about_secret = fixture.verify(&secret);
    assert_eq!(
        open_with(&about_secret, &secret.shares, context()).err(),
        Some(CombineError::Content)
    );
}

/// A wrong share among exactly k is found without a manifest too: the payload commits to its key.
#[test]
fn a_wrong_share_does_not_open_a_payload() {
    let mut fixture = Fixture::new("commitment");
    let set = fixture.seal(1, 1, 2, 3);
    for byte in 0..32 {
        let shares = [copy(&set.shares[0]), damaged(&set.shares[2], byte)];
        assert_eq!(open(&shares, context()).err(), Some(CombineError::Open));
    }
}

#[test]
fn payloads_are_compared() {
    let mut fixture = Fixture::new("payloads");
    let set = fixture.seal(1, 1, 2, 3);
    let other = fixture.seal(2, 1, 2, 3);
    let manifest = fixture.verify(&set);
    let strange = copy(&set.shares[1])
        .with_payload(other.shares[1].payload().unwrap().clone())
        .unwrap();
    assert_eq!(manifest.check(&strange), Err(ShareError::Payload));
    let shares = [copy(&set.shares[0]), strange];
    assert_eq!(open(&shares, context()).err(), Some(CombineError::Payload));
    // The manifest knows which copy is right; the share with the other one is named, and its value still counts.
    let opened = open_with(&manifest, &shares, context()).unwrap();
    assert_eq!(bytes(&opened.secret), PAYLOAD);
    assert_eq!(opened.wrong, IndexSet::from_iter([2]));
    // Paper carries none.
    let papers: Vec<_> = set
        .shares
        .iter()
        .map(|share| pqkm_shamir::Share::from_paper(&share.to_paper().unwrap()).unwrap())
        .collect();
    assert_eq!(open(&papers, context()).err(), Some(CombineError::Payload));
    assert_eq!(
        open_with(&manifest, &papers, context()).err(),
        Some(CombineError::Payload)
    );
    let mut papers = papers.into_iter();
    let payload = set.shares[0].payload().unwrap().clone();
    let completed = [
        papers.next().unwrap(),
        papers.next().unwrap().with_payload(payload).unwrap(),
    ];
    assert_eq!(
        bytes(&open_with(&manifest, &completed, context()).unwrap().secret),
        PAYLOAD
    );
}

#[test]
fn manifests_are_the_dealers() {
    let mut fixture = Fixture::new("signatures");
    let set = fixture.deal(1, 1, 3, 5);
    let key = fixture.dealer.verifying_key();
    let der = set.manifest.to_der();
    assert_eq!(SignedManifest::from_der(&der).as_ref(), Ok(&set.manifest));
    let stranger = SigningKey::<MlDsa44>::from_seed(&[9; 32]).unwrap();
    assert!(set.manifest.verify(&stranger.verifying_key()).is_err());
    let mut accepted = 0;
    for_each_bit_flip(&der, |bit, wrong| {
        // A bit of every byte: each costs a verification.
        if bit % 8 == 0
            && let Ok(manifest) = SignedManifest::from_der(wrong)
        {
            assert!(manifest.verify(&key).is_err(), "bit {bit}");
            accepted += 1;
        }
    });
    assert!(accepted > 2400, "most of it is signature: {accepted}");
    // A manifest cut down to a lower threshold, or signed by a stranger in the dealer's name, would be one of these.
    let manifest = set.manifest.verify(&key).unwrap();
    assert_eq!(manifest.set().threshold.threshold(), 3);
    assert_eq!(manifest.dealer(), key.fingerprint());
}

#[test]
fn plans_are_checked() {
    let none: [&str; 0] = [];
    assert_eq!(Plan::new(2, &none).err(), Some(PlanError::Threshold));
    assert_eq!(Plan::new(1, &["a", "b"]).err(), Some(PlanError::Threshold));
    assert_eq!(Plan::new(3, &["a", "b"]).err(), Some(PlanError::Threshold));
    assert_eq!(Plan::new(2, &["a", ""]).err(), Some(PlanError::Name));
    assert_eq!(Plan::new(2, &["a", "b\n"]).err(), Some(PlanError::Name));
    assert_eq!(
        Plan::new(2, &["a", "x".repeat(65).as_str()]).err(),
        Some(PlanError::Name)
    );
    assert_eq!(
        Plan::new(2, &["a", "b", "a"]).err(),
        Some(PlanError::SameName)
    );
    let many: Vec<String> = (0..256).map(|i| i.to_string()).collect();
    assert_eq!(Plan::new(2, &many).err(), Some(PlanError::Threshold));
    assert!(Plan::new(255, &many[1..]).is_ok());
}

#[test]
fn the_largest_set_is_dealt() {
    let mut fixture = Fixture::new("largest");
    let names: Vec<String> = (0..255).map(|i| format!("custodian {i}")).collect();
    let plan = Plan::new(128, &names).unwrap();
    let secret = SecretBytes::copy_from(SECRET);
    let set = split(
        &secret,
        &dealing(1, 1, &plan),
        &fixture.dealer,
        &mut fixture.rng,
    )
    .unwrap();
    let manifest = fixture.verify(&set);
    assert!(set.shares.iter().all(|share| manifest.check(share).is_ok()));
    assert_eq!(
        bytes(&combine_with(&manifest, &set.shares[100..]).unwrap().secret),
        SECRET
    );
}

/// Whichever draw fails, the error is that one and nothing is dealt.
#[test]
fn a_generator_that_fails_deals_nothing() {
    let fixture = Fixture::new("failing");
    let plan = Fixture::plan(3, 5);
    let dealing = dealing(1, 1, &plan);
    let mut failures = 0;
    for calls in 0.. {
        let mut rng = FailingRng::after_calls(calls);
        match seal_and_split(PAYLOAD, context(), &dealing, &fixture.dealer, &mut rng) {
            Ok(set) => {
                assert!(!rng.has_failed());
                assert_eq!(set.shares.len(), 5);
                break;
            }
            Err(error) => {
                assert!(rng.has_failed());
                assert_eq!(error, SplitError::Randomness, "after {calls} draws");
                failures += 1;
            }
        }
    }
    // A seal key, coefficients, five salts, and what hedges the signature.
    assert_eq!(failures, 8);
}
