//! Counting.

use core::error::Error;
use core::fmt;
use std::collections::BTreeSet;

/// How one case went.
pub(crate) enum Outcome {
    /// It did what the vector says.
    Passed,
    /// It did not; what was wrong.
    Failed(String),
    /// It was not run; why.
    Skipped(String),
}

/// What was wrong, or why something was refused.
pub(crate) type Fault = Box<dyn Error + Send + Sync>;

/// A check that must hold: `Err` says what was wrong.
pub(crate) type Check = Result<(), Fault>;

impl From<Check> for Outcome {
    fn from(check: Check) -> Self {
        check.map_or_else(|fault| Self::Failed(fault.to_string()), |()| Self::Passed)
    }
}

/// Fails with `what` unless it holds.
pub(crate) fn ensure(holds: bool, what: &str) -> Check {
    if holds { Ok(()) } else { Err(what.into()) }
}

/// How the cases of a file, or of all, went.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    notes: BTreeSet<String>,
}

impl Tally {
    /// A file that cannot be read counts as one failure.
    pub(crate) fn damaged() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// So many cases that are not run, for one reason.
    pub(crate) fn skipped(count: usize, reason: &str) -> Self {
        let notes = BTreeSet::from([reason.to_owned()]);
        Self {
            skipped: count,
            notes,
            ..Self::default()
        }
    }

    /// Counts one case; gives back what went wrong.
    pub(crate) fn count(&mut self, outcome: Outcome) -> Option<String> {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Skipped(reason) => {
                self.skipped += 1;
                self.notes.insert(reason);
            }
            Outcome::Failed(what) => {
                self.failed += 1;
                return Some(what);
            }
        }
        None
    }

    /// Says something about the file that is no case of it.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.insert(note);
    }

    /// Adds the counts, without the reasons.
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
            notes,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")?;
        if notes.is_empty() {
            return Ok(());
        }
        let notes: Vec<_> = notes.iter().map(String::as_str).collect();
        write!(f, " ({})", notes.join("; "))
    }
}
