//! Self-tests after FIPS 140-3: known answers for every algorithm and every engine that this CPU runs.

use crate::{error::NotOperational, state};

mod lattice;
mod symmetric;

/// Runs the known-answer tests of every algorithm on every engine that this CPU runs.
///
/// If one fails, the library enters its error state for the rest of the process: generating, signing,
/// encapsulating, decapsulating, deriving, wrapping, unwrapping, sealing and opening are refused, and
/// every verification fails.
///
/// # Errors
/// [`NotOperational`] if a test fails now or failed before.
pub fn self_test() -> Result<(), NotOperational> {
    state::check()?;
    if symmetric::pass() && lattice::pass() {
        Ok(())
    } else {
        state::fail();
        Err(NotOperational)
    }
}

/// Whether no self-test has failed.
#[must_use]
pub fn is_operational() -> bool {
    state::check().is_ok()
}
