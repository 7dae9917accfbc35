//! One test of an ACVP document, with its group and its answer.

use crate::error::{Problem, VectorError};
use crate::json::Node;

/// A test, its group, and its counterpart in the file of expected results.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) group: &'a Node<'a>,
    pub(super) test: &'a Node<'a>,
    pub(super) answer: Option<&'a Node<'a>>,
}

impl Question<'_> {
    /// An input that must be there. Keys stand in the test, in older documents in the group.
    pub(super) fn input(&self, key: &str) -> Result<Vec<u8>, VectorError> {
        self.test.need(key, self.optional_input(key)?)
    }

    /// An input that may be absent.
    pub(super) fn optional_input(&self, key: &str) -> Result<Option<Vec<u8>>, VectorError> {
        match self.test.bytes(key)? {
            Some(bytes) => Ok(Some(bytes)),
            None => self.group.bytes(key),
        }
    }

    /// A byte string of the answer: in a projection it stands in the test itself.
    pub(super) fn answer(&self, key: &str) -> Result<Option<Vec<u8>>, VectorError> {
        match self.test.bytes(key)? {
            Some(bytes) => Ok(Some(bytes)),
            None => self.answer.map_or(Ok(None), |answer| answer.bytes(key)),
        }
    }

    /// The verdict of a key check or of a verification.
    pub(super) fn verdict(&self) -> Result<Option<bool>, VectorError> {
        match self.test.flag("testPassed")? {
            Some(verdict) => Ok(Some(verdict)),
            None => self
                .answer
                .map_or(Ok(None), |answer| answer.flag("testPassed")),
        }
    }

    /// A word of the group, or of the test where a test may overrule its group.
    pub(super) fn word(&self, key: &str) -> Result<Option<&str>, VectorError> {
        match self.test.text(key)? {
            Some(word) => Ok(Some(word)),
            None => self.group.text(key),
        }
    }

    /// A yes or no of the group, or of the test.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, VectorError> {
        match self.test.flag(key)? {
            Some(flag) => Ok(Some(flag)),
            None => self.group.flag(key),
        }
    }

    /// A word outside its closed list.
    pub(super) fn unknown(&self, key: &str) -> VectorError {
        let node = if self.test.has(key) {
            self.test
        } else {
            self.group
        };
        node.fault(key, Problem::UnknownWord)
    }
}
