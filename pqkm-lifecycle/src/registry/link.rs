//! Linking: two keys that go together from then on.

use pqkm_core::KeyId;

use super::{Authority, Change, Loaded, Registry, intent};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal, RegistryError},
    event::{Action, Linked},
    policy::Intent,
    record::{Head, KeyRecord},
    table::Half,
};

impl<C: Custody> Registry<C> {
    /// Links two keys that belong together, such as the halves of a hybrid or of dual certificates: from
    /// now on each takes every transition of the other in the same commit, both rotate together, and the
    /// periods of both, public halves too, end with the shorter ones. [`LinkedPair`](crate::LinkedPair) is the pair
    /// as a type.
    ///
    /// The policy is asked about both. From then on a transition of either is for both to permit: see
    /// [`Proposal`](crate::Proposal).
    ///
    /// # Errors
    /// [`Refusal::AlreadyLinked`]; [`Refusal::Linked`] if they are not in the same state; [`Refusal::Type`]
    /// if their roles differ or one was rotated before; [`Refusal::Policy`].
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
            if heads.iter().any(|head| head.value.linked.is_some()) {
                return Err(Refusal::AlreadyLinked);
            }
            let [first, second] = self.both(&heads, Half::Secret)?;
            if first.value.state() != second.value.state() {
                return Err(Refusal::Linked(second.value.state()));
            }
            if first.value.role != second.value.role
                || heads.iter().any(|head| head.value.latest != 1)
            {
                return Err(Refusal::Type);
            }
            self.join(change, &heads, [first, second], authority.by)?;
            if heads.iter().all(|head| head.value.has_public_half) {
                let publics = self.both(&heads, Half::Public)?;
                self.join(change, &heads, publics, authority.by)?;
            }
            heads[0].value.linked = Some(other);
            heads[1].value.linked = Some(one);
            change.put_head(one, &heads[0])?;
            change.put_head(other, &heads[1])?;
            Ok((Action::Linked(Linked { one, other }), ()))
        })?;
        Ok(())
    }

    fn both(
        &self,
        heads: &[Loaded<Head>; 2],
        half: Half,
    ) -> Result<[Loaded<KeyRecord>; 2], RegistryError> {
        let [one, other] = heads;
        Ok([
            self.record(one.value.primary(half)?)?,
            self.record(other.value.primary(half)?)?,
        ])
    }

    /// Gives both records the shorter of their periods. They are written also where that changes nothing, so that
    /// a transition which was decided on before the link is decided anew.
    fn join(
        &self,
        change: &mut Change<'_, C>,
        heads: &[Loaded<Head>; 2],
        mut records: [Loaded<KeyRecord>; 2],
        by: &str,
    ) -> Result<(), Refusal> {
        let [one, other] = &records;
        let shorter = one.value.periods.shorter(other.value.periods);
        for (record, head) in records.iter_mut().zip(heads) {
            self.ask((&record.value, &head.value), Intent::Link, by, change.at)?;
            let name = record.value.name().ok_or(RegistryError::Malformed)?;
            if record.value.periods.ends() != shorter.ends() {
                // What handles were told of the end is too late now.
                self.shared.raise_fence(name);
            }
            record.value.periods = shorter;
            change.put_record(record)?;
        }
        Ok(())
    }
}
