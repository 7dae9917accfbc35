//! A memory that survives every loss of power, and fails when the suite asks it to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pqkm_stateful::StoreError;
use pqkm_stateful::conformance::{Choices, Fault, Medium};

use super::NvmStore;

/// What is in the module.
#[derive(Default)]
pub(super) struct Cells {
    pub(super) record: Option<Vec<u8>>,
    pub(super) next: u64,
    pub(super) epoch: u64,
    pub(super) upper: BTreeMap<(u8, u64), Vec<u8>>,
    /// Operations so far, and which of them fails how.
    operations: u32,
    fault: Option<(u32, Fault)>,
    off: bool,
}

/// A module. Clones are the same one.
#[derive(Clone, Default)]
pub(super) struct Nvm(Arc<Mutex<Cells>>);

impl Nvm {
    pub(super) fn cells(&self) -> MutexGuard<'_, Cells> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One write: done, refused, or (when the power goes, or it fails) done without an answer.
    pub(super) fn write(&self, change: impl FnOnce(&mut Cells)) -> Result<(), StoreError> {
        let mut cells = self.cells();
        let now = cells.operations;
        cells.operations += 1;
        let fault = cells
            .fault
            .filter(|(at, _)| *at == now)
            .map(|(_, fault)| fault);
        if cells.off || fault == Some(Fault::Refused) {
            return Err(StoreError::Indeterminate { code: None });
        }
        change(&mut cells);
        cells.off = fault == Some(Fault::PowerLoss);
        fault.map_or(Ok(()), |_| Err(StoreError::Indeterminate { code: None }))
    }
}

impl Medium for Nvm {
    type Store = NvmStore;

    fn create(&mut self) -> Result<NvmStore, StoreError> {
        Ok(self.store())
    }

    fn open(&mut self) -> Result<NvmStore, StoreError> {
        Ok(self.store())
    }

    fn inject(&mut self, operation: u32, fault: Fault) {
        let mut cells = self.cells();
        (cells.operations, cells.fault) = (0, Some((operation, fault)));
    }

    fn operations(&self) -> u32 {
        self.cells().operations
    }

    fn power_cycle(&mut self, _: &mut Choices) {
        let mut cells = self.cells();
        (cells.off, cells.fault) = (false, None);
    }

    fn rot_places(&self) -> u32 {
        0
    }

    fn rot(&mut self, _: u32) {}
}
