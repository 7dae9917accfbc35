//! Ceremonies and escrow, from plan to transcript, and every step that must be refused.

use pqkm_core::{Fingerprint, MlDsa44, SigningKey, WrapContext};
use pqkm_shamir::ceremony::{Collecting, Planned, Verified};
use pqkm_shamir::escrow::{Terms, deposit};
use pqkm_shamir::{
    AttestError, Attestation, CeremonyError, Challenge, CombineError, EscrowError, EventKind,
    IndexSet, ShareError, ShareSet, Transcript, VerifiedManifest,
};
use pqkm_testkit::mutate::for_each_bit_flip;

use crate::fixture::{Fixture, NAMES, PAYLOAD, SECRET, bytes, copy, damaged, dealing, pick, time};

fn custodians() -> Vec<SigningKey<MlDsa44>> {
    (1..=5)
        .map(|seed| SigningKey::from_seed(&[seed; 32]).unwrap())
        .collect()
}

fn fingerprints(count: usize) -> Vec<Fingerprint> {
    custodians()[..count]
        .iter()
        .map(|key| key.verifying_key().fingerprint())
        .collect()
}

fn collecting(fixture: &mut Fixture, manifest: &VerifiedManifest) -> Collecting {
    let count = manifest.set().threshold.count().into();
    let planned = Planned::new(
        "yearly drill",
        manifest.clone(),
        &fingerprints(count),
        &time(1),
    )
    .unwrap();
    planned.collect(&time(2), &mut fixture.rng).unwrap()
}

fn attest(
    fixture: &mut Fixture,
    set: &ShareSet,
    challenge: &Challenge,
    index: usize,
) -> Attestation {
    let manifest = fixture.verify(set);
    let key = &custodians()[index - 1];
    Attestation::make(
        &set.shares[index - 1],
        &manifest,
        challenge,
        key,
        time(3),
        &mut fixture.rng,
    )
    .unwrap()
}

fn verified(fixture: &mut Fixture, set: &ShareSet, indices: &[usize]) -> Verified {
    let manifest = fixture.verify(set);
    let mut ceremony = collecting(fixture, &manifest);
    for index in indices {
        let attestation = attest(fixture, set, &ceremony.challenge().clone(), *index);
        let attestation = Attestation::from_pem(&attestation.to_pem()).unwrap();
        let key = custodians()[index - 1].verifying_key();
        assert_eq!(
            ceremony.admit(&attestation, &key, &time(4)),
            Ok(*index as u8)
        );
    }
    ceremony.verify(&time(5)).unwrap()
}

/// What is written of a ceremony that got as far as its challenge.
pub(crate) fn transcript() -> Transcript {
    let mut fixture = Fixture::new("transcript");
    let set = fixture.deal(1, 1, 2, 3);
    let manifest = fixture.verify(&set);
    collecting(&mut fixture, &manifest).transcript().clone()
}

fn no_context() -> WrapContext<'static> {
    WrapContext::new(b"").unwrap()
}

#[test]
fn a_ceremony_opens_names_and_reshares() {
    let mut fixture = Fixture::new("ceremony");
    let set = fixture.deal(1, 1, 3, 5);
    let ceremony = verified(&mut fixture, &set, &[1, 2, 3, 5]);
    let mut shares = pick(&set, &[1, 2, 3, 5]);
    shares[1] = damaged(&set.shares[1], 30);
    let opened = ceremony.open(&shares, no_context(), &time(6)).unwrap();
    assert_eq!(bytes(opened.secret()), SECRET);
    assert_eq!(opened.wrong(), IndexSet::from_iter([2]));

    let plan = pqkm_shamir::Plan::new(2, &["Ada", "Chidi", "Dana", "Farida"]).unwrap();
    // What is shared itself is bound to no context: one that is given would be lost.
    let (dealer, rng) = (&fixture.dealer, &mut fixture.rng);
    let context = WrapContext::new(b"a context").unwrap();
    let refused = opened.reshare(&plan, context, dealer, &time(7), rng);
    let refused = refused.unwrap_err();
    assert_eq!(refused.reason, CeremonyError::Purpose);
    let dealt = refused
        .ceremony
        .reshare(&plan, no_context(), dealer, &time(7), rng)
        .unwrap();
    let renewed = dealt.set;
    let manifest = fixture.verify(&renewed);
    assert_eq!(
        (manifest.set().generation.get(), manifest.set().set_id),
        (2, set.shares[0].set().set_id)
    );
    let recovered = pqkm_shamir::combine_with(&manifest, &pick(&renewed, &[1, 4])).unwrap();
    assert_eq!(bytes(&recovered.secret), SECRET);
    // Shares of the two generations do not mix.
    let mixed = [copy(&set.shares[0]), copy(&renewed.shares[1])];
    assert_eq!(
        pqkm_shamir::combine(&mixed).err(),
        Some(CombineError::Generation { index: 2 })
    );

    check_transcript(&dealt.transcript, &set);
}

fn check_transcript(transcript: &Transcript, set: &ShareSet) {
    let told: Vec<_> = transcript
        .events()
        .iter()
        .map(|event| (event.kind(), event.index()))
        .collect();
    assert_eq!(
        told,
        [
            (EventKind::Planned, 0),
            (EventKind::Collecting, 0),
            (EventKind::Attested, 1),
            (EventKind::Attested, 2),
            (EventKind::Attested, 3),
            (EventKind::Attested, 5),
            (EventKind::Verified, 0),
            (EventKind::UsedShare, 1),
            (EventKind::WrongShare, 2),
            (EventKind::UsedShare, 3),
            (EventKind::UsedShare, 5),
            (EventKind::Opened, 0),
            (EventKind::Reshared, 0),
        ]
    );
    let der = transcript.to_der();
    assert_eq!(Transcript::from_der(&der).as_ref(), Ok(transcript));
    assert_eq!(
        Transcript::from_pem(&transcript.to_pem()).unwrap().head(),
        transcript.head()
    );
    let holds = |needle: &[u8]| der.windows(needle.len()).any(|window| window == needle);
    assert!(!holds(SECRET));
    for share in &set.shares {
        let at = crate::fixture::value_position(share);
        assert!(!holds(&share.to_der()[at..at + 8]));
    }
    let mut changed = 0;
    for_each_bit_flip(&der, |bit, wrong| {
        if let Ok(other) = Transcript::from_der(wrong) {
            assert_eq!(other.to_der(), wrong);
            assert_ne!(other.head(), transcript.head(), "bit {bit}");
            changed += 1;
        }
    });
    assert!(changed > 800, "{changed}");
}

#[test]
fn a_sealed_payload_is_sealed_anew() {
    let mut fixture = Fixture::new("reseal");
    let set = fixture.seal(1, 1, 2, 3);
    let context = WrapContext::new(b"hsm-7").unwrap();
    let ceremony = verified(&mut fixture, &set, &[1, 3]);
    let opened = ceremony
        .open(&pick(&set, &[1, 3]), context, &time(6))
        .unwrap();
    assert_eq!(bytes(opened.secret()), PAYLOAD);
    let plan = Fixture::plan(2, 2);
    let renewed = opened
        .reshare(&plan, context, &fixture.dealer, &time(7), &mut fixture.rng)
        .unwrap()
        .set;
    assert_ne!(renewed.shares[0].payload(), set.shares[0].payload());
    let manifest = fixture.verify(&renewed);
    let again = pqkm_shamir::open_with(&manifest, &renewed.shares, context).unwrap();
    assert_eq!(bytes(&again.secret), PAYLOAD);
}

#[test]
fn too_few_or_foreign_attestations_do_not_verify() {
    let mut fixture = Fixture::new("attestations");
    let set = fixture.deal(1, 1, 2, 3);
    let manifest = fixture.verify(&set);
    let mut ceremony = collecting(&mut fixture, &manifest);
    let challenge = *ceremony.challenge();
    let keys = custodians();
    let refused = Err(CeremonyError::Attestation);

    // Another ceremony's answer; one under another's key; one by a custodian about another's share.
    let stale = *collecting(&mut fixture, &manifest).challenge();
    let old = attest(&mut fixture, &set, &stale, 1);
    assert_eq!(
        ceremony.admit(&old, &keys[0].verifying_key(), &time(4)),
        refused
    );
    let good = attest(&mut fixture, &set, &challenge, 1);
    assert_eq!(
        ceremony.admit(&good, &keys[1].verifying_key(), &time(4)),
        refused
    );
    let crossed = Attestation::make(
        &set.shares[0],
        &manifest,
        &challenge,
        &keys[1],
        time(3),
        &mut fixture.rng,
    )
    .unwrap();
    assert_eq!(
        ceremony.admit(&crossed, &keys[1].verifying_key(), &time(4)),
        refused
    );
    let stranger = SigningKey::<MlDsa44>::from_seed(&[77; 32]).unwrap();
    let strange = Attestation::make(
        &set.shares[0],
        &manifest,
        &challenge,
        &stranger,
        time(3),
        &mut fixture.rng,
    )
    .unwrap();
    assert_eq!(
        ceremony.admit(&strange, &stranger.verifying_key(), &time(4)),
        refused
    );
    let custodian = keys[0].verifying_key();
    for_each_bit_flip(&good.to_der(), |bit, der| {
        // A bit of every byte: each costs a verification.
        if bit % 8 == 0
            && let Ok(wrong) = Attestation::from_der(der)
        {
            assert_eq!(
                ceremony.admit(&wrong, &custodian, &time(4)),
                refused,
                "bit {bit}"
            );
        }
    });
    assert!(ceremony.attested().is_empty());

    // One attestation, given twice, is one.
    assert_eq!(
        ceremony.admit(&good, &keys[0].verifying_key(), &time(4)),
        Ok(1)
    );
    assert_eq!(
        ceremony.admit(&good, &keys[0].verifying_key(), &time(4)),
        Ok(1)
    );
    let refusal = ceremony.verify(&time(5)).unwrap_err();
    assert_eq!(refusal.reason, CeremonyError::TooFew);
    let mut ceremony = *refusal.ceremony;
    let second = attest(&mut fixture, &set, &challenge, 2);
    assert_eq!(
        ceremony.admit(&second, &keys[1].verifying_key(), &time(4)),
        Ok(2)
    );
    assert!(ceremony.verify(&time(5)).is_ok());
}

#[test]
fn a_wrong_share_is_not_attested_to() {
    let mut fixture = Fixture::new("self-check");
    let set = fixture.deal(1, 1, 2, 3);
    let manifest = fixture.verify(&set);
    let ceremony = collecting(&mut fixture, &manifest);
    let (challenge, key) = (*ceremony.challenge(), &custodians()[0]);
    let wrong = damaged(&set.shares[0], 1);
    let made = Attestation::make(
        &wrong,
        &manifest,
        &challenge,
        key,
        time(3),
        &mut fixture.rng,
    );
    assert_eq!(made.err(), Some(AttestError::Share(ShareError::Wrong)));
    let other = fixture.deal(2, 1, 2, 3);
    let other = fixture.verify(&other);
    let made = Attestation::make(
        &set.shares[0],
        &other,
        &challenge,
        key,
        time(3),
        &mut fixture.rng,
    );
    assert_eq!(made.err(), Some(AttestError::Challenge));
}

#[test]
fn opening_takes_attested_shares_and_enough_good_ones() {
    let mut fixture = Fixture::new("opening");
    let set = fixture.deal(1, 1, 2, 3);
    let ceremony = verified(&mut fixture, &set, &[1, 2]);
    let refusal = ceremony
        .open(&pick(&set, &[1, 3]), no_context(), &time(6))
        .unwrap_err();
    assert_eq!(refusal.reason, CeremonyError::NotAttested);
    let bad = [copy(&set.shares[0]), damaged(&set.shares[1], 2)];
    let refusal = refusal
        .ceremony
        .open(&bad, no_context(), &time(6))
        .unwrap_err();
    let wrong = IndexSet::from_iter([2]);
    assert_eq!(
        refusal.reason,
        CeremonyError::Combine(CombineError::TooFewGood { needed: 2, wrong })
    );
    let told = refusal
        .ceremony
        .transcript()
        .events()
        .iter()
        .map(|event| (event.kind(), event.index()));
    let told: Vec<_> = told.collect();
    assert!(told.ends_with(&[(EventKind::WrongShare, 2), (EventKind::Refused, 0)]));
    let opened = refusal
        .ceremony
        .open(&pick(&set, &[1, 2]), no_context(), &time(6))
        .unwrap();
    assert_eq!(bytes(opened.secret()), SECRET);
    let transcript = opened.close();
    assert_eq!(transcript.purpose(), "yearly drill");
}

#[test]
fn plans_have_one_custodian_a_share() {
    let mut fixture = Fixture::new("plans");
    let set = fixture.deal(1, 1, 2, 3);
    let manifest = fixture.verify(&set);
    let plan = |purpose, custodians: &[Fingerprint]| {
        Planned::new(purpose, manifest.clone(), custodians, &time(1)).err()
    };
    let mut three = fingerprints(3);
    assert_eq!(plan("", &three), Some(CeremonyError::Purpose));
    assert_eq!(plan("x", &fingerprints(2)), Some(CeremonyError::Custodians));
    three[2] = three[0];
    assert_eq!(plan("x", &three), Some(CeremonyError::Custodians));
}

#[test]
fn escrow_opens_under_its_terms_and_in_its_lifetime() {
    let mut fixture = Fixture::new("escrow");
    let plan = pqkm_shamir::Plan::new(2, &NAMES[..3]).unwrap();
    let terms = Terms::new("Two agents, on order of the board.", time(1000)).unwrap();
    let set = deposit(
        PAYLOAD,
        &terms,
        &dealing(1, 1, &plan),
        &fixture.dealer,
        &mut fixture.rng,
    )
    .unwrap();
    let shares = pick(&set, &[1, 2]);
    let ceremony = verified(&mut fixture, &set, &[1, 2]);
    let late = ceremony
        .open_escrow(&shares, &terms, &time(1000))
        .unwrap_err();
    assert_eq!(late.reason, CeremonyError::Escrow(EscrowError::Expired));
    // The terms are terms however they are given.
    let der = terms.to_der();
    let context = WrapContext::new(&der).unwrap();
    let late = late.ceremony.open(&shares, context, &time(1000));
    let late = late.unwrap_err();
    assert_eq!(late.reason, CeremonyError::Escrow(EscrowError::Expired));
    let stranger = late.ceremony.open_escrow(&set.shares, &terms, &time(999));
    let stranger = stranger.unwrap_err();
    assert_eq!(stranger.reason, CeremonyError::NotAttested);
    let mut ceremony = stranger.ceremony;
    let events = ceremony.transcript().events().iter();
    let refused = events.filter(|event| event.kind() == EventKind::Refused);
    assert_eq!(refused.count(), 3);
    // Whoever states other terms does not open, not even terms that last longer.
    let others = [
        Terms::new("Two agents, on order of anybody.", time(1000)).unwrap(),
        Terms::new("Two agents, on order of the board.", time(2000)).unwrap(),
    ];
    for other in &others {
        let refusal = ceremony
            .open_escrow(&shares, other, &time(999))
            .unwrap_err();
        assert_eq!(refusal.reason, CeremonyError::Combine(CombineError::Open));
        ceremony = refusal.ceremony;
    }
    let opened = ceremony.open_escrow(&shares, &terms, &time(999)).unwrap();
    assert_eq!(bytes(opened.secret()), PAYLOAD);
    let last = opened.transcript().events().last().unwrap();
    assert_eq!(
        (last.kind(), last.subject()),
        (EventKind::Opened, terms.hash().as_slice())
    );
    assert_eq!(Terms::new("", time(1)).err(), Some(EscrowError::Policy));
    assert_eq!(
        Terms::new(&"x".repeat(16_385), time(1)).err(),
        Some(EscrowError::Policy)
    );
}
