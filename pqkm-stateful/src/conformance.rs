//! What a store has to pass: run it on your own store before a key goes into it.
//!
//! [`check_answers`] tests what the methods say. [`Explorer`] goes through every crash, failed operation, torn write and
//! rotted block of a small workload, and checks that no index is given out twice. A store on your own memory needs a
//! [`Medium`] that can fail; [`SimDisk`] is one for whatever is written against [`Disk`](crate::store::file::Disk).

mod choices;
mod explorer;
#[cfg(unix)]
mod sim;

use crate::error::StoreError;
use crate::store::{IntegrityKey, StateStore, UpperStore};

pub use choices::Choices;
pub use explorer::{Explorer, Report, Violation};
#[cfg(unix)]
pub use sim::{SimDisk, SimFile};

/// A fault of the medium, at one of its state-changing operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The power goes while the operation runs. It and all later ones fail; [`Medium::power_cycle`] follows.
    PowerLoss,
    /// The operation fails and has changed nothing.
    Refused,
    /// The operation fails, and may have changed all, some or nothing of what it should have.
    Failed,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PowerLoss, Self::Refused, Self::Failed];
}

/// A place for one store that can be made to fail.
pub trait Medium {
    /// The store under test.
    type Store: UpperStore;

    /// A store at this place, not created yet.
    ///
    /// # Errors
    /// As the store's own constructor.
    fn create(&mut self) -> Result<Self::Store, StoreError>;

    /// The store that is at this place.
    ///
    /// # Errors
    /// As the store's own constructor.
    fn open(&mut self) -> Result<Self::Store, StoreError>;

    /// The state-changing operation number `operation` from now (0 is the next) meets this fault.
    fn inject(&mut self, operation: u32, fault: Fault);

    /// How many state-changing operations there were since [`Medium::inject`].
    fn operations(&self) -> u32;

    /// Takes the power away and back: what was not synced is kept, lost or torn, as `choices` say.
    fn power_cycle(&mut self, choices: &mut Choices);

    /// How many places can rot, one at a time.
    fn rot_places(&self) -> u32;

    /// Makes one place unreadable, at rest.
    fn rot(&mut self, place: u32);
}

/// A key for tests.
#[must_use]
pub const fn test_integrity_key() -> IntegrityKey {
    IntegrityKey::new([0x5a; 32])
}

/// Checks the answers of a store without any fault: numbers, epochs, limits, refusals, and that all of it survives reopening.
///
/// # Errors
/// The first rule that does not hold.
pub fn check_answers<M: Medium>(medium: &mut M) -> Result<(), &'static str> {
    let key = test_integrity_key();
    let mut store = medium
        .create()
        .map_err(|_| "an empty place can be created")?;
    rule(
        store.create(b"record", &key).is_ok(),
        "an empty store can be created",
    )?;
    rule(
        store.create(b"other", &key) == Err(StoreError::Exists),
        "a second create is refused",
    )?;
    let opened = store.open(&key).map_err(|_| "a created store opens")?;
    rule(opened.next == 0, "a new store begins at zero")?;
    let reserve = |store: &mut M::Store, count, limit| store.reserve(opened.epoch, count, limit);
    rule(reserve(&mut store, 1, 100) == Ok(0), "the first index is 0")?;
    rule(reserve(&mut store, 5, 100) == Ok(1), "the next follows")?;
    rule(
        reserve(&mut store, 70, 100) == Ok(6),
        "a large reservation follows",
    )?;
    let refused = Err(StoreError::Exhausted { remaining: 24 });
    rule(
        reserve(&mut store, 25, 100) == refused,
        "more than is left is refused",
    )?;
    rule(
        reserve(&mut store, u64::MAX, 100) == refused,
        "far more than is left is refused",
    )?;
    rule(
        reserve(&mut store, 4, 100) == Ok(76),
        "a refusal spends nothing",
    )?;
    let foreign = store.reserve(opened.epoch + 1, 1, 100);
    rule(
        foreign == Err(StoreError::Fenced),
        "another epoch is refused",
    )?;
    check_put_once(&mut store, opened.epoch)?;
    drop(store);

    let mut store = medium.open().map_err(|_| "the place is there again")?;
    rule(
        store.record().as_deref() == Ok(b"record"),
        "the record is the one created",
    )?;
    let again = store.open(&key).map_err(|_| "the store opens again")?;
    rule(again.epoch > opened.epoch, "the epoch grows")?;
    rule(again.next >= 80, "what was spent stays spent")?;
    let stale = store.reserve(opened.epoch, 1, 100);
    rule(
        stale == Err(StoreError::Fenced),
        "the earlier epoch is over",
    )?;
    let stale = store.put_once(opened.epoch, 1, 9, b"late");
    rule(
        stale == Err(StoreError::Fenced),
        "the earlier epoch is over for upper signatures",
    )?;
    let stored = store.put_once(again.epoch, 1, 7, b"second");
    rule(
        stored.as_deref() == Ok(b"first"),
        "the first signature survives",
    )?;
    rule(
        store.reserve(again.epoch, 1, 100) == Ok(again.next),
        "reservations go on",
    )
}

fn check_put_once<S: UpperStore>(store: &mut S, epoch: u64) -> Result<(), &'static str> {
    let mut put = |level, index, bytes: &[u8]| store.put_once(epoch, level, index, bytes);
    rule(
        put(1, 7, b"first").as_deref() == Ok(b"first"),
        "the first signature is kept",
    )?;
    rule(
        put(1, 7, b"second").as_deref() == Ok(b"first"),
        "a second one gets the first",
    )?;
    rule(
        put(2, 7, b"other").as_deref() == Ok(b"other"),
        "levels are apart",
    )?;
    rule(
        put(1, 8, b"next").as_deref() == Ok(b"next"),
        "indices are apart",
    )
}

const fn rule(holds: bool, text: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(text) }
}
