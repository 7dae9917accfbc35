//! Damaged copies of a valid input, one after another.

/// Calls `check` with every proper prefix of `input`, the empty one first.
pub fn for_each_truncation(input: &[u8], mut check: impl FnMut(&[u8])) {
    for length in 0..input.len() {
        check(input.get(..length).unwrap_or_default());
    }
}

/// Calls `check` with every copy of `input` in which one bit is flipped, and with the position of
/// that bit, counted from the least significant bit of the first byte.
pub fn for_each_bit_flip(input: &[u8], mut check: impl FnMut(usize, &[u8])) {
    let mut copy = input.to_vec();
    for index in 0..copy.len() {
        for bit in 0..8 {
            flip(&mut copy, index * 8 + bit);
            check(index * 8 + bit, &copy);
            flip(&mut copy, index * 8 + bit);
        }
    }
}

/// Calls `check` with every copy of `input` in which one byte is set to 0, to 255, raised by one,
/// lowered by one.
pub fn for_each_byte_change(input: &[u8], mut check: impl FnMut(usize, &[u8])) {
    let mut copy = input.to_vec();
    for (index, &byte) in input.iter().enumerate() {
        for changed in [0, 255, byte.wrapping_add(1), byte.wrapping_sub(1)] {
            if changed == byte {
                continue;
            }
            set(&mut copy, index, changed);
            check(index, &copy);
        }
        set(&mut copy, index, byte);
    }
}

/// Calls `check` with `input` and one byte more: at the end, then at the beginning, each with 0 and
/// 255.
pub fn for_each_extension(input: &[u8], mut check: impl FnMut(&[u8])) {
    for byte in [0, 255] {
        check(&[input, &[byte]].concat());
        check(&[&[byte], input].concat());
    }
}

/// Flips one bit, counted from the least significant bit of the first byte; a position past the end
/// changes nothing.
pub fn flip(bytes: &mut [u8], bit: usize) {
    if let Some(byte) = bytes.get_mut(bit >> 3) {
        *byte ^= 1 << (bit & 7);
    }
}

fn set(bytes: &mut [u8], index: usize, value: u8) {
    if let Some(byte) = bytes.get_mut(index) {
        *byte = value;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_truncation_and_flip_once() {
        let input = [1, 2, 3];
        let mut lengths = Vec::new();
        for_each_truncation(&input, |prefix| lengths.push(prefix.len()));
        assert_eq!(lengths, [0, 1, 2]);
        let mut seen = BTreeSet::new();
        for_each_bit_flip(&input, |_, copy| assert!(seen.insert(copy.to_vec())));
        assert_eq!(seen.len(), 24);
        assert!(!seen.contains(input.as_slice()));
    }

    #[test]
    fn byte_changes_and_extensions_differ_from_the_input() {
        let input = [0, 255, 7];
        let mut count = 0;
        for_each_byte_change(&input, |index, copy| {
            let differing: Vec<_> = (0..3).filter(|&i| copy[i] != input[i]).collect();
            assert_eq!(differing, [index]);
            count += 1;
        });
        assert_eq!(count, 3 + 3 + 4);
        for_each_extension(&input, |copy| assert_eq!(copy.len(), 4));
    }
}
