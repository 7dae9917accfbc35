//! The git-ignored folder `vectors/` at the root of the workspace, which `scripts/vectors` fills.

use std::env;
use std::path::{Path, PathBuf};

/// The command that fills the folder.
pub const COMMAND: &str = "scripts/vectors";

/// The variable that makes absence a failure when it is `1`.
pub const REQUIRE: &str = "PQKM_REQUIRE_VECTORS";

/// The folder, if it has been filled.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let dir = root.join("vectors");
    dir.join("SHA256SUMS").is_file().then_some(dir)
}

/// The folder, for a test that needs it. Without it the test says that it is skipped and how to get
/// the vectors, and should return:
///
/// ```
/// # fn some_test() {
/// let Some(dir) = pqkm_testkit::vectors::dir("some_test") else { return };
/// # let _ = dir;
/// # }
/// ```
///
/// # Panics
/// When the folder is absent and `PQKM_REQUIRE_VECTORS=1`.
#[must_use]
#[expect(clippy::print_stderr, reason = "a skip must be seen")]
pub fn dir(test: &str) -> Option<PathBuf> {
    let found = find();
    if found.is_none() {
        assert!(
            env::var_os(REQUIRE).is_none_or(|value| value != "1"),
            "{test}: {REQUIRE}=1 and vectors/ is not there: run {COMMAND}"
        );
        eprintln!("{test}: SKIPPED, vectors/ is not there: run {COMMAND}");
    }
    found
}
