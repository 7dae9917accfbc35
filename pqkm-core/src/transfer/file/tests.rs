//! Crashes of the replay store: every operation meets every fault, and a power loss keeps any part of
//! what was not synced.

use alloc::{collections::BTreeMap, rc::Rc, string::String, vec::Vec};
use core::cell::{RefCell, RefMut};
use std::io;

use super::{folder::Folder, *};
use crate::{KeyId, transfer::tests::at};

/// Choices that a run leaves open, gone through one by one.
#[derive(Default)]
struct Choices {
    /// (chosen, out of how many) along the current run.
    path: Vec<(u32, u32)>,
    taken: usize,
}

impl Choices {
    fn pick(&mut self, count: u32) -> u32 {
        if self.taken == self.path.len() {
            self.path.push((0, count));
        }
        self.taken += 1;
        self.path[self.taken - 1].0
    }

    /// Goes to the next combination; false when all were taken.
    fn next_run(&mut self) -> bool {
        self.taken = 0;
        while let Some((chosen, count)) = self.path.pop() {
            if chosen + 1 < count {
                self.path.push((chosen + 1, count));
                return true;
            }
        }
        false
    }
}

/// What goes wrong with an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The operation fails. After a sync that fails, the system takes for clean what it has not written.
    Refused,
    /// The process dies after the operation; the system lives.
    Killed,
    /// The power goes after a creation, and during a sync.
    PowerLoss,
}

const FAULTS: [Fault; 3] = [Fault::Refused, Fault::Killed, Fault::PowerLoss];

/// How far something is on its way to the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Pending,
    /// A sync failed: no later one writes it.
    Limbo,
    Durable,
}

impl Progress {
    fn sync(&mut self, works: bool) {
        if *self == Self::Pending {
            *self = if works { Self::Durable } else { Self::Limbo };
        }
    }
}

/// A file is there for certain if both it and its name are durable.
struct Node {
    file: Progress,
    name: Progress,
}

#[derive(Default)]
struct Disk {
    /// The folder's own name.
    folder: Option<Progress>,
    files: BTreeMap<String, Node>,
    locked: bool,
    /// The process is dead or the power is gone.
    stopped: bool,
    operations: u32,
    fault: Option<(u32, Fault)>,
}

/// A simulated folder. Clones are the same folder.
#[derive(Clone, Default)]
struct SimFolder(Rc<RefCell<Disk>>);

/// An open file, by its name.
struct SimFile {
    folder: SimFolder,
    name: String,
    locks: bool,
}

impl Drop for SimFile {
    fn drop(&mut self) {
        if self.locks {
            self.folder.0.borrow_mut().locked = false;
        }
    }
}

fn failed() -> io::Error {
    io::Error::from(ErrorKind::Other)
}

impl SimFolder {
    fn disk(&self) -> RefMut<'_, Disk> {
        self.0.borrow_mut()
    }

    /// Counts an operation, lets it meet its fault, and does it unless it is refused. A sync that the
    /// power interrupts has done nothing.
    fn act(&self, is_sync: bool, work: impl FnOnce(&mut Disk, bool)) -> io::Result<()> {
        let mut disk = self.disk();
        if disk.stopped {
            return Err(failed());
        }
        let now = disk.operations;
        disk.operations += 1;
        let fault = disk.fault.filter(|(at, _)| *at == now).map(|fault| fault.1);
        match fault {
            None => work(&mut disk, true),
            Some(Fault::Refused) => work(&mut disk, false),
            Some(Fault::PowerLoss) if is_sync => {}
            Some(_) => work(&mut disk, true),
        }
        disk.stopped = matches!(fault, Some(Fault::Killed | Fault::PowerLoss));
        fault.map_or(Ok(()), |_| Err(failed()))
    }

    /// Starts the process again.
    fn restart(&self) {
        let mut disk = self.disk();
        (disk.stopped, disk.locked, disk.operations) = (false, false, 0);
    }

    /// Turns the power off and on: of what is not durable, anything may be left.
    fn cycle_power(&self, choices: &mut Choices) {
        let mut disk = self.disk();
        if disk.folder.is_some_and(|name| name != Progress::Durable) && choices.pick(2) == 0 {
            disk.folder = None;
            disk.files.clear();
        }
        disk.folder = disk.folder.map(|_| Progress::Durable);
        disk.files.retain(|_, node| {
            let is_certain = (node.file, node.name) == (Progress::Durable, Progress::Durable);
            is_certain || choices.pick(2) == 1
        });
        for node in disk.files.values_mut() {
            (node.file, node.name) = (Progress::Durable, Progress::Durable);
        }
    }

    fn file(&self, name: &str, locks: bool) -> SimFile {
        SimFile {
            folder: self.clone(),
            name: name.into(),
            locks,
        }
    }
}

impl Folder for SimFolder {
    type File = SimFile;

    fn make(&mut self) -> io::Result<()> {
        if self.disk().folder.is_some() {
            return Err(io::Error::from(ErrorKind::AlreadyExists));
        }
        self.act(false, |disk, works| {
            disk.folder = works.then_some(Progress::Pending);
        })
    }

    fn create(&mut self, name: &str) -> io::Result<SimFile> {
        if self.disk().files.contains_key(name) && !self.disk().stopped {
            return Err(io::Error::from(ErrorKind::AlreadyExists));
        }
        self.act(false, |disk, works| {
            if works {
                let (file, progress) = (Progress::Pending, Progress::Pending);
                let node = Node {
                    file,
                    name: progress,
                };
                disk.files.insert(name.into(), node);
            }
        })?;
        Ok(self.file(name, false))
    }

    fn lock(&mut self, name: &str) -> Result<SimFile, ReplayError> {
        let mut disk = self.disk();
        if disk.stopped {
            return Err(ReplayError::Io);
        }
        if disk.folder.is_none() || !disk.files.contains_key(name) {
            return Err(ReplayError::Missing);
        }
        if disk.locked {
            return Err(ReplayError::Locked);
        }
        disk.locked = true;
        drop(disk);
        Ok(self.file(name, true))
    }

    fn has(&mut self, _: &str, _: &SimFile) -> io::Result<bool> {
        Ok(true)
    }

    fn sync_file(&mut self, file: &SimFile) -> io::Result<()> {
        self.act(true, |disk, works| {
            if let Some(node) = disk.files.get_mut(&file.name) {
                node.file.sync(works);
            }
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.act(true, |disk, works| {
            disk.files
                .values_mut()
                .for_each(|node| node.name.sync(works));
        })
    }

    fn sync_parent(&mut self) -> io::Result<()> {
        self.act(true, |disk, works| {
            if let Some(name) = &mut disk.folder {
                name.sync(works);
            }
        })
    }
}

fn entry(id: u8) -> ReplayEntry {
    let party = Fingerprint::from_bytes([0; 32]);
    ReplayEntry::new(party, KeyId::from_bytes([id; 16]), party, at(2_000))
}

/// One process: opens the store, or creates it, and spends.
fn session(folder: &SimFolder, released: &mut [bool; 2]) {
    let store = match Store::open(folder.clone()) {
        // If something was released, this must not make an empty store.
        Err(ReplayError::Missing) => Store::create(folder.clone()),
        store => store,
    };
    let Ok(mut store) = store else { return };
    for id in [0, 1, 0] {
        match store.spend(&entry(id), at(1_000)) {
            Ok(()) => {
                let released = &mut released[usize::from(id)];
                assert!(!*released, "an envelope was opened twice");
                *released = true;
            }
            Err(ReplayError::Replayed) => {}
            Err(_) => {
                let again = store.spend(&entry(id), at(1_000));
                assert_eq!(
                    again,
                    Err(ReplayError::Poisoned),
                    "it goes on after a failure"
                );
                return;
            }
        }
    }
}

/// More operations than a session has.
const OPERATIONS: u32 = 16;

#[test]
fn no_fault_opens_an_envelope_twice() {
    let mut choices = Choices::default();
    let mut histories = 0_u32;
    loop {
        let (folder, mut released) = (SimFolder::default(), [false; 2]);
        // The last session has no fault: it is there to see what the faults before it did.
        for has_fault in [true, true, false] {
            let at = if has_fault {
                choices.pick(OPERATIONS)
            } else {
                0
            };
            let fault = match at {
                0 => None,
                _ => Some((at - 1, FAULTS[usize::try_from(choices.pick(3)).unwrap()])),
            };
            folder.disk().fault = fault;
            session(&folder, &mut released);
            let met = fault.filter(|(at, _)| folder.disk().operations > *at);
            let power_is_gone = met.is_some_and(|(_, fault)| fault == Fault::PowerLoss);
            if power_is_gone || choices.pick(2) == 1 {
                folder.cycle_power(&mut choices);
            }
            folder.restart();
            // A fault that came too late is no case of its own.
            if fault.is_some() && met.is_none() {
                break;
            }
        }
        histories += 1;
        if !choices.next_run() {
            break;
        }
    }
    std::println!("{histories} histories");
    assert!(histories > 10_000);
}

#[test]
fn without_a_fault_everything_is_spent_once() {
    let (folder, mut released) = (SimFolder::default(), [false; 2]);
    session(&folder, &mut released);
    assert_eq!(released, [true; 2]);
    folder.cycle_power(&mut Choices::default());
    folder.restart();
    let mut store = Store::open(folder).unwrap();
    for id in [0, 1] {
        assert_eq!(
            store.spend(&entry(id), at(1_000)),
            Err(ReplayError::Replayed)
        );
    }
}

/// A folder under the temporary one, taken away at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("pqkm-replays-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// An empty folder where the store was knows no replay: the handle notices, whatever it is named.
#[test]
fn a_folder_that_was_exchanged_spends_nothing() {
    let scratch = Scratch::new("exchanged");
    let (folder, aside) = (scratch.0.join("store"), scratch.0.join("aside"));
    let mut store = FileReplayStore::create(&folder).unwrap();
    let spent = entry(1);
    store.spend(&spent, at(0)).unwrap();
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(store.spend(&spent, at(0)), Err(ReplayError::Io));
    assert_eq!(store.spend(&entry(2), at(0)), Err(ReplayError::Poisoned));
    // Nor does one that is a store of its own.
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
    let mut store = FileReplayStore::open(&aside).unwrap();
    FileReplayStore::create(&folder).unwrap();
    std::fs::rename(&aside, scratch.0.join("third")).unwrap();
    std::fs::rename(&folder, &aside).unwrap();
    assert_eq!(store.spend(&spent, at(0)), Err(ReplayError::Io));
}
