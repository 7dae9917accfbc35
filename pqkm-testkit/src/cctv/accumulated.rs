//! Iteration counts and hashes, read out of the Markdown that publishes them.

use shake::{ExtendableOutput, Shake128, Update, XofReader};

use crate::case::{Case, CaseId, Operation, Unusable};
use crate::error::{Problem, VectorError};
use crate::hex;
use crate::parameter_set::ParameterSet;

/// What an `accumulated` page publishes.
#[derive(Clone, Debug, Default)]
pub struct Accumulated {
    /// One case for each parameter set and iteration count.
    pub cases: Vec<Case>,
    /// ML-DSA only: SHAKE128 over the field operations of all `r` in `Z_q`; the page says which, in
    /// what form.
    pub field_operations: Option<[u8; 32]>,
}

/// How the page says that its hashes were made before the final standard.
const DRAFT: &str = "target FIPS 203 ipd";

/// The hash `a` that absorbs what is produced.
#[derive(Default)]
pub struct Accumulator(Shake128);

impl Accumulator {
    /// Absorbs one output.
    pub fn absorb(&mut self, output: &[u8]) {
        self.0.update(output);
    }

    /// The digest of all outputs.
    #[must_use]
    pub fn digest(self) -> [u8; 32] {
        let mut digest = [0; 32];
        self.0.finalize_xof().read(&mut digest);
        digest
    }
}

impl core::fmt::Debug for Accumulator {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Accumulator")
    }
}

/// Whether a text is such a page.
pub(crate) fn recognise(text: &str) -> bool {
    text.starts_with('#')
        && text.contains("ccumulated")
        && text.lines().any(|line| digest(line).is_some())
}

impl Accumulated {
    /// Reads a page. ML-KEM's says "hashes for N consecutive tests" and lists parameter sets;
    /// ML-DSA's has a heading for each parameter set and lists counts.
    ///
    /// # Errors
    /// A hash whose parameter set or count cannot be told.
    pub fn parse(text: &str) -> Result<Self, VectorError> {
        let mut page = Self::default();
        let draft = text.contains(DRAFT);
        let mut heading = "";
        let mut announced = None;
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('#') {
                (heading, announced) = (line, None);
            }
            announced = line
                .split_once("hashes for ")
                .map_or(announced, |(_, rest)| Some(number(rest)));
            let Some(digest) = digest(line) else { continue };
            let fault = |problem| VectorError::line(index + 1, problem);
            if heading.contains("Field operation") {
                page.field_operations = Some(digest);
                continue;
            }
            let parameter_set = ParameterSet::named_in(line)
                .or_else(|| ParameterSet::named_in(heading))
                .ok_or_else(|| fault(Problem::UnknownParameterSet))?;
            let own = line
                .contains("iterations")
                .then(|| number(line.trim_start_matches(['-', '*', ' '])));
            let iterations = own
                .or(announced)
                .flatten()
                .ok_or_else(|| fault(Problem::Number))?;
            let operation = match draft {
                true => Operation::Unusable(Unusable::Draft),
                false => Operation::Accumulated { iterations, digest },
            };
            page.cases.push(super::case(
                CaseId::Line(index + 1),
                parameter_set,
                operation,
            ));
        }
        if page.cases.is_empty() {
            return Err(VectorError::whole(Problem::Empty));
        }
        Ok(page)
    }
}

/// A number with spaces between its thousands, as in `60 000 000 iterations`.
fn number(text: &str) -> Option<u64> {
    let digits: String = text
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ' ')
        .filter(|c| *c != ' ')
        .collect();
    digits.parse().ok()
}

/// The 64 hexadecimal digits that are a whole line or stand between backquotes.
fn digest(line: &str) -> Option<[u8; 32]> {
    let quoted = line.split('`').nth(1).filter(|_| line.contains(": `"));
    let digits = quoted.unwrap_or(line);
    (digits.len() == 64)
        .then(|| hex::decode(digits).ok())??
        .try_into()
        .ok()
}
