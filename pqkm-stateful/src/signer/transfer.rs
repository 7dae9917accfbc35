//! Moving a key to another store: the source is spent and removed, so that at no time two stores can sign.

use alloc::boxed::Box;
use core::fmt;

use super::{HssSigner, Reservation, Shelf};
use crate::error::StoreError;
use crate::store::{Removable, UpperStore};
use crate::sync::{Mutex, PoisonError};

/// The largest reservation that the new store is told of while it catches up: it bounds what a crash burns there later.
const STEP: u64 = 1024;

/// A key that was moved.
#[expect(missing_debug_implementations, reason = "holds a private key")]
pub struct Transferred<T> {
    /// The signer over the new store.
    pub signer: HssSigner<T>,
    /// Whether the source is removed. If not, it is spent to the last index and cannot sign.
    pub removed: Result<(), StoreError>,
}

/// A key that was not moved.
pub struct TransferError<S> {
    /// The signer over the source.
    pub signer: HssSigner<S>,
    /// All indices that were left, if the source is spent already and the destination is gone again: this process can sign with
    /// them until it ends. If the destination could not be removed they are burned, for it may be a key.
    pub rest: Option<Reservation>,
    /// Why.
    pub reason: StoreError,
}

impl<S> fmt::Debug for TransferError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferError")
            .field("rest", &self.rest)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl<S> fmt::Display for TransferError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key was not moved")
    }
}

impl<S> core::error::Error for TransferError<S> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.reason)
    }
}

impl<S: UpperStore + Removable> HssSigner<S> {
    /// Moves the key to an empty store and removes it from this one.
    ///
    /// First every index that is left is spent in the source; only then does the destination get the key, with everything spent that
    /// was used before. **If the process dies in between, the key is lost**: the order excludes that it exists twice.
    ///
    /// # Errors
    /// [`TransferError`] hands the signer back. Nothing is spent if the destination holds something already.
    pub fn transfer<T: UpperStore + Removable>(
        self,
        mut destination: T,
    ) -> Result<Transferred<T>, Box<TransferError<S>>> {
        match destination.record() {
            Err(StoreError::Missing | StoreError::Incomplete) => {}
            Err(reason) => return Err(self.stays(None, reason)),
            Ok(_) => return Err(self.stays(None, StoreError::Exists)),
        }
        let (next, capacity) = (self.shelf().next, self.parameters.capacity());
        let count = capacity.saturating_sub(next);
        let spent = self.shelf().store.reserve(self.epoch, count, capacity);
        let first = match spent {
            Ok(first) => first,
            Err(reason) => return Err(self.stays(None, reason)),
        };
        self.shelf().next = capacity;
        match settle(&self, &mut destination, first) {
            Ok(epoch) => Ok(self.into_store(destination, epoch, first)),
            Err(reason) => {
                // Nobody knows what the destination is after a failed write: as long as it may be a key, the rest is its own.
                let gone = destination.remove().is_ok();
                let rest = gone.then(|| Reservation::new(self.ticket(), first..capacity));
                Err(self.stays(rest, reason))
            }
        }
    }

    fn stays(self, rest: Option<Reservation>, reason: StoreError) -> Box<TransferError<S>> {
        Box::new(TransferError {
            signer: self,
            rest,
            reason,
        })
    }

    fn into_store<T: UpperStore>(self, store: T, epoch: u64, next: u64) -> Transferred<T> {
        let shelf = self.store.into_inner();
        let removed = shelf.unwrap_or_else(PoisonError::into_inner).store.remove();
        let signer = HssSigner {
            key_id: self.key_id,
            epoch,
            process: self.process,
            parameters: self.parameters,
            public: self.public,
            record: self.record,
            integrity: self.integrity,
            store: Mutex::new(Shelf { store, next }),
            subtrees: self.subtrees,
            check: self.check,
            low_water: self.low_water,
        };
        Transferred { signer, removed }
    }
}

/// Makes the key in the new store and spends there what was spent before; returns the epoch.
fn settle<S, T: UpperStore>(
    signer: &HssSigner<S>,
    destination: &mut T,
    first: u64,
) -> Result<u64, StoreError> {
    destination.create(&signer.record, &signer.integrity)?;
    let opened = destination.open(&signer.integrity)?;
    let mut at = opened.next;
    while at < first {
        let count = STEP.min(first - at);
        at = destination
            .reserve(opened.epoch, count, first)?
            .saturating_add(count);
    }
    Ok(opened.epoch)
}
