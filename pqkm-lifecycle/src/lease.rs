//! Leases: what a handle may do, for how long and how often, before it has to ask again.

use core::sync::atomic::{AtomicU64, Ordering};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use pqkm_core::{Clock, UnixTime};

use crate::{
    error::{RegistryError, Stale},
    name::KeyName,
    record::LeaseRecord,
    table::Use,
    wire::OperationId,
};

/// How much a lease gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTerms {
    /// Uses of each kind.
    pub uses: u64,
    /// Seconds.
    pub seconds: u64,
}

/// A thousand uses, five minutes.
impl Default for LeaseTerms {
    fn default() -> Self {
        Self {
            uses: 1000,
            seconds: 300,
        }
    }
}

/// A lease that a handle got and has not given back, as the key's record has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeaseOnRecord {
    /// Its identifier, which events tell.
    pub id: OperationId,
    /// How many uses it took from the key's budget, all of which count.
    pub uses: u64,
    /// When it ends, or ended.
    pub expires: UnixTime,
}

impl From<LeaseRecord> for LeaseOnRecord {
    fn from(record: LeaseRecord) -> Self {
        Self {
            id: record.id,
            uses: record.uses,
            expires: record.expires.0,
        }
    }
}

/// Names of keys to their fences, as long as somebody has one.
type Fences = HashMap<KeyName, Weak<AtomicU64>>;

/// What handles share with their registry.
pub(crate) struct Shared {
    clock: Box<dyn Clock + Send + Sync>,
    /// The latest time that was seen: the clock may go back.
    latest: AtomicU64,
    /// By how many seconds.
    tolerance: u64,
    fences: Mutex<(Fences, usize)>,
}

impl Shared {
    pub(crate) fn new(clock: Box<dyn Clock + Send + Sync>, tolerance: u64) -> Self {
        Self {
            clock,
            latest: AtomicU64::new(0),
            tolerance,
            fences: Mutex::new((HashMap::new(), 64)),
        }
    }

    /// The time; never before one that was seen.
    pub(crate) fn now(&self) -> Result<UnixTime, RegistryError> {
        let now = self.clock.now().map_err(|_| RegistryError::Clock)?;
        let latest = self.has_been(now.seconds());
        let time = UnixTime::from_seconds(latest).map_err(|_| RegistryError::Clock)?;
        if latest - now.seconds() > self.tolerance {
            return Err(RegistryError::ClockBehind(time));
        }
        Ok(time)
    }

    /// Takes in that it has been that time once, in seconds since 1970, and says the latest that it has been.
    pub(crate) fn has_been(&self, time: u64) -> u64 {
        self.latest.fetch_max(time, Ordering::Relaxed).max(time)
    }

    fn fence(&self, name: KeyName) -> Arc<AtomicU64> {
        let mut guard = self.fences.lock().unwrap_or_else(PoisonError::into_inner);
        let (fences, limit) = &mut *guard;
        if let Some(fence) = fences.get(&name).and_then(Weak::upgrade) {
            return fence;
        }
        if fences.len() >= *limit {
            fences.retain(|_, fence| fence.strong_count() > 0);
            *limit = (fences.len() * 2).max(64);
        }
        let fence = Arc::new(AtomicU64::new(0));
        fences.insert(name, Arc::downgrade(&fence));
        fence
    }

    /// Ends all leases of a key that handles of this process have.
    pub(crate) fn raise_fence(&self, name: KeyName) {
        self.fence(name).fetch_add(1, Ordering::SeqCst);
    }
}

/// How often, and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) uses: u64,
    pub(crate) until: u64,
    /// When the period ends for which it is given.
    pub(crate) period_end: u64,
}

/// What was granted, before it is bound to a handle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Granted {
    pub(crate) lease: OperationId,
    pub(crate) protect: Allowance,
    pub(crate) process: Allowance,
}

struct Counter {
    left: AtomicU64,
    until: u64,
    period_end: u64,
}

/// A lease in a handle.
pub(crate) struct Lease {
    id: OperationId,
    protect: Counter,
    process: Counter,
    epoch: u64,
    fence: Arc<AtomicU64>,
    shared: Arc<Shared>,
}

impl From<Allowance> for Counter {
    fn from(allowance: Allowance) -> Self {
        Self {
            left: AtomicU64::new(allowance.uses),
            until: allowance.until,
            period_end: allowance.period_end,
        }
    }
}

/// The moment of a fence before the commit that a lease is granted in: if it is raised while that commit
/// runs, the lease is over before it began.
pub(crate) struct Epoch {
    fence: Arc<AtomicU64>,
    value: u64,
}

impl Epoch {
    pub(crate) fn now(shared: &Shared, name: KeyName) -> Self {
        let fence = shared.fence(name);
        let value = fence.load(Ordering::SeqCst);
        Self { fence, value }
    }
}

impl Lease {
    pub(crate) fn new(granted: Granted, epoch: Epoch, shared: Arc<Shared>) -> Self {
        Self {
            id: granted.lease,
            protect: granted.protect.into(),
            process: granted.process.into(),
            epoch: epoch.value,
            fence: epoch.fence,
            shared,
        }
    }

    pub(crate) const fn id(&self) -> OperationId {
        self.id
    }

    fn counter(&self, what: Use) -> &Counter {
        match what {
            Use::Protect => &self.protect,
            Use::Process | Use::Confirm => &self.process,
        }
    }

    /// Takes one use.
    pub(crate) fn take(&self, what: Use) -> Result<(), Stale> {
        if self.fence.load(Ordering::SeqCst) != self.epoch {
            return Err(Stale::Fenced);
        }
        let counter = self.counter(what);
        counter
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
                left.checked_sub(1)
            })
            .map_err(|_| Stale::Spent)?;
        let now = self.shared.now().map_err(|error| match error {
            RegistryError::ClockBehind(latest) => Stale::ClockBehind(latest),
            _ => Stale::Clock,
        })?;
        let now = now.seconds();
        if now < counter.until {
            Ok(())
        } else if now >= counter.period_end && what == Use::Protect {
            Err(Stale::OriginatorPeriod)
        } else {
            Err(Stale::Expired)
        }
    }

    /// How many uses are left.
    pub(crate) fn left(&self, what: Use) -> u64 {
        self.counter(what).left.load(Ordering::Acquire)
    }
}
