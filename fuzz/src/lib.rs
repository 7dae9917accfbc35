//! The bodies of the fuzz targets: see README.md.
//!
//! A target takes any bytes and must not panic. What it decodes it encodes again, and must get the same bytes.

mod classical;
mod family;
mod keys;
mod lattice;
mod lifecycle;
mod records;
mod rng;
mod sharing;
mod stateful;

#[cfg(test)]
mod drive;

/// A target.
pub struct Target {
    /// Its name: that of its file in `fuzz_targets/`.
    pub name: &'static str,
    /// Takes any bytes, checks what must hold of them, and says whether they were accepted.
    pub run: fn(&[u8]) -> bool,
    /// Inputs that are accepted: what mutations start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub fn targets() -> impl Iterator<Item = &'static Target> {
    [
        classical::TARGETS,
        family::TARGETS,
        keys::TARGETS,
        lattice::TARGETS,
        lifecycle::TARGETS,
        records::TARGETS,
        sharing::TARGETS,
        stateful::TARGETS,
    ]
    .into_iter()
    .flatten()
}

/// Runs the target of a name on an input.
///
/// # Panics
/// When a property does not hold, or there is no such target.
pub fn run(name: &str, data: &[u8]) {
    let target = targets().find(|target| target.name == name);
    (target.expect("a target of that name").run)(data);
}

/// A row of a table: the target's name is that of its function.
macro_rules! target {
    ($run:ident, $seeds:expr) => {
        crate::Target {
            name: stringify!($run),
            run: $run,
            seeds: $seeds,
        }
    };
}
use target;
