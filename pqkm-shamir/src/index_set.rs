//! Sets of share indices.

use core::fmt;

/// A set of share indices, 0 to 255.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct IndexSet([u64; 4]);

impl IndexSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; 4])
    }

    /// Adds an index; whether it is new.
    pub fn insert(&mut self, index: u8) -> bool {
        let (word, bit) = Self::place(index);
        let Some(word) = self.0.get_mut(word) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether the index is in the set.
    #[must_use]
    pub fn contains(&self, index: u8) -> bool {
        let (word, bit) = Self::place(index);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// The indices, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|index| self.contains(*index))
    }

    fn place(index: u8) -> (usize, u64) {
        (usize::from(index >> 6), 1 << (index & 63))
    }
}

impl FromIterator<u8> for IndexSet {
    fn from_iter<I: IntoIterator<Item = u8>>(indices: I) -> Self {
        let mut set = Self::new();
        for index in indices {
            set.insert(index);
        }
        set
    }
}

/// The indices, separated by commas.
impl fmt::Display for IndexSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, index) in self.iter().enumerate() {
            write!(f, "{}{index}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for IndexSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
