//! Who asks, and whether the policy lets them.

use pqkm_core::UnixTime;

use super::{Registry, facts};
use crate::{
    approval::{Approval, Proposal},
    custody::Custody,
    error::Refusal,
    policy::Intent,
    record::{Head, KeyRecord},
    wire::OperationId,
};

/// Who asks for something, why, and with whose consent.
#[derive(Clone, Copy)]
pub struct Authority<'a> {
    pub(super) by: &'a str,
    pub(super) reason: &'a str,
    pub(super) operation: Option<OperationId>,
    pub(super) approvals: &'a [Approval],
}

impl<'a> Authority<'a> {
    /// Who and why: each at most 255 bytes. Both stand in the event.
    #[must_use]
    pub const fn new(by: &'a str, reason: &'a str) -> Self {
        Self {
            by,
            reason,
            operation: None,
            approvals: &[],
        }
    }

    /// Names the operation, so that asking again does it once.
    #[must_use]
    pub const fn with_operation(self, operation: OperationId) -> Self {
        Self {
            operation: Some(operation),
            ..self
        }
    }

    /// Adds the approvals of others.
    #[must_use]
    pub const fn with_approvals(self, approvals: &'a [Approval]) -> Self {
        Self { approvals, ..self }
    }

    /// Who and why, as parts of an [`intent`].
    pub(crate) const fn parts(&self) -> [&[u8]; 2] {
        [self.by.as_bytes(), self.reason.as_bytes()]
    }
}

impl<C: Custody> Registry<C> {
    /// Asks the policy whether `by` may do that with a key on record: what every change of a record asks, about
    /// every record.
    pub(super) fn ask(
        &self,
        (record, head): (&KeyRecord, &Head),
        intent: Intent,
        by: &str,
        at: UnixTime,
    ) -> Result<(), Refusal> {
        self.policy.check(&facts(record, head), intent, by, at)?;
        Ok(())
    }

    /// Asks for the approvals that the policy demands for a key on record.
    pub(super) fn ask_approvers(
        &self,
        (record, head): (&KeyRecord, &Head),
        proposal: &Proposal,
        authority: &Authority<'_>,
    ) -> Result<(), Refusal> {
        let (_, to) = proposal.transition();
        if let Some(quorum) = self.policy.quorum(&facts(record, head), to) {
            quorum.check(proposal, authority.approvals)?;
        }
        Ok(())
    }
}
