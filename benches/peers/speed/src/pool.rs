//! Inputs an operation cycles through, so that no branch predictor learns one of them by heart.

/// How many inputs a pool holds, and how many operations a batch call does.
pub(crate) const BATCH: usize = 1024;

/// [`BATCH`] inputs, taken in turn.
pub(crate) struct Pool<T>(Box<[T; BATCH]>);

impl<T> Pool<T> {
    pub(crate) fn new(make: impl FnMut(usize) -> T) -> Self {
        let items: Box<[T]> = (0..BATCH).map(make).collect();
        Self(items.try_into().ok().expect("the range has BATCH items"))
    }

    /// Input number `turn`, counted round.
    #[inline]
    pub(crate) fn at(&self, turn: usize) -> &T {
        self.0
            .get(turn & (BATCH - 1))
            .expect("the mask keeps the index below BATCH, a power of two")
    }
}
