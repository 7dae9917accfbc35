//! Recognises a vector file by what is in it, and reads it.

use std::path::Path;

use serde_json::Value;

use crate::acvp::{self, Acvp};
use crate::case::Case;
use crate::cctv::{self, Accumulated};
use crate::composite::{self, CompositeCase};
use crate::error::{Problem, VectorError};
use crate::parameter_set::{ParameterSet, Scheme};
use crate::stateful::{self, LmsCase, XmssCase};
use crate::wycheproof::{self, Suite};
use crate::{json, slh_dsa_text, source, text};

/// What a file turned out to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum VectorFile {
    /// ML-KEM, ML-DSA or SLH-DSA, from whatever format.
    Cases(Vec<Case>),
    /// The composite drafts, and the plain algorithms beside them.
    Composite(Vec<CompositeCase>),
    /// LMS and HSS.
    Lms(Vec<LmsCase>),
    /// XMSS.
    Xmss(Vec<XmssCase>),
    /// A Wycheproof file of another algorithm.
    Wycheproof(Suite),
    /// An ACVP document of another algorithm.
    OtherAcvp {
        /// The algorithm as the document prints it.
        algorithm: String,
        /// Number of tests.
        tests: usize,
    },
    /// ACVP's expected results, which count with their prompt.
    ExpectedResults,
}

/// Whether a name promises test vectors: what is damaged under it is not passed over.
fn is_named_like_vectors(name: &str) -> bool {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    [".json", ".rsp", ".vec"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}

impl VectorFile {
    /// Opens and reads a file, with gzip read through. `None`: it is no vector file.
    ///
    /// An ACVP prompt is read together with the expected results beside it (`X.prompt.json` and
    /// `X.expectedResults.json`, or `prompt.json` and `expectedResults.json`). The file's name
    /// serves only as a hint where its content does not name the parameter set.
    ///
    /// # Errors
    /// The file cannot be read, or it is a vector file with something missing or wrong.
    pub fn open(path: &Path) -> Result<Option<Self>, VectorError> {
        let bytes = source::read(path)?;
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default();
        let Ok(text) = String::from_utf8(bytes) else {
            let damaged = VectorError::whole(Problem::NotUtf8).in_file(path);
            return if is_named_like_vectors(&name) {
                Err(damaged)
            } else {
                Ok(None)
            };
        };
        let read = Self::parse_with(&text, &name, || expected_results(path));
        read.map_err(|error| {
            if error.file().as_os_str().is_empty() {
                error.in_file(path)
            } else {
                error
            }
        })
    }

    /// Reads the text of a file called `name`. An ACVP prompt stays without its answers.
    ///
    /// # Errors
    /// It is a vector file with something missing or wrong.
    pub fn parse(text: &str, name: &str) -> Result<Option<Self>, VectorError> {
        Self::parse_with(text, name, || Ok(None))
    }

    fn parse_with(
        text: &str,
        name: &str,
        answers: impl FnOnce() -> Result<Option<Value>, VectorError>,
    ) -> Result<Option<Self>, VectorError> {
        if text.trim_start().starts_with(['{', '[']) {
            return match json::parse(text) {
                Ok(value) => Self::from_json(&value, name, answers),
                Err(error) if is_named_like_vectors(name) || text.contains("\"testGroups\"") => {
                    Err(error)
                }
                Err(_) => Ok(None),
            };
        }
        Self::from_text(text, name)
    }

    fn from_json(
        value: &Value,
        name: &str,
        answers: impl FnOnce() -> Result<Option<Value>, VectorError>,
    ) -> Result<Option<Self>, VectorError> {
        if cctv::recognise_benchmark(value) {
            let set = ParameterSet::named_in(name).filter(|set| set.scheme() == Scheme::MlDsa);
            let Some(set) = set else { return Ok(None) };
            return cctv::benchmark_cases(value, set).map(|cases| Some(Self::Cases(cases)));
        }
        if wycheproof::recognise(value) {
            let suite = Suite::from_value(value)?;
            return Ok(Some(
                suite.cases()?.map_or(Self::Wycheproof(suite), Self::Cases),
            ));
        }
        if composite::recognise(value) {
            return composite::cases(value).map(|cases| Some(Self::Composite(cases)));
        }
        match acvp::recognise(value) {
            None => Ok(None),
            Some(acvp::Document::ExpectedResults) => Ok(Some(Self::ExpectedResults)),
            Some(acvp::Document::Questions) => {
                let alone = Acvp::parse(value, None)?;
                let answers = if alone.wants_answers() {
                    answers()?
                } else {
                    None
                };
                let read = match answers {
                    Some(answers) => Acvp::parse(value, Some(&answers))?,
                    None => alone,
                };
                Ok(Some(match read.content {
                    acvp::Content::Cases(cases) => Self::Cases(cases),
                    acvp::Content::Other(tests) => Self::OtherAcvp {
                        algorithm: read.algorithm,
                        tests,
                    },
                }))
            }
        }
    }

    fn from_text(text: &str, name: &str) -> Result<Option<Self>, VectorError> {
        if cctv::recognise_accumulated(text) {
            return Ok(Some(Self::Cases(Accumulated::parse(text)?.cases)));
        }
        if cctv::recognise_modulus(text) {
            return cctv::modulus_cases(text).map(|cases| Some(Self::Cases(cases)));
        }
        if stateful::recognise_dump(text) {
            return stateful::dump_case(text).map(|case| Some(Self::Lms(vec![case])));
        }
        // Prose is full of lines that are no fields; a vector file's first lines are.
        let Some(first) = text::first_record(text) else {
            return if is_named_like_vectors(name) {
                Err(VectorError::whole(Problem::Syntax))
            } else {
                Ok(None)
            };
        };
        if slh_dsa_text::recognise(&first) {
            let cases = slh_dsa_text::cases(&text::records(text)?, name)?;
            return Ok(Some(Self::Cases(cases)));
        }
        if stateful::recognise_xmss(&first) {
            return Ok(Some(Self::Xmss(stateful::xmss_cases(&text::records(
                text,
            )?)?)));
        }
        if let Some(sequences) = cctv::sequences(text) {
            return cctv::sequence_cases(&sequences).map(|cases| Some(Self::Cases(cases)));
        }
        if stateful::recognise_lms(&first) {
            return Ok(Some(Self::Lms(stateful::lms_cases(&text::records(text)?)?)));
        }
        Ok(None)
    }

    /// Number of cases; expected results count with their prompt.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Cases(cases) => cases.len(),
            Self::Composite(cases) => cases.len(),
            Self::Lms(cases) => cases.len(),
            Self::Xmss(cases) => cases.len(),
            Self::Wycheproof(suite) => suite.count(),
            Self::OtherAcvp { tests, .. } => *tests,
            Self::ExpectedResults => 0,
        }
    }
}

/// The file of expected results beside a prompt: by the prompt's name with its last `prompt`
/// replaced.
fn expected_results(prompt: &Path) -> Result<Option<Value>, VectorError> {
    let folder = prompt.parent().unwrap_or_else(|| Path::new(""));
    let name = prompt
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let Some((before, after)) = name.rsplit_once("prompt") else {
        return Ok(None);
    };
    let after = after.trim_end_matches(".gz");
    for word in [
        "expectedResults",
        "expected_results",
        "expectedresults",
        "expected",
    ] {
        for packed in ["", ".gz"] {
            let candidate = folder.join(format!("{before}{word}{after}{packed}"));
            if candidate.is_file() {
                return read_answers(&candidate).map(Some);
            }
        }
    }
    Ok(None)
}

fn read_answers(path: &Path) -> Result<Value, VectorError> {
    let value = json::parse(&source::read_text(path)?).map_err(|error| error.in_file(path))?;
    match acvp::recognise(&value) {
        Some(acvp::Document::ExpectedResults) => Ok(value),
        _ => Err(VectorError::whole(Problem::WrongType).in_file(path)),
    }
}
