//! Linked keys: what holds for one holds for both.

use pqkm_core::{Ed25519, MlDsa65, SigningKey, Verifiers, VerifyingKey};
use pqkm_lifecycle::{
    Approval, Authority, KeyName, KeySpec, LinkedPair, Managed, PolicyRefusal, Proposal, Quorum,
    Refusal, Stale, UseError,
    state::{Active, PreActivation},
    table::{Half, KeyState},
};
use pqkm_testkit::rng::SeededRng;

use crate::{
    SPEC, Signer,
    policy::{ByOwner, governed, owned},
    refused,
    support::{Fixture, NOW, WHO, handle_refused, time},
};

type Verifier<S> = Managed<VerifyingKey<MlDsa65>, S>;

/// A signing key whose periods are so many seconds, and the name of its public half.
fn lasting(f: &mut Fixture, seconds: u64) -> (Signer<PreActivation>, KeyName) {
    let spec = KeySpec {
        originator_seconds: Some(seconds),
        recipient_seconds: Some(seconds),
        ..SPEC
    };
    let key: Signer<PreActivation> = f.registry.generate(&spec, &WHO, &mut f.rng).unwrap();
    let half = Half::Public;
    let public = KeyName { half, ..key.name() };
    (key, public)
}

fn verifier(f: &Fixture, name: KeyName) -> Verifier<Active> {
    let found = f.registry.find(name).unwrap();
    let key: Verifier<PreActivation> = found.promote(&f.registry, "anna").unwrap();
    key.activate(&f.registry, &WHO).unwrap()
}

#[test]
fn the_public_halves_of_a_pair_expire_together_too() {
    let mut f = Fixture::new();
    let (one, one_public) = lasting(&mut f, 1000);
    let (other, other_public) = lasting(&mut f, 100);
    f.registry
        .link(one.name().id, other.name().id, &WHO)
        .unwrap();
    drop(verifier(&f, one_public));
    for name in [one_public, other_public] {
        let ends = f.registry.find(name).unwrap().period_ends();
        assert_eq!(ends, Some((time(NOW + 100), time(NOW + 100))), "{name}");
    }
}

#[test]
fn a_link_is_no_way_to_a_later_end() {
    let mut f = Fixture::new();
    let (one, one_public) = lasting(&mut f, 1000);
    let (other, other_public) = lasting(&mut f, 100);
    let one = one.activate(&f.registry, &WHO).unwrap();
    let signature = one.sign(b"m", &mut f.rng).unwrap();
    let mut verifier_of_one = verifier(&f, one_public);
    f.clock.pass(10);
    let other = other.activate(&f.registry, &WHO).unwrap();
    f.registry
        .link(one.name().id, other.name().id, &WHO)
        .unwrap();
    // The handles were told of a later end.
    assert_eq!(
        one.sign(b"m", &mut f.rng).unwrap_err(),
        UseError::Stale(Stale::Fenced)
    );
    other.sign(b"m", &mut f.rng).unwrap();
    // The one was active before the link; what is activated after it has no more time for that.
    verifier_of_one.renew(&f.registry, "anna").unwrap();
    verifier_of_one.verify(b"m", &signature).unwrap();
    f.clock.pass(950);
    drop(verifier(&f, other_public));
    let ends = |name| f.registry.find(name).unwrap().period_ends();
    assert_eq!(ends(one_public), Some((time(NOW + 1000), time(NOW + 1000))));
    assert_eq!(ends(other_public), ends(one_public));
}

#[test]
fn a_pair_of_active_keys_is_renewed() {
    let mut f = Fixture::new();
    let pair = [1000, 100].map(|seconds| {
        let (key, _) = lasting(&mut f, seconds);
        key.activate(&f.registry, &WHO).unwrap()
    });
    let mut pair = LinkedPair::link(pair.into(), &f.registry, &WHO).unwrap();
    assert!(pair.one().sign(b"m", &mut f.rng).is_err());
    pair.renew(&f.registry, "anna").unwrap();
    pair.one().sign(b"m", &mut f.rng).unwrap();
    pair.other().sign(b"m", &mut f.rng).unwrap();
    f.clock.pass(100);
    let end = Refusal::OriginatorPeriod;
    assert_eq!(refused(pair.renew(&f.registry, "anna")), end);
}

#[test]
fn a_linked_key_s_owner_is_asked_too() {
    let mut f = governed(Box::new(ByOwner(Vec::new())));
    let (bens, carls) = (owned(&mut f, "ben"), owned(&mut f, "carl"));
    f.registry
        .link(bens.name().id, carls.name().id, &WHO)
        .unwrap();
    let actor = Refusal::Policy(PolicyRefusal::Actor);
    let (ben, carl) = (Authority::new("ben", ""), Authority::new("carl", ""));
    let (bens, reason) = handle_refused(bens.activate(&f.registry, &ben));
    assert_eq!(reason, actor);
    let (_, reason) = handle_refused(carls.activate(&f.registry, &carl));
    assert_eq!(reason, actor);
    drop(bens.activate(&f.registry, &WHO).unwrap());
}

#[test]
fn both_quorums_approve_of_both_keys() {
    let mut rng = SeededRng::from_u64(11);
    let approvers = [(); 2].map(|()| SigningKey::<Ed25519>::generate(&mut rng).unwrap());
    let of = |owner, approver: &SigningKey<Ed25519>| {
        let approvers = vec![approver.verifying_key().fingerprint()];
        let verifiers = Verifiers::core();
        let quorum = Quorum {
            needed: 1,
            approvers,
            verifiers,
        };
        (owner, quorum)
    };
    let policy = ByOwner(vec![of("ben", &approvers[0]), of("carl", &approvers[1])]);
    let mut f = governed(Box::new(policy));
    let (bens, carls) = (owned(&mut f, "ben"), owned(&mut f, "carl"));
    let (one, other) = (bens.name(), carls.name());
    let mut approve = |proposal: &Proposal| -> Vec<Approval> {
        let approvals = approvers.each_ref();
        approvals
            .map(|approver| proposal.approve(approver, &mut rng).unwrap())
            .into()
    };
    let missing = Refusal::Policy(PolicyRefusal::Approvals);
    let alone = f.registry.propose(one, KeyState::Active, &WHO).unwrap();
    assert_eq!(alone.linked(), None);
    f.registry.link(one.id, other.id, &WHO).unwrap();
    let proposal = f.registry.propose(one, KeyState::Active, &WHO).unwrap();
    assert_eq!((proposal.key(), proposal.linked()), (one, Some(other)));
    let reversed = f.registry.propose(other, KeyState::Active, &WHO).unwrap();
    let enough = approve(&proposal);
    let [alone, reversed] = [&alone, &reversed].map(&mut approve);
    // For one alone, for the other way round, and of one quorum only.
    let mut bens = bens;
    for approvals in [&alone, &reversed, &enough[..1], &enough[1..]] {
        let (handle, reason) =
            handle_refused(bens.activate(&f.registry, &WHO.with_approvals(approvals)));
        assert_eq!(reason, missing);
        bens = handle;
    }
    drop(
        bens.activate(&f.registry, &WHO.with_approvals(&enough))
            .unwrap(),
    );

    // So it is with a rotation.
    let proposal = f.registry.propose(one, KeyState::Active, &WHO).unwrap();
    assert_eq!(proposal.linked(), Some(other));
    let enough = approve(&proposal);
    let mut rotate = |approvals: &[Approval]| {
        let (registry, who) = (&f.registry, WHO.with_approvals(approvals));
        let ids = (one.id, other.id);
        registry.rotate_linked::<SigningKey<MlDsa65>, SigningKey<MlDsa65>, _>(ids, &who, &mut f.rng)
    };
    for approvals in [&enough[..1], &enough[1..]] {
        assert_eq!(refused(rotate(approvals)), missing);
    }
    drop(rotate(&enough).unwrap());
}
