//! The counter in two slots: which slot is written when, and what recovery makes of what it reads.
//!
//! Nothing here does I/O: the file store, the simulated disk and the model all run this text.
//! Words and argument: docs/design/stateful.md.

use crate::error::StoreError;

/// What one slot says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    /// Grows with every slot written.
    pub(crate) sequence: u64,
    /// The high-water mark h: below it every index is spent.
    pub(crate) next: u64,
    /// The bound M of any single reservation so far.
    pub(crate) largest: u64,
    /// The epoch that wrote it.
    pub(crate) epoch: u64,
    /// Upper signatures below this offset had been synced when the slot was written.
    pub(crate) cells: u64,
}

/// A slot to be written at a position (0 or 1) and synced before anything else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    pub(crate) position: usize,
    pub(crate) slot: Slot,
}

/// The counter of an open store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Counter {
    /// What the slot at `1 - older` holds.
    pub(crate) newest: Slot,
    /// The position that the next write goes to.
    pub(crate) older: usize,
}

impl Counter {
    /// The first two writes of a new store.
    pub(crate) const fn create(largest: u64) -> [Write; 2] {
        let slot = Slot {
            sequence: 0,
            next: 0,
            largest,
            epoch: 0,
            cells: 0,
        };
        [
            Write { position: 0, slot },
            Write {
                position: 1,
                slot: Slot {
                    sequence: 1,
                    ..slot
                },
            },
        ]
    }

    /// The counter that follows from what was read (`None`: unreadable), and the two writes that make it durable.
    ///
    /// The order matters. An unreadable slot is written first, because the other one is all there is.
    /// Of two readable ones the higher sequence is written first: it may be undurable, read from a cache after a failed sync.
    pub(crate) fn recover(read: [Option<Slot>; 2]) -> Result<(Self, [Write; 2]), StoreError> {
        let (first, next, base) = match read {
            [None, None] => return Err(StoreError::Corrupt),
            [Some(slot), None] => (1, slot.next.saturating_add(slot.largest), slot),
            [None, Some(slot)] => (0, slot.next.saturating_add(slot.largest), slot),
            [Some(a), Some(b)] => {
                let (first, newest) = if a.sequence > b.sequence {
                    (0, a)
                } else {
                    (1, b)
                };
                let base = Slot {
                    largest: a.largest.max(b.largest),
                    epoch: a.epoch.max(b.epoch),
                    cells: a.cells.max(b.cells),
                    ..newest
                };
                (first, a.next.max(b.next), base)
            }
        };
        let slot = Slot {
            sequence: base.sequence.saturating_add(1),
            next,
            largest: base.largest,
            epoch: base.epoch.saturating_add(1),
            cells: base.cells,
        };
        let second = Slot {
            sequence: slot.sequence.saturating_add(1),
            ..slot
        };
        let writes = [
            Write {
                position: first,
                slot,
            },
            Write {
                position: 1 - first,
                slot: second,
            },
        ];
        Ok((
            Self {
                newest: second,
                older: first,
            },
            writes,
        ))
    }

    /// The writes that raise M to `count` or above; they come before the reservation, each synced.
    pub(crate) fn raise(&mut self, count: u64) -> Option<[Write; 2]> {
        if count <= self.newest.largest {
            return None;
        }
        let largest = count.checked_next_power_of_two().unwrap_or(count);
        Some([0, 1].map(|_| {
            self.write(Slot {
                largest,
                ..self.newest
            })
        }))
    }

    /// The write that spends `count` indices, no more than M, and the first of them.
    pub(crate) fn advance(&mut self, count: u64) -> (u64, Write) {
        let first = self.newest.next;
        (
            first,
            self.write(Slot {
                next: first.saturating_add(count),
                ..self.newest
            }),
        )
    }

    fn write(&mut self, slot: Slot) -> Write {
        self.newest = Slot {
            sequence: slot.sequence.saturating_add(1),
            ..slot
        };
        let position = self.older;
        self.older = 1 - position;
        Write {
            position,
            slot: self.newest,
        }
    }

    /// Says that upper signatures below `end` are durable; the next slot says so too.
    pub(crate) fn confirm_cells(&mut self, end: u64) {
        self.newest.cells = self.newest.cells.max(end);
    }

    pub(crate) const fn cells(&self) -> u64 {
        self.newest.cells
    }

    pub(crate) const fn next(&self) -> u64 {
        self.newest.next
    }

    pub(crate) const fn epoch(&self) -> u64 {
        self.newest.epoch
    }
}

/// Checks what every store checks before it spends `count` indices.
pub(crate) const fn admit(
    next: u64,
    current: u64,
    epoch: u64,
    count: u64,
    limit: u64,
) -> Result<(), StoreError> {
    if epoch != current {
        return Err(StoreError::Fenced);
    }
    let remaining = limit.saturating_sub(next);
    if count == 0 || count > remaining {
        return Err(StoreError::Exhausted { remaining });
    }
    Ok(())
}
