//! Names, from the text form of RFC 4514.

use core::str::FromStr;

use x509_cert::name::Name;

use crate::error::IssueError;

/// A name such as `"CN=Root,O=Example"`.
///
/// # Errors
/// [`IssueError::Encoding`] if it is no name.
pub fn name(text: &str) -> Result<Name, IssueError> {
    Name::from_str(text).map_err(|_| IssueError::Encoding)
}
