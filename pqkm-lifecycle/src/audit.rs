//! The audit log: what happened, in a Merkle tree that cannot be cut or changed unseen.
//!
//! Events come out of the store's outbox, are appended in order, and are signed for by [`Checkpoint`]s. Who
//! has seen a checkpoint can tell whether the log still holds everything that it held then.

mod checkpoint;
mod compare;
mod evidence;
mod export;
mod log;
mod sequence;
mod tree;

pub use checkpoint::Checkpoint;
pub use evidence::LoggedAt;
pub use export::{LogReport, verify_log};
pub use log::{InclusionProof, TreeSize};
pub use tree::{Frontier, leaf_hash, verify_consistency, verify_inclusion};
