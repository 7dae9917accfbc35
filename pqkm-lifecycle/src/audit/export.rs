//! The log outside of its registry: written to a folder, and verified there without any secret.
//!
//! ```text
//! DIR/events.der        every event, one after the other
//! DIR/checkpoints.der   every checkpoint, oldest first
//! ```

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, ErrorKind, Read, Write as _},
    path::{Path, PathBuf},
};

use pqkm_core::{UnixTime, VerificationAlgorithm, VerifyingKey};

use super::{Checkpoint, Frontier, leaf_hash};
use crate::{
    custody::Custody,
    error::AuditError,
    event::Event,
    file::publish,
    name::{self, kind},
    registry::Registry,
    wire::{Hash, OperationId},
};

const EVENTS: &str = "events.der";
const CHECKPOINTS: &str = "checkpoints.der";

/// The longest event or checkpoint in bytes: SLH-DSA signatures are the longest part.
const MAX_BYTES: usize = 1 << 20;

/// What a log that verifies has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogReport {
    /// The registry.
    pub registry: Hash,
    /// Events that the last checkpoint is about.
    pub signed: u64,
    /// Events after that: nobody has signed for them yet.
    pub unsigned: u64,
    /// Checkpoints, all of them valid.
    pub checkpoints: u64,
    /// When the last checkpoint was signed.
    pub last: UnixTime,
}

impl<C: Custody> Registry<C> {
    /// Writes the log as it is now to a folder, which is made if it is not there: the events that are in the
    /// tree, and the checkpoints that are about them. Others may go on writing meanwhile; what they add is not
    /// exported. Events in the outbox are not in the log yet: [`sequence`](Self::sequence) moves them.
    ///
    /// Files get their names when they are whole and on stable storage. A process that dies on the way leaves
    /// files with `.new-` in their names, which are nobody's, or the events alone, which no verifier opens: export to
    /// another folder then.
    ///
    /// # Errors
    /// [`AuditError::Exists`] if one of the files is there already; [`AuditError::Io`], also where the file system
    /// has no hard links; [`AuditError::Root`] if the stored events are not those of the tree.
    pub fn export_log(&self, folder: impl AsRef<Path>) -> Result<(), AuditError> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(io)?;
        let tree = self.tree()?.frontier;
        let id = self.fresh_id();
        let mut events = NewFile::create(folder, EVENTS, id)?;
        let mut exported = Frontier::new();
        self.for_each_before(kind::ENTRY, Some(&name::entry(tree.size())), |_, row| {
            exported.push(leaf_hash(&row.content), |_, _, _| {});
            events.write(&row.content)
        })?;
        if exported != tree {
            return Err(AuditError::Root);
        }
        let mut checkpoints = NewFile::create(folder, CHECKPOINTS, id)?;
        let end = name::checkpoint(tree.size().saturating_add(1));
        self.for_each_before(kind::CHECKPOINT, Some(&end), |_, row| {
            checkpoints.write(&row.content)
        })?;
        // Without checkpoints events are no log: they come last.
        let events = events.publish()?;
        checkpoints.publish().map(drop).inspect_err(|_| {
            drop(fs::remove_file(&events));
        })
    }
}

/// A file that gets its name when it is whole.
struct NewFile {
    beside: PathBuf,
    path: PathBuf,
    file: BufWriter<File>,
}

impl NewFile {
    fn create(folder: &Path, name: &str, id: OperationId) -> Result<Self, AuditError> {
        let path = folder.join(name);
        if path.exists() {
            return Err(AuditError::Exists);
        }
        let beside = path.with_added_extension(format!("new-{id}"));
        let file = BufWriter::new(File::create_new(&beside).map_err(io)?);
        Ok(Self { beside, path, file })
    }

    fn write(&mut self, content: &[u8]) -> Result<(), AuditError> {
        self.file.write_all(content).map_err(io)
    }

    fn publish(mut self) -> Result<PathBuf, AuditError> {
        let whole = self.file.flush();
        whole
            .and_then(|()| self.file.get_ref().sync_all())
            .and_then(|()| publish(&self.beside, &self.path))
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => AuditError::Exists,
                _ => io(error),
            })?;
        Ok(self.path.clone())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // What cannot be removed is left behind under its name, which is nobody's.
        drop(fs::remove_file(&self.beside));
    }
}

fn io(error: std::io::Error) -> AuditError {
    AuditError::Io(error.kind())
}

/// Verifies a log in a folder: every event against every checkpoint, every signature, and that a checkpoint
/// that was seen before is still about the same events. The memory that it takes does not grow with the log.
///
/// `each` is called with every event in order.
///
/// # Errors
/// [`AuditError::Io`] if a file cannot be read, [`AuditError::Unsigned`] for a log without checkpoints, otherwise the
/// first fault.
pub fn verify_log<A: VerificationAlgorithm>(
    folder: impl AsRef<Path>,
    key: &VerifyingKey<A>,
    seen: Option<&Checkpoint>,
    mut each: impl FnMut(u64, &Event),
) -> Result<LogReport, AuditError> {
    let open = |name: &str| {
        let file = File::open(folder.as_ref().join(name)).map_err(io)?;
        Ok::<_, AuditError>(Values(BufReader::new(file)))
    };
    if let Some(seen) = seen {
        seen.verify(key)?;
    }
    let (mut events, mut checkpoints) = (open(EVENTS)?, open(CHECKPOINTS)?);
    let mut tree = Frontier::new();
    let mut report: Option<LogReport> = None;
    let mut is_seen = seen.is_none();
    while let Some(der) = checkpoints.next_value()? {
        let checkpoint = Checkpoint::from_der(&der)?;
        checkpoint.verify(key)?;
        if report
            .as_ref()
            .is_some_and(|report| report.signed >= checkpoint.size())
        {
            return Err(AuditError::Root);
        }
        is_seen |= append(
            &mut tree,
            &mut events,
            checkpoint.size(),
            checkpoint.registry(),
            seen,
            &mut each,
        )?;
        if tree.root() != checkpoint.root() {
            return Err(AuditError::Root);
        }
        let registry = checkpoint.registry();
        if report
            .as_ref()
            .is_some_and(|report| report.registry != registry)
        {
            return Err(AuditError::OtherLog);
        }
        report = Some(LogReport {
            registry,
            signed: checkpoint.size(),
            unsigned: 0,
            checkpoints: report.map_or(0, |report| report.checkpoints) + 1,
            last: checkpoint.at(),
        });
    }
    // Who has seen a checkpoint knows that there was one.
    let mut report = report.ok_or(match seen {
        Some(_) => AuditError::Truncated,
        None => AuditError::Unsigned,
    })?;
    is_seen |= append(
        &mut tree,
        &mut events,
        u64::MAX,
        report.registry,
        seen,
        &mut each,
    )?;
    report.unsigned = tree.size() - report.signed;
    if is_seen {
        Ok(report)
    } else {
        Err(AuditError::Truncated)
    }
}

/// Appends events until there are `size` of them, or, without an end, all. Says whether the checkpoint that
/// was seen was passed.
fn append(
    tree: &mut Frontier,
    events: &mut Values<impl Read>,
    size: u64,
    registry: Hash,
    seen: Option<&Checkpoint>,
    each: &mut impl FnMut(u64, &Event),
) -> Result<bool, AuditError> {
    let mut is_seen = compare(tree, registry, seen)?;
    while tree.size() < size {
        let Some(der) = events.next_value()? else {
            if size == u64::MAX {
                break;
            }
            return Err(AuditError::Truncated);
        };
        let event = Event::from_der(&der)?;
        if event.registry() != registry {
            return Err(AuditError::OtherLog);
        }
        each(tree.size(), &event);
        tree.push(leaf_hash(&der), |_, _, _| {});
        is_seen |= compare(tree, registry, seen)?;
    }
    Ok(is_seen)
}

fn compare(tree: &Frontier, registry: Hash, seen: Option<&Checkpoint>) -> Result<bool, AuditError> {
    match seen {
        Some(seen) if seen.registry() != registry => Err(AuditError::OtherLog),
        Some(seen) if seen.size() == tree.size() => {
            if seen.root() == tree.root() {
                Ok(true)
            } else {
                Err(AuditError::Root)
            }
        }
        _ => Ok(false),
    }
}

/// DER values, one after the other.
struct Values<R>(R);

impl<R: Read> Values<R> {
    /// The next SEQUENCE, or nothing at the end. A value that is cut is a fault.
    fn next_value(&mut self) -> Result<Option<Vec<u8>>, AuditError> {
        let mut value = Vec::with_capacity(256);
        if self.read(&mut value, 1)? == 0 {
            return Ok(None);
        }
        self.exactly(&mut value, 1)?;
        let short = value.get(1).copied().unwrap_or_default();
        let length = if short < 0x80 {
            usize::from(short)
        } else {
            let count = usize::from(short & 0x7f);
            if !(1..=4).contains(&count) {
                return Err(AuditError::Malformed);
            }
            self.exactly(&mut value, count)?;
            value
                .iter()
                .skip(2)
                .fold(0, |length, byte| (length << 8) | usize::from(*byte))
        };
        if length > MAX_BYTES {
            return Err(AuditError::Malformed);
        }
        self.exactly(&mut value, length)?;
        Ok(Some(value))
    }

    fn exactly(&mut self, value: &mut Vec<u8>, count: usize) -> Result<(), AuditError> {
        if self.read(value, count)? == count {
            Ok(())
        } else {
            Err(AuditError::Truncated)
        }
    }

    fn read(&mut self, value: &mut Vec<u8>, count: usize) -> Result<usize, AuditError> {
        let limit = u64::try_from(count).map_err(|_| AuditError::Malformed)?;
        let part = Read::by_ref(&mut self.0).take(limit).read_to_end(value);
        part.map_err(io)
    }
}
