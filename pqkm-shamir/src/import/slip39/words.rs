//! The list of 1024 words, none longer than eight letters.

/// The words of SLIP-0039, in their order.
const LIST: &[u8] = include_bytes!("wordlist.txt");

/// Each word as a number: its letters in base 256, the first one the most significant.
#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated by the compiler"
)]
static WORDS: [u64; 1024] = {
    let (mut words, mut word, mut at) = ([0; 1024], 0, 0);
    while at < LIST.len() {
        if LIST[at] == b'\n' {
            word += 1;
        } else {
            words[word] = words[word] << 8 | LIST[at] as u64;
        }
        at += 1;
    }
    assert!(word == 1024);
    words
};

/// The number of a word, in any case. Every word of the list is compared with, so that the time does not tell which
/// one it is.
pub(super) fn number(word: &str) -> Option<u16> {
    if word.is_empty() || word.len() > 8 {
        return None;
    }
    let word = word.bytes().fold(0, |sum, letter| {
        sum << 8 | u64::from(letter.to_ascii_lowercase())
    });
    let (mut found, mut number) = (0, 0u16);
    for (candidate, at) in WORDS.iter().zip(1..) {
        let difference = candidate ^ word;
        let [is_equal, ..] = (((difference | difference.wrapping_neg()) >> 63) ^ 1).to_le_bytes();
        let mask = core::hint::black_box(u16::from(is_equal)).wrapping_neg();
        found |= mask;
        number |= mask & at;
    }
    // CT: that the word is in the list is public.
    (found != 0).then(|| number - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_number() {
        let list = core::str::from_utf8(LIST).unwrap();
        for (word, at) in list.lines().zip(0..) {
            assert_eq!(number(word), Some(at));
            assert_eq!(number(&word.to_uppercase()), Some(at));
        }
        for wrong in ["", "zzzz", "academi", "academica", "acid\0"] {
            assert_eq!(number(wrong), None);
        }
    }
}
