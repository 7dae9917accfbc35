//! What is planned and called off, reported and noted: changes that are no transition.

use der::Encode as _;
use pqkm_core::UnixTime;

use super::{Authority, Loaded, Registry, intent};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal, RegistryError},
    event::{Action, At, Named, Noted},
    name::{self, KeyName},
    policy::Intent,
    record::KeyRecord,
    table::KeyState,
    wire::{Hash, Moment},
};

impl<C: Custody> Registry<C> {
    /// Plans a key's destruction. It is no transition: leases end at that moment, and
    /// [`due`](Self::due) then lists the key. Planning again moves the moment.
    ///
    /// # Errors
    /// [`Refusal::State`] if it is destroyed; [`Refusal::Policy`].
    pub fn plan_destruction(
        &self,
        key: KeyName,
        at: UnixTime,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        let what = Intent::PlanDestruction;
        self.change_record(key, what, authority, (b"plan", Some(at)), |record| {
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
    /// [`Refusal::NotPlanned`] if none is planned; [`Refusal::Policy`].
    pub fn call_off_destruction(
        &self,
        key: KeyName,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        let what = Intent::PlanDestruction;
        self.change_record(key, what, authority, (b"call off", None), |record| {
            if record.destroy_at.take().is_none() {
                return Err(Refusal::NotPlanned);
            }
            Ok(Action::DestructionCalledOff(Named { key: key.into() }))
        })
    }

    /// Records on a destroyed key that it was compromised before.
    ///
    /// # Errors
    /// [`Refusal::State`] if it is not destroyed: then it has a transition to take; [`Refusal::Policy`].
    pub fn report_compromise(
        &self,
        key: KeyName,
        since: UnixTime,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        let what = Intent::ReportCompromise;
        self.change_record(key, what, authority, (b"report", Some(since)), |record| {
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
        what: Intent,
        authority: &Authority<'_>,
        (kind, moment): (&[u8], Option<UnixTime>),
        mut alter: impl FnMut(&mut KeyRecord) -> Result<Action, Refusal>,
    ) -> Result<(), OperationError> {
        let moment = moment.map_or(0, UnixTime::seconds).to_be_bytes();
        let [by, reason] = authority.parts();
        let asked = intent(&[kind, key.row().as_bytes(), &moment, by, reason]);
        self.attempt(authority, Some((asked, key)), |change| {
            let mut record: Loaded<KeyRecord> = self.record(key)?;
            let head = self.head(key.id)?.value;
            self.ask((&record.value, &head), what, authority.by, change.at)?;
            let action = alter(&mut record.value)?;
            self.shared.raise_fence(key);
            change.put_record(&record)?;
            Ok((action, ()))
        })?;
        Ok(())
    }

    /// Leaves an event with the digest of something: evidence, once the log has it, that it existed then
    /// (see [`LoggedAt`](crate::audit::LoggedAt)). The registry keeps the moment of the first note of it: for keys that
    /// it manages, it takes nobody else's log for evidence.
    ///
    /// # Errors
    /// [`Refusal::Policy`], and those of every operation.
    pub fn note(&self, data: &[u8], authority: &Authority<'_>) -> Result<Hash, OperationError> {
        let digest = Hash::of(&[data]);
        self.attempt(authority, None, |change| {
            self.policy.check_note(authority.by, change.at)?;
            let place = name::noted(&digest);
            if self.read(&place)?.is_none() {
                let at = Moment(change.at).to_der().map_err(RegistryError::from)?;
                change.put(place, 0, at)?;
            }
            Ok((Action::Noted(Noted { digest }), ()))
        })?;
        Ok(digest)
    }
}
