//! Making a registry, and opening one.

use core::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::Arc;

use der::{Decode as _, Encode as _, Sequence};
use pqkm_core::{Clock, KeyId, SystemClock, rand_core::TryCryptoRng};

use super::Registry;
use crate::{
    audit::Checkpoint,
    custody::Custody,
    error::{CommitError, RegistryError},
    lease::{LeaseTerms, Shared},
    name,
    policy::{Permissive, Policy},
    seal::RowSeal,
    store::{Batch, KeyStore, Write},
    wire::Hash,
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// What a registry is opened with.
pub struct RegistryOptions {
    /// The policy.
    pub policy: Box<dyn Policy>,
    /// The clock.
    pub clock: Box<dyn Clock + Send + Sync>,
    /// What leases give.
    pub terms: LeaseTerms,
    /// By how many seconds the clock may be behind the latest time that the log, the outbox or the checkpoint seen
    /// last tells of. Within that, time stands still until the clock has caught up; beyond, the registry and its
    /// handles refuse to work.
    pub clock_tolerance_seconds: u64,
    /// The last checkpoint that was seen: a registry that is older or another one is refused.
    pub last_seen: Option<Checkpoint>,
}

/// No policy but the standard, the system's clock, which may be five minutes behind.
impl Default for RegistryOptions {
    fn default() -> Self {
        Self {
            policy: Box::new(Permissive),
            clock: Box::new(SystemClock),
            terms: LeaseTerms::default(),
            clock_tolerance_seconds: 300,
            last_seen: None,
        }
    }
}

/// What a registry says about itself.
#[derive(Sequence)]
struct Meta {
    version: u8,
    registry: Hash,
    root: KeyId,
}

impl<C: Custody> Registry<C> {
    /// Makes a registry in an empty store.
    ///
    /// # Errors
    /// [`RegistryError::Exists`] if there is one, [`RegistryError::Randomness`],
    /// [`RegistryError::Store`].
    pub fn create<R: TryCryptoRng + ?Sized>(
        store: impl KeyStore + 'static,
        custody: C,
        options: RegistryOptions,
        rng: &mut R,
    ) -> Result<Self, RegistryError> {
        let store: Arc<dyn KeyStore> = Arc::new(store);
        let registry = random_hash(rng)?;
        let meta = Meta {
            version: VERSION,
            registry,
            root: custody.id(),
        };
        let seal = RowSeal::new(&custody, registry)?;
        let name = name::meta();
        let content = seal.seal(&name, 1, meta.to_der()?);
        let batch = Batch {
            writes: vec![Write {
                name,
                expected: 0,
                content: Some(content),
            }],
            events: Vec::new(),
        };
        store.commit(&batch).map_err(|error| match error {
            CommitError::Conflict => RegistryError::Exists,
            _ => RegistryError::Poisoned,
        })?;
        Self::open_shared(store, custody, options, rng)
    }

    /// Opens a registry. The time that it takes does not depend on how many keys there are.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] if there is none, [`RegistryError::Root`] for another root key,
    /// [`RegistryError::RolledBack`] if it contradicts the checkpoint that was seen last,
    /// [`RegistryError::ClockBehind`] if the clock is behind what was recorded by more than the
    /// [tolerance](RegistryOptions::clock_tolerance_seconds), [`RegistryError::Tampered`] for a tree or an event that is
    /// not of this registry.
    pub fn open<R: TryCryptoRng + ?Sized>(
        store: impl KeyStore + 'static,
        custody: C,
        options: RegistryOptions,
        rng: &mut R,
    ) -> Result<Self, RegistryError> {
        Self::open_shared(Arc::new(store), custody, options, rng)
    }

    fn open_shared<R: TryCryptoRng + ?Sized>(
        store: Arc<dyn KeyStore>,
        custody: C,
        options: RegistryOptions,
        rng: &mut R,
    ) -> Result<Self, RegistryError> {
        let name = name::meta();
        let row = store.get(&name)?.ok_or(RegistryError::NotFound)?;
        let content = row
            .content
            .get(..row.content.len().saturating_sub(Hash::BYTES));
        let meta = Meta::from_der(content.unwrap_or_default())?;
        if meta.version != VERSION {
            return Err(RegistryError::Malformed);
        }
        if meta.root != custody.id() {
            return Err(RegistryError::Root);
        }
        let seal = RowSeal::new(&custody, meta.registry)?;
        seal.open(&name, &row).map_err(|_| RegistryError::Root)?;
        let registry = Self {
            store,
            custody,
            policy: options.policy,
            shared: Arc::new(Shared::new(options.clock, options.clock_tolerance_seconds)),
            seal,
            terms: options.terms,
            id: meta.registry,
            session: random_hash(rng)?,
            counter: AtomicU64::new(0),
            is_poisoned: AtomicBool::new(false),
        };
        if let Some(seen) = &options.last_seen {
            registry.compare_with(seen)?;
            registry.shared.has_been(seen.at().seconds());
        }
        registry.shared.has_been(registry.latest_recorded()?);
        registry.now()?;
        Ok(registry)
    }
}

fn random_hash<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Hash, RegistryError> {
    let mut bytes = [0; Hash::BYTES];
    rng.try_fill_bytes(&mut bytes)
        .map_err(|_| RegistryError::Randomness)?;
    Ok(Hash(bytes))
}
