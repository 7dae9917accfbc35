//! A disk that keeps, loses, tears and reorders what was not synced, and rots.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Choices, Fault, Medium};
use crate::error::StoreError;
use crate::store::file::{Disk, DiskError, DiskFile, FileStore};

/// What a disk writes whole, or keeps, or destroys.
const SECTOR: usize = 512;
type Sector = [u8; SECTOR];

/// A torn sector: neither old nor new.
const TORN: Sector = [0xde; SECTOR];

/// A simulated disk with room for one file. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct SimDisk(Arc<Mutex<State>>);

/// The open file of a simulated disk.
#[derive(Debug)]
pub struct SimFile {
    disk: SimDisk,
    boot: u32,
}

/// A file's name and sectors.
#[derive(Clone, Debug, Default)]
struct Image {
    name: bool,
    sectors: BTreeMap<usize, Sector>,
    len: u64,
}

impl Image {
    /// Gives the file another length; what is cut off is zero when it comes back.
    fn cut(&mut self, len: u64) {
        self.len = len;
        self.sectors.retain(|number, _| start(*number) < len);
    }
}

#[derive(Debug, Default)]
struct State {
    /// What reads see.
    cache: Image,
    /// What is certain to be there after a power loss.
    durable: Image,
    /// What was written since the last sync, in order.
    pending: Vec<(usize, Sector)>,
    /// What was written before a failed sync: the cache takes it for clean, the disk may have it or not.
    limbo: Vec<(usize, Sector)>,
    locked: bool,
    /// A sector is written whole or not at all, and zero where the file was longer than it was.
    power_safe: bool,
    /// Grows at every power cycle: files of an earlier boot are dead.
    boot: u32,
    /// The power is gone.
    off: bool,
    operations: u32,
    fault: Option<(u32, Fault)>,
}

impl SimDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty disk that never tears a sector: it keeps the new content or the old one ("powersafe overwrite").
    /// That is what databases assume of a disk; `FileStore` does without it.
    #[must_use]
    pub fn power_safe() -> Self {
        let disk = Self::default();
        disk.state().power_safe = true;
        disk
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an operation and says what goes wrong with it.
    fn begin(state: &mut State) -> Result<Option<Fault>, DiskError> {
        if state.off {
            return Err(FAILED);
        }
        let now = state.operations;
        state.operations += 1;
        let fault = state
            .fault
            .filter(|(at, _)| *at == now)
            .map(|(_, fault)| fault);
        state.off = fault == Some(Fault::PowerLoss);
        if fault == Some(Fault::Refused) {
            Err(FAILED)
        } else {
            Ok(fault)
        }
    }

    fn open_file(&self, state: &mut State) -> Result<SimFile, StoreError> {
        if state.locked {
            return Err(StoreError::Locked);
        }
        state.locked = true;
        Ok(SimFile {
            disk: self.clone(),
            boot: state.boot,
        })
    }

    /// Turns the disk off and on, without a file left open.
    pub fn cycle_power(&self, choices: &mut Choices) {
        let mut state = self.state();
        let State {
            durable,
            pending,
            limbo,
            cache,
            power_safe,
            ..
        } = &mut *state;
        let ways = if *power_safe { 2 } else { 3 };
        let resized = cache.len != durable.len
            && (cache.len < durable.len || !(pending.is_empty() && limbo.is_empty()));
        if resized && choices.pick(2) == 1 {
            durable.cut(cache.len);
        }
        if cache.name && !durable.name {
            durable.name = choices.pick(2) == 1;
        }
        // Any subset, in any order: of several writes to one sector, any one may be the last.
        for (number, content) in limbo.drain(..).chain(pending.drain(..)) {
            let old = durable.sectors.get(&number).copied().unwrap_or([0; SECTOR]);
            if old == content || start(number) >= durable.len {
                continue;
            }
            match choices.pick(ways) {
                0 => {}
                1 => drop(durable.sectors.insert(number, content)),
                _ => drop(durable.sectors.insert(number, TORN)),
            }
        }
        if !durable.name {
            *durable = Image::default();
        }
        *cache = durable.clone();
        (state.boot, state.off, state.locked, state.fault) = (state.boot + 1, false, false, None);
    }

    /// Destroys the sectors of a block, wherever they are.
    pub fn rot_block(&self, offset: u64) {
        let mut state = self.state();
        let first = sector_of(offset);
        for image in 0..2 {
            let image = if image == 0 {
                &mut state.durable
            } else {
                &mut state.cache
            };
            image
                .sectors
                .entry(first)
                .and_modify(|sector| *sector = TORN);
        }
    }
}

const FAILED: DiskError = DiskError::Os { code: Some(5) };

fn sector_of(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX) >> 9
}

fn start(sector: usize) -> u64 {
    u64::try_from(sector).unwrap_or(u64::MAX) << 9
}

impl Disk for SimDisk {
    type File = SimFile;

    fn create_new(&self) -> Result<SimFile, StoreError> {
        let mut state = self.state();
        if state.cache.name {
            return Err(StoreError::Exists);
        }
        Self::begin(&mut state).map_err(DiskError::on_read)?;
        state.cache.name = true;
        if state.off {
            return Err(StoreError::Io { code: Some(5) });
        }
        self.open_file(&mut state)
    }

    fn open(&self) -> Result<SimFile, StoreError> {
        let mut state = self.state();
        if state.off || !state.cache.name {
            return Err(StoreError::Missing);
        }
        self.open_file(&mut state)
    }

    fn sync_directory(&self) -> Result<(), DiskError> {
        let mut state = self.state();
        if Self::begin(&mut state)?.is_some() {
            return Err(FAILED);
        }
        state.durable.name = state.cache.name;
        Ok(())
    }

    fn remove(&self) -> Result<(), StoreError> {
        let mut state = self.state();
        let fault = Self::begin(&mut state).map_err(DiskError::on_write)?;
        if fault.is_some() {
            return Err(FAILED.on_write());
        }
        (state.cache, state.durable) = (Image::default(), Image::default());
        state.pending.clear();
        state.limbo.clear();
        Ok(())
    }
}

impl SimFile {
    /// The state, unless the power went since the file was opened.
    fn alive(&self) -> Result<MutexGuard<'_, State>, DiskError> {
        let state = self.disk.state();
        if state.off || state.boot != self.boot {
            Err(FAILED)
        } else {
            Ok(state)
        }
    }
}

impl DiskFile for SimFile {
    fn len(&self) -> Result<u64, DiskError> {
        self.alive().map(|state| state.cache.len)
    }

    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<(), DiskError> {
        let state = self.alive()?;
        let len = u64::try_from(out.len()).unwrap_or(u64::MAX);
        if offset
            .checked_add(len)
            .is_none_or(|end| end > state.cache.len)
        {
            return Err(DiskError::Short);
        }
        let first = usize::try_from(offset).map_err(|_| DiskError::Short)?;
        let (mut at, mut rest) = (first, out);
        while !rest.is_empty() {
            let within = at & (SECTOR - 1);
            let (now, later) = rest.split_at_mut(rest.len().min(SECTOR - within));
            match state.cache.sectors.get(&(at >> 9)) {
                Some(sector) => now.copy_from_slice(&sector[within..within + now.len()]),
                None => now.fill(0),
            }
            at += now.len();
            rest = later;
        }
        Ok(())
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        let mut state = self.alive()?;
        let fault = SimDisk::begin(&mut state)?;
        let first = sector_of(offset);
        for (number, content) in (first..).zip(bytes.chunks(SECTOR)) {
            let mut sector = [0; SECTOR];
            sector[..content.len()].copy_from_slice(content);
            state.cache.sectors.insert(number, sector);
            state.pending.push((number, sector));
        }
        let end = offset + u64::try_from(bytes.len()).unwrap_or(0);
        state.cache.len = state.cache.len.max(end);
        if fault.is_some() { Err(FAILED) } else { Ok(()) }
    }

    fn set_len(&mut self, len: u64) -> Result<(), DiskError> {
        let mut state = self.alive()?;
        let fault = SimDisk::begin(&mut state)?;
        state.cache.cut(len);
        state.pending.retain(|(number, _)| start(*number) < len);
        if fault.is_some() { Err(FAILED) } else { Ok(()) }
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        let mut state = self.alive()?;
        let fault = SimDisk::begin(&mut state)?;
        let pending = core::mem::take(&mut state.pending);
        match fault {
            // The power went before the sync had done its work.
            Some(Fault::PowerLoss) => state.pending = pending,
            Some(_) => state.limbo.extend(pending),
            None => {
                for (number, sector) in pending {
                    state.limbo.retain(|(other, _)| *other != number);
                    state.durable.sectors.insert(number, sector);
                }
                let len = state.cache.len;
                state.durable.cut(len);
                return Ok(());
            }
        }
        Err(FAILED)
    }
}

impl Drop for SimFile {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.boot == self.boot {
            state.locked = false;
        }
    }
}

impl Medium for SimDisk {
    type Store = FileStore<Self>;

    fn create(&mut self) -> Result<Self::Store, StoreError> {
        FileStore::create_on(self.clone())
    }

    fn open(&mut self) -> Result<Self::Store, StoreError> {
        FileStore::open_on(self.clone())
    }

    fn inject(&mut self, operation: u32, fault: Fault) {
        let mut state = self.state();
        (state.operations, state.fault) = (0, Some((operation, fault)));
    }

    fn operations(&self) -> u32 {
        self.state().operations
    }

    fn power_cycle(&mut self, choices: &mut Choices) {
        self.cycle_power(choices);
    }

    fn rot_places(&self) -> u32 {
        2
    }

    fn rot(&mut self, place: u32) {
        self.rot_block(if place == 0 { 4096 } else { 8192 });
    }
}
