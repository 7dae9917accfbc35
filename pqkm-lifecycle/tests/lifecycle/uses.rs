//! What limits uses: allowances, budgets, periods.

use pqkm_core::{Aes256Key, WrapContext};
use pqkm_lifecycle::{
    DueReason, KeySpec, LeaseTerms, PolicyRefusal, Refusal, RegistryOptions, Stale, UseError,
    state::{Active, PreActivation},
    table::Use,
};

use crate::{
    SPEC, Signer, Wrapper, refused, signer,
    support::{Fixture, NOW, TestClock, WHO, handle_refused, options, time},
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

#[test]
fn what_a_dead_process_had_leased_stays_spent_and_is_seen() {
    let clock = TestClock::at(NOW);
    let terms = LeaseTerms {
        uses: 4,
        seconds: 60,
    };
    let options = RegistryOptions {
        terms,
        ..options(&clock)
    };
    let mut f = Fixture::with(options, clock);
    let spec = KeySpec {
        budget: Some(10),
        ..SPEC
    };
    let key = wrapper(&mut f, &spec);
    let name = key.name();
    let promote = |f: &Fixture| -> Wrapper<Active> {
        let found = f.registry.find(name).unwrap();
        found.promote(&f.registry, "anna").unwrap()
    };
    let leases = |f: &Fixture| {
        let found = f.registry.find(name).unwrap();
        let leases = found.leases().into_iter();
        let leases: Vec<_> = leases.map(|lease| (lease.uses, lease.expires)).collect();
        (leases, found.lapsed_uses(), found.uses().0)
    };
    // One dies, one gives back.
    drop(key);
    let other = promote(&f);
    let ends = time(NOW + 60);
    assert_eq!(leases(&f), (vec![(4, ends), (4, ends)], 0, 8));
    other.give_back(&f.registry).unwrap();
    assert_eq!(leases(&f), (vec![(4, ends)], 0, 4));
    f.clock.pass(60);
    assert_eq!(leases(&f), (vec![(4, ends)], 0, 4));
    let mut key = promote(&f);
    assert_eq!(leases(&f), (vec![(4, time(NOW + 120))], 4, 8));
    // A handle that renews is alive: what it had did not lapse.
    f.clock.pass(60);
    key.renew(&f.registry, "anna").unwrap();
    assert_eq!(leases(&f), (vec![(2, time(NOW + 180))], 4, 10));
}

#[test]
fn a_full_history_ends_activation_and_nothing_that_takes_a_key_out_of_use() {
    let mut f = Fixture::new();
    let mut key = wrapper(&mut f, &SPEC);
    let key = loop {
        let suspended = key.suspend(&f.registry, &WHO).unwrap();
        match suspended.activate(&f.registry, &WHO) {
            Ok(active) => key = active,
            Err(error) => break handle_refused(Err::<(), _>(error)),
        }
    };
    let (suspended, reason) = key;
    assert_eq!(reason, Refusal::HistoryFull);
    let key = suspended.deactivate(&f.registry, &WHO).unwrap();
    let key = key.compromise(&f.registry, time(NOW), &WHO).unwrap();
    let _gone = key.destroy(&f.registry, &WHO).unwrap();

    // So does one that was active when its history was full.
    let mut key = wrapper(&mut f, &SPEC);
    for _ in 0..99 {
        let suspended = key.suspend(&f.registry, &WHO).unwrap();
        key = suspended.activate(&f.registry, &WHO).unwrap();
    }
    let key = key.deactivate(&f.registry, &WHO).unwrap();
    let _gone = key.destroy(&f.registry, &WHO).unwrap();
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
}
