//! A share as a line of text that a hand can copy.
//!
//! `PQKM1-`, then the bytes and six of parity in base32 (RFC 4648, section 6, without padding), in groups of five.
//! No table is read at an address that depends on a share: letters and digits are computed.

use alloc::{string::String, vec, vec::Vec};
use core::hint::black_box;

use pqkm_kernels::gf256::multiply;
use zeroize::Zeroizing;

use crate::PaperError;

/// What a line begins with.
const PREFIX: &str = "PQKM1-";

/// Parity bytes.
const PARITY: usize = 6;

/// The longest line's characters, hyphens not counted: a longer one is not for paper.
const MAX_CHARACTERS: usize = 16_384;

/// A generator of the field's multiplicative group.
const GENERATOR: u8 = 3;

/// The coefficients below the leading one of the polynomial with the roots 3^0 to 3^5, the highest first.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const GENERATOR_POLYNOMIAL: [u8; PARITY] = {
    let mut polynomial = [0; PARITY + 1];
    polynomial[PARITY] = 1;
    let mut root = 1;
    let mut degree = 0;
    while degree < PARITY {
        let mut i = PARITY - degree - 1;
        while i < PARITY {
            polynomial[i] = polynomial[i + 1] ^ multiply(polynomial[i], root);
            i += 1;
        }
        polynomial[PARITY] = multiply(polynomial[PARITY], root);
        root = multiply(root, GENERATOR);
        degree += 1;
    }
    let mut out = [0; PARITY];
    let mut i = 0;
    while i < PARITY {
        out[i] = polynomial[i + 1];
        i += 1;
    }
    out
};

/// The remainder of the bytes, shifted by the parity's length, modulo the generator polynomial.
fn parity(bytes: &[u8]) -> [u8; PARITY] {
    let mut remainder = [0; PARITY];
    for byte in bytes {
        let [first, rest @ ..] = remainder;
        let feedback = first ^ byte;
        let mut next = [0; PARITY];
        let shifted = rest.into_iter().chain([0]);
        for ((out, low), coefficient) in next.iter_mut().zip(shifted).zip(GENERATOR_POLYNOMIAL) {
            *out = low ^ multiply(feedback, coefficient);
        }
        remainder = next;
    }
    remainder
}

#[expect(
    clippy::expect_used,
    reason = "`character` is ASCII whatever it is given"
)]
pub(crate) fn encode(bytes: &[u8]) -> Result<Zeroizing<String>, PaperError> {
    let length = bytes.len() + PARITY;
    if (length * 8).div_ceil(5) > MAX_CHARACTERS {
        return Err(PaperError::Length);
    }
    let parity = parity(bytes);
    // Eight characters for five bytes, and a hyphen for five characters, rounded up: the final size at once.
    let mut text = Zeroizing::new(Vec::with_capacity(PREFIX.len() + 2 * length + 2));
    text.extend_from_slice(PREFIX.as_bytes());
    let (mut buffer, mut bits, mut written) = (0u32, 0, 0u32);
    let mut put = |text: &mut Vec<u8>, value: u32| {
        if written == 5 {
            text.push(b'-');
            written = 0;
        }
        text.push(character(value));
        written += 1;
    };
    for byte in bytes.iter().chain(&parity) {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            put(&mut text, buffer >> bits);
        }
    }
    if bits > 0 {
        put(&mut text, buffer << (5 - bits));
    }
    let text = String::from_utf8(core::mem::take(&mut *text)).expect("letters, digits and hyphens");
    Ok(Zeroizing::new(text))
}

pub(crate) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, PaperError> {
    let text = text.trim_start();
    let body = text
        .get(..PREFIX.len())
        .filter(|start| start.eq_ignore_ascii_case(PREFIX))
        .and_then(|_| text.get(PREFIX.len()..))
        .ok_or(PaperError::Prefix)?;
    // Every allocation has its final size, so that no copy is left behind.
    let mut bytes = Zeroizing::new(vec![0; body.len()]);
    let (mut buffer, mut bits, mut length, mut position) = (0u32, 0, 0, 0u16);
    for c in body.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        if usize::from(position) >= MAX_CHARACTERS {
            return Err(PaperError::Length);
        }
        let value = value(c).ok_or(PaperError::Character { position })?;
        position += 1;
        buffer = (buffer << 5) | value;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            let [.., low] = (buffer >> bits).to_be_bytes();
            if let Some(byte) = bytes.get_mut(length) {
                *byte = low;
            }
            length += 1;
        }
    }
    let rest = buffer & ((1 << bits) - 1);
    if bits >= 5 || rest != 0 || length <= PARITY {
        return Err(if rest != 0 && bits < 5 {
            PaperError::Checksum
        } else {
            PaperError::Length
        });
    }
    bytes.truncate(length);
    let given = bytes.split_off(length - PARITY);
    // CT: whether a line was copied rightly is what is reported.
    if parity(&bytes).as_slice() != given {
        return Err(PaperError::Checksum);
    }
    Ok(bytes)
}

/// `A` to `Z` for 0 to 25, `2` to `7` for 26 to 31, of the low five bits.
fn character(value: u32) -> u8 {
    let [value, ..] = (value & 31).to_le_bytes();
    // All ones from 26 on, where 25 - value is negative. Opaque, since the compiler makes a branch of it otherwise.
    let is_digit = black_box((25u8.wrapping_sub(value) >> 7).wrapping_neg());
    let shift = (b'A' + 26 - b'2') & is_digit;
    // ASCII, whatever the value: so much is known without looking at it, unless the compiler knows better.
    black_box(value + b'A' - shift) & 0x7f
}

/// The inverse of [`character`], also of lower case.
///
/// CT: that a character is of the alphabet is public; which one it is does not show in the time.
fn value(c: char) -> Option<u32> {
    let code = u32::from(c);
    let within = |low: char, high: char| {
        let (below, above) = (
            code.wrapping_sub(low.into()),
            u32::from(high).wrapping_sub(code),
        );
        ((below | above) >> 31).wrapping_sub(1)
    };
    if !c.is_ascii() {
        return None;
    }
    let upper = within('A', 'Z');
    let lower = within('a', 'z');
    let digit = within('2', '7');
    let value = (upper & code.wrapping_sub(u32::from('A')))
        | (lower & code.wrapping_sub(u32::from('a')))
        | (digit & code.wrapping_sub(u32::from('2')).wrapping_add(26));
    ((upper | lower | digit) != 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(length: u8) -> (Vec<u8>, Zeroizing<String>) {
        let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(37) ^ 0x5a).collect();
        let text = encode(&bytes).unwrap();
        (bytes, text)
    }

    #[test]
    fn base32_is_the_standards() {
        // RFC 4648, section 10.
        let mut text = String::new();
        for number in 0..32 {
            let c = char::from(character(number));
            text.push(c);
            assert_eq!(value(c), Some(number));
        }
        assert_eq!(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        assert!(encode(b"foobar").unwrap().starts_with("PQKM1-MZXW6-YTBO"));
        for c in (0..=0x2ff).filter_map(char::from_u32) {
            let known = text.contains(c.to_ascii_uppercase()) && c.is_ascii();
            assert_eq!(value(c).is_some(), known, "{c:?}");
        }
    }

    /// The roots of what is written, by its definition.
    #[test]
    fn parity_makes_a_codeword() {
        for length in 1..=250 {
            let (bytes, _) = text_of(length);
            let parity = parity(&bytes);
            let mut root = 1;
            for _ in 0..PARITY {
                let value = bytes
                    .iter()
                    .chain(&parity)
                    .fold(0, |sum, c| multiply(sum, root) ^ c);
                assert_eq!(value, 0);
                root = multiply(root, GENERATOR);
            }
        }
    }

    #[test]
    fn lines_read_back() {
        for length in 1..=120 {
            let (bytes, text) = text_of(length);
            assert_eq!(decode(&text).as_deref(), Ok(&bytes));
            let loose = text.to_lowercase().replace('-', " ").replacen(' ', "-", 1);
            assert_eq!(decode(&loose).as_deref(), Ok(&bytes));
        }
    }

    /// Every other character of the alphabet at every position, and every neighbouring pair swapped.
    #[test]
    fn every_mistyped_character_is_found() {
        for length in [1, 7, 40, 199] {
            let (_, text) = text_of(length);
            let body: Vec<char> = text
                .chars()
                .skip(PREFIX.len())
                .filter(|c| *c != '-')
                .collect();
            let read = |body: &[char]| {
                let mut text = String::from(PREFIX);
                text.extend(body);
                decode(&text).is_ok()
            };
            assert!(read(&body));
            for i in 0..body.len() {
                for value in 0..32 {
                    let mut wrong = body.clone();
                    wrong[i] = char::from(character(value));
                    assert_eq!(read(&wrong), wrong == body);
                }
                let mut wrong = body.clone();
                wrong.remove(i);
                assert!(!read(&wrong));
                if i > 0 {
                    let mut wrong = body.clone();
                    wrong.swap(i - 1, i);
                    assert_eq!(read(&wrong), wrong == body);
                }
            }
        }
    }

    #[test]
    fn what_is_no_line_is_refused() {
        for (text, error) in [
            ("", PaperError::Prefix),
            ("PQKM2-AAAA", PaperError::Prefix),
            ("PQKM1-", PaperError::Length),
            ("PQKM1-AAAAA-AAA", PaperError::Length),
            ("PQKM1-AAAA!", PaperError::Character { position: 4 }),
            ("PQKM1-AAA\u{e4}", PaperError::Character { position: 3 }),
            ("PQK\u{e9}", PaperError::Prefix),
        ] {
            assert_eq!(decode(text).err(), Some(error), "{text:?}");
        }
        // What is not written is not read, to the byte.
        let most = ((MAX_CHARACTERS * 5) >> 3) - PARITY;
        let longest = encode(&vec![7; most]).unwrap();
        assert_eq!(decode(&longest).map(|bytes| bytes.len()), Ok(most));
        assert_eq!(encode(&vec![7; most + 1]), Err(PaperError::Length));
        let long = alloc::format!("{PREFIX}{}", "A".repeat(MAX_CHARACTERS + 1));
        assert_eq!(decode(&long).err(), Some(PaperError::Length));
    }
}
