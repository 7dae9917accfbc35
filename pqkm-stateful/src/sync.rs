//! Locks, atomics and threads: the standard library's. Where `models/` compiles this crate once more it sets `pqkm_shuttle`, and
//! they are those of a scheduler that tries many orders of events.

#[cfg(pqkm_shuttle)]
pub(crate) use shuttle::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};
#[cfg(not(pqkm_shuttle))]
pub(crate) use {
    core::sync::atomic::{AtomicBool, Ordering},
    std::sync::{Mutex, MutexGuard, PoisonError, mpsc},
    std::thread,
};
