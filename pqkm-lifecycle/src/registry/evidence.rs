//! Evidence of when data was protected: judged against the record, and put in the log.

use der::Decode as _;
use pqkm_core::{Evidence, ProtectionTime, UnixTime};

use super::{Authority, Registry, facts};
use crate::{
    custody::Custody,
    error::{OperationError, PolicyRefusal, Refusal, RegistryError},
    event::{Action, OnEvidence},
    managed::named,
    name::{self, KeyName},
    policy::Intent,
    record::KeyRecord,
    table::{KeyState, Use},
    wire::{Hash, Moment},
};

impl<C: Custody> Registry<C> {
    /// Judges evidence for a key in a state and commits the event.
    pub(crate) fn record_evidence(
        &self,
        key: KeyName,
        state: KeyState,
        protected: &[u8],
        found: &ProtectionTime,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        self.attempt(authority, None, |change| {
            let record = self.record(key)?;
            if record.value.state() != state {
                return Err(Refusal::State(record.value.state()));
            }
            let head = self.head(key.id)?.value;
            let facts = facts(&record.value, &head);
            let what = Intent::Use(Use::Process);
            self.ask((&record.value, &head), what, authority.by, change.at)?;
            // Whoever has stolen the key can assert, too.
            let is_mere_word =
                state == KeyState::Compromised && matches!(found.evidence, Evidence::Asserted);
            if is_mere_word || !self.policy.accepts(&facts, state, &found.evidence) {
                return Err(PolicyRefusal::Evidence.into());
            }
            let is_ours = !matches!(found.evidence, Evidence::Logged { .. })
                || self
                    .noted_at(protected)?
                    .is_some_and(|at| at <= found.latest);
            if !is_ours || !found.is_before(self.evidence_limit(key, &record.value)?) {
                return Err(Refusal::Evidence);
            }
            // The record is written too, so that a transition in between is seen as a conflict.
            change.put_record(&record)?;
            let (kind, reference) = named(&found.evidence);
            let action = Action::ProcessedOnEvidence(OnEvidence {
                key: key.into(),
                protected: Hash::of(&[protected]),
                latest: Moment(found.latest),
                kind,
                reference: reference.map(Hash),
            });
            Ok((action, ()))
        })?;
        Ok(())
    }

    /// The moment before which data must have been protected. For a deactivated verification key that is also the end
    /// of the originator-usage period, which its signing half has; a rotation ends it.
    fn evidence_limit(&self, key: KeyName, record: &KeyRecord) -> Result<UnixTime, RegistryError> {
        let mut limit = record.evidence_limit();
        if record.verifies() && record.state() == KeyState::Deactivated {
            let signing = self.record(key.other_half())?.value;
            let end = signing.periods.originator_end;
            limit = end.map_or(limit, |end| limit.min(end.0));
        }
        Ok(limit)
    }

    /// When this registry noted something first. Whatever log is shown, and whoever signed for it: what counts is that
    /// the note was taken here.
    fn noted_at(&self, data: &[u8]) -> Result<Option<UnixTime>, RegistryError> {
        let row = self.read(&name::noted(&Hash::of(&[data])))?;
        row.map(|row| Ok(Moment::from_der(&row.value)?.0))
            .transpose()
    }

    /// The use that a key's budget counts.
    pub(crate) fn budgeted_use(&self, key: KeyName) -> Result<Use, OperationError> {
        Ok(super::lease::budgeted(&self.record(key)?.value))
    }
}
