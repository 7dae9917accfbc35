//! Envelopes: one recipient, one purpose, one period, one opening.

use pqkm_core::{
    DecapsulationKey, MlDsa44, MlKem512, ReceiveError, SigningKey, transfer::MemoryReplayStore,
};
use pqkm_shamir::{OpenEnvelopeError, Purpose, SealEnvelopeError, ShareEnvelope, Validity};
use pqkm_testkit::{
    mutate::{for_each_bit_flip, for_each_extension, for_each_truncation},
    rng::FailingRng,
};

use crate::fixture::{Fixture, time};

fn validity() -> Validity {
    Validity {
        not_before: time(1000),
        expires: time(2000),
    }
}

fn recipient(seed: u8) -> DecapsulationKey<MlKem512> {
    DecapsulationKey::from_seed(&[seed; 64]).unwrap()
}

fn refused(error: ReceiveError) -> Option<OpenEnvelopeError> {
    Some(OpenEnvelopeError::Envelope(error))
}

#[test]
fn a_share_arrives_once() {
    let mut fixture = Fixture::new("envelope");
    let set = fixture.seal(1, 1, 2, 3);
    let (share, key) = (&set.shares[0], recipient(1));
    let dealer = fixture.dealer.verifying_key();
    let envelope = ShareEnvelope::seal(
        share,
        Purpose::Custody,
        validity(),
        &fixture.dealer,
        &key.encapsulation_key(),
        &mut fixture.rng,
    )
    .unwrap();
    let envelope = ShareEnvelope::from_pem(&envelope.to_pem()).unwrap();
    let mut replays = MemoryReplayStore::new();
    let mut open = |purpose, key: &DecapsulationKey<MlKem512>, at| {
        envelope.open(purpose, &dealer, key, &time(at), &mut replays)
    };
    assert_eq!(
        open(Purpose::Opening, &key, 1500).err(),
        refused(ReceiveError::Purpose)
    );
    assert_eq!(
        open(Purpose::Escrow, &key, 1500).err(),
        refused(ReceiveError::Purpose)
    );
    assert_eq!(
        open(Purpose::Custody, &recipient(2), 1500).err(),
        refused(ReceiveError::Recipient)
    );
    assert_eq!(
        open(Purpose::Custody, &key, 999).err(),
        refused(ReceiveError::NotYetValid)
    );
    assert_eq!(
        open(Purpose::Custody, &key, 2000).err(),
        refused(ReceiveError::Expired)
    );
    let arrived = open(Purpose::Custody, &key, 1999).unwrap();
    assert_eq!(arrived.to_der(), share.to_der());
    assert_eq!(
        open(Purpose::Custody, &key, 1999).err(),
        refused(ReceiveError::Replayed)
    );
    let stranger = SigningKey::<MlDsa44>::from_seed(&[1; 32])
        .unwrap()
        .verifying_key();
    let opened = envelope.open(
        Purpose::Custody,
        &stranger,
        &key,
        &time(1500),
        &mut MemoryReplayStore::new(),
    );
    assert_eq!(opened.err(), refused(ReceiveError::Source));
}

#[test]
fn every_damaged_byte_is_refused() {
    let mut fixture = Fixture::new("damaged envelope");
    let set = fixture.deal(1, 1, 2, 3);
    let key = recipient(1);
    let dealer = fixture.dealer.verifying_key();
    let seal = |fixture: &mut Fixture, share| {
        ShareEnvelope::seal(
            share,
            Purpose::Custody,
            validity(),
            &fixture.dealer,
            &key.encapsulation_key(),
            &mut fixture.rng,
        )
        .unwrap()
    };
    let der = seal(&mut fixture, &set.shares[0]).to_der();
    let open = |envelope: &ShareEnvelope| {
        envelope.open(
            Purpose::Custody,
            &dealer,
            &key,
            &time(1500),
            &mut MemoryReplayStore::new(),
        )
    };
    for_each_bit_flip(&der, |bit, wrong| {
        // A bit of every fifth byte: each costs a verification.
        if bit % 40 == 4
            && let Ok(envelope) = ShareEnvelope::from_der(wrong)
        {
            assert!(open(&envelope).is_err(), "bit {bit}");
        }
    });
    for_each_truncation(&der, |cut| assert!(ShareEnvelope::from_der(cut).is_err()));
    for_each_extension(&der, |long| assert!(ShareEnvelope::from_der(long).is_err()));
}

#[test]
fn what_cannot_be_sent_is_an_error() {
    let mut fixture = Fixture::new("unsent");
    let set = fixture.deal(1, 1, 2, 3);
    let ek = recipient(1).encapsulation_key();
    let never = Validity {
        not_before: time(5),
        expires: time(5),
    };
    let sent = ShareEnvelope::seal(
        &set.shares[0],
        Purpose::Custody,
        never,
        &fixture.dealer,
        &ek,
        &mut fixture.rng,
    );
    assert_eq!(sent.err(), Some(SealEnvelopeError::Validity));
    for calls in 0..4 {
        let mut rng = FailingRng::after_calls(calls);
        let sent = ShareEnvelope::seal(
            &set.shares[0],
            Purpose::Custody,
            validity(),
            &fixture.dealer,
            &ek,
            &mut rng,
        );
        assert_eq!(
            sent.err(),
            Some(SealEnvelopeError::Randomness),
            "after {calls}"
        );
    }
}
