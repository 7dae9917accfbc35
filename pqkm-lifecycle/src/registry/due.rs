//! What must move, and why.

use pqkm_core::{KeyId, UnixTime, Version};

use super::{Registry, facts};
use crate::{
    custody::Custody,
    error::RegistryError,
    name::{KeyName, kind},
    record::{Head, KeyRecord},
    store::RowName,
    table::{Half, KeyState, Permission, RoleName, Use, permission},
};

/// How many records are looked at in one page.
const PAGE: usize = 1000;

/// Why a key must move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DueReason {
    /// Its budget is spent: rotate.
    BudgetSpent,
    /// Its originator-usage period ended then: rotate and deactivate, or destroy.
    OriginatorPeriod(UnixTime),
    /// Its recipient-usage period ended then: destroy.
    RecipientPeriod(UnixTime),
    /// The policy does not permit its use any more from then on: migrate.
    Policy(UnixTime),
    /// Its destruction was planned for then.
    Destruction(UnixTime),
    /// It is compromised and not destroyed yet.
    Compromised(UnixTime),
}

/// A key that must move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The key.
    pub key: KeyName,
    /// Its role.
    pub role: RoleName,
    /// Its state.
    pub state: KeyState,
    /// Why: the first reason that there is, budget before age.
    pub reason: DueReason,
}

impl<C: Custody> Registry<C> {
    /// Lists keys that must move by `by_then`, a page of records at a time. The second part of the answer
    /// is where the next page begins; without it there is none.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn due(
        &self,
        by_then: UnixTime,
        after: Option<&RowName>,
    ) -> Result<(Vec<Due>, Option<RowName>), RegistryError> {
        let rows = self.store.scan(&[kind::KEY], after, PAGE)?;
        let next = rows
            .last()
            .filter(|_| rows.len() == PAGE)
            .map(|(name, _)| name.clone());
        let mut due = Vec::new();
        for (name, row) in &rows {
            let key = key_of(name).ok_or(RegistryError::Malformed)?;
            let record = KeyRecord::read(self.seal.open(name, row)?, key)?;
            if record.state() == KeyState::Destroyed {
                continue;
            }
            let head = self.head(key.id)?.value;
            if let Some(reason) = self.reason(&record, &head, by_then) {
                due.push(Due {
                    key,
                    role: record.role,
                    state: record.state(),
                    reason,
                });
            }
        }
        Ok((due, next))
    }

    fn reason(&self, record: &KeyRecord, head: &Head, then: UnixTime) -> Option<DueReason> {
        let state = record.state();
        if state == KeyState::Compromised {
            let since = record.compromised_since.map_or(record.since(), |at| at.0);
            return Some(DueReason::Compromised(since));
        }
        if let Some(at) = record.destroy_at.filter(|at| at.0 <= then) {
            return Some(DueReason::Destruction(at.0));
        }
        let may = |what| permission(record.role, what, state) != Permission::No;
        if state == KeyState::Active && record.budget.is_some_and(|budget| record.issued >= budget)
        {
            return Some(DueReason::BudgetSpent);
        }
        let periods = record.periods;
        if let Some(end) = periods.originator_end.filter(|end| end.0 <= then)
            && state == KeyState::Active
            && !record.verifies()
        {
            return Some(DueReason::OriginatorPeriod(end.0));
        }
        if let Some(end) = periods.recipient_end.filter(|end| end.0 <= then)
            && may(Use::Process)
        {
            return Some(DueReason::RecipientPeriod(end.0));
        }
        let what = super::lease::budgeted(record);
        let end = self.policy.ends(&facts(record, head), what);
        end.filter(|end| *end <= then && state == KeyState::Active)
            .map(DueReason::Policy)
    }
}

/// The key whose row that is.
pub(crate) fn key_of(name: &RowName) -> Option<KeyName> {
    let (kind, rest) = name.as_bytes().split_first()?;
    let (id, rest) = rest.split_first_chunk()?;
    let (version, rest) = rest.split_first_chunk()?;
    let half = match rest {
        [0] => Half::Secret,
        [1] => Half::Public,
        _ => return None,
    };
    (*kind == kind::KEY).then_some(())?;
    Some(KeyName {
        id: KeyId::from_bytes(*id),
        version: Version::new(u64::from_be_bytes(*version)).ok()?,
        half,
    })
}
