//! Which envelopes were opened.

use alloc::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{
    error::ReplayError,
    ident::{Fingerprint, KeyId},
    time::UnixTime,
};

/// An envelope as the replay store of a recipient knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayEntry {
    name: [u8; 32],
    expires: UnixTime,
}

impl ReplayEntry {
    pub(crate) fn new(
        source: Fingerprint,
        envelope_id: KeyId,
        recipient: Fingerprint,
        expires: UnixTime,
    ) -> Self {
        let mut hash = Sha256::new();
        hash.update(source.as_bytes());
        hash.update(envelope_id.as_bytes());
        hash.update(recipient.as_bytes());
        Self {
            name: hash.finalize().into(),
            expires,
        }
    }

    /// The name of the envelope for one recipient: SHA-256 of its source, identifier and recipient, 32
    /// bytes.
    #[must_use]
    pub const fn name(&self) -> &[u8; 32] {
        &self.name
    }

    /// The moment from which the envelope opens no more, whether it was opened or not.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }
}

/// Remembers which envelopes were opened.
pub trait ReplayStore {
    /// Spends an envelope. When this returns `Ok`, that is durable, and no later call, in this process
    /// or another, returns `Ok` for the same name.
    ///
    /// A store may forget an entry that has expired if it durably remembers up to which moment it has
    /// forgotten, and refuses everything that expires by then: a clock that is set back must not bring
    /// an envelope back.
    ///
    /// # Errors
    /// [`ReplayError::Replayed`] if it was spent, [`ReplayError::Expired`] if it expires by a moment
    /// up to which entries were forgotten, [`ReplayError::Io`] if the outcome is unknown: the envelope
    /// may be spent then, and the caller must not use what was in it.
    fn spend(&mut self, entry: &ReplayEntry, now: UnixTime) -> Result<(), ReplayError>;
}

impl<S: ReplayStore + ?Sized> ReplayStore for &mut S {
    fn spend(&mut self, entry: &ReplayEntry, now: UnixTime) -> Result<(), ReplayError> {
        (**self).spend(entry, now)
    }
}

/// Forgets everything with the process: for tests, and for keys that live no longer.
#[derive(Debug)]
pub struct MemoryReplayStore {
    spent: BTreeMap<[u8; 32], UnixTime>,
    forgotten: Option<UnixTime>,
}

impl MemoryReplayStore {
    /// An empty store.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            spent: BTreeMap::new(),
            forgotten: None,
        }
    }
}

impl Default for MemoryReplayStore {
    fn default() -> Self {
        Self::new()
    }
}

impl ReplayStore for MemoryReplayStore {
    fn spend(&mut self, entry: &ReplayEntry, now: UnixTime) -> Result<(), ReplayError> {
        if self.forgotten.is_some_and(|until| entry.expires <= until) {
            return Err(ReplayError::Expired);
        }
        if self.spent.contains_key(&entry.name) {
            return Err(ReplayError::Replayed);
        }
        self.spent.insert(entry.name, entry.expires);
        self.spent.retain(|_, expires| *expires > now);
        self.forgotten = self.forgotten.max(Some(now));
        Ok(())
    }
}
