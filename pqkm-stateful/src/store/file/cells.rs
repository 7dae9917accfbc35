//! Signatures of upper trees, appended after the slots and never rewritten.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::disk::{DiskError, DiskFile};
use super::layout::{BLOCK, CELL_HEADER, CELLS, CellHeader, cell_len, encode_cell};
use crate::error::StoreError;
use crate::store::IntegrityKey;

/// Where the good cells are.
pub(super) struct Cells {
    integrity: IntegrityKey,
    places: BTreeMap<(u8, u64), Place>,
}

#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    /// A sync succeeded after it was written. One that is only readable may stand in the page cache alone.
    durable: bool,
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cells")
            .field("count", &self.places.len())
            .finish_non_exhaustive()
    }
}

impl Cells {
    /// Finds the good cells of a file. Torn and rotted ones are passed over: they are made again when needed, byte by byte the same.
    ///
    /// Cells below the offset `confirmed` are known to be durable.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if two good cells contradict each other.
    pub(super) fn scan<F: DiskFile>(
        file: &mut F,
        integrity: &IntegrityKey,
        confirmed: u64,
    ) -> Result<Self, StoreError> {
        let mut cells = Self {
            integrity: integrity.duplicate(),
            places: BTreeMap::new(),
        };
        let end = file.len().map_err(DiskError::on_read)?;
        let mut offset = CELLS;
        while offset < end {
            let Some((header, bytes)) = cells.read(file, offset, end) else {
                offset += block(1);
                continue;
            };
            let place = (header.level, header.index);
            let found = Place {
                offset,
                durable: offset < confirmed,
            };
            if let Some(&earlier) = cells.places.get(&place) {
                if cells
                    .read(file, earlier.offset, end)
                    .is_none_or(|(_, first)| first != bytes)
                {
                    return Err(StoreError::Corrupt);
                }
                if !earlier.durable {
                    cells.places.insert(place, found);
                }
            } else {
                cells.places.insert(place, found);
            }
            offset += u64::try_from(cell_len(header.len)).unwrap_or(u64::MAX - end);
        }
        Ok(cells)
    }

    pub(super) const fn integrity(&self) -> &IntegrityKey {
        &self.integrity
    }

    /// The cell at an offset, if it is whole.
    fn read<F: DiskFile>(
        &self,
        file: &mut F,
        offset: u64,
        end: u64,
    ) -> Option<(CellHeader, Vec<u8>)> {
        let mut header = [0; CELL_HEADER];
        file.read(offset, &mut header).ok()?;
        let header = CellHeader::parse(&header)?;
        let room = end.checked_sub(offset)?;
        (u64::try_from(cell_len(header.len)).ok()? <= room).then_some(())?;
        let mut bytes = vec![0; header.len];
        file.read(offset + u64::try_from(CELL_HEADER).ok()?, &mut bytes)
            .ok()?;
        header
            .verify(&self.integrity, &bytes)
            .then_some((header, bytes))
    }

    /// Appends the cell unless there is one, and returns what the disk holds and where the durable cells end.
    ///
    /// A cell that may stand in the page cache alone is appended once more: it may have been used already, so its bytes win,
    /// but they are not returned before they are durable.
    pub(super) fn put_once<F: DiskFile>(
        &mut self,
        file: &mut F,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<(Vec<u8>, u64), StoreError> {
        let end = file.len().map_err(DiskError::on_read)?;
        let known = self.places.get(&(level, index)).copied();
        let winner = known.and_then(|place| {
            self.read(file, place.offset, end)
                .map(|(_, bytes)| (bytes, place.durable))
        });
        let bytes = match &winner {
            Some((stored, true)) => return Ok((stored.clone(), 0)),
            Some((stored, false)) => stored,
            None => bytes,
        };
        let cell = encode_cell(&self.integrity, level, index, bytes)?;
        let offset = end.max(CELLS).next_multiple_of(block(1));
        file.write(offset, &cell).map_err(DiskError::on_write)?;
        file.sync().map_err(DiskError::on_write)?;
        let end = file.len().map_err(DiskError::on_read)?;
        let (_, stored) = self.read(file, offset, end).ok_or(StoreError::Corrupt)?;
        self.places.insert(
            (level, index),
            Place {
                offset,
                durable: true,
            },
        );
        Ok((stored, end))
    }
}

fn block(count: u64) -> u64 {
    count * u64::try_from(BLOCK).unwrap_or(u64::MAX)
}
