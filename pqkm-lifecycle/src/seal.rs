//! Rows that nobody makes without the root key.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{
    custody::{Custody, reveal},
    error::RegistryError,
    store::{Row, RowName},
    wire::Hash,
};

/// Names the derivation of the key.
const LABEL: &[u8] = b"pqkm registry rows v1";

/// Authenticates rows of one registry.
#[derive(Clone)]
pub(crate) struct RowSeal {
    keyed: Hmac<Sha256>,
    registry: Hash,
}

impl RowSeal {
    pub(crate) fn new<C: Custody>(custody: &C, registry: Hash) -> Result<Self, RegistryError> {
        let key = custody.derive(LABEL).map_err(|_| RegistryError::Root)?;
        let keyed = Hmac::new_from_slice(reveal(&key)).map_err(|_| RegistryError::Root)?;
        Ok(Self { keyed, registry })
    }

    fn mac(&self, name: &RowName, generation: u64, content: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        let name = name.as_bytes();
        mac.update(self.registry.as_bytes());
        mac.update(&generation.to_be_bytes());
        // Names are at most 64 bytes.
        mac.update(&[u8::try_from(name.len()).unwrap_or(u8::MAX)]);
        mac.update(name);
        mac.update(content);
        mac
    }

    /// The row for that name and generation.
    pub(crate) fn seal(&self, name: &RowName, generation: u64, mut content: Vec<u8>) -> Vec<u8> {
        let mac = self.mac(name, generation, &content).finalize();
        content.extend_from_slice(&mac.into_bytes());
        content
    }

    /// The content of a row, if it was sealed for this name and generation.
    pub(crate) fn open<'a>(&self, name: &RowName, row: &'a Row) -> Result<&'a [u8], RegistryError> {
        let (content, mac) = row
            .content
            .split_last_chunk::<{ Hash::BYTES }>()
            .ok_or(RegistryError::Tampered)?;
        self.mac(name, row.generation, content)
            .verify_slice(mac)
            .map_err(|_| RegistryError::Tampered)?;
        Ok(content)
    }
}

/// Events have no name yet when they are sealed: the store gives it.
impl RowSeal {
    /// An event on its way to the log.
    pub(crate) fn seal_event(&self, event: Vec<u8>) -> Vec<u8> {
        self.seal(&Self::outbox(), 1, event)
    }

    /// The event in a row of the outbox.
    pub(crate) fn open_event<'a>(&self, row: &'a Row) -> Result<&'a [u8], RegistryError> {
        self.open(&Self::outbox(), row)
    }

    fn outbox() -> RowName {
        RowName::new(vec![RowName::OUTBOX])
    }
}
