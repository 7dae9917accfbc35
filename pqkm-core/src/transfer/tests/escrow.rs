//! Escrow: several agents, terms, and the record that an opening leaves.

use alloc::vec::Vec;

use super::*;
use crate::{MlKem512, SecretBytes, TranscriptError};

const POLICY: &str = "two directors ask in writing";
const REASON: &str = "minutes of the board, no. 12";

/// Two agents with different algorithms, and the key with which they sign records.
struct Agents {
    first: DecapsulationKey<MlKem512>,
    second: DecapsulationKey<MlKem768>,
    signer: SigningKey<MlDsa44>,
}

fn agents(world: &mut World) -> Agents {
    Agents {
        first: DecapsulationKey::generate(&mut world.rng).unwrap(),
        second: DecapsulationKey::generate(&mut world.rng).unwrap(),
        signer: SigningKey::generate(&mut world.rng).unwrap(),
    }
}

fn terms() -> Terms<'static> {
    Terms {
        policy: POLICY,
        data_until: at(3_000),
    }
}

fn try_deposit(
    world: &mut World,
    agents: &[&dyn Agent],
    terms: Terms<'_>,
) -> Result<(EscrowEnvelope, WireSizes), SendError> {
    let deposit = Deposit {
        source: &world.source,
        agents,
        terms,
    };
    EscrowEnvelope::deposit_key(&world.key, &about(), &deposit, &mut world.rng)
}

fn deposit(world: &mut World, agents: &Agents) -> EscrowEnvelope {
    let (first, second) = (
        agents.first.encapsulation_key(),
        agents.second.encapsulation_key(),
    );
    try_deposit(world, &[&first, &second], terms()).unwrap().0
}

fn deposit_bytes(world: &mut World, agents: &Agents, secret: &[u8]) -> EscrowEnvelope {
    let key = agents.second.encapsulation_key();
    let deposit = Deposit {
        source: &world.source,
        agents: &[&key],
        terms: terms(),
    };
    let secret = SecretBytes::copy_from(secret);
    EscrowEnvelope::deposit_secret(&secret, &about(), &deposit, &mut world.rng)
        .unwrap()
        .0
}

/// Opens as the second agent.
fn open(
    world: &mut World,
    agents: &Agents,
    envelope: &EscrowEnvelope,
    policy: &str,
    transcript: &mut impl Transcript,
    store: &mut impl ReplayStore,
) -> Result<Received<Aes256Key>, ReceiveError> {
    let source = world.source.verifying_key();
    let opening = Opening {
        expected: Expected {
            source: &source,
            purpose: PURPOSE,
        },
        policy,
        reason: REASON,
        agent: &agents.second,
        signer: &agents.signer,
        transcript,
    };
    envelope.open_key(opening, &at(1_500), store, &mut world.rng)
}

fn refused_key(
    world: &mut World,
    agents: &Agents,
    envelope: &EscrowEnvelope,
) -> Option<ReceiveError> {
    let mut records = Vec::new();
    let mut store = MemoryReplayStore::new();
    let result = open(world, agents, envelope, POLICY, &mut records, &mut store);
    assert_eq!(records.len(), usize::from(result.is_ok()));
    result.err()
}

#[test]
fn an_agent_opens_once_and_leaves_a_record() {
    let mut world = world();
    let agents = agents(&mut world);
    let envelope = deposit(&mut world, &agents);
    let envelope = EscrowEnvelope::from_pem(&envelope.to_pem()).unwrap();
    assert_eq!(envelope.terms(), terms());
    assert_eq!(envelope.key_attributes().unwrap().generation(), 3);
    let sizes = envelope.sizes();
    assert_eq!(sizes.total, envelope.to_der().len());
    assert_eq!(sizes.encapsulations, 768 + 1088);
    assert_eq!(sizes.signature, 2420);

    let (mut records, mut store) = (Vec::new(), MemoryReplayStore::new());
    let result = open(
        &mut world,
        &agents,
        &envelope,
        POLICY,
        &mut records,
        &mut store,
    );
    let received = result.ok().unwrap();
    let bytes = |key: &Aes256Key| {
        let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
        exposed.to_bytes().to_vec()
    };
    assert_eq!(bytes(&received.contents), bytes(&world.key));
    assert_eq!(received.generation, about().generation);

    let record = OpeningRecord::from_pem(&records[0].to_pem()).unwrap();
    assert!(record.verify(&agents.signer.verifying_key()).is_ok());
    assert!(record.verify(&world.source.verifying_key()).is_err());
    assert!(record.is_about(&envelope));
    assert!(!record.is_about(&deposit(&mut world, &agents)));
    assert_eq!(record.envelope_id(), envelope.envelope_id());
    assert_eq!(
        record.agent(),
        agents.second.encapsulation_key().fingerprint()
    );
    assert_eq!(record.signer(), agents.signer.verifying_key().fingerprint());
    assert_eq!((record.reason(), record.opened_at()), (REASON, at(1_500)));

    let again = open(
        &mut world,
        &agents,
        &envelope,
        POLICY,
        &mut records,
        &mut store,
    );
    assert_eq!(again.err(), Some(ReceiveError::Replayed));
}

#[test]
fn every_agent_can_say_whether_it_could_open() {
    let mut world = world();
    let agents = agents(&mut world);
    let mut envelope = deposit(&mut world, &agents);
    let source = world.source.verifying_key();
    let expected = Expected {
        source: &source,
        purpose: PURPOSE,
    };
    let both = |envelope: &EscrowEnvelope| {
        (
            envelope.check_openable(&expected, &agents.first, &at(1_500)),
            envelope.check_openable(&expected, &agents.second, &at(1_500)),
        )
    };
    assert_eq!(both(&envelope), (Ok(()), Ok(())));
    assert_eq!(
        envelope.check_openable(&expected, &world.recipient, &at(1_500)),
        Err(ReceiveError::Recipient)
    );
    // A dishonest source gives the second agent a record of another envelope.
    let other = deposit(&mut world, &agents);
    let record = other.wire.body.records[1].clone();
    envelope.wire.body.records[1] = record;
    sign_again(&mut world, &mut envelope);
    assert_eq!(both(&envelope), (Ok(()), Err(ReceiveError::Unwrap)));
}

#[test]
fn two_agents_may_have_one_replay_store() {
    let mut world = world();
    let agents = agents(&mut world);
    let envelope = deposit(&mut world, &agents);
    let (mut records, mut store) = (Vec::new(), MemoryReplayStore::new());
    let source = world.source.verifying_key();
    let opening = Opening {
        expected: Expected {
            source: &source,
            purpose: PURPOSE,
        },
        policy: POLICY,
        reason: REASON,
        agent: &agents.first,
        signer: &agents.signer,
        transcript: &mut records,
    };
    let first: Result<Received<Aes256Key>, _> =
        envelope.open_key(opening, &at(1_500), &mut store, &mut world.rng);
    assert!(first.is_ok());
    let second = open(
        &mut world,
        &agents,
        &envelope,
        POLICY,
        &mut records,
        &mut store,
    );
    assert!(second.is_ok());
    assert_eq!(records.len(), 2);
}

#[test]
fn nothing_is_released_without_policy_and_transcript() {
    struct Full;
    impl Transcript for Full {
        fn append(&mut self, _: &OpeningRecord) -> Result<(), TranscriptError> {
            Err(TranscriptError)
        }
    }
    let mut world = world();
    let agents = agents(&mut world);
    let envelope = deposit(&mut world, &agents);
    let mut store = MemoryReplayStore::new();
    let mut records = Vec::new();
    let result = open(
        &mut world,
        &agents,
        &envelope,
        "any director",
        &mut records,
        &mut store,
    );
    assert_eq!(result.err(), Some(ReceiveError::Policy));
    let result = open(
        &mut world, &agents, &envelope, POLICY, &mut Full, &mut store,
    );
    assert_eq!(result.err(), Some(ReceiveError::Transcript));
    assert!(records.is_empty());
    // Neither has spent the envelope.
    let result = open(
        &mut world,
        &agents,
        &envelope,
        POLICY,
        &mut records,
        &mut store,
    );
    assert!(result.is_ok());
}

#[test]
fn a_transcript_comes_before_the_replay_store() {
    struct Broken;
    impl ReplayStore for Broken {
        fn spend(&mut self, _: &ReplayEntry, _: UnixTime) -> Result<(), ReplayError> {
            Err(ReplayError::Io)
        }
    }
    let mut world = world();
    let agents = agents(&mut world);
    let envelope = deposit(&mut world, &agents);
    let mut records = Vec::new();
    let result = open(
        &mut world,
        &agents,
        &envelope,
        POLICY,
        &mut records,
        &mut Broken,
    );
    assert_eq!(result.err(), Some(ReceiveError::Store(ReplayError::Io)));
    assert_eq!(records.len(), 1);
}

#[test]
fn secrets_and_keys_are_not_taken_for_each_other() {
    let mut world = world();
    let agents = agents(&mut world);
    let secret = world.rng.bytes(32);
    let mut envelope = deposit_bytes(&mut world, &agents, &secret);
    assert_eq!(envelope.key_attributes(), None);
    assert_eq!(
        refused_key(&mut world, &agents, &envelope),
        Some(ReceiveError::Unwrap)
    );
    let mut keyed = deposit(&mut world, &agents);
    for envelope in [&envelope, &keyed] {
        let source = world.source.verifying_key();
        let mut records = Vec::new();
        let opening = Opening {
            expected: Expected {
                source: &source,
                purpose: PURPOSE,
            },
            policy: POLICY,
            reason: REASON,
            agent: &agents.second,
            signer: &agents.signer,
            transcript: &mut records,
        };
        let mut store = MemoryReplayStore::new();
        let opened = envelope.open_secret(opening, &at(1_500), &mut store, &mut world.rng);
        match opened {
            Ok(received) => {
                let token = ExposeToken::acknowledge();
                assert_eq!(received.contents.expose(token), secret);
            }
            Err(error) => {
                assert_eq!(error, ReceiveError::Unwrap);
                assert!(envelope.key_attributes().is_some() && records.is_empty());
            }
        }
    }
    // The source calls the bytes a key, or the key bytes: the derivation binds which it is.
    envelope.wire.body.header.key = keyed.wire.body.header.key.take();
    for envelope in [&mut envelope, &mut keyed] {
        sign_again(&mut world, envelope);
        assert_eq!(
            refused_key(&mut world, &agents, envelope),
            Some(ReceiveError::Unwrap)
        );
    }
}

#[test]
fn every_field_is_signed_and_bound() {
    let mut world = world();
    let agents = agents(&mut world);
    let one = deposit(&mut world, &agents);
    let two = deposit(&mut world, &agents);
    let more: [Swap<kind::Escrow>; 5] = [
        |e, _| e.wire.body.header.terms.as_mut().unwrap().policy = POLICY.into(),
        |e, _| {
            let data_until = at(3_001).to_generalized().unwrap();
            e.wire.body.header.terms.as_mut().unwrap().data_until = data_until;
        },
        |e, _| e.wire.body.header.recipients.swap(0, 1),
        |e, _| {
            e.wire.body.header.recipients.remove(0);
            e.wire.body.records.remove(0);
        },
        |e, o| e.wire.body.sealed.clone_from(&o.wire.body.sealed),
    ];
    for (number, swap) in swaps().iter().chain(&more).enumerate() {
        let mut swapped = one.clone();
        swap(&mut swapped, &two);
        // The policy was set to what it is.
        if number == 6 {
            assert_eq!(swapped, one);
            continue;
        }
        assert_eq!(
            refused_key(&mut world, &agents, &swapped),
            Some(ReceiveError::Source),
            "field {number}"
        );
        sign_again(&mut world, &mut swapped);
        let expected = match number {
            5 => ReceiveError::Purpose,
            _ => ReceiveError::Unwrap,
        };
        assert_eq!(
            refused_key(&mut world, &agents, &swapped),
            Some(expected),
            "field {number}"
        );
    }
}

#[test]
fn terms_and_agents_must_make_sense() {
    let mut world = world();
    let agents = agents(&mut world);
    let (first, second) = (
        agents.first.encapsulation_key(),
        agents.second.encapsulation_key(),
    );
    let mut error = |agents: &[&dyn Agent], terms| try_deposit(&mut world, agents, terms).err();
    assert_eq!(error(&[], terms()), Some(SendError::Agents));
    let twice: [&dyn Agent; 3] = [&first, &second, &first];
    assert_eq!(error(&twice, terms()), Some(SendError::Agents));
    let long = "x".repeat(4_097);
    for policy in ["", &long] {
        let terms = Terms { policy, ..terms() };
        assert_eq!(error(&[&first], terms), Some(SendError::Terms));
    }
    // The envelope expires at 2,000.
    for (data_until, expected) in [(1_999, Some(SendError::Terms)), (2_000, None)] {
        let terms = Terms {
            data_until: at(data_until),
            ..terms()
        };
        assert_eq!(error(&[&first], terms), expected);
    }
    let keys: Vec<_> = (0..65)
        .map(|_| DecapsulationKey::<MlKem512>::generate(&mut world.rng).unwrap())
        .map(|key| key.encapsulation_key())
        .collect();
    let mut many: Vec<&dyn Agent> = Vec::new();
    for key in &keys {
        many.push(key);
    }
    let mut error = |agents: &[&dyn Agent]| try_deposit(&mut world, agents, terms()).err();
    assert_eq!(error(&many), Some(SendError::Agents));
    assert_eq!(error(&many[1..]), None);
}

#[test]
fn damaged_envelopes_and_records_are_refused() {
    let mut world = world();
    let agents = agents(&mut world);
    let der = deposit(&mut world, &agents).to_der();
    mutate::for_each_truncation(&der, |damaged| {
        assert!(EscrowEnvelope::from_der(damaged).is_err());
    });
    let source = world.source.verifying_key();
    mutate::for_each_bit_flip(&der, |bit, damaged| {
        // Verifying is slow here: every bit of what is no ciphertext, one in 29 of the rest.
        if bit > 300 * 8 && !bit.is_multiple_of(29) {
            return;
        }
        if let Ok(envelope) = EscrowEnvelope::from_der(damaged) {
            assert_eq!(envelope.to_der(), damaged, "bit {bit}");
            assert!(envelope.verify(&source).is_err(), "bit {bit}");
        }
    });

    let envelope = deposit(&mut world, &agents);
    let (mut records, mut store) = (Vec::new(), MemoryReplayStore::new());
    let opened = open(
        &mut world,
        &agents,
        &envelope,
        POLICY,
        &mut records,
        &mut store,
    );
    assert!(opened.is_ok());
    let signer = agents.signer.verifying_key();
    let der = records[0].to_der();
    mutate::for_each_truncation(&der, |damaged| {
        assert!(OpeningRecord::from_der(damaged).is_err());
    });
    mutate::for_each_bit_flip(&der, |bit, damaged| {
        if bit > 300 * 8 && !bit.is_multiple_of(29) {
            return;
        }
        if let Ok(record) = OpeningRecord::from_der(damaged) {
            assert!(record.verify(&signer).is_err(), "bit {bit}");
        }
    });
}
