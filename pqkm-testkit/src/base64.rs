//! Base64 as vector files have it: the standard alphabet, padded.

use crate::error::Problem;

/// Decodes a text.
///
/// # Errors
/// [`Problem::WrongType`] for any character or padding that does not belong there.
pub fn decode(text: &str) -> Result<Vec<u8>, Problem> {
    let digits = text.trim_end_matches('=').as_bytes();
    let padding = text.len() - digits.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return Err(Problem::WrongType);
    }
    let mut bytes = Vec::with_capacity(digits.len());
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for &digit in group {
            bits = bits << 6 | u32::from(value(digit).ok_or(Problem::WrongType)?);
        }
        let missing = 4 - group.len();
        bits <<= 6 * missing;
        let [_, group @ ..] = bits.to_be_bytes();
        bytes.extend(group.iter().take(3 - missing));
    }
    Ok(bytes)
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn samples() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).unwrap(), bytes.as_bytes());
        }
        for text in ["Zg=", "Z===", "Zg", "Z-==", "=Zg="] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
