//! Keys and what belongs to them: dependants, leases of others, successors, linked keys.

use pqkm_core::{
    Aes256Key, DecapsulationKey, Ed25519, EncapsulationKey, KekName, MlDsa65, MlKem768, SigningKey,
    VerifyingKey, WrapContext,
};
use pqkm_lifecycle::{
    DueReason, KeyName, KeySpec, LinkedPair, Managed, OperationId, Refusal, Stale, UseError,
    state::{Active, Deactivated, PreActivation, Suspended},
    table::{Half, KeyState},
};

use crate::{
    SPEC, Signer, Wrapper, asserted, refused, signer,
    support::{Fixture, NOW, WHO, handle_refused, time},
    wrapper,
};

#[test]
fn a_key_is_not_destroyed_while_anything_depends_on_it() {
    let mut f = Fixture::new();
    let key = wrapper(&mut f, &SPEC);
    let name = key.name();
    for record in [b"a".as_slice(), b"b", b"a"] {
        f.registry.add_dependant(name, record, &WHO).unwrap();
    }
    let key = key.deactivate(&f.registry, &WHO).unwrap();
    let (handle, reason) = handle_refused(key.destroy(&f.registry, &WHO));
    assert_eq!(reason, Refusal::Dependants(2));
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
    let (key, reason) = handle_refused(key.destroy(&f.registry, &WHO));
    assert_eq!(reason, Refusal::LeasesRunning(time(NOW + 300)));
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

/// The public half of a signing key, activated.
fn verifier(f: &Fixture, name: KeyName) -> Managed<VerifyingKey<MlDsa65>, Active> {
    let half = Half::Public;
    let found = f.registry.find(KeyName { half, ..name }).unwrap();
    let key: Managed<_, PreActivation> = found.promote(&f.registry, "anna").unwrap();
    key.activate(&f.registry, &WHO).unwrap()
}

#[test]
fn what_was_signed_before_a_rotation_still_verifies() {
    for activated_before in [true, false] {
        let mut f = Fixture::new();
        let key = signer(&mut f);
        let name = key.name();
        let signature = key.sign(b"m", &mut f.rng).unwrap();
        let before = activated_before.then(|| verifier(&f, name));
        f.clock.pass(10);
        let _next: Signer<Active> = f.registry.rotate(name.id, &WHO, &mut f.rng).unwrap();
        let key = before.unwrap_or_else(|| verifier(&f, name));
        key.verify(b"m", &signature).unwrap();

        // Deactivated later, it is still asked for what was signed until then.
        f.clock.pass(40);
        let key = key.deactivate(&f.registry, &WHO).unwrap();
        let verify = |at| key.verify_with(&f.registry, b"m", &signature, &asserted(at));
        verify(NOW + 9).unwrap();
        assert_eq!(
            verify(NOW + 10),
            Err(UseError::Registry(Refusal::Evidence.into()))
        );
    }
}

#[test]
fn a_verification_key_comes_back_after_the_originator_period() {
    let mut f = Fixture::new();
    let spec = KeySpec {
        originator_seconds: Some(100),
        ..SPEC
    };
    let key: Signer<PreActivation> = f.registry.generate(&spec, &WHO, &mut f.rng).unwrap();
    let key = key.activate(&f.registry, &WHO).unwrap();
    let signature = key.sign(b"m", &mut f.rng).unwrap();
    let public = verifier(&f, key.name());
    let public = public.suspend(&f.registry, &WHO).unwrap();
    f.clock.pass(100);
    let key = f.registry.find(key.name()).unwrap();
    let key: Signer<Suspended> = key.promote(&f.registry, "anna").unwrap();
    drop(key.destroy(&f.registry, &WHO).unwrap());
    let public = public.activate(&f.registry, &WHO).unwrap();
    public.verify(b"m", &signature).unwrap();
}

#[test]
fn a_pair_is_due_by_its_secret_half() {
    let mut f = Fixture::new();
    let key: Managed<DecapsulationKey<MlKem768>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let key = key.activate(&f.registry, &WHO).unwrap();
    let signer = signer(&mut f);
    drop(verifier(&f, signer.name()));
    let mut expected = [key.name(), signer.name()];
    let ends = expected.map(|name| {
        let ends = f.registry.find(name).unwrap().period_ends();
        ends.unwrap().0
    });
    let (due, _) = f.registry.due(ends[0].max(ends[1]), None).unwrap();
    let listed: Vec<_> = due.iter().map(|due| due.key).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
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

type Pair<S> = LinkedPair<SigningKey<MlDsa65>, SigningKey<Ed25519>, S>;

#[test]
fn a_pair_is_one_thing() {
    let mut f = Fixture::new();
    let short = KeySpec {
        originator_seconds: Some(100),
        ..SPEC
    };
    let one: Signer<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let other: Managed<SigningKey<Ed25519>, PreActivation> =
        f.registry.generate(&short, &WHO, &mut f.rng).unwrap();
    let names = [one.name(), other.name()];
    let ends = |f: &Fixture| names.map(|name| f.registry.find(name).unwrap().period_ends());
    let states = |f: &Fixture| names.map(|name| f.registry.find(name).unwrap().state());
    let pair: Pair<PreActivation> = LinkedPair::link((one, other), &f.registry, &WHO).unwrap();
    let pair = pair.activate(&f.registry, &WHO).unwrap();
    // They expire together, with the shorter period.
    assert_eq!(ends(&f)[0], ends(&f)[1]);
    assert_eq!(ends(&f)[0].map(|ends| ends.0), Some(time(NOW + 100)));
    pair.one().sign(b"m", &mut f.rng).unwrap();
    pair.other().sign(b"m", &mut f.rng).unwrap();

    let pair = pair.suspend(&f.registry, &WHO).unwrap();
    assert_eq!(states(&f), [KeyState::Suspended; 2]);
    let pair = pair.activate(&f.registry, &WHO).unwrap();
    let next = pair.rotate(&f.registry, &WHO, &mut f.rng).unwrap();
    assert_eq!(next.one().name().version, next.other().name().version);
    next.one().sign(b"m", &mut f.rng).unwrap();
    // The leases of its own two handles do not stand in the way.
    let next: Pair<Active> = LinkedPair::of(
        (
            f.registry
                .find(next.one().name())
                .unwrap()
                .promote(&f.registry, "anna")
                .unwrap(),
            f.registry
                .find(next.other().name())
                .unwrap()
                .promote(&f.registry, "anna")
                .unwrap(),
        ),
        &f.registry,
    )
    .unwrap();
    let (pair, reason) = handle_refused(next.destroy(&f.registry, &WHO));
    assert_eq!(reason, Refusal::LeasesRunning(time(NOW + 100)));
    f.clock.pass(100);
    let gone: Pair<_> = pair.destroy(&f.registry, &WHO).unwrap();
    assert_eq!(gone.one().state(), KeyState::Destroyed);
    assert_eq!(gone.other().state(), KeyState::Destroyed);
    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
}

#[test]
fn a_pair_is_destroyed_while_its_own_handles_have_leases() {
    let mut f = Fixture::new();
    let one: Signer<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let other: Managed<SigningKey<Ed25519>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let stranger: Managed<SigningKey<Ed25519>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let pair: Pair<_> = LinkedPair::link((one, other), &f.registry, &WHO).unwrap();
    let pair = pair.activate(&f.registry, &WHO).unwrap();
    let one: Signer<Active> = f
        .registry
        .find(pair.one().name())
        .unwrap()
        .promote(&f.registry, "ben")
        .unwrap();
    let (handle, reason) = handle_refused(pair.destroy(&f.registry, &WHO));
    assert_eq!(reason, Refusal::LeasesRunning(time(NOW + 300)));
    one.give_back(&f.registry).unwrap();
    drop(handle.destroy(&f.registry, &WHO).unwrap());
    let stranger = stranger.activate(&f.registry, &WHO).unwrap();
    let alone = signer(&mut f);
    assert_eq!(
        refused(LinkedPair::of((alone, stranger), &f.registry)),
        Refusal::Linked(KeyState::Active)
    );
}

#[test]
fn records_name_the_key_that_wrapped_them_whatever_its_version() {
    let mut f = Fixture::new();
    let key = wrapper(&mut f, &SPEC);
    let id = key.name().id;
    let successor: Wrapper<Active> = f.registry.rotate(id, &WHO, &mut f.rng).unwrap();
    let data_key = Aes256Key::generate(&mut f.rng).unwrap();
    let context = WrapContext::new(b"").unwrap();
    let record = successor.wrap_key(&data_key, context, &mut f.rng).unwrap();
    assert_eq!(*record.header().kek(), KekName::KeyId(id));
    // It is a fresh key: the predecessor does not unwrap what it wrapped.
    let key = f.registry.find(key.name()).unwrap();
    let key: Wrapper<Deactivated> = key.promote(&f.registry, "anna").unwrap();
    assert!(key.unwrap_key::<Aes256Key>(&record, context).is_err());
}
