//! Self-tests after FIPS 140-3: known answers on every engine that this CPU runs.

use crate::{error::NotOperational, state};

mod classical;
mod lattice;
#[cfg(feature = "rsa")]
mod rsa;
mod stateless;
mod symmetric;

/// Runs the known-answer tests on every engine that this CPU runs: of every algorithm of this crate, SLH-DSA in three
/// sets, one for each of its hash constructions, RSA with 2048 bits and SHA-256. HPKE has none of its own.
///
/// If one fails, the library enters its error state for the rest of the process: generating, signing,
/// encapsulating, decapsulating, deriving, wrapping, unwrapping, sealing and opening are refused, and
/// every verification fails.
///
/// # Errors
/// [`NotOperational`] if a test fails now or failed before.
pub fn self_test() -> Result<(), NotOperational> {
    state::check()?;
    if symmetric::pass()
        && lattice::pass()
        && stateless::pass()
        && classical::pass()
        && rsa_passes()
        && pbes2_passes()
    {
        Ok(())
    } else {
        state::fail();
        Err(NotOperational)
    }
}

#[cfg(feature = "rsa")]
use rsa::pass as rsa_passes;

#[cfg(not(feature = "rsa"))]
const fn rsa_passes() -> bool {
    true
}

#[cfg(feature = "pbes2")]
use crate::pbes2::pass as pbes2_passes;

#[cfg(not(feature = "pbes2"))]
const fn pbes2_passes() -> bool {
    true
}

/// Whether no self-test has failed.
#[must_use]
pub fn is_operational() -> bool {
    state::check().is_ok()
}
