//! Keys whose state is their type, a registry that survives crashes, and an audit log that cannot be cut.
//!
//! ```
//! use pqkm_core::{MlDsa65, SigningKey, SysRng};
//! use pqkm_lifecycle::{
//!     Authority, KeySpec, Managed, MemoryStore, Registry, RegistryOptions, SymmetricRoot,
//!     state::Active,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut rng = SysRng;
//! let root = SymmetricRoot::generate(&mut rng)?;
//! let registry = Registry::create(MemoryStore::new(), root, RegistryOptions::default(), &mut rng)?;
//!
//! let who = Authority::new("anna", "release signing");
//! let key = registry.generate::<SigningKey<MlDsa65>, _>(&KeySpec::default(), &who, &mut rng)?;
//! let key: Managed<_, Active> = key.activate(&registry, &who)?; // durable and in the log
//! let signature = key.sign(b"release 1.0", &mut rng)?;
//! let gone = key.destroy(&registry, &who)?;
//! // gone.sign(b"release 1.1", &mut rng) does not compile
//! # let _ = (signature, gone);
//! # Ok(())
//! # }
//! ```
//!
//! # What a handle is
//!
//! A [`Managed`] is a lease, not the truth: an allowance of uses and time that was on stable storage before
//! the handle existed. Types stop mistakes inside a program; the registry stops the rest. Another process's
//! suspension takes effect within the lease's time.
//!
//! # What it does not do
//!
//! It rewraps nothing and migrates nothing: it says what depends on a key and what is due. It keeps no
//! stateful keys, whose stores are those of `pqkm-stateful`. It authenticates nobody: who asks is what the
//! program says. A whole store that was put back is seen only against a checkpoint kept elsewhere. A clock
//! that was set back is noticed; one that is ahead is believed.
//!
//! # Threat model
//!
//! The attacker reads the store, writes to it, puts rows back and cuts the log, but has neither the root key
//! nor the checkpoints' signing key, and cannot take back a checkpoint that somebody keeps. Processes crash at
//! any moment. Several processes work on one store. Nothing is claimed against who runs code in the process.
//!
//! # Features
//!
//! | feature | meaning |
//! |---|---|
//! | `redb` (default) | [`RedbStore`], the embedded store |
//! | `conformance` | the suite that a store has to pass |
//!
//! # Modules, in reading order
//!
//! [`table`] is what the standard says, as data; [`state`] says it to the compiler. [`Managed`] is a handle,
//! [`Registry`] what gives it, [`store`] where it keeps things, [`custody`] whose key protects them. [`policy`]
//! and [`Quorum`] decide beyond the standard; [`audit`] remembers.
#![cfg_attr(doc, doc = "\n# Design\n")]
#![cfg_attr(doc, doc = include_str!("../DESIGN.md"))]
#![forbid(unsafe_code)]
#![expect(
    clippy::std_instead_of_alloc,
    reason = "a registry has a store, and always has std"
)]

mod approval;
pub mod audit;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod custody;
mod error;
mod event;
mod file;
mod keep;
mod lease;
mod managed;
mod name;
mod pair;
pub mod policy;
mod record;
mod registry;
mod seal;
pub mod state;
pub mod store;
pub mod table;
mod wire;

pub use approval::{Approval, Proposal, Quorum};
pub use custody::{Custody, SymmetricRoot};
pub use error::{
    AuditError, CommitError, CustodyError, OperationError, PolicyRefusal, Refusal, RegistryError,
    Stale, StoreError, TransitionError, UseError,
};
pub use event::Event;
pub use keep::{Generated, Keep, ModuleKey};
pub use lease::{LeaseOnRecord, LeaseTerms};
pub use managed::{
    AcceptRisk, Managed, Shown, Transitioned, UsedByCaller, confirmation, verify_possession,
};
pub use name::KeyName;
pub use pair::{LinkedPair, PairTransitioned, TwoHandles};
pub use record::KeptIn;
pub use registry::{
    AnyManaged, Authority, Dependant, Due, DueReason, KeySpec, LinkedSuccessors, Opening, Registry,
    RegistryOptions, Resolution, Shipment,
};
#[cfg(feature = "redb")]
pub use store::RedbStore;
pub use store::{KeyStore, MemoryStore};
pub use wire::{Hash, OperationId};
