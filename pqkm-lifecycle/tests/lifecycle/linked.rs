//! Linked keys: what holds for one holds for both.

use pqkm_core::{MlDsa65, VerifyingKey};
use pqkm_lifecycle::{
    KeyName, KeySpec, Managed, Stale, UseError,
    state::{Active, PreActivation},
    table::Half,
};

use crate::{
    SPEC, Signer,
    support::{Fixture, NOW, WHO, time},
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
