//! Keys through their lives: transitions, leases, periods, budgets, dependants, links, approvals.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests, which run with std"
)]

use pqkm_core::{
    Aes256Key, Aes256Kwp, AssertedAt, DecapsulationKey, Ed25519, EncapsulationKey, MlDsa65,
    MlKem768, SigningKey, Verifiers, VerifyingKey, WrapContext, WrappingKey,
};
use pqkm_lifecycle::{
    AcceptRisk, Authority, DueReason, KeySpec, LeaseTerms, Managed, OperationError, OperationId,
    PolicyRefusal, Quorum, Refusal, Registry, RegistryOptions, Resolution, Shown, Stale,
    TransitionError, UseError,
    policy::{KeyFacts, PeriodLimits, Permissive, Policy, RulePolicy},
    state::{Active, Deactivated, PreActivation, Suspended},
    table::{Half, KeyState, Use},
};

use support::{Fixture, NOW, TestClock, WHO, options, time};

mod support;

type Signer<S> = Managed<SigningKey<MlDsa65>, S>;
type Wrapper<S> = Managed<WrappingKey<Aes256Kwp>, S>;

const SPEC: KeySpec<'_> = KeySpec {
    owner: "release",
    purpose: "sign releases",
    exportable: false,
    originator_seconds: None,
    recipient_seconds: None,
    budget: None,
};

fn signer(f: &mut Fixture) -> Signer<Active> {
    let key: Signer<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    key.activate(&f.registry, &WHO).unwrap()
}

fn wrapper(f: &mut Fixture, spec: &KeySpec<'_>) -> Wrapper<Active> {
    let key: Wrapper<PreActivation> = f.registry.generate(spec, &WHO, &mut f.rng).unwrap();
    key.activate(&f.registry, &WHO).unwrap()
}

fn asserted(seconds: u64) -> Shown<'static, AssertedAt> {
    Shown {
        authority: WHO,
        evidence: AssertedAt::new(time(seconds)),
    }
}

fn refused<T: core::fmt::Debug>(result: Result<T, OperationError>) -> Refusal {
    match result.unwrap_err() {
        OperationError::Refused(reason) => reason,
        error => panic!("{error:?}"),
    }
}

#[test]
fn a_signing_key_lives_and_its_public_half_outlives_it() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    let id = key.name().id;
    let signature = key.sign(b"message", &mut f.rng).unwrap();

    let public = f.registry.find_primary(id, Half::Public).unwrap();
    assert_eq!(public.state(), KeyState::PreActivation);
    let public: Managed<VerifyingKey<MlDsa65>, PreActivation> =
        public.promote(&f.registry, "anna").unwrap();
    let public = public.activate(&f.registry, &WHO).unwrap();
    public.verify(b"message", &signature).unwrap();

    let gone = key.destroy(&f.registry, &WHO).unwrap();
    assert_eq!(gone.state(), KeyState::Destroyed);
    let found = f.registry.find(gone.name()).unwrap();
    assert_eq!(found.state(), KeyState::Destroyed);
    public.renew_and_verify(&f, &signature);
}

trait RenewAndVerify {
    fn renew_and_verify(self, f: &Fixture, signature: &pqkm_core::Signature<MlDsa65>);
}

impl RenewAndVerify for Managed<VerifyingKey<MlDsa65>, Active> {
    fn renew_and_verify(mut self, f: &Fixture, signature: &pqkm_core::Signature<MlDsa65>) {
        self.renew(&f.registry, "anna").unwrap();
        self.verify(b"message", signature).unwrap();
    }
}

#[test]
fn suspension_takes_both_halves_and_fences_handles() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    let id = key.name().id;
    let public = f.registry.find_primary(id, Half::Public).unwrap();
    let public: Managed<VerifyingKey<MlDsa65>, PreActivation> =
        public.promote(&f.registry, "anna").unwrap();
    let public = public.activate(&f.registry, &WHO).unwrap();
    let mut other: Signer<Active> = f
        .registry
        .find(key.name())
        .unwrap()
        .promote(&f.registry, "ben")
        .unwrap();
    let signature = other.sign(b"message", &mut f.rng).unwrap();

    f.clock.pass(10);
    let key = key.suspend(&f.registry, &WHO).unwrap();
    assert_eq!(
        other.sign(b"message", &mut f.rng).unwrap_err(),
        UseError::Stale(Stale::Fenced)
    );
    assert_eq!(
        refused(other.renew(&f.registry, "ben")),
        Refusal::State(KeyState::Suspended)
    );
    assert_eq!(
        public.verify(b"message", &signature),
        Err(UseError::Stale(Stale::Fenced))
    );

    // What was signed before the suspension verifies, on evidence, and nothing else.
    let public: Managed<VerifyingKey<MlDsa65>, Suspended> = f
        .registry
        .find_primary(id, Half::Public)
        .unwrap()
        .promote(&f.registry, "anna")
        .unwrap();
    let verify = |at| public.verify_with(&f.registry, b"message", &signature, &asserted(at));
    verify(NOW + 9).unwrap();
    assert_eq!(
        verify(NOW + 10),
        Err(UseError::Registry(OperationError::Refused(
            Refusal::Evidence
        )))
    );

    let key = key.activate(&f.registry, &WHO).unwrap();
    key.sign(b"again", &mut f.rng).unwrap();
    let public = f.registry.find_primary(id, Half::Public).unwrap();
    assert_eq!(public.state(), KeyState::Active);
}

#[test]
fn a_compromise_is_dated_and_nobody_s_word_is_enough_then() {
    let mut f = Fixture::new();
    let key: Managed<DecapsulationKey<MlKem768>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let id = key.name().id;
    let key = key.activate(&f.registry, &WHO).unwrap();
    let public = f.registry.find_primary(id, Half::Public).unwrap();
    let public: EncapsulationKey<MlKem768> = public.public_key().unwrap().promote().unwrap();
    let (ciphertext, _) = public.encapsulate(&mut f.rng).unwrap();
    key.decapsulate(&ciphertext).unwrap();

    f.clock.pass(100);
    let key = key.compromise(&f.registry, time(NOW + 50), &WHO).unwrap();
    for half in [Half::Secret, Half::Public] {
        let found = f.registry.find_primary(id, half).unwrap();
        assert_eq!(found.state(), KeyState::Compromised);
        assert_eq!(found.compromised_since(), Some(time(NOW + 50)));
    }
    let risk = AcceptRisk::knowingly();
    let result = key.decapsulate_with(&f.registry, &ciphertext, &asserted(NOW + 1), risk);
    assert_eq!(
        result.map(drop),
        Err(UseError::Registry(OperationError::Refused(
            Refusal::Policy(PolicyRefusal::Evidence)
        )))
    );
    let gone = key.destroy(&f.registry, &WHO).unwrap();
    f.registry
        .report_compromise(gone.name(), time(NOW + 20), &WHO)
        .unwrap();
    let found = f.registry.find(gone.name()).unwrap();
    assert_eq!(found.compromised_since(), Some(time(NOW + 20)));
}

#[test]
fn an_allowance_is_spent_expires_and_is_renewed() {
    let clock = TestClock::at(NOW);
    let terms = LeaseTerms {
        uses: 2,
        seconds: 60,
    };
    let mut f = Fixture::with(
        RegistryOptions {
            terms,
            ..options(&clock)
        },
        clock,
    );
    let mut key = signer(&mut f);
    for _ in 0..2 {
        key.sign(b"m", &mut f.rng).unwrap();
    }
    let stale = |key: &Signer<Active>, rng: &mut _| key.sign(b"m", rng).map(drop).unwrap_err();
    assert_eq!(stale(&key, &mut f.rng), UseError::Stale(Stale::Spent));
    key.renew(&f.registry, "anna").unwrap();
    f.clock.pass(59);
    key.sign(b"m", &mut f.rng).unwrap();
    f.clock.pass(1);
    assert_eq!(stale(&key, &mut f.rng), UseError::Stale(Stale::Expired));
    key.renew(&f.registry, "anna").unwrap();
    // The clock goes back, and is not believed.
    f.clock.pass(60);
    assert_eq!(stale(&key, &mut f.rng), UseError::Stale(Stale::Expired));
    f.clock.set(NOW);
    assert_eq!(stale(&key, &mut f.rng), UseError::Stale(Stale::Expired));
    key.renew(&f.registry, "anna").unwrap();
    key.sign(b"m", &mut f.rng).unwrap();
    assert_eq!(f.registry.find(key.name()).unwrap().uses().0, 2 + 2 + 2 + 2);
}

#[test]
fn a_budget_is_never_exceeded_and_comes_before_age() {
    let clock = TestClock::at(NOW);
    let terms = LeaseTerms {
        uses: 4,
        seconds: 1000,
    };
    let mut f = Fixture::with(
        RegistryOptions {
            terms,
            ..options(&clock)
        },
        clock,
    );
    let spec = KeySpec {
        budget: Some(10),
        originator_seconds: Some(500),
        ..SPEC
    };
    let mut key = wrapper(&mut f, &spec);
    let name = key.name();
    let context = WrapContext::new(b"").unwrap();
    let data_key = Aes256Key::generate(&mut f.rng).unwrap();
    let mut wrapped = Vec::new();
    loop {
        match key.wrap_key(&data_key, context, &mut f.rng) {
            Ok(record) => wrapped.push(record),
            Err(UseError::Stale(Stale::Spent)) => {
                key.renew(&f.registry, "anna").unwrap();
                if key.uses_left(Use::Protect) == 0 {
                    break;
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(wrapped.len(), 10);
    assert_eq!(f.registry.find(name).unwrap().uses(), (10, Some(10)));
    // It wraps no more, and still unwraps.
    drop(key.unwrap_key::<Aes256Key>(&wrapped[0], context).unwrap());
    // Both the budget and the period are over: the budget is what is said.
    f.clock.pass(600);
    let (due, _) = f.registry.due(time(NOW + 600), None).unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].reason, DueReason::BudgetSpent);

    // What is given back can be used by somebody else, once.
    let mut f = Fixture::new();
    let key = wrapper(
        &mut f,
        &KeySpec {
            budget: Some(10),
            ..SPEC
        },
    );
    let name = key.name();
    key.wrap_key(&data_key, context, &mut f.rng).unwrap();
    key.give_back(&f.registry).unwrap();
    assert_eq!(f.registry.find(name).unwrap().uses(), (1, Some(10)));
}

#[test]
fn two_periods_end_one_after_the_other() {
    let mut f = Fixture::new();
    let spec = KeySpec {
        originator_seconds: Some(100),
        recipient_seconds: Some(200),
        ..SPEC
    };
    let mut key = wrapper(&mut f, &spec);
    let context = WrapContext::new(b"").unwrap();
    let data_key = Aes256Key::generate(&mut f.rng).unwrap();
    let record = key.wrap_key(&data_key, context, &mut f.rng).unwrap();
    f.clock.pass(100);
    assert_eq!(
        key.wrap_key(&data_key, context, &mut f.rng).unwrap_err(),
        UseError::Stale(Stale::OriginatorPeriod)
    );
    key.renew(&f.registry, "anna").unwrap();
    assert_eq!(key.uses_left(Use::Protect), 0);
    drop(key.unwrap_key::<Aes256Key>(&record, context).unwrap());
    let key = key.deactivate(&f.registry, &WHO).unwrap();
    drop(key.unwrap_key::<Aes256Key>(&record, context).unwrap());
    f.clock.pass(100);
    let mut key = key;
    assert_eq!(
        refused(key.renew(&f.registry, "anna")),
        Refusal::RecipientPeriod
    );
    let (due, next) = f.registry.due(time(NOW + 200), None).unwrap();
    assert_eq!(next, None);
    assert_eq!(due[0].reason, DueReason::RecipientPeriod(time(NOW + 200)));
    let asked = KeySpec {
        originator_seconds: Some(u64::MAX),
        ..SPEC
    };
    let key: Result<Wrapper<PreActivation>, _> = f.registry.generate(&asked, &WHO, &mut f.rng);
    assert_eq!(refused(key), Refusal::Policy(PolicyRefusal::Period));
}

#[test]
fn a_key_is_not_destroyed_while_anything_depends_on_it() {
    let mut f = Fixture::new();
    let key = wrapper(&mut f, &SPEC);
    let name = key.name();
    for record in [b"a".as_slice(), b"b", b"a"] {
        f.registry.add_dependant(name, record, &WHO).unwrap();
    }
    let key = key.deactivate(&f.registry, &WHO).unwrap();
    let error = key.destroy(&f.registry, &WHO).unwrap_err();
    assert_eq!(error.reason(), Some(Refusal::Dependants(2)));
    let TransitionError::Refused { handle, .. } = error else {
        panic!()
    };
    let listed = f.registry.dependants(name.id, name.version, None).unwrap();
    let mut names: Vec<_> = listed.iter().map(|dependant| &dependant.name[..]).collect();
    names.sort_unstable();
    assert_eq!(names, [b"a", b"b"]);
    let rest = f.registry.dependants(name.id, name.version, listed.last());
    assert!(rest.unwrap().is_empty());
    for record in [b"a", b"b"] {
        f.registry.remove_dependant(name, record, &WHO).unwrap();
    }
    assert!(f.registry.remove_dependant(name, b"a", &WHO).is_err());
    let gone = handle.destroy(&f.registry, &WHO).unwrap();
    assert_eq!(
        refused(f.registry.add_dependant(gone.name(), b"c", &WHO)),
        Refusal::State(KeyState::Destroyed)
    );
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
}

#[test]
fn destruction_waits_for_leases_and_can_be_planned_and_called_off() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    let name = key.name();
    let other: Signer<Active> = f
        .registry
        .find(name)
        .unwrap()
        .promote(&f.registry, "ben")
        .unwrap();
    let error = key.destroy(&f.registry, &WHO).unwrap_err();
    assert_eq!(
        error.reason(),
        Some(Refusal::LeasesRunning(time(NOW + 300)))
    );
    let TransitionError::Refused { handle: key, .. } = error else {
        panic!()
    };
    f.registry
        .plan_destruction(name, time(NOW + 30), &WHO)
        .unwrap();
    let (due, _) = f.registry.due(time(NOW + 30), None).unwrap();
    assert_eq!(due[0].reason, DueReason::Destruction(time(NOW + 30)));
    // A lease ends with the key.
    let late: Signer<Active> = f
        .registry
        .find(name)
        .unwrap()
        .promote(&f.registry, "ben")
        .unwrap();
    f.clock.pass(30);
    assert!(late.sign(b"m", &mut f.rng).is_err());
    f.registry.call_off_destruction(name, &WHO).unwrap();
    assert_eq!(
        refused(f.registry.call_off_destruction(name, &WHO)),
        Refusal::NotPlanned
    );
    other.give_back(&f.registry).unwrap();
    drop(key.destroy(&f.registry, &WHO).unwrap());
}

#[test]
fn rotation_moves_the_primary_once() {
    let mut f = Fixture::new();
    let key: Managed<DecapsulationKey<MlKem768>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let key = key.activate(&f.registry, &WHO).unwrap();
    let id = key.name().id;
    let old: EncapsulationKey<MlKem768> = f
        .registry
        .find_primary(id, Half::Public)
        .unwrap()
        .public_key()
        .unwrap()
        .promote()
        .unwrap();
    let (ciphertext, secret) = old.encapsulate(&mut f.rng).unwrap();

    let once = WHO.with_operation(OperationId::from_bytes([1; 16]));
    let rotate = |f: &mut Fixture| -> Managed<DecapsulationKey<MlKem768>, Active> {
        f.registry.rotate(id, &once, &mut f.rng).unwrap()
    };
    let successor = rotate(&mut f);
    let again = rotate(&mut f);
    assert_eq!(successor.name(), again.name());
    assert_eq!(successor.name().version.get(), 2);
    let found = f.registry.find(key.name()).unwrap();
    assert_eq!(found.state(), KeyState::Deactivated);
    let versions = found.versions().unwrap();
    assert_eq!((versions.0.get(), versions.1.get()), (2, 2));

    // The predecessor still opens what was sent to it.
    let key: Managed<DecapsulationKey<MlKem768>, Deactivated> =
        found.promote(&f.registry, "anna").unwrap();
    let opened = key.decapsulate(&ciphertext).unwrap();
    assert!(bool::from(subtle::ConstantTimeEq::ct_eq(&opened, &secret)));
    let type_of_another: Result<Managed<DecapsulationKey<pqkm_core::MlKem1024>, _>, _> =
        f.registry.rotate(id, &WHO, &mut f.rng);
    assert_eq!(refused(type_of_another), Refusal::Type);
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
}

#[test]
fn a_signing_key_is_succeeded_and_then_destroyed() {
    let mut f = Fixture::new();
    let key = signer(&mut f);
    let id = key.name().id;
    let successor: Signer<Active> = f.registry.rotate(id, &WHO, &mut f.rng).unwrap();
    successor.sign(b"m", &mut f.rng).unwrap();
    assert_eq!(
        key.sign(b"m", &mut f.rng).unwrap_err(),
        UseError::Stale(Stale::Fenced)
    );
    let found = f.registry.find(key.name()).unwrap();
    assert_eq!(found.state(), KeyState::Active);
    let again: Result<Signer<Active>, _> = found.promote(&f.registry, "anna");
    assert_eq!(refused(again), Refusal::OriginatorPeriod);
    drop(key.destroy(&f.registry, &WHO).unwrap());
}

#[test]
fn linked_keys_go_together() {
    let mut f = Fixture::new();
    let pqc: Signer<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let classical: Managed<SigningKey<Ed25519>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let (one, other) = (pqc.name().id, classical.name().id);
    f.registry.link(one, other, &WHO).unwrap();
    assert_eq!(
        refused(f.registry.link(one, other, &WHO)),
        Refusal::AlreadyLinked
    );
    let pqc = pqc.activate(&f.registry, &WHO).unwrap();
    let state = |f: &Fixture, id| f.registry.find_primary(id, Half::Secret).unwrap().state();
    assert_eq!(state(&f, other), KeyState::Active);

    let alone: Result<Signer<Active>, _> = f.registry.rotate(one, &WHO, &mut f.rng);
    assert_eq!(refused(alone), Refusal::AlreadyLinked);
    let (pqc2, classical2) = f
        .registry
        .rotate_linked::<SigningKey<MlDsa65>, SigningKey<Ed25519>, _>(
            (one, other),
            &WHO,
            &mut f.rng,
        )
        .unwrap();
    pqc2.sign(b"m", &mut f.rng).unwrap();
    classical2.sign(b"m", &mut f.rng).unwrap();

    let _gone = pqc2.compromise(&f.registry, time(NOW), &WHO).unwrap();
    assert_eq!(state(&f, other), KeyState::Compromised);
    assert_eq!(
        classical2.sign(b"m", &mut f.rng).unwrap_err(),
        UseError::Stale(Stale::Fenced)
    );
    drop((pqc, classical));
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
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

    fn periods(&self, key: &KeyFacts<'_>) -> PeriodLimits {
        Permissive.periods(key)
    }

    fn quorum(&self, _: &KeyFacts<'_>, to: KeyState) -> Option<&Quorum> {
        matches!(to, KeyState::Destroyed | KeyState::Active).then_some(&self.0)
    }
}

#[test]
fn approvals_are_for_one_transition_once() {
    let clock = TestClock::at(NOW);
    let mut rng = pqkm_testkit::rng::SeededRng::from_u64(5);
    let people: Vec<_> = (0..4)
        .map(|_| SigningKey::<Ed25519>::generate(&mut rng).unwrap())
        .collect();
    let approvers: Vec<_> = people[..3]
        .iter()
        .map(|person| pqkm_core::AnyPublicKey::from(&person.verifying_key()))
        .collect();
    let quorum = Quorum {
        needed: 2,
        approvers: [approvers.clone(), vec![approvers[0].clone()]].concat(),
        verifiers: Verifiers::core(),
    };
    let policy = Box::new(TwoOfThree(quorum));
    let mut f = Fixture::with(
        RegistryOptions {
            policy,
            ..options(&clock)
        },
        clock,
    );
    let key: Wrapper<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let name = key.name();
    let mut approve = |registry: &Registry, to, who: &[usize]| {
        let proposal = registry.propose(name, to, &WHO).unwrap();
        who.iter()
            .map(|person| proposal.approve(&people[*person], &mut rng).unwrap())
            .collect::<Vec<_>>()
    };
    let missing = Some(Refusal::Policy(PolicyRefusal::Approvals));
    let mut key = key;
    for who in [[0, 0].as_slice(), &[0, 3], &[1], &[]] {
        let approvals = approve(&f.registry, KeyState::Active, who);
        let error = key
            .activate(&f.registry, &WHO.with_approvals(&approvals))
            .unwrap_err();
        assert_eq!(error.reason(), missing, "{who:?}");
        let TransitionError::Refused { handle, .. } = error else {
            panic!()
        };
        key = handle;
    }
    // For another state, and by another person.
    let approvals = approve(&f.registry, KeyState::Destroyed, &[0, 1]);
    let error = key
        .activate(&f.registry, &WHO.with_approvals(&approvals))
        .unwrap_err();
    assert_eq!(error.reason(), missing);
    let TransitionError::Refused { handle, .. } = error else {
        panic!()
    };
    let approvals = approve(&f.registry, KeyState::Active, &[0, 2]);
    let mallory = Authority::new("mallory", "test").with_approvals(&approvals);
    let error = handle.activate(&f.registry, &mallory).unwrap_err();
    assert_eq!(error.reason(), missing);
    let TransitionError::Refused { handle, .. } = error else {
        panic!()
    };
    let key = handle
        .activate(&f.registry, &WHO.with_approvals(&approvals))
        .unwrap();
    // Once: after a suspension the same approvals activate nothing.
    let key = key.suspend(&f.registry, &WHO).unwrap();
    let error = key
        .activate(&f.registry, &WHO.with_approvals(&approvals))
        .unwrap_err();
    assert_eq!(error.reason(), missing);
}

#[test]
fn possession_and_key_confirmation_come_before_activation() {
    let mut f = Fixture::new();
    let key: Signer<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let public = f
        .registry
        .find_primary(key.name().id, Half::Public)
        .unwrap();
    let public = public.public_key().unwrap();
    let verifying: VerifyingKey<MlDsa65> = public.promote().unwrap();
    let proof = key.prove_possession(b"nonce", &mut f.rng).unwrap();
    let verify = |challenge: &[u8]| {
        pqkm_lifecycle::verify_possession(&verifying, &public, challenge, &proof)
    };
    verify(b"nonce").unwrap();
    assert!(verify(b"other").is_err());
    assert!(verifying.verify(b"nonce", &proof).is_err());

    let key: Managed<DecapsulationKey<MlKem768>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let public = f
        .registry
        .find_primary(key.name().id, Half::Public)
        .unwrap();
    let public: EncapsulationKey<MlKem768> = public.public_key().unwrap().promote().unwrap();
    let (ciphertext, secret) = public.encapsulate(&mut f.rng).unwrap();
    let ours = pqkm_lifecycle::confirmation(secret).unwrap();
    let theirs = key.confirm_decapsulation(&ciphertext).unwrap();
    assert!(bool::from(subtle::ConstantTimeEq::ct_eq(&ours, &theirs)));
}

#[test]
fn the_policy_is_asked_at_every_gate() {
    let clock = TestClock::at(NOW);
    let text = "algorithm ML-DSA-65 generate 2028-01-01 protect 2030-01-01 process forever\n\
                exportable no\n\
                actor anna generate use active suspended\n";
    let policy = Box::new(RulePolicy::from_text(text).unwrap());
    let mut f = Fixture::with(
        RegistryOptions {
            policy,
            ..options(&clock)
        },
        clock,
    );
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
fn an_operation_happens_once_whoever_asks_again() {
    let mut f = Fixture::new();
    let operation = OperationId::from_bytes([3; 16]);
    let once = WHO.with_operation(operation);
    assert_eq!(f.registry.resolve(operation), Ok(Resolution::NotDone));
    let key: Signer<PreActivation> = f.registry.generate(&SPEC, &once, &mut f.rng).unwrap();
    assert_eq!(
        f.registry.resolve(operation),
        Ok(Resolution::Done(key.name()))
    );
    let again: Signer<PreActivation> = f.registry.generate(&SPEC, &once, &mut f.rng).unwrap();
    assert_eq!(key.name(), again.name());
    let other = KeySpec {
        owner: "somebody else",
        ..SPEC
    };
    let other: Result<Signer<_>, _> = f.registry.generate(&other, &once, &mut f.rng);
    assert_eq!(refused(other), Refusal::OperationReused);
    assert_eq!(
        key.activate(&f.registry, &once).unwrap_err().reason(),
        Some(Refusal::OperationReused)
    );
}
