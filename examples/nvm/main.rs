//! A store on the non-volatile memory of a security module, and the suite that it has to pass.
//!
//! scripts/test:
//!
//! What it needs of the memory: one write is done whole or not at all, and is durable when it returns. That is enough
//! for a counter word that only grows, an epoch word, and records that are written once. `memory.rs` is a memory that fails.
#![expect(
    clippy::print_stdout,
    clippy::std_instead_of_alloc,
    reason = "an example talks to its user, on a hosted system"
)]

use std::process::ExitCode;

use pqkm_stateful::StoreError;
use pqkm_stateful::conformance::{Choices, Explorer, check_answers};
use pqkm_stateful::store::{IntegrityKey, Opened, StateStore, UpperStore};

mod memory;

use memory::Nvm;

/// A handle that works until something fails.
struct NvmStore {
    nvm: Nvm,
    /// The epoch that this handle began; none after a failure.
    epoch: Option<u64>,
}

impl NvmStore {
    /// Refuses a handle that failed or was never opened, and one whose key was opened again.
    fn ready(&self, epoch: u64) -> Result<(), StoreError> {
        let own = self.epoch.ok_or(StoreError::Poisoned)?;
        let current = own == epoch && self.nvm.cells().epoch == epoch;
        current.then_some(()).ok_or(StoreError::Fenced)
    }
}

impl StateStore for NvmStore {
    fn create(&mut self, record: &[u8], _: &IntegrityKey) -> Result<(), StoreError> {
        if self.nvm.cells().record.is_some() {
            return Err(StoreError::Exists);
        }
        self.nvm.write(|cells| cells.record = Some(record.to_vec()))
    }

    fn record(&mut self) -> Result<Vec<u8>, StoreError> {
        self.nvm.cells().record.clone().ok_or(StoreError::Missing)
    }

    fn open(&mut self, _: &IntegrityKey) -> Result<Opened, StoreError> {
        self.record()?;
        self.nvm.write(|cells| cells.epoch += 1)?;
        let cells = self.nvm.cells();
        self.epoch = Some(cells.epoch);
        Ok(Opened {
            epoch: cells.epoch,
            next: cells.next,
        })
    }

    fn reserve(&mut self, epoch: u64, count: u64, limit: u64) -> Result<u64, StoreError> {
        self.ready(epoch)?;
        let first = self.nvm.cells().next;
        let remaining = limit.saturating_sub(first);
        if count == 0 || count > remaining {
            return Err(StoreError::Exhausted { remaining });
        }
        let written = self.nvm.write(|cells| cells.next = first + count);
        written.inspect_err(|_| self.epoch = None).map(|()| first)
    }
}

impl UpperStore for NvmStore {
    fn put_once(
        &mut self,
        epoch: u64,
        level: u8,
        index: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.ready(epoch)?;
        let stored = self.nvm.cells().upper.get(&(level, index)).cloned();
        if let Some(stored) = stored {
            return Ok(stored);
        }
        let insert = |cells: &mut memory::Cells| {
            drop(cells.upper.insert((level, index), bytes.to_vec()));
        };
        let written = self.nvm.write(insert);
        written.inspect_err(|_| self.epoch = None)?;
        Ok(bytes.to_vec())
    }
}

impl Nvm {
    /// A handle, not opened yet.
    fn store(&self) -> NvmStore {
        let nvm = self.clone();
        NvmStore { nvm, epoch: None }
    }
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        println!("nvm: runs the conformance suite on a store for non-volatile memory");
        return ExitCode::SUCCESS;
    }
    if let Err(rule) = check_answers(&mut Nvm::default()) {
        println!("the store breaks a rule: {rule}");
        return ExitCode::FAILURE;
    }
    let explorer = Explorer {
        rounds: 4,
        upper: true,
        operations: 8,
        ..Explorer::default()
    };
    match explorer.run(Choices::every(), 200_000, Nvm::default) {
        Ok(report) => {
            println!("{report:?}");
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("the store is wrong: {violation}");
            ExitCode::FAILURE
        }
    }
}
