//! The table of wrapped keys, and how far a rotation has come.

use std::path::Path;

use redb::{Database, ReadableDatabase, ReadableTableMetadata, TableDefinition};

use crate::Failure;

/// The DER of each wrapped key, by number.
const KEYS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("keys");
/// The DER of what is sealed under it.
const SEALED: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("sealed");
/// One row: how many keys, from the first on, are under the new KEK.
const ROTATED: TableDefinition<'_, (), u64> = TableDefinition::new("rotated");

/// A payload and the key to it.
pub(crate) struct Row {
    pub(crate) record: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

/// An open table.
pub(crate) struct Table(Database);

impl Table {
    /// Opens a table, or makes it.
    pub(crate) fn open(file: &Path) -> Result<Self, Failure> {
        let table = Self(Database::create(file)?);
        let transaction = table.0.begin_write()?;
        transaction.open_table(KEYS)?;
        transaction.open_table(SEALED)?;
        transaction.open_table(ROTATED)?;
        transaction.commit()?;
        Ok(table)
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> Result<u64, Failure> {
        Ok(self.0.begin_read()?.open_table(KEYS)?.len()?)
    }

    /// How many of them a rotation has done.
    pub(crate) fn rotated(&self) -> Result<u64, Failure> {
        let table = self.0.begin_read()?.open_table(ROTATED)?;
        Ok(table.get(())?.map_or(0, |row| row.value()))
    }

    /// The rows `first..first + count`, as many as there are.
    pub(crate) fn read(&self, first: u64, count: u64) -> Result<Vec<Row>, Failure> {
        let transaction = self.0.begin_read()?;
        let (keys, sealed) = (
            transaction.open_table(KEYS)?,
            transaction.open_table(SEALED)?,
        );
        let numbers = first..first.saturating_add(count);
        let rows = keys.range(numbers.clone())?.zip(sealed.range(numbers)?);
        let rows = rows.map(|(record, sealed)| {
            Ok(Row {
                record: record?.1.value().to_vec(),
                sealed: sealed?.1.value().to_vec(),
            })
        });
        rows.collect()
    }

    /// Writes new rows from `first` on; they are on stable storage when this returns.
    pub(crate) fn append(&self, first: u64, rows: &[Row]) -> Result<(), Failure> {
        let transaction = self.0.begin_write()?;
        {
            let mut keys = transaction.open_table(KEYS)?;
            let mut sealed = transaction.open_table(SEALED)?;
            for (number, row) in (first..).zip(rows) {
                keys.insert(number, row.record.as_slice())?;
                sealed.insert(number, row.sealed.as_slice())?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Replaces records from `first` on, and notes how far the rotation has come: both or neither, on stable storage
    /// when this returns. `before_commit` runs when all of it is written and nothing committed.
    pub(crate) fn replace(
        &self,
        first: u64,
        records: &[Vec<u8>],
        rotated: u64,
        before_commit: impl FnOnce(),
    ) -> Result<(), Failure> {
        let transaction = self.0.begin_write()?;
        {
            let mut keys = transaction.open_table(KEYS)?;
            for (number, record) in (first..).zip(records) {
                keys.insert(number, record.as_slice())?;
            }
            transaction.open_table(ROTATED)?.insert((), rotated)?;
        }
        before_commit();
        Ok(transaction.commit()?)
    }
}
