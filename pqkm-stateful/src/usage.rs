//! A log of what was signed with which index, and a checker that needs nothing but the log.
//!
//! The log is evidence for an auditor, not a safeguard: an entry is written before its signature is made, so that a signature without
//! an entry cannot exist, and an entry without a signature means a burned index.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use std::io::{self, Read, Write};

use pqkm_core::{Clock, Signature, UnixTime};
use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};

use crate::algorithm::Hss;
use crate::error::SignError;
use crate::signer::{HssSigner, OneTimeIndex};
use crate::store::UpperStore;

/// Length of an entry in bytes: index, seconds since 1970 (both u64, big-endian), SHA-256 of the message.
pub const ENTRY_LEN: usize = 8 + 8 + 32;

/// Why nothing was signed. The index is burned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoggedSignError {
    /// The clock does not know the time.
    Clock,
    /// The entry could not be written.
    Log,
    /// The entry is written, and the signature was not made.
    Sign(SignError),
}

impl fmt::Display for LoggedSignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clock => "the time is not known",
            Self::Log => "the usage log could not be written",
            Self::Sign(_) => "no signature was made",
        })
    }
}

impl core::error::Error for LoggedSignError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Sign(error) => Some(error),
            Self::Clock | Self::Log => None,
        }
    }
}

/// A log of one key's signatures.
#[derive(Debug)]
pub struct UsageLog<W> {
    out: W,
}

impl<W: Write> UsageLog<W> {
    /// Writes entries to `out`, which should append. It is flushed after every entry; whether that makes it durable is up to `out`.
    #[must_use]
    pub const fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes the entry, and then signs.
    ///
    /// # Errors
    /// [`LoggedSignError`]; the index is burned in every case.
    pub fn sign_at<S: UpperStore, R: TryCryptoRng + ?Sized>(
        &mut self,
        signer: &HssSigner<S>,
        index: OneTimeIndex,
        message: &[u8],
        clock: &impl Clock,
        rng: &mut R,
    ) -> Result<Signature<Hss>, LoggedSignError> {
        let time = clock.now().map_err(|_| LoggedSignError::Clock)?;
        let digest = Sha256::digest(message).into();
        self.append(index.number(), time, &digest)
            .map_err(|_| LoggedSignError::Log)?;
        signer
            .sign_at(index, message, rng)
            .map_err(LoggedSignError::Sign)
    }

    fn append(&mut self, index: u64, time: UnixTime, digest: &[u8; 32]) -> io::Result<()> {
        let mut entry = [0; ENTRY_LEN];
        entry[..8].copy_from_slice(&index.to_be_bytes());
        entry[8..16].copy_from_slice(&time.seconds().to_be_bytes());
        entry[16..].copy_from_slice(digest);
        self.out.write_all(&entry)?;
        self.out.flush()
    }
}

/// What a log says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageReport {
    /// Whole entries.
    pub entries: u64,
    /// Indices with more than one entry: each is a one-time key that was, or may have been, used again.
    pub duplicates: Vec<u64>,
    /// Indices below the highest one that have no entry: burned, or signed without the log.
    pub gaps: Vec<Range<u64>>,
    /// How often an entry is dated before the one above it.
    pub backwards: u64,
    /// Bytes after the last whole entry: the log was cut in the middle of one.
    pub partial: usize,
}

/// Reads a log and looks for indices that come twice or not at all.
///
/// # Errors
/// What `log` says.
pub fn check(mut log: impl Read) -> io::Result<UsageReport> {
    let mut bytes = Vec::new();
    log.read_to_end(&mut bytes)?;
    let mut report = UsageReport::default();
    let (mut count, mut last): (BTreeMap<u64, u32>, u64) = (BTreeMap::new(), 0);
    let (entries, partial) = bytes.as_chunks::<ENTRY_LEN>();
    for entry in entries {
        let word = |at: usize| {
            entry[at..at + 8]
                .iter()
                .fold(0, |n, &b| n << 8 | u64::from(b))
        };
        let (index, time) = (word(0), word(8));
        *count.entry(index).or_insert(0) += 1;
        report.backwards += u64::from(time < last);
        report.entries += 1;
        last = time;
    }
    report.partial = partial.len();
    let mut next = 0;
    for (&index, &times) in &count {
        if times > 1 {
            report.duplicates.push(index);
        }
        if index > next {
            report.gaps.push(next..index);
        }
        next = index.saturating_add(1);
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries with these indices, dated by their position.
    fn log(indices: &[u64]) -> Vec<u8> {
        let mut log = UsageLog::new(Vec::new());
        for (&index, time) in indices.iter().zip(100u64..) {
            let time = UnixTime::from_seconds(time).unwrap();
            log.append(index, time, &[7; 32]).unwrap();
        }
        log.out
    }

    #[test]
    fn duplicates_gaps_and_cuts_are_found() {
        let report = |indices: &[u64]| check(&log(indices)[..]).unwrap();
        assert_eq!(report(&[]), UsageReport::default());
        let clean = report(&[0, 1, 2]);
        assert_eq!((clean.entries, clean.duplicates.len()), (3, 0));
        assert!(clean.gaps.is_empty());
        let found = report(&[5, 0, 1, 5, 9]);
        assert_eq!(found.duplicates, [5]);
        assert_eq!(found.gaps, [2..5, 6..9]);
        let mut cut = log(&[0, 1]);
        cut.truncate(ENTRY_LEN + 3);
        let found = check(&cut[..]).unwrap();
        assert_eq!((found.entries, found.partial), (1, 3));
        let mut swapped = log(&[0, 1]);
        swapped.rotate_left(ENTRY_LEN);
        assert_eq!(check(&swapped[..]).unwrap().backwards, 1);
    }
}
