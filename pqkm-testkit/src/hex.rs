//! Hexadecimal byte strings, in either case.

use crate::error::Problem;

/// Decodes hexadecimal digits of either case; an odd number of digits or any other character is
/// refused.
///
/// # Errors
/// [`Problem::Hex`].
pub fn decode(text: &str) -> Result<Vec<u8>, Problem> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Problem::Hex);
    }
    pairs
        .iter()
        .map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect::<Option<_>>()
        .ok_or(Problem::Hex)
}

/// Lower-case hexadecimal digits of `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_either_case_and_refuses_the_rest() {
        assert_eq!(decode("00fFAb"), Ok(vec![0, 255, 0xab]));
        assert_eq!(decode(""), Ok(vec![]));
        for bad in ["0", "0g", "0x12", " 00", "00 ", "é"] {
            assert_eq!(decode(bad), Err(Problem::Hex), "{bad}");
        }
        assert_eq!(encode(&[0, 255, 0xab]), "00ffab");
    }
}
