//! Evidence of when something was protected, and from whom it comes.

use pqkm_core::{
    Ciphertext, DecapsulationKey, Ed25519, EncapsulationKey, MlKem768, ProtectedAt as _,
    SigningKey, VerifyingKey,
};
use pqkm_lifecycle::{
    AcceptRisk, AuditError, Hash, KeyStore as _, Managed, Refusal, Registry, Shown, UseError,
    audit::{Checkpoint, InclusionProof, LoggedAt},
    state::PreActivation,
    table::Half,
};
use pqkm_testkit::rng::SeededRng;

use crate::{
    SPEC,
    support::{Fixture, NOW, TestClock, WHO, options, time},
};

/// The last event of a log, and what shows that it is there.
struct Proof {
    registry: Hash,
    event: Vec<u8>,
    proof: InclusionProof,
    checkpoint: Checkpoint,
}

impl Proof {
    fn of_last(registry: &Registry, auditor: &SigningKey<Ed25519>, rng: &mut SeededRng) -> Self {
        let checkpoint = registry.checkpoint(auditor, rng).unwrap();
        let last = checkpoint.size() - 1;
        Self {
            registry: registry.id(),
            event: registry.entry(last).unwrap(),
            proof: registry.prove_inclusion(last, last + 1).unwrap(),
            checkpoint,
        }
    }

    fn shown<'a>(&'a self, key: &'a VerifyingKey<Ed25519>) -> LoggedAt<'a, Ed25519> {
        LoggedAt {
            registry: self.registry,
            event: &self.event,
            proof: &self.proof,
            checkpoint: &self.checkpoint,
            key,
        }
    }
}

type Decapsulator<S> = Managed<DecapsulationKey<MlKem768>, S>;

#[test]
fn a_compromised_key_takes_its_own_registry_s_log_for_evidence() {
    let mut f = Fixture::new();
    let auditor = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let verifying = auditor.verifying_key();
    let key: Decapsulator<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let id = key.name().id;
    let key = key.activate(&f.registry, &WHO).unwrap();
    let public = f.registry.find_primary(id, Half::Public).unwrap();
    let public: EncapsulationKey<MlKem768> = public.public_key().unwrap().promote().unwrap();
    let [in_time, other] = [(); 2].map(|()| public.encapsulate(&mut f.rng).unwrap().0);
    // Another registry, whose clock is behind and whose checkpoints the same auditor signs.
    let clock = TestClock::at(NOW);
    let theirs = Fixture::with(options(&clock), clock);
    let mut noted = |registry: &Registry, ciphertext: &Ciphertext<MlKem768>| {
        registry.note(ciphertext.as_bytes(), &WHO).unwrap();
        Proof::of_last(registry, &auditor, &mut f.rng)
    };
    let ours_in_time = noted(&f.registry, &in_time);
    f.clock.pass(200);
    let key = key.compromise(&f.registry, time(NOW + 100), &WHO).unwrap();

    let decapsulate = |ciphertext, proof: &Proof| {
        let evidence = proof.shown(&verifying);
        let authority = WHO;
        let shown = Shown {
            authority,
            evidence,
        };
        let opened = key.decapsulate_with(&f.registry, ciphertext, &shown, AcceptRisk::knowingly());
        opened.map(drop)
    };
    let refused = Err(UseError::Registry(Refusal::Evidence.into()));
    let their_proof = noted(&theirs.registry, &other);
    assert_eq!(decapsulate(&other, &their_proof), refused);
    // A note that was taken here, but too late, makes theirs no better.
    let ours_too_late = noted(&f.registry, &other);
    for proof in [&their_proof, &ours_too_late] {
        assert_eq!(decapsulate(&other, proof), refused);
    }
    decapsulate(&in_time, &ours_in_time).unwrap();
    // Noting again moves nothing.
    let again = noted(&f.registry, &in_time);
    assert_eq!(decapsulate(&in_time, &again), refused);
    decapsulate(&in_time, &ours_in_time).unwrap();

    f.registry.sequence().unwrap();
    f.registry.compare_with_log().unwrap();
    for (name, _) in f.store.scan(b"w", None, 10).unwrap() {
        f.store.tamper(name, None).unwrap();
    }
    assert_eq!(decapsulate(&in_time, &ours_in_time), refused);
    assert_eq!(f.registry.compare_with_log(), Err(AuditError::Row));
}

#[test]
fn a_log_is_evidence_for_whom_it_was_asked_of() {
    let mut f = Fixture::new();
    let auditor = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let key = auditor.verifying_key();
    f.registry.note(b"data", &WHO).unwrap();
    let mut proof = Proof::of_last(&f.registry, &auditor, &mut f.rng);
    let found = proof.shown(&key).protected_at(b"data").unwrap();
    assert_eq!(found.latest, time(NOW));
    assert!(proof.shown(&key).protected_at(b"other").is_err());
    proof.registry = Hash::from_bytes([1; 32]);
    assert!(proof.shown(&key).protected_at(b"data").is_err());
}
