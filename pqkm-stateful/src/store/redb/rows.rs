//! The rows and their bytes.

use alloc::vec::Vec;

use redb::TableDefinition;

use crate::store::IntegrityKey;
use crate::store::integrity::TAG_LEN;
use crate::wire::Reader;

/// Key record and counter.
pub(super) const STATE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("state");
/// Signatures of upper trees, by level and number of the tree.
pub(super) const UPPER: TableDefinition<'_, (u8, u64), &[u8]> = TableDefinition::new("upper");

pub(super) const RECORD: &str = "record";
pub(super) const COUNTER: &str = "counter";

const COUNTER_LABEL: &[u8] = b"pqkm redb counter v1";
const UPPER_LABEL: &[u8] = b"pqkm redb upper v1";
/// Length in bytes of the counter's fields: next, epoch, level and number of the latest upper signature.
const COUNTER_LEN: usize = 8 + 8 + 1 + 8;

/// The counter row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counter {
    /// The high-water mark: below it every index is spent.
    pub(super) next: u64,
    pub(super) epoch: u64,
    /// Where the latest upper signature stands; level 0, which signs messages or nothing, means none.
    pub(super) latest: (u8, u64),
}

impl Counter {
    pub(super) fn encode(&self, integrity: &IntegrityKey) -> Vec<u8> {
        let mut row = Vec::with_capacity(COUNTER_LEN + TAG_LEN);
        row.extend(self.next.to_be_bytes());
        row.extend(self.epoch.to_be_bytes());
        row.push(self.latest.0);
        row.extend(self.latest.1.to_be_bytes());
        let tag = integrity.tag(COUNTER_LABEL, &[&row]);
        row.extend(tag);
        row
    }

    /// The counter of a row whose tag is right.
    pub(super) fn decode(integrity: &IntegrityKey, row: &[u8]) -> Option<Self> {
        let (fields, tag) = row.split_at_checked(COUNTER_LEN)?;
        if !integrity.verify(COUNTER_LABEL, &[fields], tag) {
            return None;
        }
        let mut reader = Reader::new(fields);
        Some(Self {
            next: reader.u64().ok()?,
            epoch: reader.u64().ok()?,
            latest: (reader.u8().ok()?, reader.u64().ok()?),
        })
    }

    pub(super) const fn with_latest_upper(self, place: (u8, u64)) -> Self {
        Self {
            latest: place,
            ..self
        }
    }

    pub(super) fn latest_upper(&self) -> Option<(u8, u64)> {
        (self.latest.0 > 0).then_some(self.latest)
    }
}

/// Tag, then the bytes of an upper signature.
pub(super) fn encode_upper(
    integrity: &IntegrityKey,
    (level, index): (u8, u64),
    bytes: &[u8],
) -> Vec<u8> {
    let tag = integrity.tag(UPPER_LABEL, &[&[level], &index.to_be_bytes(), bytes]);
    [&tag[..], bytes].concat()
}

pub(super) fn decode_upper(
    integrity: &IntegrityKey,
    (level, index): (u8, u64),
    row: &[u8],
) -> Option<Vec<u8>> {
    let (tag, bytes) = row.split_at_checked(TAG_LEN)?;
    let parts: [&[u8]; 3] = [&[level], &index.to_be_bytes(), bytes];
    integrity
        .verify(UPPER_LABEL, &parts, tag)
        .then(|| bytes.to_vec())
}
