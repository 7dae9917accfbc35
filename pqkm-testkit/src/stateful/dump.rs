//! The printed form of RFC 8554's test cases: titles after `!`, values after `$`, continued over
//! lines.

use super::lms::{LmsCase, PublicKeyForm};
use crate::case::CaseId;
use crate::error::{Problem, VectorError};
use crate::hex;

pub(crate) fn recognise(text: &str) -> bool {
    text.trim_start().starts_with('!') && text.contains('$')
}

/// The one case of a dump. A public key, a message and a signature are each the concatenation of
/// the values under their title; further titles repeat parts of the signature.
pub(crate) fn case(text: &str) -> Result<LmsCase, VectorError> {
    let mut parts: [Option<Vec<u8>>; 3] = [None, None, None];
    let mut open = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(title) = line.strip_prefix('!') {
            open = part(title);
            continue;
        }
        let (Some(open), Some((_, value))) = (open, line.split_once('$')) else {
            continue;
        };
        let digits = value.split_whitespace().next().unwrap_or_default();
        let bytes = hex::decode(digits).map_err(|problem| VectorError::line(index + 1, problem))?;
        if let Some(part) = parts.get_mut(open) {
            part.get_or_insert_with(Vec::new).extend(bytes);
        }
    }
    let [Some(public_key), Some(message), Some(signature)] = parts else {
        return Err(VectorError::whole(Problem::Missing));
    };
    Ok(LmsCase {
        id: CaseId::Part("dump"),
        form: PublicKeyForm::Hss,
        public_key,
        message,
        signature,
        key_gen: None,
        comment: String::new(),
    })
}

/// Which of the three parts a title opens, if any.
fn part(title: &str) -> Option<usize> {
    let title = title.trim().to_ascii_lowercase();
    let endings = ["public key", "message", "signature"];
    if title.starts_with("lms") {
        return None;
    }
    endings.iter().position(|ending| title.ends_with(ending))
}
