//! What is decided beyond the standard: by a policy, and by people.

use pqkm_core::{Ed25519, SigningKey, Verifiers};
use pqkm_lifecycle::{
    Authority, KeySpec, Managed, OperationError, PolicyRefusal, Quorum, Refusal, Registry,
    RegistryOptions,
    policy::{KeyFacts, PeriodLimits, Permissive, Policy, RulePolicy, TextFault},
    state::{Active, PreActivation},
    table::KeyState,
};

use crate::{
    SPEC, Signer, Wrapper, refused, signer,
    support::{Fixture, NOW, TestClock, WHO, handle_refused, options, time},
};

/// A registry under a policy.
pub(crate) fn governed(policy: Box<dyn Policy>) -> Fixture {
    let clock = TestClock::at(NOW);
    let options = RegistryOptions {
        policy,
        ..options(&clock)
    };
    Fixture::with(options, clock)
}

fn under(text: &str) -> Fixture {
    governed(Box::new(RulePolicy::from_text(text).unwrap()))
}

/// Destruction needs two of three.
struct TwoOfThree(Quorum);

impl Policy for TwoOfThree {
    fn check(
        &self,
        _: &KeyFacts<'_>,
        _: pqkm_lifecycle::policy::Intent,
        _: &str,
        _: pqkm_core::UnixTime,
    ) -> Result<(), PolicyRefusal> {
        Ok(())
    }

    fn check_note(&self, _: &str, _: pqkm_core::UnixTime) -> Result<(), PolicyRefusal> {
        Ok(())
    }

    fn periods(&self, key: &KeyFacts<'_>) -> PeriodLimits {
        Permissive.periods(key)
    }

    fn quorum(&self, _: &KeyFacts<'_>, to: KeyState) -> Option<&Quorum> {
        matches!(to, KeyState::Destroyed | KeyState::Active).then_some(&self.0)
    }
}

/// All may do everything to their own keys, and anna to every key; others have to approve what is done to the keys
/// of some.
pub(crate) struct ByOwner(pub(crate) Vec<(&'static str, Quorum)>);

impl Policy for ByOwner {
    fn check(
        &self,
        key: &KeyFacts<'_>,
        _: pqkm_lifecycle::policy::Intent,
        by: &str,
        _: pqkm_core::UnixTime,
    ) -> Result<(), PolicyRefusal> {
        let may = by == "anna" || by == key.owner;
        may.then_some(()).ok_or(PolicyRefusal::Actor)
    }

    fn check_note(&self, _: &str, _: pqkm_core::UnixTime) -> Result<(), PolicyRefusal> {
        Ok(())
    }

    fn periods(&self, key: &KeyFacts<'_>) -> PeriodLimits {
        Permissive.periods(key)
    }

    fn quorum(&self, key: &KeyFacts<'_>, _: KeyState) -> Option<&Quorum> {
        let quorum = self.0.iter().find(|(owner, _)| *owner == key.owner)?;
        Some(&quorum.1)
    }
}

pub(crate) fn owned(f: &mut Fixture, owner: &str) -> Signer<PreActivation> {
    let spec = KeySpec { owner, ..SPEC };
    f.registry.generate(&spec, &WHO, &mut f.rng).unwrap()
}

#[test]
fn approvals_are_for_one_transition_once() {
    let mut rng = pqkm_testkit::rng::SeededRng::from_u64(5);
    let people: Vec<_> = (0..4)
        .map(|_| SigningKey::<Ed25519>::generate(&mut rng).unwrap())
        .collect();
    let approvers: Vec<_> = people[..3]
        .iter()
        .map(|person| person.verifying_key().fingerprint())
        .collect();
    let quorum = Quorum {
        needed: 2,
        approvers: [approvers.clone(), vec![approvers[0]]].concat(),
        verifiers: Verifiers::core(),
    };
    let mut f = governed(Box::new(TwoOfThree(quorum)));
    let key: Wrapper<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let name = key.name();
    let mut approve = |registry: &Registry, to, who: &[usize]| {
        let proposal = registry.propose(name, to, &WHO).unwrap();
        who.iter()
            .map(|person| proposal.approve(&people[*person], &mut rng).unwrap())
            .collect::<Vec<_>>()
    };
    let missing = Refusal::Policy(PolicyRefusal::Approvals);
    let mut key = key;
    for who in [[0, 0].as_slice(), &[0, 3], &[1], &[]] {
        let approvals = approve(&f.registry, KeyState::Active, who);
        let (handle, reason) =
            handle_refused(key.activate(&f.registry, &WHO.with_approvals(&approvals)));
        assert_eq!(reason, missing, "{who:?}");
        key = handle;
    }
    // For another state, and by another person.
    let approvals = approve(&f.registry, KeyState::Destroyed, &[0, 1]);
    let (key, reason) = handle_refused(key.activate(&f.registry, &WHO.with_approvals(&approvals)));
    assert_eq!(reason, missing);
    let approvals = approve(&f.registry, KeyState::Active, &[0, 2]);
    let mallory = Authority::new("mallory", "test").with_approvals(&approvals);
    let (key, reason) = handle_refused(key.activate(&f.registry, &mallory));
    assert_eq!(reason, missing);
    let key = key
        .activate(&f.registry, &WHO.with_approvals(&approvals))
        .unwrap();
    // Once: after a suspension the same approvals activate nothing, and those from there are good once, too.
    let mut approvals = approvals;
    let mut key = key;
    for _ in 0..2 {
        let suspended = key.suspend(&f.registry, &WHO).unwrap();
        let again = suspended.activate(&f.registry, &WHO.with_approvals(&approvals));
        let (suspended, reason) = handle_refused(again);
        assert_eq!(reason, missing);
        approvals = approve(&f.registry, KeyState::Active, &[0, 2]);
        key = suspended
            .activate(&f.registry, &WHO.with_approvals(&approvals))
            .unwrap();
    }
}

#[test]
fn the_policy_is_asked_at_every_gate() {
    let text = "algorithm ML-DSA-65 generate 2028-01-01 protect 2030-01-01 process forever\n\
                exportable no\n\
                actor anna generate use active suspended\n";
    let mut f = under(text);
    let key = signer(&mut f);
    let by_ben: Result<Signer<Active>, _> = f
        .registry
        .find(key.name())
        .unwrap()
        .promote(&f.registry, "ben");
    assert_eq!(refused(by_ben), Refusal::Policy(PolicyRefusal::Actor));
    let other: Result<Managed<SigningKey<Ed25519>, _>, _> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng);
    assert_eq!(refused(other), Refusal::Policy(PolicyRefusal::Algorithm));
    let exportable = KeySpec {
        exportable: true,
        ..SPEC
    };
    let other: Result<Signer<_>, _> = f.registry.generate(&exportable, &WHO, &mut f.rng);
    assert_eq!(refused(other), Refusal::Policy(PolicyRefusal::Exportable));
    // 2028-01-01
    f.clock.set(1_830_297_600);
    let other: Result<Signer<_>, _> = f.registry.generate(&SPEC, &WHO, &mut f.rng);
    assert_eq!(refused(other), Refusal::Policy(PolicyRefusal::Algorithm));
    let key = key.suspend(&f.registry, &WHO).unwrap();
    let error = key.activate(&f.registry, &WHO).unwrap_err();
    assert_eq!(
        error.reason(),
        Some(Refusal::Policy(PolicyRefusal::Algorithm))
    );
}

#[test]
fn who_may_do_what_is_asked_before_every_change() {
    let mut f = under(
        "algorithm * generate forever protect forever process forever\n\
         actor anna generate use active destroyed link dependants plan report note\n\
         actor ben generate use active destroyed\n",
    );
    let ben = Authority::new("ben", "test");
    let actor = Refusal::Policy(PolicyRefusal::Actor);
    let (key, other) = (signer(&mut f), signer(&mut f));
    let (name, linked) = (key.name(), other.name().id);
    let at = time(NOW + 1000);
    type Change<'a> = &'a dyn Fn(&Authority<'_>) -> Result<(), OperationError>;
    let changes: [Change<'_>; 6] = [
        &|who| f.registry.add_dependant(name, b"a", who),
        &|who| f.registry.remove_dependant(name, b"a", who),
        &|who| f.registry.plan_destruction(name, at, who),
        &|who| f.registry.call_off_destruction(name, who),
        &|who| f.registry.note(b"a", who).map(drop),
        &|who| f.registry.link(name.id, linked, who),
    ];
    for (number, change) in changes.iter().enumerate() {
        assert_eq!(refused(change(&ben)), actor, "{number}");
        change(&WHO).unwrap();
    }
    f.clock.pass(300);
    let gone = key.destroy(&f.registry, &ben).unwrap();
    let report = |who| f.registry.report_compromise(gone.name(), time(NOW), who);
    assert_eq!(refused(report(&ben)), actor);
    report(&WHO).unwrap();
}

#[test]
fn a_link_is_for_both_keys_to_permit() {
    let mut f = governed(Box::new(ByOwner(Vec::new())));
    let mut key = |owner| owned(&mut f, owner).name().id;
    let [bens, carls, another] = ["ben", "carl", "ben"].map(&mut key);
    let ben = Authority::new("ben", "test");
    let actor = Refusal::Policy(PolicyRefusal::Actor);
    assert_eq!(refused(f.registry.link(bens, carls, &ben)), actor);
    assert_eq!(refused(f.registry.link(carls, bens, &ben)), actor);
    f.registry.link(bens, another, &ben).unwrap();
}

#[test]
fn a_quorum_can_be_written_down() {
    let mut rng = pqkm_testkit::rng::SeededRng::from_u64(6);
    let people: Vec<_> = (0..3)
        .map(|_| SigningKey::<Ed25519>::generate(&mut rng).unwrap())
        .collect();
    let names: Vec<_> = people
        .iter()
        .map(|person| person.verifying_key().fingerprint().to_string())
        .collect();
    let [one, two, three] = [&names[0], &names[1], &names[2]];
    for (line, fault) in [
        (format!("quorum destroyed 0 {one}"), TextFault::Number),
        (format!("quorum destroyed 3 {one} {two}"), TextFault::Number),
        (
            format!("quorum destroyed 2 {one} {one}"),
            TextFault::Repeated,
        ),
        (format!("quorum gone 1 {one}"), TextFault::Word),
        (format!("quorum destroyed 1 {}", &one[1..]), TextFault::Word),
        ("quorum destroyed 1".into(), TextFault::Words),
    ] {
        let error = RulePolicy::from_text(&line).err();
        assert_eq!(error.map(|error| error.fault), Some(fault), "{line}");
    }
    let text = format!(
        "algorithm * generate forever protect forever process forever\n\
         quorum destroyed 2 {one} {two} {three}\n"
    );
    let mut f = under(&text);
    let key = signer(&mut f);
    let proposal = f
        .registry
        .propose(key.name(), KeyState::Destroyed, &WHO)
        .unwrap();
    let approvals: Vec<_> = [0, 2]
        .map(|person: usize| proposal.approve(&people[person], &mut rng).unwrap())
        .into();
    let (handle, reason) =
        handle_refused(key.destroy(&f.registry, &WHO.with_approvals(&approvals[..1])));
    assert_eq!(reason, Refusal::Policy(PolicyRefusal::Approvals));
    let gone = handle.destroy(&f.registry, &WHO.with_approvals(&approvals));
    assert_eq!(gone.unwrap().state(), KeyState::Destroyed);
}
