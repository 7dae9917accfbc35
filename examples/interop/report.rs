//! What was found, as lines or as JSON.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// How a case ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    Skipped,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

struct Case {
    path: String,
    check: String,
    outcome: Outcome,
    reason: String,
}

/// All cases, in the order in which they were checked.
#[derive(Default)]
pub(crate) struct Report(Vec<Case>);

impl Report {
    pub(crate) fn passed(&mut self, path: &Path, check: impl Into<String>) {
        self.add(path, check, Outcome::Passed, String::new());
    }

    pub(crate) fn failed(
        &mut self,
        path: &Path,
        check: impl Into<String>,
        reason: impl Into<String>,
    ) {
        self.add(path, check, Outcome::Failed, reason.into());
    }

    pub(crate) fn skipped(
        &mut self,
        path: &Path,
        check: impl Into<String>,
        reason: impl Into<String>,
    ) {
        self.add(path, check, Outcome::Skipped, reason.into());
    }

    /// A case that either passed or failed for a reason.
    pub(crate) fn case(
        &mut self,
        path: &Path,
        check: impl Into<String>,
        result: Result<(), String>,
    ) {
        match result {
            Ok(()) => self.passed(path, check),
            Err(reason) => self.failed(path, check, reason),
        }
    }

    /// Takes over the cases of another report, after its own.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    fn add(&mut self, path: &Path, check: impl Into<String>, outcome: Outcome, reason: String) {
        self.0.push(Case {
            path: path.display().to_string(),
            check: check.into(),
            outcome,
            reason,
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.0.iter().filter(|case| case.outcome == outcome).count()
    }

    /// Prints the report. A reader that stops reading, as `head` does, is no fault of the artifacts.
    pub(crate) fn print(&self, json: bool) -> ExitCode {
        let mut out = io::stdout().lock();
        let written = if json {
            self.write_json(&mut out)
        } else {
            self.write_lines(&mut out)
        };
        let is_written = match written {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::BrokenPipe,
        };
        if is_written && self.count(Outcome::Failed) == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    pub(crate) fn write_lines(&self, out: &mut impl Write) -> io::Result<()> {
        for case in &self.0 {
            let (path, outcome, check) = (&case.path, case.outcome.name(), &case.check);
            if case.reason.is_empty() {
                writeln!(out, "{path}: {outcome}: {check}")?;
            } else {
                writeln!(out, "{path}: {outcome}: {check} ({})", case.reason)?;
            }
        }
        writeln!(
            out,
            "total: {} passed, {} failed, {} skipped",
            self.count(Outcome::Passed),
            self.count(Outcome::Failed),
            self.count(Outcome::Skipped)
        )
    }

    fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "[")?;
        for (index, case) in self.0.iter().enumerate() {
            let comma = if index + 1 < self.0.len() { "," } else { "" };
            writeln!(
                out,
                "  {{\"path\": {}, \"check\": {}, \"result\": \"{}\", \"reason\": {}}}{comma}",
                json_string(&case.path),
                json_string(&case.check),
                case.outcome.name(),
                json_string(&case.reason)
            )?;
        }
        writeln!(out, "]")
    }
}

fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
