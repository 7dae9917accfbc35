//! What is wrong with a vector file, and where.

use core::error::Error;
use core::fmt;
use std::path::{Path, PathBuf};

/// A file that looks like test vectors and cannot be read as such.
///
/// It names the file, the place in it (a line of text or a path into JSON) and the [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorError {
    file: PathBuf,
    place: Place,
    problem: Problem,
}

/// A place in a vector file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of a text file, counted from 1.
    Line(usize),
    /// A value in a JSON file, such as `testGroups[0].tests[3].ek`.
    Json(String),
}

/// What is wrong at a [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The operating system could not read the file.
    Io(std::io::ErrorKind),
    /// The file is longer than [`source::MAX_BYTES`](crate::source::MAX_BYTES) when unpacked.
    TooLarge,
    /// The gzip stream is damaged or cut short.
    Gzip,
    /// The text is not UTF-8.
    NotUtf8,
    /// The text is not JSON.
    Json,
    /// A field that the format requires is not there.
    Missing,
    /// A field has another JSON type than the format says.
    WrongType,
    /// A byte string is not an even number of hexadecimal digits.
    Hex,
    /// A number cannot be read or is out of range.
    Number,
    /// A byte string does not have the length that its meaning requires.
    Length,
    /// A closed list of words does not have this one.
    UnknownWord,
    /// The parameter set is not named, or not one that the standards know.
    UnknownParameterSet,
    /// An ACVP prompt without the file of expected results beside it.
    NoExpectedResults,
    /// A test of a prompt has no counterpart in the expected results.
    Unpaired,
    /// A Wycheproof file holds another number of tests than it declares.
    Count,
    /// The file holds no test at all.
    Empty,
    /// A line that is neither a field, nor a comment, nor empty.
    Syntax,
}

impl VectorError {
    pub(crate) fn whole(problem: Problem) -> Self {
        Self {
            file: PathBuf::new(),
            place: Place::File,
            problem,
        }
    }

    pub(crate) fn line(line: usize, problem: Problem) -> Self {
        Self {
            file: PathBuf::new(),
            place: Place::Line(line),
            problem,
        }
    }

    pub(crate) fn json(path: String, problem: Problem) -> Self {
        Self {
            file: PathBuf::new(),
            place: Place::Json(path),
            problem,
        }
    }

    pub(crate) fn in_file(mut self, file: &Path) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// The file as it was named by the caller; empty for text that came from memory.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where in the file.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is wrong there.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }
}

impl fmt::Display for VectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.as_os_str().is_empty() {
            write!(f, "{}: ", self.file.display())?;
        }
        match &self.place {
            Place::File => {}
            Place::Line(line) => write!(f, "line {line}: ")?,
            Place::Json(path) => write!(f, "{path}: ")?,
        }
        write!(f, "{}", self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Io(kind) => return write!(f, "cannot be read ({kind})"),
            Self::TooLarge => "too large",
            Self::Gzip => "damaged gzip stream",
            Self::NotUtf8 => "not UTF-8",
            Self::Json => "not JSON",
            Self::Missing => "missing",
            Self::WrongType => "of the wrong JSON type",
            Self::Hex => "not an even number of hexadecimal digits",
            Self::Number => "not a number in range",
            Self::Length => "of the wrong length",
            Self::UnknownWord => "a word that the format does not know",
            Self::UnknownParameterSet => "no parameter set that the standards know",
            Self::NoExpectedResults => "a prompt without its file of expected results",
            Self::Unpaired => "a test without its expected result",
            Self::Count => "another number of tests than declared",
            Self::Empty => "no test at all",
            Self::Syntax => "neither a field nor a comment",
        };
        f.write_str(text)
    }
}

impl Error for VectorError {}
