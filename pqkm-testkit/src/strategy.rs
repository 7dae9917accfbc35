//! Property-test strategies: where to damage an input.

use proptest::prelude::{Strategy, any};
use proptest::sample::Index;

use crate::mutate;

/// One way to damage an input.
#[derive(Clone, Debug)]
pub enum Damage {
    /// Flip one bit.
    BitFlip(Index),
    /// Cut off everything from a position on.
    Truncate(Index),
    /// Exchange two bytes.
    Swap(Index, Index),
    /// Put a byte in.
    Insert(Index, u8),
    /// Take a byte out.
    Remove(Index),
}

impl Damage {
    /// The damaged copy; `None` where it would not differ from the input.
    #[must_use]
    pub fn apply(&self, input: &[u8]) -> Option<Vec<u8>> {
        let mut copy = input.to_vec();
        match self {
            Self::Insert(index, byte) => copy.insert(index.index(input.len() + 1), *byte),
            _ if input.is_empty() => {}
            Self::BitFlip(index) => mutate::flip(&mut copy, index.index(input.len() * 8)),
            Self::Truncate(index) => copy.truncate(index.index(input.len())),
            Self::Swap(one, other) => {
                copy.swap(one.index(input.len()), other.index(input.len()));
            }
            Self::Remove(index) => {
                let _removed = copy.remove(index.index(input.len()));
            }
        }
        (copy != input).then_some(copy)
    }
}

/// Any one damage.
pub fn damage() -> impl Strategy<Value = Damage> {
    proptest::prop_oneof![
        4 => any::<Index>().prop_map(Damage::BitFlip),
        2 => any::<Index>().prop_map(Damage::Truncate),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Damage::Swap(one, other)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(index, byte)| Damage::Insert(index, byte)),
        1 => any::<Index>().prop_map(Damage::Remove),
    ]
}

/// A message of 0 to `most` bytes.
pub fn message(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..=most)
}

/// A generator of its own for each test case; shrinking does not touch it.
pub fn rng() -> impl Strategy<Value = crate::rng::SeededRng> {
    any::<u64>()
        .no_shrink()
        .prop_map(crate::rng::SeededRng::from_u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn damage_always_differs(input in message(40), damage in damage()) {
            if let Some(copy) = damage.apply(&input) {
                proptest::prop_assert_ne!(copy, input);
            }
        }
    }
}
