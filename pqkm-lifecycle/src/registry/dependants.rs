//! What depends on a key: a wrapping key is not destroyed while anything is wrapped under it.
//!
//! A dependant is a row of its own, named by a digest of what the caller calls it, and counted in the key's
//! record in the same commit.

use pqkm_core::{KeyId, Version};

use super::{Authority, Registry, intent};
use crate::{
    custody::Custody,
    error::{OperationError, Refusal, RegistryError},
    event::{Action, DependantChange},
    name::{self, KeyName},
    policy::Intent,
    store::RowName,
    table::{Half, KeyState},
    wire::Hash,
};

/// The longest name of a dependant in bytes.
const MAX_NAME_BYTES: usize = 1024;

/// How many of a key's dependants come in one page.
const PAGE: usize = 1000;

/// What depends on a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependant {
    /// What the caller calls it: the name of a record, of a file, of another key.
    pub name: Vec<u8>,
    place: RowName,
}

impl<C: Custody> Registry<C> {
    /// Records that something depends on a key, before it does.
    ///
    /// # Errors
    /// [`Refusal::State`] if the key is destroyed, [`Refusal::TooLong`] beyond 1024 bytes, [`Refusal::Policy`].
    pub fn add_dependant(
        &self,
        key: KeyName,
        dependant: &[u8],
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        self.change_dependant(key, dependant, true, authority)
    }

    /// Records that something depends on a key no more.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] if it did not; [`Refusal::Policy`].
    pub fn remove_dependant(
        &self,
        key: KeyName,
        dependant: &[u8],
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        self.change_dependant(key, dependant, false, authority)
    }

    fn change_dependant(
        &self,
        key: KeyName,
        dependant: &[u8],
        is_added: bool,
        authority: &Authority<'_>,
    ) -> Result<(), OperationError> {
        if dependant.is_empty() || dependant.len() > MAX_NAME_BYTES || key.half != Half::Secret {
            return Err(Refusal::TooLong.into());
        }
        let digest = Hash::of(&[dependant]);
        let row = name::dependant(key.id, key.version, &digest);
        let [by, reason] = authority.parts();
        let kind = if is_added {
            b"add".as_slice()
        } else {
            b"remove"
        };
        let asked = intent(&[b"dependant", kind, row.as_bytes(), by, reason]);
        self.attempt(authority, Some((asked, key)), |change| {
            let mut record = self.record(key)?;
            let head = self.head(key.id)?.value;
            let (what, by) = (Intent::Dependants, authority.by);
            self.ask((&record.value, &head), what, by, change.at)?;
            let found = self.read(&row)?;
            match (is_added, found) {
                (true, None) => {
                    if record.value.state() == KeyState::Destroyed {
                        return Err(Refusal::State(KeyState::Destroyed));
                    }
                    record.value.dependants += 1;
                    change.put(row.clone(), 0, dependant.to_vec())?;
                }
                // It is there already: what is asked for holds.
                (true, Some(found)) => {
                    change.put(row.clone(), found.generation, dependant.to_vec())?;
                }
                (false, None) => return Err(RegistryError::NotFound.into()),
                (false, Some(found)) => {
                    record.value.dependants = record.value.dependants.saturating_sub(1);
                    change.remove(row.clone(), found.generation)?;
                }
            }
            change.put_record(&record)?;
            let action = Action::Dependant(DependantChange {
                key: key.into(),
                dependant: digest,
                is_added,
            });
            Ok((action, ()))
        })?;
        Ok(())
    }

    /// Lists what depends on a version of a key, a page at a time: after `after`, or from the beginning.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn dependants(
        &self,
        id: KeyId,
        version: Version,
        after: Option<&Dependant>,
    ) -> Result<Vec<Dependant>, RegistryError> {
        let prefix = name::dependants_of(id, version);
        let after = after.map(|dependant| &dependant.place);
        let rows = self.store.scan(prefix.as_bytes(), after, PAGE)?;
        rows.into_iter()
            .map(|(place, row)| {
                let name = self.seal.open(&place, &row)?.to_vec();
                Ok(Dependant { name, place })
            })
            .collect()
    }
}
