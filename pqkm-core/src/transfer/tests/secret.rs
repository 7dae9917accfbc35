//! Secret envelopes: the same rules, other contents.

use alloc::vec::Vec;

use super::*;
use crate::SecretBytes;

fn send_bytes(world: &mut World, secret: &[u8]) -> (SecretEnvelope, WireSizes) {
    SecretEnvelope::send(
        &SecretBytes::copy_from(secret),
        &about(),
        &world.source,
        &world.recipient.encapsulation_key(),
        &mut world.rng,
    )
    .unwrap()
}

fn receive_bytes(
    world: &World,
    envelope: &SecretEnvelope,
    store: &mut impl ReplayStore,
) -> Result<Vec<u8>, ReceiveError> {
    let source = world.source.verifying_key();
    let expected = Expected {
        source: &source,
        purpose: PURPOSE,
    };
    let received = envelope.receive(&expected, &world.recipient, &at(1_500), store)?;
    let is_named = (received.key_id, received.generation, received.envelope_id)
        == (about().key_id, about().generation, envelope.envelope_id());
    let token = ExposeToken::acknowledge();
    let bytes = received.contents.expose(token).to_vec();
    // What arrived under a wrong name did not arrive.
    is_named.then_some(bytes).ok_or(ReceiveError::Unwrap)
}

fn refused_bytes(world: &World, envelope: &SecretEnvelope) -> Option<ReceiveError> {
    receive_bytes(world, envelope, &mut MemoryReplayStore::new()).err()
}

#[test]
fn a_secret_of_any_length_arrives_once() {
    let mut world = world();
    for bytes in [0, 1, 33, 100_000] {
        let secret = world.rng.bytes(bytes);
        let (envelope, sizes) = send_bytes(&mut world, &secret);
        assert_eq!(sizes.total, envelope.to_der().len());
        assert!(sizes.sealed > bytes && sizes.sealed < bytes + 100);
        let envelope = SecretEnvelope::from_pem(&envelope.to_pem()).unwrap();
        let mut store = MemoryReplayStore::new();
        assert_eq!(receive_bytes(&world, &envelope, &mut store), Ok(secret));
        assert_eq!(
            receive_bytes(&world, &envelope, &mut store),
            Err(ReceiveError::Replayed)
        );
    }
}

#[test]
fn every_field_is_signed_and_bound() {
    let mut world = world();
    let (one, _) = send_bytes(&mut world, b"share 1");
    let (two, _) = send_bytes(&mut world, b"share 2");
    let sealed: Swap<kind::Secret> = |e, o| e.wire.body.sealed.clone_from(&o.wire.body.sealed);
    let both: Swap<kind::Secret> = |e, o| {
        e.wire.body.sealed.clone_from(&o.wire.body.sealed);
        e.wire.body.records.clone_from(&o.wire.body.records);
    };
    for (number, swap) in swaps().iter().chain(&[sealed, both]).enumerate() {
        let mut swapped = one.clone();
        swap(&mut swapped, &two);
        assert_eq!(
            refused_bytes(&world, &swapped),
            Some(ReceiveError::Source),
            "field {number}"
        );
        sign_again(&mut world, &mut swapped);
        let expected = match number {
            5 => ReceiveError::Purpose,
            _ => ReceiveError::Unwrap,
        };
        assert_eq!(
            refused_bytes(&world, &swapped),
            Some(expected),
            "field {number}"
        );
    }
}

#[test]
fn a_record_does_not_move_between_kinds() {
    let mut world = world();
    let (replication, _) = send(&mut world);
    let (mut secret, _) = send_bytes(&mut world, b"a share");
    assert!(SecretEnvelope::from_der(&replication.to_der()).is_err());
    assert!(ReplicationEnvelope::from_der(&secret.to_der()).is_err());
    assert_eq!(
        ReplicationEnvelope::from_pem(&secret.to_pem()).err(),
        Some(DecodeError::Pem)
    );
    // The wrapped data key of a replication is no seal key, whoever signs it.
    secret.wire.body.records = replication.wire.body.records;
    sign_again(&mut world, &mut secret);
    assert_eq!(refused_bytes(&world, &secret), Some(ReceiveError::Unwrap));
}

#[test]
fn damaged_envelopes_do_not_open() {
    let mut world = world();
    let der = send_bytes(&mut world, b"a share").0.to_der();
    mutate::for_each_truncation(&der, |damaged| {
        assert!(SecretEnvelope::from_der(damaged).is_err());
    });
    let signature_starts = (der.len() - 2420) * 8;
    mutate::for_each_bit_flip(&der, |bit, damaged| {
        // One bit of each byte of the signature is enough.
        if bit >= signature_starts && bit & 7 != 0 {
            return;
        }
        if let Ok(envelope) = SecretEnvelope::from_der(damaged) {
            assert_eq!(envelope.to_der(), damaged, "bit {bit}");
            assert_eq!(
                refused_bytes(&world, &envelope),
                Some(ReceiveError::Source),
                "bit {bit}"
            );
        }
    });
}
