//! Keys between registries: only wrapped, once, on record at both ends.

use std::sync::Arc;

use pqkm_core::{
    DecapsulationKey, Ed25519, KeyId, MlDsa65, MlKem768, ReceiveError, SigningKey,
    transfer::{Expected, MemoryReplayStore, Replicable, ReplicationEnvelope},
};
use pqkm_lifecycle::{
    Authority, Generated, KeySpec, Managed, MemoryStore, Opening, OperationError, PolicyRefusal,
    Refusal, Registry, RegistryOptions, Shipment, SymmetricRoot,
    policy::RulePolicy,
    state::{Active, PreActivation},
    table::{Half, KeyState},
};

use crate::{
    SPEC, Signer,
    policy::governed,
    refused, signer,
    support::{Fixture, NOW, TestClock, WHO, options, time},
};

/// Another device: a registry of its own, and a key to be reached by.
struct Device {
    registry: Registry,
    transport: DecapsulationKey<MlKem768>,
    replays: MemoryReplayStore,
}

impl Device {
    fn new(f: &mut Fixture) -> Self {
        let root = SymmetricRoot::from_bytes(KeyId::from_bytes([5; 16]), &[4; 48]).unwrap();
        let store = MemoryStore::new();
        Self {
            registry: Registry::create(store, root, options(&f.clock), &mut f.rng).unwrap(),
            transport: DecapsulationKey::generate(&mut f.rng).unwrap(),
            replays: MemoryReplayStore::new(),
        }
    }

    fn receive(
        &mut self,
        f: &mut Fixture,
        envelope: &ReplicationEnvelope,
        source: &SigningKey<Ed25519>,
    ) -> Result<Signer<PreActivation>, OperationError> {
        self.receive_by(f, envelope, source, &WHO)
    }

    fn receive_by<K: Generated + Replicable>(
        &mut self,
        f: &mut Fixture,
        envelope: &ReplicationEnvelope,
        source: &SigningKey<Ed25519>,
        who: &Authority<'_>,
    ) -> Result<Managed<K, PreActivation>, OperationError> {
        let source = source.verifying_key();
        let opening = Opening {
            expected: Expected {
                source: &source,
                purpose: "second site",
            },
            recipient: &self.transport,
            replays: &mut self.replays,
        };
        self.registry
            .receive(envelope, opening, &SPEC, who, &mut f.rng)
    }
}

fn send<S: pqkm_lifecycle::state::HoldsKey>(
    f: &mut Fixture,
    key: &Signer<S>,
    device: &Device,
    source: &SigningKey<Ed25519>,
) -> Result<ReplicationEnvelope, OperationError> {
    let shipment = Shipment {
        source,
        recipient: &device.transport.encapsulation_key(),
        purpose: "second site",
        not_before: time(NOW),
        expires: time(NOW + 3600),
    };
    f.registry.send(key, &shipment, &WHO, &mut f.rng)
}

#[test]
fn a_key_arrives_once_and_both_ends_know() {
    let mut f = Fixture::new();
    let source = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let mut device = Device::new(&mut f);
    let key = signer(&mut f);
    let envelope = send(&mut f, &key, &device, &source).unwrap();
    let recipient = device.transport.encapsulation_key().fingerprint();
    assert_eq!(f.registry.find(key.name()).unwrap().copies(), [recipient]);
    // The same device again is the same copy.
    let again = send(&mut f, &key, &device, &source).unwrap();
    assert_eq!(f.registry.find(key.name()).unwrap().copies(), [recipient]);

    let stranger = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    assert_eq!(
        refused(device.receive(&mut f, &envelope, &stranger)),
        Refusal::Receive(ReceiveError::Source)
    );
    let arrived = device.receive(&mut f, &envelope, &source).unwrap();
    assert_eq!(arrived.name(), key.name());
    let arrived = arrived.activate(&device.registry, &WHO).unwrap();
    let signature = arrived.sign(b"m", &mut f.rng).unwrap();
    let public = f
        .registry
        .find_primary(key.name().id, Half::Public)
        .unwrap();
    let public: pqkm_core::VerifyingKey<MlDsa65> = public.public_key().unwrap().promote().unwrap();
    public.verify(b"m", &signature).unwrap();

    assert_eq!(
        refused(device.receive(&mut f, &again, &source)),
        Refusal::Known
    );
    // Another registry behind the same replay store does not open it again.
    let mut second = Device::new(&mut f);
    second.transport = device.transport;
    second.replays = device.replays;
    assert_eq!(
        refused(second.receive(&mut f, &envelope, &source)),
        Refusal::Receive(ReceiveError::Replayed)
    );
    for registry in [&f.registry, &device.registry] {
        registry.sequence().unwrap();
        registry.compare_with_log().unwrap();
    }
    // The destruction record still says where copies went.
    let gone = key.destroy(&f.registry, &WHO).unwrap();
    assert_eq!(f.registry.find(gone.name()).unwrap().copies(), [recipient]);
}

#[test]
fn what_is_not_to_be_sent_is_not_sent() {
    let mut f = Fixture::new();
    let source = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let mut device = Device::new(&mut f);
    let key = signer(&mut f).suspend(&f.registry, &WHO).unwrap();
    assert_eq!(
        refused(send(&mut f, &key, &device, &source)),
        Refusal::State(KeyState::Suspended)
    );

    let clock = TestClock::at(NOW);
    let text = "algorithm * generate forever protect forever process forever\n\
                actor anna generate use distribute active\n\
                actor ben generate use active\n";
    let policy = Box::new(RulePolicy::from_text(text).unwrap());
    let options = RegistryOptions {
        policy,
        ..options(&clock)
    };
    let store = Arc::new(MemoryStore::new());
    let root = SymmetricRoot::from_bytes(KeyId::from_bytes([5; 16]), &[4; 48]).unwrap();
    f.registry = Registry::create(store, root, options, &mut f.rng).unwrap();
    let key: Managed<SigningKey<MlDsa65>, PreActivation> = f
        .registry
        .generate(&KeySpec::default(), &WHO, &mut f.rng)
        .unwrap();
    let key: Signer<Active> = key.activate(&f.registry, &WHO).unwrap();
    let shipment = Shipment {
        source: &source,
        recipient: &device.transport.encapsulation_key(),
        purpose: "second site",
        not_before: time(NOW),
        expires: time(NOW + 3600),
    };
    let ben = Authority::new("ben", "test");
    let sent = f.registry.send(&key, &shipment, &ben, &mut f.rng);
    assert_eq!(
        sent.map(drop),
        Err(OperationError::Refused(Refusal::Policy(
            PolicyRefusal::Actor
        )))
    );
    assert!(f.registry.find(key.name()).unwrap().copies().is_empty());
    let envelope = f.registry.send(&key, &shipment, &WHO, &mut f.rng).unwrap();

    // Nor is it received by whoever may only generate; the envelope is not spent.
    let text = "algorithm * generate forever protect forever process forever\n\
                actor anna generate use distribute\n\
                actor ben generate use\n\
                actor carl use distribute\n";
    device.registry = governed(Box::new(RulePolicy::from_text(text).unwrap())).registry;
    for by in ["ben", "carl"] {
        let who = Authority::new(by, "");
        let received: Result<Signer<_>, _> = device.receive_by(&mut f, &envelope, &source, &who);
        assert_eq!(refused(received), Refusal::Policy(PolicyRefusal::Actor));
    }
    drop(device.receive(&mut f, &envelope, &source).unwrap());
}

#[test]
fn versions_arrive_in_any_order_each_once_and_from_one_source() {
    let mut f = Fixture::new();
    let source = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let (mut device, mut late) = (Device::new(&mut f), Device::new(&mut f));
    let key = signer(&mut f);
    let id = key.name().id;
    let first = [&device, &late].map(|device| send(&mut f, &key, device, &source).unwrap());
    let next: Signer<Active> = f.registry.rotate(id, &WHO, &mut f.rng).unwrap();
    let second = [&device, &late].map(|device| send(&mut f, &next, device, &source).unwrap());
    let primary = |device: &Device| {
        let found = device.registry.find_primary(id, Half::Secret).unwrap();
        found.name().version.get()
    };

    let one = device.receive(&mut f, &first[0], &source).unwrap();
    let one = one.activate(&device.registry, &WHO).unwrap();
    let two = device.receive(&mut f, &second[0], &source).unwrap();
    assert_eq!(two.name(), next.name());
    assert_eq!(primary(&device), 1);
    let two = two.activate(&device.registry, &WHO).unwrap();
    assert_eq!(primary(&device), 2);
    two.sign(b"m", &mut f.rng).unwrap();
    one.sign(b"m", &mut f.rng).unwrap();

    let two = late.receive(&mut f, &second[1], &source).unwrap();
    drop(two.activate(&late.registry, &WHO).unwrap());
    let one = late.receive(&mut f, &first[1], &source).unwrap();
    drop(one.activate(&late.registry, &WHO).unwrap());
    assert_eq!(primary(&late), 2);

    // Neither the same again, nor from somebody else, nor back to where the key was made.
    let third: Signer<Active> = f.registry.rotate(id, &WHO, &mut f.rng).unwrap();
    let stranger = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let again = send(&mut f, &next, &device, &source).unwrap();
    let theirs = send(&mut f, &third, &device, &stranger).unwrap();
    for (envelope, from) in [(&again, &source), (&theirs, &stranger)] {
        assert_eq!(
            refused(device.receive(&mut f, envelope, from)),
            Refusal::Known
        );
    }
    let [_, rotated]: [Signer<Active>; 2] =
        [(); 2].map(|()| device.registry.rotate(id, &WHO, &mut f.rng).unwrap());
    assert_eq!(rotated.name().version.get(), 4);
    core::mem::swap(&mut f.registry, &mut device.registry);
    let back = send(&mut f, &rotated, &device, &source).unwrap();
    assert_eq!(
        refused(device.receive(&mut f, &back, &source)),
        Refusal::Known
    );
    for registry in [&f.registry, &device.registry, &late.registry] {
        registry.sequence().unwrap();
        registry.compare_with_log().unwrap();
    }
}

#[test]
fn a_further_version_is_of_the_same_type_and_of_no_linked_key() {
    let mut f = Fixture::new();
    let source = SigningKey::<Ed25519>::generate(&mut f.rng).unwrap();
    let mut device = Device::new(&mut f);
    let key = signer(&mut f);
    let id = key.name().id;
    let first = send(&mut f, &key, &device, &source).unwrap();
    let next: Signer<Active> = f.registry.rotate(id, &WHO, &mut f.rng).unwrap();
    let second = send(&mut f, &next, &device, &source).unwrap();
    let one = device.receive(&mut f, &first, &source).unwrap();
    let other = device.receive_by::<SigningKey<Ed25519>>(&mut f, &second, &source, &WHO);
    assert_eq!(refused(other), Refusal::Type);
    let partner: Signer<PreActivation> = device.registry.generate(&SPEC, &WHO, &mut f.rng).unwrap();
    device
        .registry
        .link(one.name().id, partner.name().id, &WHO)
        .unwrap();
    assert_eq!(
        refused(device.receive(&mut f, &second, &source)),
        Refusal::AlreadyLinked
    );
}
