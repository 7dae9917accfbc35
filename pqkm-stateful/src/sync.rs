//! Locks, atomics and threads: the standard library's. Where `models/` compiles this crate once more it sets `pqkm_shuttle`, and
//! they are those of a scheduler that tries many orders of events.

#[cfg(pqkm_shuttle)]
pub(crate) use shuttle::{
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};
#[cfg(not(pqkm_shuttle))]
pub(crate) use {
    core::sync::atomic::{AtomicBool, Ordering},
    std::sync::{Condvar, Mutex, MutexGuard, PoisonError},
    std::thread,
};
