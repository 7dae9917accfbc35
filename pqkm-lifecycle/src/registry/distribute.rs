//! Distribution of private and symmetric keys: only wrapped, to devices that are known, in envelopes that open
//! once (see [`pqkm_core::transfer`]).
//!
//! A registry remembers where copies went. It cannot destroy them; its record says whom to ask.

use pqkm_core::{
    AnyPublicKey, Clock, Decapsulate, EncapsulationKey, Fingerprint, KemAlgorithm, Sign, UnixTime,
    Unwrap, VerificationAlgorithm,
    rand_core::TryCryptoRng,
    transfer::{About, Expected, ReplayStore, Replicable, ReplicationEnvelope},
};

use super::{
    Authority, KeySpec, Registry,
    generate::{NewKey, role_of},
    intent,
};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal},
    event::{Action, Passed},
    keep::{Generated, Keep},
    lease::Lease,
    managed::Managed,
    name::KeyName,
    policy::Intent,
    record::{KeptIn, MAX_COPIES},
    state::{HoldsKey, PreActivation},
    table::KeyState,
    wire::Hash,
};

/// To whom a key is sent, by whom, and what for.
pub struct Shipment<'a, S: Sign, A: KemAlgorithm> {
    /// Signs the envelope.
    pub source: &'a S,
    /// Opens it.
    pub recipient: &'a EncapsulationKey<A>,
    /// What the recipient has to ask for: 1 to 255 bytes of text.
    pub purpose: &'a str,
    /// It opens from this moment on.
    pub not_before: UnixTime,
    /// It does not open at or after this moment.
    pub expires: UnixTime,
}

/// How an envelope is opened.
pub struct Opening<'a, A: VerificationAlgorithm, U, T> {
    /// Who must have sent it, and what for.
    pub expected: Expected<'a, A>,
    /// The key that it is addressed to, or a handle to one.
    pub recipient: &'a U,
    /// What was opened before.
    pub replays: &'a mut T,
}

impl<C: Custody> Registry<C> {
    /// Sends a key to another device, wrapped to its encapsulation key and signed for. That there is a copy
    /// is on record before the envelope is returned.
    ///
    /// # Errors
    /// [`Refusal::State`] unless the key is in pre-activation or active, [`Refusal::Policy`],
    /// [`Refusal::Send`], [`Refusal::TooLong`] beyond 256 recipients.
    pub fn send<
        K: Keep + Replicable,
        S: HoldsKey,
        Z: Sign,
        A: KemAlgorithm,
        R: TryCryptoRng + ?Sized,
    >(
        &self,
        key: &Managed<K, S>,
        shipment: &Shipment<'_, Z, A>,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<ReplicationEnvelope, OperationError> {
        let name = key.name();
        let about = About {
            key_id: name.id,
            generation: name.version,
            purpose: shipment.purpose,
            not_before: shipment.not_before,
            expires: shipment.expires,
        };
        let (source, recipient) = (shipment.source, shipment.recipient);
        let (envelope, _) = ReplicationEnvelope::send(key.key(), &about, source, recipient, rng)
            .map_err(Refusal::Send)?;
        let peer = digest(recipient.fingerprint());
        self.attempt(authority, None, |change| {
            let mut record = self.record(name)?;
            let state = record.value.state();
            if state != S::STATE || !matches!(state, KeyState::PreActivation | KeyState::Active) {
                return Err(Refusal::State(state));
            }
            let head = self.head(name.id)?.value;
            let (what, by) = (Intent::Distribute, authority.by);
            self.ask((&record.value, &head), what, by, change.at)?;
            let copies = &mut record.value.copies;
            if !copies.contains(&peer) {
                if copies.len() >= MAX_COPIES {
                    return Err(Refusal::TooLong);
                }
                copies.push(peer);
            }
            change.put_record(&record)?;
            let action = Action::Sent(Passed {
                key: name.into(),
                peer,
                envelope: envelope.envelope_id(),
            });
            Ok((action, ()))
        })?;
        Ok(envelope)
    }

    /// Opens an envelope and puts the key on record under the name that it has at its source, in
    /// pre-activation, with its public half.
    ///
    /// Versions of one key are received in any order, each once and all from the source of the first; owner and
    /// purpose are those of the first. A version that is later than the primary takes its place when it is activated;
    /// what came before it stays in its state.
    ///
    /// The envelope is spent before the key is on record: after a crash between the two the source sends
    /// anew. The policy is asked before: whether such a key may be distributed, and, since it comes on record here,
    /// whether it may be generated.
    ///
    /// # Errors
    /// [`Refusal::Receive`]; [`Refusal::Known`] if that version is on record, or the key was generated here or came
    /// from another source; [`Refusal::AlreadyLinked`] for a further version of a linked key, [`Refusal::Type`] for one
    /// of another type than the primary; and those of [`generate`](Self::generate).
    pub fn receive<K, A, U, T, R>(
        &self,
        envelope: &ReplicationEnvelope,
        opening: Opening<'_, A, U, T>,
        spec: &KeySpec<'_>,
        authority: &Authority<'_>,
        rng: &mut R,
    ) -> Result<Managed<K, PreActivation>, OperationError>
    where
        K: Generated + Replicable,
        A: VerificationAlgorithm,
        U: Decapsulate + Unwrap,
        T: ReplayStore,
        R: TryCryptoRng + ?Sized,
    {
        let role = role_of::<K>()?;
        let source = digest(AnyPublicKey::from(opening.expected.source).fingerprint());
        let head = self.find_head(envelope.key_id())?;
        let mut spec = *spec;
        if let Some(head) = &head {
            self.permit_further::<K>(&head.value, Some(source))?;
            (spec.owner, spec.purpose) = (&head.value.owner, &head.value.purpose);
        }
        let spec = &spec;
        for what in [Intent::Generate, Intent::Distribute] {
            self.permit_new::<K>(spec, KeptIn::Registry, what, authority)?;
        }
        let clock = Seen(self);
        let (expected, recipient) = (&opening.expected, opening.recipient);
        let received = envelope
            .receive::<K, A, U>(expected, recipient, &clock, opening.replays)
            .map_err(Refusal::Receive)?;
        let name = KeyName {
            id: received.key_id,
            version: received.generation,
            half: role.half(),
        };
        let key = if spec.exportable {
            received.contents
        } else {
            received.contents.with_export_forbidden()
        };
        let [by, reason] = authority.parts();
        let new = NewKey {
            name,
            spec,
            kept_in: KeptIn::Registry,
            role,
            material: key.to_material(&self.place(name), rng)?,
            public: key.public_half(),
            action: Action::Received(Passed {
                key: name.into(),
                peer: source,
                envelope: received.envelope_id,
            }),
            source: Some(source),
            asks: &[Intent::Generate, Intent::Distribute],
            intent: intent(&[b"receive", received.envelope_id.as_bytes(), by, reason]),
        };
        let lease = self.put_on_record::<K>(&new, authority)?;
        let lease: Lease = lease.ok_or(Refusal::OperationReused)?;
        Ok(Managed::new(key, name, lease))
    }
}

/// The registry's clock, which never goes back.
struct Seen<'a, C: Custody>(&'a Registry<C>);

impl<C: Custody> Clock for Seen<'_, C> {
    fn now(&self) -> Result<UnixTime, pqkm_core::ClockUnavailable> {
        self.0.now().map_err(|_| pqkm_core::ClockUnavailable)
    }
}

const fn digest(fingerprint: Fingerprint) -> Hash {
    Hash::from_bytes(*fingerprint.as_bytes())
}
