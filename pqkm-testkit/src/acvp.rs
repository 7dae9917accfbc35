//! ACVP JSON for ML-KEM, ML-DSA and SLH-DSA.
//!
//! Three kinds of document exist: `internalProjection.json` holds questions and answers,
//! `prompt.json` the questions, `expectedResults.json` the answers, paired with the questions by
//! `tgId` and `tcId`. Old and current field names are understood, and the revisions `FIPS20x` and
//! `FIPS20x-tr1` (private keys as seeds). A signature group that says nothing of
//! `signatureInterface` is of the time when only the internal interface was tested.
//!
//! What the fields mean: <https://pages.nist.gov/ACVP/>.

mod ml_kem;
mod question;
mod signature;

use std::collections::BTreeMap;

use serde_json::Value;

use self::question::Question;
use crate::case::{Case, CaseId, Operation, Unusable};
use crate::error::{Problem, VectorError};
use crate::json::Node;
use crate::parameter_set::{ParameterSet, Scheme};

/// A document with questions, and answers if they were found.
#[derive(Clone, Debug)]
pub struct Acvp {
    /// The algorithm as the document prints it, such as `ML-KEM`.
    pub algorithm: String,
    /// The mode, such as `sigGen`.
    pub mode: String,
    /// The revision, such as `FIPS204`.
    pub revision: String,
    /// The cases.
    pub content: Content,
}

/// What a document is about.
#[derive(Clone, Debug)]
pub enum Content {
    /// ML-KEM, ML-DSA or SLH-DSA.
    Cases(Vec<Case>),
    /// Another algorithm: so many tests.
    Other(usize),
}

/// What an ACVP document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// Questions, with or without answers.
    Questions,
    /// Answers only.
    ExpectedResults,
}

/// Says which document a JSON value is; `None` when it has no test groups, as a registration.
pub(crate) fn recognise(value: &Value) -> Option<Document> {
    let groups = value.get("testGroups")?.as_array()?;
    value.get("vsId").or_else(|| value.get("revision"))?;
    let asks = |group: &Value| {
        group
            .get("testType")
            .or_else(|| group.get("parameterSet"))
            .is_some()
    };
    let named = value.get("algorithm").is_some() && value.get("mode").is_some();
    Some(if named && groups.iter().any(asks) {
        Document::Questions
    } else {
        Document::ExpectedResults
    })
}

impl Acvp {
    /// Reads questions; `answers` is the document of expected results, where there is one.
    pub(crate) fn parse(questions: &Value, answers: Option<&Value>) -> Result<Self, VectorError> {
        let root = Node::root(questions)?;
        let text = |key| root.need(key, root.text(key)?).map(str::to_owned);
        let (algorithm, mode) = (text("algorithm")?, text("mode")?);
        let revision = root.text("revision")?.unwrap_or_default().to_owned();
        let groups = root.items("testGroups")?;
        let scheme = match algorithm.as_str() {
            "ML-KEM" => Scheme::MlKem,
            "ML-DSA" => Scheme::MlDsa,
            "SLH-DSA" => Scheme::SlhDsa,
            _ => {
                let tests = groups
                    .iter()
                    .map(|group| group.items("tests").map(|tests| tests.len()));
                let content = Content::Other(tests.sum::<Result<_, _>>()?);
                return Ok(Self {
                    algorithm,
                    mode,
                    revision,
                    content,
                });
            }
        };
        let answers = answers.map(index).transpose()?;
        let mut cases = Vec::new();
        for group in &groups {
            read_group(scheme, &mode, group, answers.as_ref(), &mut cases)?;
        }
        if cases.is_empty() {
            return Err(root.fault("testGroups", Problem::Empty));
        }
        Ok(Self {
            algorithm,
            mode,
            revision,
            content: Content::Cases(cases),
        })
    }

    /// Whether a question has no answer, so that a file of expected results is wanted.
    #[must_use]
    pub fn wants_answers(&self) -> bool {
        let Content::Cases(cases) = &self.content else {
            return false;
        };
        let open = Operation::Unusable(Unusable::NoExpectedResult);
        cases.iter().any(|case| case.operation == open)
    }
}

type Answers<'a> = BTreeMap<(u64, u64), Node<'a>>;

fn index(answers: &Value) -> Result<Answers<'_>, VectorError> {
    let mut index = BTreeMap::new();
    for group in Node::root(answers)?.items("testGroups")? {
        let tg_id = group.need("tgId", group.number("tgId")?)?;
        for test in group.items("tests")? {
            let tc_id = test.need("tcId", test.number("tcId")?)?;
            index.insert((tg_id, tc_id), test);
        }
    }
    Ok(index)
}

fn read_group(
    scheme: Scheme,
    mode: &str,
    group: &Node<'_>,
    answers: Option<&Answers<'_>>,
    cases: &mut Vec<Case>,
) -> Result<(), VectorError> {
    let name = group.need("parameterSet", group.text("parameterSet")?)?;
    let parameter_set = ParameterSet::from_name(name)
        .filter(|set| set.scheme() == scheme)
        .ok_or_else(|| group.fault("parameterSet", Problem::UnknownParameterSet))?;
    for test in group.items("tests")? {
        let id = test.need("tcId", test.number("tcId")?)?;
        let answer = match answers {
            None => None,
            Some(answers) => {
                let key = (group.need("tgId", group.number("tgId")?)?, id);
                Some(
                    answers
                        .get(&key)
                        .ok_or_else(|| test.fault("tcId", Problem::Unpaired))?,
                )
            }
        };
        let question = Question {
            group,
            test: &test,
            answer,
        };
        let operation = match scheme {
            Scheme::MlKem => ml_kem::operation(mode, &question)?,
            Scheme::MlDsa | Scheme::SlhDsa => signature::operation(scheme, mode, &question)?,
        };
        let comment = test.text("reason")?.unwrap_or_default().to_owned();
        cases.push(Case {
            id: CaseId::Test(id),
            parameter_set,
            operation,
            comment,
            flags: vec![],
        });
    }
    Ok(())
}
