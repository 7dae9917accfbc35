//! `key = value` and `key: value` text: Botan's `.vec`, liboqs' `.rsp`, Bouncy Castle's `.txt`,
//! CCTV's `.txt`.
//!
//! A line is a field, a comment (`#`), a section heading (`[...]`) or empty. A record ends at a
//! heading, and at a key that it already has, unless that directly follows its like (Bouncy Castle
//! lists `LMType` once a level). Empty lines mean nothing: liboqs puts them between the fields of
//! one record.

use crate::error::{Problem, VectorError};
use crate::hex;

/// A run of fields that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The line of the first field, counted from 1.
    pub line: usize,
    /// The comment right above it; may be empty.
    pub comment: String,
    fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    key: String,
    value: String,
    line: usize,
}

/// Reads the records of a text.
///
/// # Errors
/// [`Problem::Syntax`] with its line.
pub fn records(text: &str) -> Result<Vec<Record>, VectorError> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        reader.line(index + 1, line.trim())?;
    }
    reader.end_record();
    Ok(reader.records)
}

/// Reads a text that is one record, whatever repeats in it.
///
/// # Errors
/// [`Problem::Syntax`] with its line; [`Problem::Empty`].
pub fn single_record(text: &str) -> Result<Record, VectorError> {
    let mut all = records(text)?.into_iter();
    let mut first = all
        .next()
        .ok_or_else(|| VectorError::whole(Problem::Empty))?;
    first.fields.extend(all.flat_map(|record| record.fields));
    Ok(first)
}

/// The first record of a text, if the text begins with one.
pub(crate) fn first_record(text: &str) -> Option<Record> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        reader.line(index + 1, line.trim()).ok()?;
        if !reader.records.is_empty() {
            break;
        }
    }
    reader.end_record();
    reader.records.into_iter().next()
}

#[derive(Default)]
struct Reader {
    records: Vec<Record>,
    open: Option<Record>,
    comment: String,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), VectorError> {
        if line.is_empty() {
            return Ok(());
        }
        if let Some(comment) = line.strip_prefix('#') {
            self.comment = comment.trim().to_owned();
        } else if line.starts_with('[') && line.ends_with(']') {
            self.end_record();
        } else {
            let (key, value) =
                split(line).ok_or_else(|| VectorError::line(number, Problem::Syntax))?;
            self.field(Field {
                key: key.to_owned(),
                value: value.to_owned(),
                line: number,
            });
        }
        Ok(())
    }

    fn field(&mut self, field: Field) {
        let repeated = self.open.as_ref().is_some_and(|record| {
            record.fields.iter().any(|old| old.key == field.key)
                && record
                    .fields
                    .last()
                    .is_some_and(|last| last.key != field.key)
        });
        if repeated {
            self.end_record();
        }
        let comment = &mut self.comment;
        let record = self.open.get_or_insert_with(|| Record {
            line: field.line,
            comment: core::mem::take(comment),
            fields: Vec::new(),
        });
        record.fields.push(field);
    }

    fn end_record(&mut self) {
        self.records.extend(self.open.take());
    }
}

/// Splits at the first `=` or `:`; a value may be in quotes, and one of liboqs' lacks the closing
/// one.
fn split(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(['=', ':'])?;
    let (key, value) = (key.trim(), value.trim());
    let value = value.trim_matches('"');
    (!key.is_empty()).then_some((key, value))
}

impl Record {
    /// The keys in their order, repetitions included.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.key.as_str())
    }

    /// Whether the record has exactly these keys or more.
    #[must_use]
    pub fn has_all(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.find(key).is_some())
    }

    /// The first value of `key` as it stands.
    ///
    /// # Errors
    /// [`Problem::Missing`] with the record's line.
    pub fn text(&self, key: &str) -> Result<&str, VectorError> {
        Ok(&self.need(key)?.value)
    }

    /// The first value of `key` as hexadecimal bytes; an empty value is no bytes.
    ///
    /// # Errors
    /// [`Problem::Missing`], [`Problem::Hex`].
    pub fn bytes(&self, key: &str) -> Result<Vec<u8>, VectorError> {
        let field = self.need(key)?;
        hex::decode(&field.value).map_err(|problem| VectorError::line(field.line, problem))
    }

    /// As [`Self::bytes`], for a key that may be absent.
    ///
    /// # Errors
    /// [`Problem::Hex`].
    pub fn optional_bytes(&self, key: &str) -> Result<Option<Vec<u8>>, VectorError> {
        self.find(key).map(|_| self.bytes(key)).transpose()
    }

    /// All values of `key` as decimal numbers.
    ///
    /// # Errors
    /// [`Problem::Number`].
    pub fn numbers(&self, key: &str) -> Result<Vec<u32>, VectorError> {
        let fields = self.fields.iter().filter(|field| field.key == key);
        fields
            .map(|field| {
                let number = field.value.parse();
                number.map_err(|_| VectorError::line(field.line, Problem::Number))
            })
            .collect()
    }

    /// All fields in their order: key, line, value.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        self.fields
            .iter()
            .map(|field| (field.key.as_str(), field.line, field.value.as_str()))
    }

    /// The line of the first value of `key`, or of the record.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.find(key).map_or(self.line, |field| field.line)
    }

    fn find(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    fn need(&self, key: &str) -> Result<&Field, VectorError> {
        self.find(key)
            .ok_or_else(|| VectorError::line(self.line, Problem::Missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_end_at_headings_and_repeated_keys() {
        let text =
            "# about\na = 01\n\nb: 02\n\na = 03\nb = \"04\"\na = 05\n[part]\nb =\nL: 1\nL: 2\n";
        let records = records(text).unwrap();
        let lines: Vec<_> = records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [2, 6, 8, 10]);
        assert_eq!(records[0].comment, "about");
        assert_eq!(records[1].bytes("b").unwrap(), [4]);
        assert!(records[3].bytes("b").unwrap().is_empty());
        assert_eq!(records[3].numbers("L").unwrap(), [1, 2]);
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(
            records("a = 1\nnonsense\n"),
            Err(VectorError::line(2, Problem::Syntax))
        );
        let records = records("\na = 1\n").unwrap();
        assert_eq!(
            records[0].bytes("a"),
            Err(VectorError::line(2, Problem::Hex))
        );
        assert_eq!(
            records[0].bytes("b"),
            Err(VectorError::line(2, Problem::Missing))
        );
    }
}
