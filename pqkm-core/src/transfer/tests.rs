use pqkm_testkit::{mutate, rng::SeededRng};

use der::{Encode, asn1::OctetString};

use super::*;
use crate::{
    Aes256Key, DecapsulationKey, DecodeError, ExposeToken, Fingerprint, MlDsa44, MlKem768,
    ReceiveError, ReplayError, SendError, SigningKey, signed_der,
};

mod escrow;
mod secret;

const PURPOSE: &str = "replica of tenant-42";

struct World {
    rng: SeededRng,
    source: SigningKey<MlDsa44>,
    recipient: DecapsulationKey<MlKem768>,
    key: Aes256Key,
}

pub(in crate::transfer) fn at(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds).unwrap()
}

fn world() -> World {
    let mut rng = SeededRng::from_label("transfer");
    World {
        source: SigningKey::generate(&mut rng).unwrap(),
        recipient: DecapsulationKey::generate(&mut rng).unwrap(),
        key: Aes256Key::generate(&mut rng).unwrap(),
        rng,
    }
}

fn about() -> About<'static> {
    About {
        key_id: KeyId::from_bytes([7; 16]),
        generation: Version::new(3).unwrap(),
        purpose: PURPOSE,
        not_before: at(1_000),
        expires: at(2_000),
    }
}

fn send(world: &mut World) -> (ReplicationEnvelope, WireSizes) {
    ReplicationEnvelope::send(
        &world.key,
        &about(),
        &world.source,
        &world.recipient.encapsulation_key(),
        &mut world.rng,
    )
    .unwrap()
}

fn receive(
    world: &World,
    envelope: &ReplicationEnvelope,
    now: u64,
    store: &mut impl ReplayStore,
) -> Result<Received<Aes256Key>, ReceiveError> {
    let source = world.source.verifying_key();
    let expected = Expected {
        source: &source,
        purpose: PURPOSE,
    };
    envelope.receive(&expected, &world.recipient, &at(now), store)
}

fn refused(world: &World, envelope: &ReplicationEnvelope, now: u64) -> Option<ReceiveError> {
    receive(world, envelope, now, &mut MemoryReplayStore::new()).err()
}

#[test]
fn a_key_arrives_once() {
    let mut world = world();
    let (envelope, sizes) = send(&mut world);
    assert_eq!(sizes.total, envelope.to_der().len());
    assert_eq!(
        (sizes.encapsulations, sizes.sealed, sizes.signature),
        (1088, 0, 2420)
    );
    let envelope = ReplicationEnvelope::from_pem(&envelope.to_pem()).unwrap();
    let mut store = MemoryReplayStore::new();
    let received = receive(&world, &envelope, 1_500, &mut store).unwrap();
    assert_eq!(received.key_id, about().key_id);
    assert_eq!(received.generation, about().generation);
    let bytes = |key: &Aes256Key| {
        key.expose(ExposeToken::acknowledge())
            .unwrap()
            .to_bytes()
            .to_vec()
    };
    assert_eq!(bytes(&received.contents), bytes(&world.key));
    let again = receive(&world, &envelope, 1_500, &mut store).err();
    assert_eq!(again, Some(ReceiveError::Replayed));
}

#[test]
fn source_recipient_purpose_and_time_must_be_the_expected_ones() {
    let mut world = world();
    let (envelope, _) = send(&mut world);
    assert_eq!(
        refused(&world, &envelope, 999),
        Some(ReceiveError::NotYetValid)
    );
    assert_eq!(refused(&world, &envelope, 1_000), None);
    assert_eq!(refused(&world, &envelope, 1_999), None);
    assert_eq!(
        refused(&world, &envelope, 2_000),
        Some(ReceiveError::Expired)
    );

    let source = world.source.verifying_key();
    let expected = Expected {
        source: &source,
        purpose: "escrow",
    };
    let result: Result<Received<Aes256Key>, _> = envelope.receive(
        &expected,
        &world.recipient,
        &at(1_500),
        &mut MemoryReplayStore::new(),
    );
    assert_eq!(result.err(), Some(ReceiveError::Purpose));

    let other = SigningKey::generate(&mut world.rng).unwrap();
    let own = core::mem::replace(&mut world.source, other);
    assert_eq!(
        refused(&world, &envelope, 1_500),
        Some(ReceiveError::Source)
    );
    world.source = own;
    world.recipient = DecapsulationKey::generate(&mut world.rng).unwrap();
    assert_eq!(
        refused(&world, &envelope, 1_500),
        Some(ReceiveError::Recipient)
    );
}

/// Signs a changed envelope anew: what a dishonest source can do.
fn sign_again<K: kind::Kind>(world: &mut World, envelope: &mut Envelope<K>) {
    let body = envelope.wire.body.to_der().unwrap();
    let signature = signed_der::sign(K::LABEL, &body, &world.source, &mut world.rng).unwrap();
    envelope.wire.signature = OctetString::new(signature).unwrap();
}

/// Changes an envelope, with what it takes from another.
type Swap<K> = fn(&mut Envelope<K>, &Envelope<K>);

/// What a recipient does not compare, exchanged or changed; and the purpose.
fn swaps<K: kind::Kind>() -> [Swap<K>; 6] {
    [
        |e, o| e.wire.body.header.envelope_id = o.wire.body.header.envelope_id,
        |e, _| e.wire.body.header.key_id = KeyId::from_bytes([8; 16]),
        |e, _| e.wire.body.header.not_before = at(1_001).to_generalized().unwrap(),
        |e, _| e.wire.body.header.expires = at(2_001).to_generalized().unwrap(),
        |e, o| e.wire.body.records.clone_from(&o.wire.body.records),
        |e, _| e.wire.body.header.purpose.push('!'),
    ]
}

#[test]
fn every_field_is_signed_and_bound() {
    let mut world = world();
    let (one, _) = send(&mut world);
    let (two, _) = send(&mut world);
    for (number, swap) in swaps().iter().enumerate() {
        let mut swapped = one.clone();
        swap(&mut swapped, &two);
        assert_eq!(
            refused(&world, &swapped, 1_500),
            Some(ReceiveError::Source),
            "field {number}"
        );
        // Even the source cannot sign a record into another header: the derivation binds it.
        sign_again(&mut world, &mut swapped);
        let error = refused(&world, &swapped, 1_500);
        let expected = match number {
            5 => ReceiveError::Purpose,
            _ => ReceiveError::Unwrap,
        };
        assert_eq!(error, Some(expected), "field {number}");
    }
    // The names of source and recipient are compared.
    let mut swapped = one.clone();
    swapped.wire.body.header.source = Fingerprint::from_bytes([1; 32]);
    sign_again(&mut world, &mut swapped);
    assert_eq!(refused(&world, &swapped, 1_500), Some(ReceiveError::Source));
    let mut swapped = one;
    swapped.wire.body.header.recipients = alloc::vec![Fingerprint::from_bytes([1; 32])];
    sign_again(&mut world, &mut swapped);
    assert_eq!(
        refused(&world, &swapped, 1_500),
        Some(ReceiveError::Recipient)
    );
}

#[test]
fn envelopes_of_another_shape_are_no_envelopes() {
    let mut world = world();
    let (envelope, _) = send(&mut world);
    let read = |change: fn(&mut ReplicationEnvelope)| {
        let mut changed = envelope.clone();
        change(&mut changed);
        ReplicationEnvelope::from_der(&changed.to_der()).err()
    };
    assert_eq!(read(|_| ()), None);
    assert_eq!(
        read(|e| e.wire.body.header.kind = kind::Code::Secret),
        Some(DecodeError::Malformed)
    );
    assert_eq!(
        read(|e| e.wire.body.header.purpose.clear()),
        Some(DecodeError::Range)
    );
    assert_eq!(
        read(|e| e.wire.body.header.purpose = "x".repeat(256)),
        Some(DecodeError::Range)
    );
    assert_eq!(
        read(|e| e.wire.body.header.expires = e.wire.body.header.not_before),
        Some(DecodeError::Range)
    );
    assert_eq!(
        read(|e| e.wire.body.header.recipients.clear()),
        Some(DecodeError::Range)
    );
    assert_eq!(
        read(|e| e.wire.body.records.clear()),
        Some(DecodeError::Inconsistent)
    );
    assert_eq!(
        read(|e| {
            let another = Fingerprint::from_bytes([1; 32]);
            e.wire.body.header.recipients = alloc::vec![another];
        }),
        Some(DecodeError::Inconsistent)
    );
    // Two recipients are for escrow alone.
    assert_eq!(
        read(|e| {
            let again = e.wire.body.records[0].clone();
            e.wire.body.records.push(again);
            let another = Fingerprint::from_bytes([1; 32]);
            e.wire.body.header.recipients.push(another);
        }),
        Some(DecodeError::Range)
    );
}

#[test]
fn what_would_be_refused_is_not_sent() {
    let mut world = world();
    let mut error = |about: About<'_>| {
        let recipient = world.recipient.encapsulation_key();
        let (key, source) = (&world.key, &world.source);
        ReplicationEnvelope::send(key, &about, source, &recipient, &mut world.rng).err()
    };
    assert_eq!(error(about()), None);
    for purpose in ["", &"x".repeat(256)] {
        let about = About { purpose, ..about() };
        assert_eq!(error(about), Some(SendError::Purpose));
    }
    let expires = about().not_before;
    let about = About { expires, ..about() };
    assert_eq!(error(about), Some(SendError::Validity));
}

#[test]
fn whoever_has_only_public_keys_makes_nothing_that_opens() {
    let mut world = world();
    let (genuine, _) = send(&mut world);
    let forger = SigningKey::<MlDsa44>::generate(&mut world.rng).unwrap();
    let recipient = world.recipient.encapsulation_key();
    let (forged, _) =
        ReplicationEnvelope::send(&world.key, &about(), &forger, &recipient, &mut world.rng)
            .unwrap();
    let mut attempts = alloc::vec![forged.clone()];
    // The forger signs in the name of the source, before or after wrapping.
    let mut named = forged.clone();
    named.wire.body.header.source = genuine.source();
    attempts.push(named.clone());
    let own = core::mem::replace(&mut world.source, forger);
    sign_again(&mut world, &mut named);
    world.source = own;
    attempts.push(named);
    // A signature of the source, on something else; and none.
    let mut spliced = forged.clone();
    spliced.wire.body.header.source = genuine.source();
    spliced.wire.signature = genuine.wire.signature.clone();
    attempts.push(spliced);
    let mut unsigned = genuine.clone();
    unsigned.wire.signature = OctetString::new([]).unwrap();
    attempts.push(unsigned);
    // The signature is called one of another algorithm.
    let mut renamed = genuine;
    renamed.wire.algorithm = <crate::MlDsa65 as VerificationAlgorithm>::signature_algorithm();
    attempts.push(renamed);
    for (number, attempt) in attempts.iter().enumerate() {
        assert_eq!(
            refused(&world, attempt, 1_500),
            Some(ReceiveError::Source),
            "attempt {number}"
        );
    }
}

#[test]
fn damaged_envelopes_do_not_open() {
    let mut world = world();
    let der = send(&mut world).0.to_der();
    mutate::for_each_truncation(&der, |damaged| {
        assert!(ReplicationEnvelope::from_der(damaged).is_err());
    });
    mutate::for_each_extension(&der, |damaged| {
        assert!(ReplicationEnvelope::from_der(damaged).is_err());
    });
    let signature_starts = (der.len() - 2420) * 8;
    mutate::for_each_bit_flip(&der, |bit, damaged| {
        // One bit of each byte of the signature is enough.
        if bit >= signature_starts && bit & 7 != 0 {
            return;
        }
        if let Ok(envelope) = ReplicationEnvelope::from_der(damaged) {
            assert_eq!(envelope.to_der(), damaged, "bit {bit}");
            assert_eq!(
                refused(&world, &envelope, 1_500),
                Some(ReceiveError::Source),
                "bit {bit}"
            );
        }
    });
}

#[test]
fn a_clock_set_back_brings_nothing_back() {
    let entry = |id, expires| {
        let party = Fingerprint::from_bytes([0; 32]);
        ReplayEntry::new(party, KeyId::from_bytes([id; 16]), party, at(expires))
    };
    let mut store = MemoryReplayStore::new();
    assert_eq!(store.spend(&entry(1, 20), at(10)), Ok(()));
    assert_eq!(store.spend(&entry(2, 40), at(30)), Ok(()));
    assert_eq!(
        store.spend(&entry(1, 20), at(10)),
        Err(ReplayError::Expired)
    );
    assert_eq!(
        store.spend(&entry(2, 40), at(10)),
        Err(ReplayError::Replayed)
    );
}

#[test]
fn a_store_that_fails_releases_nothing() {
    struct Broken;
    impl ReplayStore for Broken {
        fn spend(&mut self, _: &ReplayEntry, _: UnixTime) -> Result<(), ReplayError> {
            Err(ReplayError::Io)
        }
    }
    let mut world = world();
    let (envelope, _) = send(&mut world);
    assert_eq!(
        receive(&world, &envelope, 1_500, &mut Broken).err(),
        Some(ReceiveError::Store(ReplayError::Io))
    );
}

#[cfg(feature = "std")]
#[test]
fn a_folder_remembers_across_processes() {
    let folder = std::env::temp_dir().join(std::format!("pqkm-replays-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    assert_eq!(
        FileReplayStore::open(&folder).err(),
        Some(ReplayError::Missing)
    );
    let mut world = world();
    let (envelope, _) = send(&mut world);
    let mut store = FileReplayStore::create(&folder).unwrap();
    assert_eq!(
        FileReplayStore::open(&folder).err(),
        Some(ReplayError::Locked)
    );
    assert!(receive(&world, &envelope, 1_500, &mut store).is_ok());
    drop(store);
    assert_eq!(
        FileReplayStore::create(&folder).err(),
        Some(ReplayError::Exists)
    );
    let mut store = FileReplayStore::open(&folder).unwrap();
    assert_eq!(
        receive(&world, &envelope, 1_500, &mut store).err(),
        Some(ReceiveError::Replayed)
    );
    // A crash between creating the name and answering: the name is there, nothing was released.
    let (lost, _) = send(&mut world);
    let entry = ReplayEntry::new(
        lost.source(),
        lost.envelope_id(),
        lost.recipients()[0],
        at(2_000),
    );
    let name = std::format!("{}", Fingerprint::from_bytes(*entry.name()));
    std::fs::write(folder.join(name), b"").unwrap();
    assert_eq!(
        receive(&world, &lost, 1_500, &mut store).err(),
        Some(ReceiveError::Replayed)
    );
    // The folder is gone: the outcome is unknown, and the handle refuses from then on.
    std::fs::remove_dir_all(&folder).unwrap();
    let (next, _) = send(&mut world);
    for expected in [ReplayError::Io, ReplayError::Poisoned] {
        assert_eq!(
            receive(&world, &next, 1_500, &mut store).err(),
            Some(ReceiveError::Store(expected))
        );
    }
}
