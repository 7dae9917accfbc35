//! What is planned and called off, reported, linked and noted: changes of records that are no transition.

use pqkm_core::{KeyId, UnixTime};

use super::{Authority, Loaded, Registry, intent};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal},
    event::{Action, At, Linked, Named, Noted},
    name::KeyName,
    record::KeyRecord,
    table::{Half, KeyState},
    wire::{Hash, Moment},
};

impl<C: Custody> Registry<C> {
    /// Plans a key's destruction. It is no transition: leases end at that moment, and
    /// [`due`](Self::due) then lists the key. Planning again moves the moment.
    ///
    /// # Errors
    /// [`Refusal::State`] if it is destroyed.
    pub fn plan_destruction(
        &self,
        key: KeyName,
        at: UnixTime,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        self.change_record(key, authority, b"plan", Some(at), |record| {
            if record.state() == KeyState::Destroyed {
                return Err(Refusal::State(KeyState::Destroyed));
            }
            record.destroy_at = Some(Moment(at));
            Ok(Action::DestructionPlanned(At {
                key: key.into(),
                moment: Moment(at),
            }))
        })
    }

    /// Calls a planned destruction off.
    ///
    /// # Errors
    /// [`Refusal::NotPlanned`] if none is planned.
    pub fn call_off_destruction(
        &self,
        key: KeyName,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        self.change_record(key, authority, b"call off", None, |record| {
            if record.destroy_at.take().is_none() {
                return Err(Refusal::NotPlanned);
            }
            Ok(Action::DestructionCalledOff(Named { key: key.into() }))
        })
    }

    /// Records on a destroyed key that it was compromised before.
    ///
    /// # Errors
    /// [`Refusal::State`] if it is not destroyed: then it has a transition to take.
    pub fn report_compromise(
        &self,
        key: KeyName,
        since: UnixTime,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        self.change_record(key, authority, b"report", Some(since), |record| {
            if record.state() != KeyState::Destroyed {
                return Err(Refusal::State(record.state()));
            }
            let earliest = record.compromised_since.map_or(since, |at| at.0.min(since));
            record.compromised_since = Some(Moment(earliest));
            Ok(Action::CompromiseReported(At {
                key: key.into(),
                moment: Moment(since),
            }))
        })
    }

    fn change_record(
        &self,
        key: KeyName,
        authority: &Authority<'_>,
        kind: &[u8],
        moment: Option<UnixTime>,
        mut alter: impl FnMut(&mut KeyRecord) -> Result<Action, Refusal>,
    ) -> Result<(), OperationError> {
        let moment = moment.map_or(0, UnixTime::seconds).to_be_bytes();
        let [by, reason] = authority.parts();
        let asked = intent(&[kind, key.row().as_bytes(), &moment, by, reason]);
        self.attempt(authority, Some((asked, key)), |change| {
            let mut record: Loaded<KeyRecord> = self.record(key)?;
            let action = alter(&mut record.value)?;
            self.shared.raise_fence(key);
            change.put_record(&record)?;
            Ok((action, ()))
        })?;
        Ok(())
    }

    /// Links two keys that belong together, such as the halves of a hybrid or of dual certificates: from
    /// now on each takes every transition of the other in the same commit, both rotate together, and the
    /// periods of both end with the shorter ones. [`LinkedPair`](crate::LinkedPair) is the pair as a type.
    ///
    /// # Errors
    /// [`Refusal::AlreadyLinked`]; [`Refusal::Linked`] if they are not in the same state; [`Refusal::Type`]
    /// if their roles differ or one was rotated before.
    pub fn link(
        &self,
        one: KeyId,
        other: KeyId,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        if one == other {
            return Err(Refusal::AlreadyLinked.into());
        }
        let [by, reason] = authority.parts();
        let asked = intent(&[b"link", one.as_bytes(), other.as_bytes(), by, reason]);
        let named = self.head(one)?.value.primary(Half::Secret)?;
        self.attempt(authority, Some((asked, named)), |change| {
            let mut heads = [self.head(one)?, self.head(other)?];
            let mut records = [self.record(named)?, {
                let name = heads[1].value.primary(Half::Secret)?;
                self.record(name)?
            }];
            if heads.iter().any(|head| head.value.linked.is_some()) {
                return Err(Refusal::AlreadyLinked);
            }
            let state = records[1].value.state();
            if records[0].value.state() != state {
                return Err(Refusal::Linked(state));
            }
            if records[0].value.role != records[1].value.role
                || heads.iter().any(|head| head.value.latest != 1)
            {
                return Err(Refusal::Type);
            }
            heads[0].value.linked = Some(other);
            heads[1].value.linked = Some(one);
            change.put_head(one, &heads[0])?;
            change.put_head(other, &heads[1])?;
            // With the records, a transition that was decided on before the link is decided anew.
            let shorter = records[0].value.periods.shorter(records[1].value.periods);
            for record in &mut records {
                record.value.periods = shorter;
                change.put_record(record)?;
            }
            Ok((Action::Linked(Linked { one, other }), ()))
        })?;
        Ok(())
    }

    /// Leaves an event with the digest of something: evidence, once the log has it, that it existed then.
    ///
    /// # Errors
    /// [`RegistryError`](crate::RegistryError) and those of every operation.
    pub fn note(&self, data: &[u8], authority: &Authority<'_>) -> Result<Hash, OperationError> {
        let digest = Hash::of(&[data]);
        self.attempt(authority, None, |_| {
            Ok((Action::Noted(Noted { digest }), ()))
        })?;
        Ok(digest)
    }
}
