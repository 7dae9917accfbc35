//! A small store written anew from the design page, with a switch for each mistake that one could make in it.

use std::collections::BTreeMap;

use pqkm_stateful::StoreError;
use pqkm_stateful::conformance::{Choices, Fault, Medium, SimDisk, SimFile};
use pqkm_stateful::store::file::{Disk, DiskFile};
use pqkm_stateful::store::{IntegrityKey, Opened, StateStore, UpperStore};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    NoSync,
    SyncAtTheNextReservation,
    SingleSlot,
    FallBackToTheOlderSlot,
    RecoveryWritesOneSlot,
    RecoveryWritesNothing,
    RecoveryOverwritesTheReadableSlotFirst,
    RecoveryWritesBothAndSyncsOnce,
    RecoveryTrustsAfterFailedSync,
    RaiseTogetherWithTheReservation,
    UnreadableSlotCountsAsZero,
    TagNotChecked,
    SmallerSlotWins,
    NoDirectorySync,
    IgnoreFailedSync,
    RetryFailedSync,
    GoOnAfterFailure,
    EpochNotStored,
    StaleEpochAccepted,
    LimitNotChecked,
    UpperNotSynced,
    UpperOverwritten,
    UpperTrustsTheCache,
}

impl Flaw {
    pub(crate) const PLANTED: [Self; 23] = [
        Self::NoSync,
        Self::SyncAtTheNextReservation,
        Self::SingleSlot,
        Self::FallBackToTheOlderSlot,
        Self::RecoveryWritesOneSlot,
        Self::RecoveryWritesNothing,
        Self::RecoveryOverwritesTheReadableSlotFirst,
        Self::RecoveryWritesBothAndSyncsOnce,
        Self::RecoveryTrustsAfterFailedSync,
        Self::RaiseTogetherWithTheReservation,
        Self::UnreadableSlotCountsAsZero,
        Self::TagNotChecked,
        Self::SmallerSlotWins,
        Self::NoDirectorySync,
        Self::IgnoreFailedSync,
        Self::RetryFailedSync,
        Self::GoOnAfterFailure,
        Self::EpochNotStored,
        Self::StaleEpochAccepted,
        Self::LimitNotChecked,
        Self::UpperNotSynced,
        Self::UpperOverwritten,
        Self::UpperTrustsTheCache,
    ];
}

/// Sequence, next, largest, epoch.
type Slot = [u64; 4];
const ERROR: StoreError = StoreError::Indeterminate { code: None };

pub(crate) struct FlawedStore {
    flaw: Flaw,
    disk: SimDisk,
    file: SimFile,
    /// The newest slot, where the next write goes, and whether anything failed.
    slot: Slot,
    at: usize,
    open: bool,
    poisoned: bool,
    /// Offset, and whether a sync followed it that succeeded.
    upper: BTreeMap<(u8, u64), (u64, bool)>,
}

impl FlawedStore {
    fn new(flaw: Flaw, disk: SimDisk, file: SimFile) -> Self {
        let upper = BTreeMap::new();
        Self {
            flaw,
            disk,
            file,
            slot: [0; 4],
            at: 0,
            open: false,
            poisoned: false,
            upper,
        }
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        let first = self.file.sync();
        match self.flaw {
            Flaw::IgnoreFailedSync => Ok(()),
            Flaw::RetryFailedSync if first.is_err() => self.file.sync().map_err(|_| ERROR),
            _ => first.map_err(|_| ERROR),
        }
    }

    /// Writes a slot where it belongs, without a sync.
    fn put(&mut self, at: usize, slot: Slot) -> Result<(), StoreError> {
        let at = if self.flaw == Flaw::SingleSlot { 0 } else { at };
        let mut block = [0; 512];
        for (to, from) in block.chunks_exact_mut(8).zip(slot) {
            to.copy_from_slice(&from.to_be_bytes());
        }
        let tag = KEY.tag(b"slot", &[&block[..32]]);
        block[32..64].copy_from_slice(&tag);
        self.file.write([4096, 8192][at], &block).map_err(|_| ERROR)
    }

    fn get(&mut self, at: usize) -> Option<Slot> {
        let mut block = [0; 512];
        self.file.read([4096, 8192][at], &mut block).ok()?;
        let good = KEY.verify(b"slot", &[&block[..32]], &block[32..64]);
        let word = |i: usize| u64::from_be_bytes(block[8 * i..8 * i + 8].try_into().unwrap());
        (good || self.flaw == Flaw::TagNotChecked).then(|| [word(0), word(1), word(2), word(3)])
    }

    /// The next slot goes over the older one.
    fn step(&mut self, change: impl FnOnce(&mut Slot)) -> Result<(), StoreError> {
        change(&mut self.slot);
        self.slot[0] += 1;
        let (at, slot) = (self.at, self.slot);
        self.at = 1 - at;
        self.put(at, slot)
    }

    fn recover(&mut self) -> Result<(), StoreError> {
        let read = match [self.get(0), self.get(1)] {
            [a, _] if self.flaw == Flaw::SingleSlot => [a, a],
            [a, b] if self.flaw == Flaw::UnreadableSlotCountsAsZero => {
                [a.or(Some([0; 4])), b.or(Some([0; 4]))]
            }
            both => both,
        };
        let bound = |slot: Slot| match self.flaw {
            Flaw::FallBackToTheOlderSlot => slot[1],
            _ => slot[1] + slot[2],
        };
        let (first, slot) = match read {
            [None, None] => return Err(StoreError::Corrupt),
            [Some(slot), None] => (1, [slot[0], bound(slot), slot[2], slot[3]]),
            [None, Some(slot)] => (0, [slot[0], bound(slot), slot[2], slot[3]]),
            [Some(a), Some(b)] => {
                let next = match self.flaw {
                    Flaw::SmallerSlotWins => a[1].min(b[1]),
                    _ => a[1].max(b[1]),
                };
                let newest = if a[0] > b[0] { 0 } else { 1 };
                (
                    newest,
                    [a[0].max(b[0]), next, a[2].max(b[2]), a[3].max(b[3])],
                )
            }
        };
        self.slot = slot;
        self.slot[3] += 1;
        self.at = first;
        let unreadable = read.contains(&None);
        match self.flaw {
            Flaw::RecoveryWritesNothing => {
                self.at = if unreadable { first } else { 1 - first };
                return Ok(());
            }
            Flaw::RecoveryWritesOneSlot => {
                self.at = if unreadable { first } else { 1 - first };
                self.step(|_| ())?;
                return self.sync();
            }
            Flaw::RecoveryTrustsAfterFailedSync if !unreadable => {
                self.at = 1 - first;
                return Ok(());
            }
            Flaw::RecoveryOverwritesTheReadableSlotFirst if unreadable => self.at = 1 - first,
            Flaw::RecoveryWritesBothAndSyncsOnce => {
                self.step(|_| ())?;
                self.step(|_| ())?;
                return self.sync();
            }
            _ => {}
        }
        self.step(|_| ())?;
        self.sync()?;
        self.step(|_| ())?;
        self.sync()
    }

    fn spend(&mut self, count: u64) -> Result<u64, StoreError> {
        if self.flaw == Flaw::SyncAtTheNextReservation {
            self.sync()?;
        }
        let first = self.slot[1];
        if count > self.slot[2] && self.flaw != Flaw::RaiseTogetherWithTheReservation {
            for _ in 0..2 {
                self.step(|slot| slot[2] = count)?;
                self.sync()?;
            }
        }
        self.step(|slot| {
            slot[1] = first + count;
            slot[2] = slot[2].max(count);
        })?;
        if !matches!(self.flaw, Flaw::NoSync | Flaw::SyncAtTheNextReservation) {
            self.sync()?;
        }
        Ok(first)
    }

    fn ready(&self, epoch: u64) -> Result<(), StoreError> {
        if !self.open || self.poisoned {
            return Err(StoreError::Poisoned);
        }
        let same = epoch == self.slot[3] || self.flaw == Flaw::StaleEpochAccepted;
        same.then_some(()).ok_or(StoreError::Fenced)
    }
}

const KEY: IntegrityKey = IntegrityKey::new([0x33; 32]);

impl StateStore for FlawedStore {
    fn create(&mut self, record: &[u8], _: &IntegrityKey) -> Result<(), StoreError> {
        if self.open || self.file.len().map_err(|_| ERROR)? > 0 {
            return Err(StoreError::Exists);
        }
        self.put(0, [0, 0, 1, 0])?;
        self.put(1, [1, 0, 1, 0])?;
        self.sync()?;
        if self.flaw != Flaw::NoDirectorySync {
            self.disk.sync_directory().map_err(|_| ERROR)?;
        }
        let mut block = [0; 512];
        block[..record.len()].copy_from_slice(record);
        block[511] = u8::try_from(record.len()).unwrap();
        self.file.write(0, &block).map_err(|_| ERROR)?;
        self.sync()
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        let mut block = [0; 512];
        self.file
            .read(0, &mut block)
            .map_err(|_| StoreError::Incomplete)?;
        match usize::from(block[511]) {
            0 => Err(StoreError::Incomplete),
            len => block
                .get(..len)
                .map(<[u8]>::to_vec)
                .ok_or(StoreError::Corrupt),
        }
    }

    fn open(&mut self, _: &IntegrityKey) -> Result<Opened, StoreError> {
        self.record()?;
        self.recover().inspect_err(|_| self.poisoned = true)?;
        if self.flaw == Flaw::EpochNotStored {
            self.slot[3] = 1;
        }
        // Cells of one sector each, from 12288: level, index, length, tag, bytes.
        let (mut at, mut cell) = (12288, [0; 512]);
        while self.file.read(at, &mut cell).is_ok() {
            if KEY.verify(b"cell", &[&cell[32..]], &cell[..32]) {
                let index = u64::from_be_bytes(cell[40..48].try_into().unwrap());
                let durable = self.flaw == Flaw::UpperTrustsTheCache;
                self.upper.entry((cell[32], index)).or_insert((at, durable));
            }
            at += 512;
        }
        self.open = true;
        Ok(Opened {
            epoch: self.slot[3],
            next: self.slot[1],
        })
    }

    fn reserve(&mut self, epoch: u64, count: u64, limit: u64) -> Result<u64, StoreError> {
        self.ready(epoch)?;
        let remaining = limit - self.slot[1];
        if count > remaining && self.flaw != Flaw::LimitNotChecked {
            return Err(StoreError::Exhausted { remaining });
        }
        let result = self.spend(count.min(1 << 40));
        self.poisoned = result.is_err() && self.flaw != Flaw::GoOnAfterFailure;
        result
    }
}

impl UpperStore for FlawedStore {
    fn put_once(
        &mut self,
        epoch: u64,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.ready(epoch)?;
        let mut cell = [0; 512];
        let known = self.upper.get(&(level, index)).copied();
        let known = known.filter(|_| self.flaw != Flaw::UpperOverwritten);
        if let Some((at, _)) = known {
            self.file.read(at, &mut cell).map_err(|_| ERROR)?;
        } else {
            cell[32] = level;
            cell[40..48].copy_from_slice(&index.to_be_bytes());
            cell[48] = u8::try_from(bytes.len()).map_err(|_| StoreError::TooLarge)?;
            cell[49..49 + bytes.len()].copy_from_slice(bytes);
            let tag = KEY.tag(b"cell", &[&cell[32..]]);
            cell[..32].copy_from_slice(&tag);
        }
        if known.is_none_or(|(_, durable)| !durable) {
            let at = self.file.len().map_err(|_| ERROR)?.max(12288);
            let written = self.file.write(at, &cell).map_err(|_| ERROR);
            let synced = written.and_then(|()| match self.flaw {
                Flaw::UpperNotSynced => Ok(()),
                _ => self.sync(),
            });
            self.poisoned = synced.is_err();
            synced?;
            self.upper.insert((level, index), (at, true));
        }
        let len = usize::from(cell[48]);
        Ok(cell[49..49 + len].to_vec())
    }
}

/// The simulated disk with this store on it.
pub(crate) struct Flawed(pub(crate) Flaw, pub(crate) SimDisk);

impl Medium for Flawed {
    type Store = FlawedStore;

    fn create(&mut self) -> Result<FlawedStore, StoreError> {
        let file = Disk::create_new(&self.1)?;
        Ok(FlawedStore::new(self.0, self.1.clone(), file))
    }
    fn open(&mut self) -> Result<FlawedStore, StoreError> {
        let file = Disk::open(&self.1)?;
        Ok(FlawedStore::new(self.0, self.1.clone(), file))
    }
    fn inject(&mut self, operation: u32, fault: Fault) {
        self.1.inject(operation, fault);
    }
    fn operations(&self) -> u32 {
        self.1.operations()
    }
    fn power_cycle(&mut self, choices: &mut Choices) {
        self.1.power_cycle(choices);
    }
    fn rot_places(&self) -> u32 {
        self.1.rot_places()
    }
    fn rot(&mut self, place: u32) {
        self.1.rot(place);
    }
}
