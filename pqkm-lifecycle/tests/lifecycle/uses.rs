//! What limits uses: allowances, budgets, periods.

use pqkm_core::{Aes256Key, WrapContext};
use pqkm_lifecycle::{
    DueReason, KeySpec, LeaseTerms, PolicyRefusal, Refusal, RegistryOptions, Stale, UseError,
    state::{Active, PreActivation},
    table::Use,
};

use crate::{
    SPEC, Signer, Wrapper, refused, signer,
    support::{Fixture, NOW, TestClock, WHO, options, time},
    wrapper,
};

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
            Ok(record) => {
                wrapped.push(record);
                assert!(wrapped.len() <= 10, "beyond the budget");
            }
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
