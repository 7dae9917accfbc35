//! Keys through their lives: transitions, leases, periods, budgets, dependants, links, approvals.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    reason = "helpers of tests, which run with std"
)]

use pqkm_core::{
    Aes256Kwp, AgreementKey, AgreementPublicKey, AssertedAt, DecapsulationKey, EncapsulationKey,
    MlDsa65, MlKem768, SigningKey, VerifyingKey, WrappingKey, X25519,
};
use pqkm_lifecycle::{
    AcceptRisk, KeySpec, Managed, OperationError, OperationId, PolicyRefusal, Refusal, Resolution,
    Shown, Stale, UseError,
    state::{Active, PreActivation, Suspended},
    table::{Half, KeyState, Use},
};

use support::{Fixture, NOW, WHO, time};

mod distribute;
mod evidence;
mod linked;
mod module;
mod policy;
mod together;
mod uses;

#[path = "../support/mod.rs"]
mod support;

pub(crate) type Signer<S> = Managed<SigningKey<MlDsa65>, S>;
pub(crate) type Wrapper<S> = Managed<WrappingKey<Aes256Kwp>, S>;

pub(crate) const SPEC: KeySpec<'_> = KeySpec {
    owner: "release",
    purpose: "sign releases",
    exportable: false,
    originator_seconds: None,
    recipient_seconds: None,
    budget: None,
};

pub(crate) fn signer(f: &mut Fixture) -> Signer<Active> {
    let key: Signer<PreActivation> = f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    key.activate(&f.registry, &WHO).unwrap()
}

pub(crate) fn wrapper(f: &mut Fixture, spec: &KeySpec<'_>) -> Wrapper<Active> {
    let key: Wrapper<PreActivation> = f.registry.generate(spec, &WHO, &mut f.rng).unwrap();
    key.activate(&f.registry, &WHO).unwrap()
}

pub(crate) fn asserted(seconds: u64) -> Shown<'static, AssertedAt> {
    Shown {
        authority: WHO,
        evidence: AssertedAt::new(time(seconds)),
    }
}

pub(crate) fn refused<T: core::fmt::Debug>(result: Result<T, OperationError>) -> Refusal {
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

#[test]
fn an_agreement_counts_as_a_use() {
    let mut f = Fixture::new();
    let key: Managed<AgreementKey<X25519>, PreActivation> =
        f.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    let public = f
        .registry
        .find_primary(key.name().id, Half::Public)
        .unwrap();
    let public: AgreementPublicKey<X25519> = public.public_key().unwrap().promote().unwrap();
    let key = key.activate(&f.registry, &WHO).unwrap();
    let peer = AgreementKey::<X25519>::generate(&mut f.rng).unwrap();
    let left = key.uses_left(Use::Protect);
    let ours = key.agree(&peer.agreement_public_key()).unwrap();
    assert_eq!(key.uses_left(Use::Protect), left - 1);
    let theirs = peer.agree(&public).unwrap();
    assert!(bool::from(subtle::ConstantTimeEq::ct_eq(&ours, &theirs)));
}
