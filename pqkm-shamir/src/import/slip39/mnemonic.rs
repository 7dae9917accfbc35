//! One mnemonic: words, their checksum, and what they say.

use alloc::{vec, vec::Vec};

use zeroize::Zeroizing;

use super::{Slip39Error, words};

/// Words of the checksum.
const CHECKSUM_WORDS: usize = 3;

/// Words that are not value: identifier, parameters, checksum.
const METADATA_WORDS: usize = 7;

/// Words of the shortest mnemonic: of 128 bits.
const MIN_WORDS: usize = METADATA_WORDS + 13;

/// The longest mnemonic that is read.
const MAX_WORDS: usize = 1024;

/// What checksum and salt of old mnemonics begin with.
const CUSTOMIZATION: &[u8] = b"shamir";

/// What the checksum of extendable mnemonics begins with.
const CUSTOMIZATION_EXTENDABLE: &[u8] = b"shamir_extendable";

/// A mnemonic whose checksum fits.
pub struct Mnemonic {
    identifier: u16,
    extendable: bool,
    pub(super) iteration_exponent: u8,
    pub(super) group_index: u8,
    pub(super) group_threshold: u8,
    group_count: u8,
    pub(super) index: u8,
    pub(super) threshold: u8,
    pub(super) value: Zeroizing<Vec<u8>>,
}

impl Mnemonic {
    /// Reads words, separated by white space. The text stays the caller's to erase.
    ///
    /// # Errors
    /// [`Slip39Error::Word`], [`Slip39Error::Length`], [`Slip39Error::Checksum`], [`Slip39Error::Parameters`].
    pub fn from_words(text: &str) -> Result<Self, Slip39Error> {
        let count = text.split_ascii_whitespace().count();
        if !(MIN_WORDS..=MAX_WORDS).contains(&count) {
            return Err(Slip39Error::Length);
        }
        let mut numbers = Zeroizing::new(Vec::with_capacity(count));
        for (position, word) in (0..).zip(text.split_ascii_whitespace()) {
            numbers.push(words::number(word).ok_or(Slip39Error::Word { position })?);
        }
        Self::from_numbers(&numbers)
    }

    fn from_numbers(numbers: &[u16]) -> Result<Self, Slip39Error> {
        let (head, rest) = numbers
            .split_first_chunk::<4>()
            .ok_or(Slip39Error::Length)?;
        let (value, _) = rest
            .split_last_chunk::<CHECKSUM_WORDS>()
            .ok_or(Slip39Error::Length)?;
        // Ten bits a word, whole pairs of bytes, and padding of at most eight bits before them.
        let bits = 10 * value.len();
        let padding = bits & 15;
        if padding > 8 {
            return Err(Slip39Error::Length);
        }
        let head = head
            .iter()
            .fold(0u64, |sum, word| sum << 10 | u64::from(*word));
        let extendable = head >> 24 & 1 == 1;
        let customization = if extendable {
            CUSTOMIZATION_EXTENDABLE
        } else {
            CUSTOMIZATION
        };
        if checksum(customization, numbers) != 1 {
            return Err(Slip39Error::Checksum);
        }
        let nibble = |shift: u32| (head >> shift).to_le_bytes()[0] & 15;
        let [low, high, ..] = (head >> 25 & 0x7fff).to_le_bytes();
        let mnemonic = Self {
            identifier: u16::from_le_bytes([low, high]),
            extendable,
            iteration_exponent: nibble(20),
            group_index: nibble(16),
            group_threshold: nibble(12) + 1,
            group_count: nibble(8) + 1,
            index: nibble(4),
            threshold: nibble(0) + 1,
            value: bytes_of(value, padding)?,
        };
        if mnemonic.group_threshold > mnemonic.group_count
            || mnemonic.group_index >= mnemonic.group_count
        {
            return Err(Slip39Error::Parameters);
        }
        Ok(mnemonic)
    }

    /// Whether another mnemonic belongs to the same set.
    pub(super) fn is_of_one_set(&self, other: &Self) -> bool {
        let common = |mnemonic: &Self| {
            (
                mnemonic.identifier,
                mnemonic.extendable,
                mnemonic.iteration_exponent,
                mnemonic.group_threshold,
                mnemonic.group_count,
            )
        };
        common(self) == common(other)
    }

    /// What the key derivation begins with.
    pub(super) fn salt(&self) -> Vec<u8> {
        if self.extendable {
            return vec![];
        }
        [CUSTOMIZATION, &self.identifier.to_be_bytes()].concat()
    }
}

/// Words of ten bits as bytes; the first `padding` bits are zero and do not count.
fn bytes_of(words: &[u16], padding: usize) -> Result<Zeroizing<Vec<u8>>, Slip39Error> {
    let length = (10 * words.len() - padding) >> 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    let (mut buffer, mut bits) = (0u32, 0);
    let mut skip = padding;
    let mut nonzero = 0;
    for word in words {
        buffer = buffer << 10 | u32::from(*word);
        bits += 10;
        if skip > 0 {
            bits -= skip;
            nonzero |= buffer >> bits;
            buffer &= (1 << bits) - 1;
            skip = 0;
        }
        while bits >= 8 {
            bits -= 8;
            let [low, ..] = (buffer >> bits).to_le_bytes();
            bytes.push(low);
            buffer &= (1 << bits) - 1;
        }
    }
    // CT: that the padding is zero is what the format says.
    if nonzero != 0 || bits != 0 {
        return Err(Slip39Error::Length);
    }
    Ok(bytes)
}

/// Generators of the checksum's code.
const GENERATORS: [u32; 10] = [
    0x00e0_e040,
    0x01c1_c080,
    0x0383_8100,
    0x0707_0200,
    0x0e0e_0009,
    0x1c0c_2412,
    0x3808_6c24,
    0x3090_fc48,
    0x21b1_f890,
    0x03f3_f120,
];

/// 1 for words whose checksum fits.
///
/// # Spec
/// SLIP-0039, Checksum (a Reed-Solomon code over GF(1024)).
fn checksum(customization: &[u8], numbers: &[u16]) -> u32 {
    let values = customization.iter().copied().map(u32::from);
    let values = values.chain(numbers.iter().copied().map(u32::from));
    values.fold(1, |sum, value| {
        let high = sum >> 20;
        let mut next = (sum & 0xf_ffff) << 10 ^ value;
        for (bit, generator) in GENERATORS.iter().enumerate() {
            next ^= generator & (high >> bit & 1).wrapping_neg();
        }
        next
    })
}
