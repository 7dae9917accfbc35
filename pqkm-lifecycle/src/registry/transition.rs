//! Transitions: of one key, and of those that come along.

use pqkm_core::UnixTime;

use super::{Authority, Change, Loaded, Registry, intent, propose::stays};
use crate::{
    approval::{Proposal, Standing},
    custody::Custody,
    error::{OperationError, Refusal},
    event::{Action, Transition},
    lease::{Epoch, Granted, Lease},
    name::KeyName,
    policy::Intent,
    record::{Head, KeyRecord},
    table::{Half, KeyState, find_edge},
    wire::{Moment, OperationId},
};

/// What a handle asks for.
pub(crate) struct Wanted {
    pub(crate) key: KeyName,
    pub(crate) from: KeyState,
    pub(crate) to: KeyState,
    /// The lease of the handle that asks.
    pub(crate) own: Option<OperationId>,
    /// That of the handle to the linked key, where both ask together.
    pub(crate) linked: Option<OperationId>,
    /// For a compromise: since when.
    pub(crate) since: Option<UnixTime>,
}

/// A record that takes a step, and the lease of the handle that asks for it, if one does.
struct Member {
    key: KeyName,
    record: Loaded<KeyRecord>,
    head: Loaded<Head>,
    own: Option<OperationId>,
}

impl Member {
    fn standing(&self) -> Standing {
        Standing::of(self.key, &self.record.value)
    }
}

/// What is granted for the next state, to the handle that asks and to the one that asks with it.
type ForBoth<T> = (T, Option<T>);

impl<C: Custody> Registry<C> {
    /// Takes a key, and those that come along, to another state. The leases are for the key asked for, and
    /// for the one that it is linked with if a handle to that asks, too.
    pub(crate) fn transition(
        &self,
        wanted: &Wanted,
        authority: &Authority<'_>,
    ) -> Result<ForBoth<Lease>, OperationError> {
        let [by, reason] = authority.parts();
        let asked = intent(&[
            b"transition",
            wanted.key.row().as_bytes(),
            &[ordinal(wanted.from), ordinal(wanted.to)],
            &wanted.since.map_or(0, UnixTime::seconds).to_be_bytes(),
            by,
            reason,
        ]);
        let done = self.attempt(authority, Some((asked, wanted.key)), |change| {
            self.decide(wanted, authority, change)
        })?;
        let lease = |(granted, epoch)| Lease::new(granted, epoch, self.shared.clone());
        if let Some((own, linked)) = done {
            return Ok((lease(own), linked.map(lease)));
        }
        // It was done before, and the handles are of before that: leases are what they need.
        let renew = |key, own| self.lease(key, wanted.to, own, authority.by);
        let own = renew(wanted.key, wanted.own)?;
        let Some(linked) = wanted.linked else {
            return Ok((own, None));
        };
        let id = self.head(wanted.key.id)?.value.linked;
        let id = id.ok_or(Refusal::Linked(wanted.to))?;
        let linked = renew(KeyName { id, ..wanted.key }, Some(linked))?;
        Ok((own, Some(linked)))
    }

    fn decide(
        &self,
        wanted: &Wanted,
        authority: &Authority<'_>,
        change: &mut Change<'_, C>,
    ) -> Result<(Action, ForBoth<(Granted, Epoch)>), Refusal> {
        let mut members = self.members(wanted)?;
        let proposal = self.proposal_of(wanted, &members, authority)?;
        let mut leases_until = None;
        for member in &mut members {
            let others = member.record.value.leases_until(change.at, member.own);
            leases_until = leases_until.max(others);
            self.permit(member, &proposal, authority, change.at, others)?;
            let since = wanted.since.unwrap_or(change.at).min(change.at);
            if wanted.to == KeyState::Compromised {
                member.record.value.compromised_since = Some(Moment(since));
            }
            member
                .record
                .value
                .step(wanted.to, change.at, change.operation)?;
        }
        // From here on no handle of this process uses what it has; a commit that fails leaves it so.
        for member in &members {
            self.shared.raise_fence(member.key);
        }
        let (mut own, mut linked) = (None, None);
        for member in &mut members {
            if member.own.is_some() || member.key == wanted.key {
                let epoch = Epoch::now(&self.shared, member.key);
                let record = &mut member.record.value;
                let by = authority.by;
                let granted =
                    self.grant_or_none(record, &member.head.value, member.own, by, change.at);
                let place = if member.key == wanted.key {
                    &mut own
                } else {
                    &mut linked
                };
                *place = Some((granted, epoch));
            }
            change.put_record(&member.record)?;
            // A version that was received becomes the primary with its activation. Those that were made here are.
            let is_activated = wanted.to == KeyState::Active && member.key.half == Half::Secret;
            if is_activated && member.head.value.advance(member.key.version) {
                change.put_head(member.key.id, &member.head)?;
            }
        }
        let action = Action::Transition(Transition {
            key: wanted.key.into(),
            from: wanted.from,
            to: wanted.to,
            leases_until: leases_until.map(Moment),
            compromised_since: wanted
                .since
                .filter(|_| wanted.to == KeyState::Compromised)
                .map(Moment),
        });
        Ok((action, (own.ok_or(Refusal::NoTransition)?, linked)))
    }

    /// What has to be approved of.
    fn proposal_of(
        &self,
        wanted: &Wanted,
        members: &[Member],
        authority: &Authority<'_>,
    ) -> Result<Proposal, Refusal> {
        let own = members.first().ok_or(Refusal::NoTransition)?;
        let mut others = members.iter();
        let linked = others
            .find(|member| member.key.id != wanted.key.id && member.key.half == wanted.key.half);
        let linked = linked.map(Member::standing);
        Ok(self.proposal(own.standing(), linked, wanted.to, authority))
    }

    /// The key asked for first, then its other half and the linked key where they come along.
    fn members(&self, wanted: &Wanted) -> Result<Vec<Member>, Refusal> {
        let record = self.record(wanted.key)?;
        let head = self.head(wanted.key.id)?;
        if record.value.state() != wanted.from {
            return Err(Refusal::State(record.value.state()));
        }
        let edge = find_edge(record.value.role, Some(wanted.from), wanted.to)
            .ok_or(Refusal::NoTransition)?;
        let mut names = vec![wanted.key];
        if let Some(id) = head.value.linked {
            names.push(KeyName { id, ..wanted.key });
        }
        if edge.takes_both_halves {
            for name in names.clone() {
                let has_other = match name.half {
                    Half::Public => true,
                    Half::Secret => self.head(name.id)?.value.has_public_half,
                };
                if has_other {
                    names.push(name.other_half());
                }
            }
        }
        let mut members = vec![Member {
            key: wanted.key,
            record,
            head,
            own: wanted.own,
        }];
        for key in names.into_iter().skip(1) {
            let record = self.record(key)?;
            let head = self.head(key.id)?;
            let state = record.value.state();
            // What is where it should go, is gone, or was never activated need not come along.
            let is_idle = state == KeyState::PreActivation
                && key.half != wanted.key.half
                && matches!(wanted.to, KeyState::Suspended | KeyState::Active);
            if is_idle || stays(state, wanted.to) {
                continue;
            }
            if find_edge(record.value.role, Some(state), wanted.to).is_none() {
                return Err(Refusal::Linked(state));
            }
            let own = wanted.linked.filter(|_| key.half == wanted.key.half);
            members.push(Member {
                key,
                record,
                head,
                own,
            });
        }
        Ok(members)
    }

    /// Everything that can stand against a step of one of those that take it. Approvals are of the proposal, which
    /// names the linked key too: each key's approvers have to have approved of both.
    fn permit(
        &self,
        member: &Member,
        proposal: &Proposal,
        authority: &Authority<'_>,
        at: UnixTime,
        leases_until: Option<UnixTime>,
    ) -> Result<(), Refusal> {
        let record = &member.record.value;
        let (_, to) = proposal.transition();
        let subject = (record, &member.head.value);
        self.ask(subject, Intent::Transition(to), authority.by, at)?;
        self.ask_approvers(subject, proposal, authority)?;
        match to {
            KeyState::Destroyed if record.dependants > 0 => {
                Err(Refusal::Dependants(record.dependants))
            }
            KeyState::Destroyed => {
                leases_until.map_or(Ok(()), |until| Err(Refusal::LeasesRunning(until)))
            }
            // Transition 10: before the originator-usage period ends. A key that verifies is of use after that.
            KeyState::Active
                if !record.verifies()
                    && record.periods.originator_end.is_some_and(|end| at >= end.0) =>
            {
                Err(Refusal::OriginatorPeriod)
            }
            _ => Ok(()),
        }
    }
}

const fn ordinal(state: KeyState) -> u8 {
    #[expect(clippy::as_conversions, reason = "the discriminants are u8")]
    {
        state as u8
    }
}
