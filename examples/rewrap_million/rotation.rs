//! Filling, rotating, proving: slice by slice.

use core::{ops::Range, time::Duration};
use std::{process, thread, time::Instant};

use pqkm::core::{
    ExposeToken, SealKey, Sealed, SysRng, Unwrap, UnwrapItem, Version, Wrap, WrapContext, WrapItem,
    WrappedKey,
};

use crate::{
    Failure,
    keks::Keks,
    table::{Row, Table},
};

/// Keys in one transaction.
const SLICE: u64 = 1024;

/// What a rotation took.
pub(crate) struct Spent {
    pub(crate) keys: u64,
    pub(crate) cryptography: Duration,
    pub(crate) store: Duration,
}

/// A table, the two keys, and how many threads there are to work with.
pub(crate) struct Rotation<'a> {
    pub(crate) table: &'a Table,
    keks: &'a Keks,
    threads: usize,
}

/// What the record and the payload of a key are bound to.
fn context(number: u64) -> String {
    format!("rewrap_million/{number}")
}

/// What is sealed in the row of a number.
fn payload(number: u64) -> String {
    format!("the balance of account {number}")
}

impl<'a> Rotation<'a> {
    pub(crate) const fn new(table: &'a Table, keks: &'a Keks, threads: usize) -> Self {
        Self {
            table,
            keks,
            threads,
        }
    }

    /// Seals payloads with these numbers, and wraps their keys under the old KEK.
    pub(crate) fn fill(&self, numbers: Range<u64>, progress: impl Fn(u64)) -> Result<(), Failure> {
        let mut first = numbers.start;
        while first < numbers.end {
            let end = numbers.end.min(first.saturating_add(SLICE));
            let slice: Vec<u64> = (first..end).collect();
            self.table
                .append(first, &self.shared(&slice, |part| self.seal(part))?)?;
            first = end;
            progress(first);
        }
        Ok(())
    }

    fn seal(&self, numbers: &[u64]) -> Result<Vec<Row>, Failure> {
        let contexts: Vec<_> = numbers.iter().copied().map(context).collect();
        let mut sealed = Vec::with_capacity(numbers.len());
        let mut keys = Vec::with_capacity(numbers.len());
        for (number, context) in numbers.iter().zip(&contexts) {
            let context = WrapContext::new(context.as_bytes())?;
            let made = Sealed::seal(payload(*number).as_bytes(), context, &mut SysRng)?;
            sealed.push(made.0);
            keys.push(made.1);
        }
        let items = keys.iter().zip(&contexts).map(|(key, context)| {
            Ok(WrapItem {
                key,
                generation: Version::FIRST,
                context: WrapContext::new(context.as_bytes())?,
            })
        });
        let items = items.collect::<Result<Vec<_>, Failure>>()?;
        let records = self.keks.old_public.wrap_many(&items, &mut SysRng)?;
        let rows = records.into_iter().zip(&sealed).map(|(record, sealed)| {
            Ok(Row {
                record: record?.to_der(),
                sealed: sealed.to_der(),
            })
        });
        rows.collect()
    }

    /// Goes on with the rotation; aborts the process in the midst of the slice in which the given number of keys is
    /// exceeded.
    pub(crate) fn rotate(
        &self,
        abort_after: Option<u64>,
        progress: impl Fn(u64),
    ) -> Result<Spent, Failure> {
        let begun = Instant::now();
        let mut cryptography = Duration::ZERO;
        let total = self.table.len()?;
        let start = self.table.rotated()?;
        let mut first = start;
        while first < total {
            let rows = self.table.read(first, SLICE)?;
            let end = first.saturating_add(u64::try_from(rows.len())?);
            if end == first {
                return Err("keys are missing in the table".into());
            }
            let numbered: Vec<_> = (first..).zip(rows).collect();
            let wrapping = Instant::now();
            let records = self.shared(&numbered, |part| self.rewrap(part))?;
            cryptography = cryptography.saturating_add(wrapping.elapsed());
            self.table.replace(first, &records, end, || {
                if abort_after.is_some_and(|after| end.saturating_sub(start) > after) {
                    process::abort();
                }
            })?;
            first = end;
            progress(first);
        }
        Ok(Spent {
            keys: first.saturating_sub(start),
            cryptography,
            store: begun.elapsed().saturating_sub(cryptography),
        })
    }

    /// Wraps the keys of some rows anew: the whole of a part in one call.
    fn rewrap(&self, rows: &[(u64, Row)]) -> Result<Vec<Vec<u8>>, Failure> {
        let records = records(rows)?;
        let contexts = contexts(rows);
        let items = items(&records, &contexts)?;
        let (old, new) = (&self.keks.old, &self.keks.new_public);
        let rewrapped = old.rewrap_many(&items, new, &mut SysRng)?;
        let rewrapped = rewrapped.into_iter().map(|record| Ok(record?.to_der()));
        rewrapped.collect()
    }

    /// How many records name the new KEK, open under it and not under the old one, and open what is sealed beside
    /// them.
    pub(crate) fn prove(&self, progress: impl Fn(u64)) -> Result<u64, Failure> {
        let (mut first, mut proved) = (0, 0);
        loop {
            let rows = self.table.read(first, SLICE)?;
            if rows.is_empty() {
                return Ok(proved);
            }
            let numbered: Vec<_> = (first..).zip(rows).collect();
            let sound = self.shared(&numbered, |part| self.proved(part))?;
            proved += u64::try_from(sound.iter().filter(|sound| **sound).count())?;
            first += u64::try_from(numbered.len())?;
            progress(first);
        }
    }

    fn proved(&self, rows: &[(u64, Row)]) -> Result<Vec<bool>, Failure> {
        let records = records(rows)?;
        let contexts = contexts(rows);
        let items = items(&records, &contexts)?;
        let under_new = self.keks.new.unwrap_many::<SealKey>(&items);
        let under_old = self.keks.old.unwrap_many::<SealKey>(&items);
        let opened = under_new.into_iter().zip(under_old).zip(&items).zip(rows);
        let sound = opened.map(|(((new, old), item), (number, row))| {
            let sealed = Sealed::from_der(&row.sealed)?;
            let opens = |key: SealKey| {
                let opened = sealed.open(&key, item.context);
                let token = ExposeToken::acknowledge();
                opened.is_ok_and(|opened| opened.expose(token) == payload(*number).as_bytes())
            };
            Ok(self.keks.is_new(item.record) && new.is_ok_and(opens) && old.is_err())
        });
        sound.collect()
    }

    /// Does the work of each part in a thread of its own; results are in the order of the items.
    fn shared<T: Sync, U: Send>(
        &self,
        items: &[T],
        work: impl Fn(&[T]) -> Result<Vec<U>, Failure> + Sync,
    ) -> Result<Vec<U>, Failure> {
        let part = items.len().div_ceil(self.threads).max(1);
        let parts: Vec<_> = thread::scope(|scope| {
            let parts = items.chunks(part).map(|part| scope.spawn(|| work(part)));
            let parts: Vec<_> = parts.collect();
            parts
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect()
        });
        let mut all = Vec::with_capacity(items.len());
        for part in parts {
            all.extend(part.map_err(|_| "a thread panicked")??);
        }
        Ok(all)
    }
}

fn contexts(rows: &[(u64, Row)]) -> Vec<String> {
    rows.iter().map(|(number, _)| context(*number)).collect()
}

fn records(rows: &[(u64, Row)]) -> Result<Vec<WrappedKey>, Failure> {
    let records = rows.iter();
    records
        .map(|(_, row)| Ok(WrappedKey::from_der(&row.record)?))
        .collect()
}

fn items<'a>(
    records: &'a [WrappedKey],
    contexts: &'a [String],
) -> Result<Vec<UnwrapItem<'a>>, Failure> {
    let pairs = records.iter().zip(contexts);
    pairs
        .map(|(record, context)| {
            let context = WrapContext::new(context.as_bytes())?;
            Ok(UnwrapItem { record, context })
        })
        .collect()
}
