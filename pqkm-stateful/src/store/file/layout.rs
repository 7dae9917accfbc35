//! The bytes of the blocks: record, slots and the headers of cells. All numbers are big-endian.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use crate::error::{DecodeError, StoreError};
use crate::store::IntegrityKey;
use crate::store::counter::Slot;
use crate::store::integrity::TAG_LEN;
use crate::wire::Reader;

/// Everything begins at a multiple of this.
pub(super) const BLOCK: usize = 4096;
/// Offsets of the two slots.
pub(super) const SLOTS: [u64; 2] = [4096, 8192];
/// Offset of the first cell.
pub(super) const CELLS: u64 = 12288;

const RECORD_MAGIC: &[u8; 8] = b"pqkmkey1";
const SLOT_MAGIC: &[u8; 8] = b"pqkmslt1";
const CELL_MAGIC: &[u8; 8] = b"pqkmcel1";
/// Magic, length, SHA-256.
const RECORD_HEADER: usize = 8 + 4 + 32;
/// Magic, level, index, length, tag.
pub(super) const CELL_HEADER: usize = 8 + 1 + 8 + 4 + TAG_LEN;

/// The record's block: magic, length, SHA-256 of the record, record, zeros.
pub(super) fn encode_record(record: &[u8]) -> Result<[u8; BLOCK], StoreError> {
    let mut block = [0; BLOCK];
    if record.is_empty() || record.len() > BLOCK - RECORD_HEADER {
        return Err(StoreError::TooLarge);
    }
    let len = u32::try_from(record.len()).map_err(|_| StoreError::TooLarge)?;
    block[..8].copy_from_slice(RECORD_MAGIC);
    block[8..12].copy_from_slice(&len.to_be_bytes());
    block[12..RECORD_HEADER].copy_from_slice(&Sha256::digest(record));
    block[RECORD_HEADER..RECORD_HEADER + record.len()].copy_from_slice(record);
    Ok(block)
}

/// The record of a block. Zeros alone are a creation that did not end; anything else that is wrong is corrupt.
pub(super) fn decode_record(block: &[u8]) -> Result<Vec<u8>, StoreError> {
    if block.iter().all(|&byte| byte == 0) {
        return Err(StoreError::Incomplete);
    }
    let parse = || {
        let mut reader = Reader::new(block);
        let magic: [u8; 8] = reader.array()?;
        let len = usize::try_from(reader.u32()?).map_err(|_| DecodeError::Length)?;
        let digest: [u8; 32] = reader.array()?;
        let record = reader.take(len)?;
        Ok::<_, DecodeError>((magic, digest, record, reader))
    };
    let (magic, digest, record, rest) = parse().map_err(|_| StoreError::Corrupt)?;
    let good = magic == *RECORD_MAGIC && digest[..] == Sha256::digest(record)[..] && rest.is_zero();
    good.then(|| record.to_vec()).ok_or(StoreError::Corrupt)
}

/// Length of a slot's magic and fields.
const SLOT_FIELDS: usize = 8 + 5 * 8;

/// A slot's block: magic, sequence, h, M, epoch, confirmed end of cells, tag, zeros. The tag covers the position too.
pub(super) fn encode_slot(integrity: &IntegrityKey, position: usize, slot: &Slot) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..8].copy_from_slice(SLOT_MAGIC);
    let fields = [
        slot.sequence,
        slot.next,
        slot.largest,
        slot.epoch,
        slot.cells,
    ];
    for (to, from) in block[8..SLOT_FIELDS].chunks_exact_mut(8).zip(fields) {
        to.copy_from_slice(&from.to_be_bytes());
    }
    let tag = integrity.tag(SLOT_MAGIC, &[&place(position), &block[..SLOT_FIELDS]]);
    block[SLOT_FIELDS..SLOT_FIELDS + TAG_LEN].copy_from_slice(&tag);
    block
}

/// The slot of a block, if it is whole and was written for this position.
pub(super) fn decode_slot(integrity: &IntegrityKey, position: usize, block: &[u8]) -> Option<Slot> {
    let mut reader = Reader::new(block);
    let fields = reader.take(SLOT_FIELDS).ok()?;
    let tag = reader.take(TAG_LEN).ok()?;
    if !reader.is_zero() || !integrity.verify(SLOT_MAGIC, &[&place(position), fields], tag) {
        return None;
    }
    let mut reader = Reader::new(fields.get(8..)?);
    let mut next = || reader.u64().ok();
    Some(Slot {
        sequence: next()?,
        next: next()?,
        largest: next()?,
        epoch: next()?,
        cells: next()?,
    })
}

fn place(position: usize) -> [u8; 1] {
    [u8::from(position != 0)]
}

/// A cell: magic, level, index, length, tag, bytes, zeros up to the next block.
pub(super) fn encode_cell(
    integrity: &IntegrityKey,
    level: u8,
    index: u64,
    bytes: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let len = u32::try_from(bytes.len()).map_err(|_| StoreError::TooLarge)?;
    let mut cell = Vec::with_capacity(cell_len(bytes.len()));
    cell.extend_from_slice(CELL_MAGIC);
    cell.push(level);
    cell.extend_from_slice(&index.to_be_bytes());
    cell.extend_from_slice(&len.to_be_bytes());
    let tag = integrity.tag(CELL_MAGIC, &[&cell, bytes]);
    cell.extend_from_slice(&tag);
    cell.extend_from_slice(bytes);
    cell.resize(cell_len(bytes.len()), 0);
    Ok(cell)
}

/// What the header of a cell says; nothing in it is checked yet.
pub(super) struct CellHeader {
    pub(super) level: u8,
    pub(super) index: u64,
    pub(super) len: usize,
    pub(super) fields: [u8; CELL_HEADER - TAG_LEN],
    pub(super) tag: [u8; TAG_LEN],
}

impl CellHeader {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let fields: [u8; CELL_HEADER - TAG_LEN] = reader.array().ok()?;
        let tag = reader.array().ok()?;
        let mut reader = Reader::new(&fields);
        (reader.array().ok()? == *CELL_MAGIC).then_some(())?;
        let (level, index) = (reader.u8().ok()?, reader.u64().ok()?);
        let len = usize::try_from(reader.u32().ok()?).ok()?;
        Some(Self {
            level,
            index,
            len,
            fields,
            tag,
        })
    }

    pub(super) fn verify(&self, integrity: &IntegrityKey, bytes: &[u8]) -> bool {
        integrity.verify(CELL_MAGIC, &[&self.fields, bytes], &self.tag)
    }
}

/// Length of a cell with `len` bytes in it: whole blocks.
pub(super) const fn cell_len(len: usize) -> usize {
    (CELL_HEADER + len).next_multiple_of(BLOCK)
}
