//! The registry: reads rows, decides, and commits once.
//!
//! Everything that changes goes through [`Registry::attempt`]: it reads, lets the caller decide, and makes
//! one commit with the rows, the operation's own row and the event. After a conflict it begins anew.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;

use der::Encode as _;
use pqkm_core::{KeyId, UnixTime};

use crate::{
    custody::{Custody, SymmetricRoot},
    error::{CommitError, OperationError, Refusal, RegistryError},
    event::{Action, Event},
    lease::{LeaseTerms, Shared},
    name::{self, KeyName, NameRef},
    policy::{KeyFacts, Policy},
    record::{Head, KeyRecord, MAX_TEXT_BYTES, OperationRecord},
    seal::RowSeal,
    store::{KeyStore, RowName},
    wire::{Hash, Moment, OperationId},
};

mod authority;
mod change;
mod create;
mod dependants;
mod distribute;
mod due;
mod evidence;
mod generate;
mod lease;
mod link;
mod open;
mod plan;
mod propose;
mod rotate;
mod transition;

pub use authority::Authority;
pub(crate) use change::{Change, intent};
pub use create::RegistryOptions;
pub use dependants::Dependant;
pub use distribute::{Opening, Shipment};
pub use due::{Due, DueReason};
pub use generate::KeySpec;
pub use open::AnyManaged;
pub use rotate::LinkedSuccessors;
pub(crate) use transition::Wanted;

/// How often an operation begins anew before it gives up.
const ATTEMPTS: usize = 64;

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It happened, to this key.
    Done(KeyName),
    /// It happened: a note, which is about no key.
    Noted,
    /// It did not happen.
    NotDone,
}

/// Keys, their states, and a store that survives.
///
/// * [`create`](Self::create) makes one in an empty store, [`open`](Self::open) opens it again. Threads share one;
///   processes have one each, on a store that they share.
/// * [`generate`](Self::generate), [`adopt`](Self::adopt) and [`receive`](Self::receive) put keys on record;
///   [`find`](Self::find) and [`find_primary`](Self::find_primary) find them again, for
///   [`promote`](AnyManaged::promote) to make a handle. Transitions and uses are methods of [handles](crate::Managed).
/// * [`rotate`](Self::rotate) replaces a key, [`due`](Self::due) says which must move, and
///   [`dependants`](Self::dependants) what depends on it.
/// * Events wait in the store until [`sequence`](Self::sequence) moves them to the log, which somebody has to call now and
///   then. [`checkpoint`](Self::checkpoint) does so as well, and signs for the log; [`export_log`](Self::export_log) is for
///   whoever verifies it, and [`compare_with_log`](Self::compare_with_log) finds what was changed past the registry.
///
/// After a commit that failed, or whose outcome is not known, everything is refused with
/// [`RegistryError::Poisoned`] until the registry is opened again; [`resolve`](Self::resolve) then tells what became of
/// an operation.
pub struct Registry<C: Custody = SymmetricRoot> {
    pub(crate) store: Arc<dyn KeyStore>,
    pub(crate) custody: C,
    pub(crate) policy: Box<dyn Policy>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) seal: RowSeal,
    pub(crate) terms: LeaseTerms,
    id: Hash,
    session: Hash,
    counter: AtomicU64,
    is_poisoned: AtomicBool,
}

/// A row as it was read, and its generation.
pub(crate) struct Loaded<T> {
    pub(crate) value: T,
    pub(crate) generation: u64,
}

impl<C: Custody> core::fmt::Debug for Registry<C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Registry")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<C: Custody> Registry<C> {
    /// The registry's identifier: in every event, checkpoint and row.
    #[must_use]
    pub const fn id(&self) -> Hash {
        self.id
    }

    /// Refuses all work until the registry is opened again.
    pub(crate) fn poison(&self) {
        self.is_poisoned.store(true, Ordering::SeqCst);
    }

    /// What became of an operation: for callers that were told
    /// [`Indeterminate`](OperationError::Indeterminate), and for those that crashed. Of leases that were granted or
    /// given back it knows nothing: whoever lost one asks for another.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn resolve(&self, operation: OperationId) -> Result<Resolution, RegistryError> {
        let Some(found) = self.operation(operation)? else {
            return Ok(Resolution::NotDone);
        };
        match found.key {
            None => Ok(Resolution::Noted),
            Some(key) => key
                .get()
                .map(Resolution::Done)
                .ok_or(RegistryError::Malformed),
        }
    }

    pub(crate) fn operation(
        &self,
        id: OperationId,
    ) -> Result<Option<OperationRecord>, RegistryError> {
        let row = self.read(&name::operation(id))?;
        row.map(|row| OperationRecord::read(&row.value)).transpose()
    }

    /// The content of a row that this registry wrote.
    pub(crate) fn read(&self, name: &RowName) -> Result<Option<Loaded<Vec<u8>>>, RegistryError> {
        if self.is_poisoned.load(Ordering::SeqCst) {
            return Err(RegistryError::Poisoned);
        }
        let Some(row) = self.store.get(name)? else {
            return Ok(None);
        };
        Ok(Some(Loaded {
            value: self.seal.open(name, &row)?.to_vec(),
            generation: row.generation,
        }))
    }

    pub(crate) fn record(&self, key: KeyName) -> Result<Loaded<KeyRecord>, RegistryError> {
        let row = self.read(&key.row())?.ok_or(RegistryError::NotFound)?;
        Ok(Loaded {
            value: KeyRecord::read(&row.value, key)?,
            generation: row.generation,
        })
    }

    pub(crate) fn head(&self, id: KeyId) -> Result<Loaded<Head>, RegistryError> {
        self.find_head(id)?.ok_or(RegistryError::NotFound)
    }

    fn find_head(&self, id: KeyId) -> Result<Option<Loaded<Head>>, RegistryError> {
        let Some(row) = self.read(&name::head(id))? else {
            return Ok(None);
        };
        Ok(Some(Loaded {
            value: Head::read(&row.value, id)?,
            generation: row.generation,
        }))
    }

    pub(crate) fn now(&self) -> Result<UnixTime, RegistryError> {
        self.shared.now()
    }

    /// An identifier that nobody else draws: 128 bits of a hash over a random session and a counter.
    pub(crate) fn fresh_id(&self) -> OperationId {
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        let hash = Hash::of(&[self.session.as_bytes(), &count.to_be_bytes()]);
        let mut id = [0; OperationId::BYTES];
        id.iter_mut().zip(hash.0).for_each(|(to, from)| *to = from);
        OperationId(id)
    }

    /// Lets `decide` fill a change and commits it, beginning anew after a conflict.
    ///
    /// `intent` is what is asked, and of which key; without it the action stands for that. If the same was done
    /// before, `Ok(None)` is returned.
    pub(crate) fn attempt<T>(
        &self,
        authority: &Authority<'_>,
        intent: Option<(Hash, KeyName)>,
        mut decide: impl FnMut(&mut Change<'_, C>) -> Result<(Action, T), Refusal>,
    ) -> Result<Option<T>, OperationError> {
        if authority.by.len() > MAX_TEXT_BYTES || authority.reason.len() > MAX_TEXT_BYTES {
            return Err(Refusal::TooLong.into());
        }
        let operation = authority.operation.unwrap_or_else(|| self.fresh_id());
        for attempt in 0..ATTEMPTS {
            // A name that the registry drew itself has no row before the first attempt.
            let found = if attempt > 0 || authority.operation.is_some() {
                self.operation(operation)?
            } else {
                None
            };
            if let (Some((hash, _)), Some(found)) = (intent, &found) {
                return found.is_of(hash);
            }
            let mut change = Change::new(self, operation)?;
            let (action, result) = decide(&mut change)?;
            if let Some((intent, key)) = asked(intent, &action, authority)? {
                if let Some(found) = found {
                    return found.is_of(intent);
                }
                let record = OperationRecord {
                    intent,
                    at: Moment(change.at),
                    key: key.map(NameRef::from),
                };
                change.put(name::operation(operation), 0, record.to_der()?)?;
            }
            match self.commit(change, authority, action)? {
                true => return Ok(Some(result)),
                false => continue,
            }
        }
        Err(Refusal::Contended.into())
    }

    /// Whether it was committed; if not, others were faster.
    fn commit(
        &self,
        change: Change<'_, C>,
        authority: &Authority<'_>,
        action: Action,
    ) -> Result<bool, OperationError> {
        let Change {
            operation,
            at,
            mut batch,
            touched,
            ..
        } = change;
        let (by, reason) = (authority.by.into(), authority.reason.into());
        let mut event = Event::new(self.id, operation, at, by, reason, action);
        event.touched = touched;
        let event = event.to_der().map_err(|_| Refusal::TooLong)?;
        batch.events.push(self.seal.seal_event(event));
        match self.store.commit(&batch) {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(CommitError::Unknown) => {
                self.poison();
                Err(OperationError::Indeterminate(operation))
            }
            Err(_) => {
                self.poison();
                Err(RegistryError::Poisoned.into())
            }
        }
    }
}

/// What an operation's row says that was asked for, and of which key; nothing for one that is not remembered.
fn asked(
    intent: Option<(Hash, KeyName)>,
    action: &Action,
    authority: &Authority<'_>,
) -> Result<Option<(Hash, Option<KeyName>)>, RegistryError> {
    if let Some((hash, key)) = intent {
        return Ok(Some((hash, Some(key))));
    }
    if !action.is_remembered() {
        return Ok(None);
    }
    let [by, reason] = authority.parts();
    let hash = change::intent(&[b"action", &action.to_der()?, by, reason]);
    Ok(Some((hash, action.key())))
}

/// What policies are told of a record.
pub(crate) fn facts<'a>(record: &'a KeyRecord, head: &'a Head) -> KeyFacts<'a> {
    KeyFacts {
        algorithm: &record.algorithm_name,
        role: record.role,
        kept_in: record.kept_in,
        exportable: record.exportable,
        owner: &head.owner,
        purpose: &head.purpose,
    }
}
