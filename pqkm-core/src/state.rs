//! The error state: after a failed self-test every operation is refused.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::error::NotOperational;

/// Set once, never cleared: only a new process is operational again.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Refuses work after a failed test.
pub(crate) fn check() -> Result<(), NotOperational> {
    if FAILED.load(Ordering::Relaxed) {
        Err(NotOperational)
    } else {
        Ok(())
    }
}

/// Enters the error state.
pub(crate) fn fail() {
    FAILED.store(true, Ordering::Relaxed);
}
