//! One commit in the making, and what stands for the question that it answers.

use pqkm_core::{KeyId, UnixTime};

use super::{Loaded, Registry};
use crate::{
    custody::Custody,
    error::{Refusal, RegistryError},
    event::Touched,
    name,
    record::{Head, KeyRecord},
    store::{Batch, RowName, Write},
    wire::{Hash, OperationId},
};

/// One commit in the making.
pub(crate) struct Change<'a, C: Custody> {
    pub(crate) registry: &'a Registry<C>,
    pub(crate) operation: OperationId,
    pub(crate) at: UnixTime,
    pub(super) batch: Batch,
    pub(super) touched: Vec<Touched>,
}

impl<'a, C: Custody> Change<'a, C> {
    pub(super) fn new(
        registry: &'a Registry<C>,
        operation: OperationId,
    ) -> Result<Self, RegistryError> {
        Ok(Self {
            registry,
            operation,
            at: registry.now()?,
            batch: Batch::default(),
            touched: Vec::new(),
        })
    }

    /// Writes a row that has the generation `expected` now.
    pub(crate) fn put(
        &mut self,
        name: RowName,
        expected: u64,
        content: Vec<u8>,
    ) -> Result<(), Refusal> {
        let generation = expected + 1;
        let content = self.registry.seal.seal(&name, generation, content);
        self.touch(&name, generation, Some(&content))?;
        self.batch.writes.push(Write {
            name,
            expected,
            content: Some(content),
        });
        Ok(())
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, name: RowName, expected: u64) -> Result<(), Refusal> {
        self.touch(&name, expected + 1, None)?;
        self.batch.writes.push(Write {
            name,
            expected,
            content: None,
        });
        Ok(())
    }

    pub(crate) fn put_record(&mut self, record: &Loaded<KeyRecord>) -> Result<(), Refusal> {
        let key = record.value.name().ok_or(RegistryError::Malformed)?;
        self.put(key.row(), record.generation, record.value.to_der()?)
    }

    pub(crate) fn put_head(&mut self, id: KeyId, head: &Loaded<Head>) -> Result<(), Refusal> {
        self.put(name::head(id), head.generation, head.value.to_der()?)
    }

    fn touch(
        &mut self,
        name: &RowName,
        generation: u64,
        content: Option<&[u8]>,
    ) -> Result<(), Refusal> {
        if name::is_told_of(name) {
            let touched = Touched::new(name, generation, content).ok_or(Refusal::TooLong)?;
            self.touched.push(touched);
        }
        Ok(())
    }
}

/// The hash of what is asked: each part with its length, so that no two questions look the same.
pub(crate) fn intent(parts: &[&[u8]]) -> Hash {
    let lengths: Vec<_> = parts
        .iter()
        .map(|part| u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes())
        .collect();
    let all: Vec<&[u8]> = lengths
        .iter()
        .zip(parts)
        .flat_map(|(length, part)| [length.as_slice(), part])
        .collect();
    Hash::of(&all)
}
