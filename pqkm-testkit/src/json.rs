//! A JSON value that knows its place, so that what is missing or wrong can be named.

use serde_json::{Map, Value};

use crate::error::{Problem, VectorError};
use crate::hex;

/// Parses a whole text. An ACVP server wraps its document in `[{"acvVersion": ..}, document]`: that
/// is unwrapped.
pub(crate) fn parse(text: &str) -> Result<Value, VectorError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| VectorError::line(error.line(), Problem::Json))?;
    Ok(match value {
        Value::Array(mut items) => match items.as_slice() {
            [version, _] if version.get("acvVersion").is_some() => {
                items.pop().unwrap_or(Value::Null)
            }
            _ => Value::Array(items),
        },
        other => other,
    })
}

/// An object and its path.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    object: &'a Map<String, Value>,
    path: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value) -> Result<Self, VectorError> {
        let object = value
            .as_object()
            .ok_or_else(|| VectorError::json(String::from("$"), Problem::WrongType))?;
        Ok(Self {
            object,
            path: String::new(),
        })
    }

    pub(crate) fn of(object: &'a Map<String, Value>, path: String) -> Self {
        Self { object, path }
    }

    pub(crate) fn object(&self) -> &'a Map<String, Value> {
        self.object
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn fault(&self, key: &str, problem: Problem) -> VectorError {
        VectorError::json(join(&self.path, key), problem)
    }

    /// A field that may be absent; JSON `null` counts as absent.
    pub(crate) fn value(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, VectorError> {
        self.typed(key, Value::as_str)
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<u64>, VectorError> {
        self.typed(key, Value::as_u64)
    }

    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, VectorError> {
        self.typed(key, Value::as_bool)
    }

    pub(crate) fn bytes(&self, key: &str) -> Result<Option<Vec<u8>>, VectorError> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        hex::decode(text)
            .map(Some)
            .map_err(|problem| self.fault(key, problem))
    }

    /// The objects of an array field.
    pub(crate) fn items(&self, key: &str) -> Result<Vec<Self>, VectorError> {
        let array = self.need(key, self.typed(key, Value::as_array)?)?;
        let items = array.iter().enumerate().map(|(index, item)| {
            let path = format!("{}[{index}]", join(&self.path, key));
            match item.as_object() {
                Some(object) => Ok(Self { object, path }),
                None => Err(VectorError::json(path, Problem::WrongType)),
            }
        });
        items.collect()
    }

    /// The strings of an array field; none when the field is absent.
    pub(crate) fn words(&self, key: &str) -> Result<Vec<String>, VectorError> {
        let Some(array) = self.typed(key, Value::as_array)? else {
            return Ok(Vec::new());
        };
        let words = array.iter().map(|word| word.as_str().map(str::to_owned));
        words
            .collect::<Option<_>>()
            .ok_or_else(|| self.fault(key, Problem::WrongType))
    }

    /// Turns an absent field into an error that names it.
    pub(crate) fn need<T>(&self, key: &str, value: Option<T>) -> Result<T, VectorError> {
        value.ok_or_else(|| self.fault(key, Problem::Missing))
    }

    fn typed<T>(
        &self,
        key: &str,
        convert: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, VectorError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        convert(value)
            .map(Some)
            .ok_or_else(|| self.fault(key, Problem::WrongType))
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
