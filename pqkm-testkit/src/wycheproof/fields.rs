//! The fields of a group or a test, read when they are asked for.

use serde_json::{Map, Value};

use crate::error::VectorError;
use crate::json::Node;

/// Fields by their names in the file. A name that is absent or `null` gives `None` or [`Missing`].
///
/// [`Missing`]: crate::error::Problem::Missing
#[derive(Clone, Debug)]
pub struct Fields {
    map: Map<String, Value>,
    path: String,
}

impl Fields {
    pub(super) fn read(node: &Node<'_>, without: &[&str]) -> Self {
        let kept = node
            .object()
            .iter()
            .filter(|(key, _)| !without.contains(&key.as_str()));
        let map = kept
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        Self {
            map,
            path: node.path().to_owned(),
        }
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }

    /// A hexadecimal byte string.
    ///
    /// # Errors
    /// When it is absent or no byte string.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, VectorError> {
        let node = self.node();
        node.need(name, node.bytes(name)?)
    }

    /// A hexadecimal byte string that may be absent.
    ///
    /// # Errors
    /// When it is no byte string.
    pub fn optional_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, VectorError> {
        self.node().bytes(name)
    }

    /// A word or text.
    ///
    /// # Errors
    /// When it is absent or no string.
    pub fn text(&self, name: &str) -> Result<&str, VectorError> {
        let node = self.node();
        node.need(name, node.text(name)?)
    }

    /// A number.
    ///
    /// # Errors
    /// When it is absent or no unsigned number.
    pub fn number(&self, name: &str) -> Result<u64, VectorError> {
        let node = self.node();
        node.need(name, node.number(name)?)
    }

    /// A nested object, such as `publicKey`.
    ///
    /// # Errors
    /// When it is absent or no object.
    pub fn nested(&self, name: &str) -> Result<Self, VectorError> {
        let node = self.node();
        let wrong = || node.fault(name, crate::error::Problem::WrongType);
        let value = node.need(name, node.value(name))?;
        let map = value.as_object().ok_or_else(wrong)?.clone();
        Ok(Self {
            map,
            path: format!("{}.{name}", self.path),
        })
    }

    /// An error that names one of these fields.
    pub(super) fn fault(&self, name: &str, problem: crate::error::Problem) -> VectorError {
        self.node().fault(name, problem)
    }

    fn node(&self) -> Node<'_> {
        Node::of(&self.map, self.path.clone())
    }
}
