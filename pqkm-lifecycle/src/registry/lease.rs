//! Giving leases out and taking them back.

use pqkm_core::UnixTime;

use super::{Authority, Change, Loaded, Registry, facts};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal},
    event::{Action, Leased},
    lease::{Allowance, Epoch, Granted, Lease},
    name::KeyName,
    policy::Intent,
    record::{Head, KeyRecord, LeaseRecord, MAX_LEASES},
    table::{KeyState, Permission, Use, permission},
    wire::{Moment, OperationId},
};

impl<C: Custody> Registry<C> {
    /// Writes an allowance into the record, in place of the lease `own`.
    pub(crate) fn grant(
        &self,
        record: &mut KeyRecord,
        head: &Head,
        own: Option<OperationId>,
        by: &str,
        now: UnixTime,
    ) -> Result<Granted, Refusal> {
        record.forget_leases(now, own);
        let protect = self.allowance(record, head, Use::Protect, by, now);
        let process = self.allowance(record, head, Use::Process, by, now);
        let confirm = self.allowance(record, head, Use::Confirm, by, now);
        let granted = Granted {
            lease: self.fresh_id(),
            protect: protect.unwrap_or_default(),
            // A state in which a key is confirmed is none in which it processes.
            process: match process {
                Ok(allowance) if allowance.uses == 0 => confirm.unwrap_or_default(),
                other => other.unwrap_or_default(),
            },
        };
        let uses = granted.protect.uses.max(granted.process.uses);
        if uses == 0 {
            // Nothing that the state permits is possible now: say why. Where it permits nothing, a
            // handle without allowance is all there is.
            return match protect.and(process).and(confirm) {
                Err(reason) if reason != Refusal::NoTransition => Err(reason),
                _ => Ok(granted),
            };
        }
        if record.leases.len() >= MAX_LEASES {
            return Err(Refusal::TooManyLeases);
        }
        record.issued = record.issued.saturating_add(granted.budgeted(record));
        let until = granted.protect.until.max(granted.process.until);
        record.leases.push(LeaseRecord {
            id: granted.lease,
            uses: granted.budgeted(record),
            expires: Moment(UnixTime::from_seconds(until).map_err(|_| Refusal::TooLong)?),
        });
        Ok(granted)
    }

    /// As [`grant`](Self::grant); a key that may take a step and not be used then has no allowance.
    pub(crate) fn grant_or_none(
        &self,
        record: &mut KeyRecord,
        head: &Head,
        own: Option<OperationId>,
        by: &str,
        now: UnixTime,
    ) -> Granted {
        let granted = self.grant(record, head, own, by, now);
        granted.unwrap_or_else(|_| Granted {
            lease: self.fresh_id(),
            protect: Allowance::default(),
            process: Allowance::default(),
        })
    }

    /// What a lease gives of one use: nothing where the state does not permit it.
    fn allowance(
        &self,
        record: &KeyRecord,
        head: &Head,
        what: Use,
        by: &str,
        now: UnixTime,
    ) -> Result<Allowance, Refusal> {
        if permission(record.role, what, record.state()) != Permission::Yes {
            return Ok(Allowance::default());
        }
        // The budget is looked at before age: a key that is used up is used up, however young.
        let mut uses = self.terms.uses;
        if what == budgeted(record)
            && let Some(budget) = record.budget
        {
            uses = uses.min(budget.saturating_sub(record.issued));
            if uses == 0 {
                return Err(Refusal::BudgetSpent);
            }
        }
        let (end, over) = match what {
            Use::Protect => (record.periods.originator_end, Refusal::OriginatorPeriod),
            Use::Process => (record.periods.recipient_end, Refusal::RecipientPeriod),
            Use::Confirm => (None, Refusal::OriginatorPeriod),
        };
        let end = end.map_or(UnixTime::MAX, |end| end.0);
        if now >= end {
            return Err(over);
        }
        let facts = facts(record, head);
        self.policy.check(&facts, Intent::Use(what), by, now)?;
        let ends = [
            Some(crate::wire::after(now, self.terms.seconds)),
            Some(end),
            record.destroy_at.map(|at| at.0),
            self.policy.ends(&facts, what),
        ];
        let until = ends.into_iter().flatten().min().unwrap_or(now);
        Ok(Allowance {
            uses,
            until: until.seconds(),
            period_end: end.seconds(),
        })
    }

    /// Commits a new lease for a key that is in `state`.
    pub(crate) fn lease(
        &self,
        key: KeyName,
        state: KeyState,
        own: Option<OperationId>,
        by: &str,
    ) -> Result<Lease, OperationError> {
        let authority = Authority::new(by, "");
        let leased = self.attempt(&authority, None, |change| {
            let epoch = Epoch::now(&self.shared, key);
            let mut record = self.record(key)?;
            if record.value.state() != state {
                return Err(Refusal::State(record.value.state()));
            }
            let head = self.head(key.id)?.value;
            let granted = self.grant(&mut record.value, &head, own, by, change.at)?;
            change.put_record(&record)?;
            let action = Action::Leased(granted.told(key, &record.value));
            Ok((action, (granted, epoch)))
        })?;
        let (granted, epoch) = leased.ok_or(Refusal::Contended)?;
        Ok(Lease::new(granted, epoch, self.shared.clone()))
    }

    /// Takes back what a handle has left of a lease that still runs.
    pub(crate) fn take_back(
        &self,
        key: KeyName,
        lease: OperationId,
        left: u64,
    ) -> Result<(), OperationError> {
        let authority = Authority::new("", "");
        self.attempt(&authority, None, |change: &mut Change<'_, C>| {
            let mut record: Loaded<KeyRecord> = self.record(key)?;
            let place = record
                .value
                .leases
                .iter()
                .position(|found| found.id == lease);
            let place = place.ok_or(Refusal::NotPlanned)?;
            let found = record.value.leases.remove(place);
            let uses = left.min(found.uses);
            record.value.issued = record.value.issued.saturating_sub(uses);
            change.put_record(&record)?;
            let key = key.into();
            Ok((Action::Returned(Leased { key, lease, uses }), ()))
        })?;
        Ok(())
    }
}

/// The use that a key's budget counts: protecting, or processing where it does not protect.
pub(crate) fn budgeted(record: &KeyRecord) -> Use {
    match permission(record.role, Use::Protect, KeyState::Active) {
        Permission::Yes => Use::Protect,
        _ => Use::Process,
    }
}

impl Granted {
    fn budgeted(&self, record: &KeyRecord) -> u64 {
        match budgeted(record) {
            Use::Protect => self.protect.uses,
            _ if record.state() == KeyState::PreActivation => 0,
            _ => self.process.uses,
        }
    }

    fn told(&self, key: KeyName, record: &KeyRecord) -> Leased {
        Leased {
            key: key.into(),
            lease: self.lease,
            uses: self.budgeted(record),
        }
    }
}
