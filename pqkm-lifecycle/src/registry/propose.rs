//! Proposals: what approvers have to sign, for one key or for two that are linked.

use super::{Authority, Registry};
use crate::{
    approval::{Proposal, Standing},
    custody::Custody,
    error::RegistryError,
    name::KeyName,
    table::KeyState,
};

impl<C: Custody> Registry<C> {
    /// What approvers have to sign for a transition of a key as it is now, asked for by that authority; to
    /// active for an active key, for its rotation. It names the key that is linked with it, too, if that comes along:
    /// enough must approve for either of them.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn propose(
        &self,
        name: KeyName,
        to: KeyState,
        authority: &Authority<'_>,
    ) -> Result<Proposal, RegistryError> {
        let record = self.record(name)?.value;
        let linked = match self.head(name.id)?.value.linked {
            None => None,
            Some(id) => {
                let name = KeyName { id, ..name };
                let linked = self.record(name)?.value;
                let (from, linked_from) = (record.state(), linked.state());
                let stays = stays(linked_from, to) && from != to;
                (!stays).then(|| Standing::of(name, &linked))
            }
        };
        Ok(self.proposal(Standing::of(name, &record), linked, to, authority))
    }

    pub(super) fn proposal(
        &self,
        key: Standing,
        linked: Option<Standing>,
        to: KeyState,
        authority: &Authority<'_>,
    ) -> Proposal {
        Proposal {
            registry: self.id,
            key,
            to,
            by: authority.by.into(),
            reason: authority.reason.into(),
            linked,
        }
    }
}

/// Whether a key that would come along to a state is there already, or gone.
pub(super) fn stays(state: KeyState, to: KeyState) -> bool {
    state == to || state == KeyState::Destroyed
}
