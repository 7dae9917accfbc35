//! Envelopes from device to device, and into escrow.
//!
//! An [`Envelope`] is signed by its source, addressed to encapsulation keys, and opens once for each
//! recipient: source, recipients, purpose, period of validity and a single-use identifier are bound to
//! what it carries by derivation and by signature. A [`ReplicationEnvelope`] carries a key, a
//! [`SecretEnvelope`] bytes such as a share; an [`EscrowEnvelope`] carries either to several agents, with
//! the terms of its opening. The formats and the argument for the replay store are in
//! `docs/design/transfer.md`.
//!
//! A stateful key never replicates: see [`Replicable`].

use crate::{
    algorithm::VerificationAlgorithm,
    ident::{KeyId, Version},
    key::{Key, VerifyingKey},
    role::{HasKey, SecretRole},
    time::UnixTime,
    wrap::Wrappable,
};

mod agent;
mod envelope;
mod escrow;
#[cfg(feature = "std")]
mod file;
pub mod kind;
mod opening;
mod replay;
mod replication;
mod secret;
mod wire;

pub use agent::Agent;
pub use envelope::Envelope;
pub use escrow::{Deposit, EscrowEnvelope, Opening, Terms};
#[cfg(feature = "std")]
pub use file::FileReplayStore;
pub use opening::{OpeningRecord, Transcript};
pub use replay::{MemoryReplayStore, ReplayEntry, ReplayStore};
pub use replication::ReplicationEnvelope;
pub use secret::SecretEnvelope;

/// A secret key that may exist on more than one device.
///
/// Every stateless secret [`Key`] is one. A stateful signing key is none: two copies would sign with the
/// same one-time key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be replicated",
    label = "only stateless secret keys exist on more than one device",
    note = "a stateful signing key is never copied: give each device a sibling subtree with a seed of its own, signed by the common root"
)]
pub trait Replicable: Wrappable {}

impl<A: HasKey<R>, R: SecretRole> Replicable for Key<A, R> where Self: Wrappable {}

/// What an envelope is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The logical key that the contents are, or are a part of.
    pub key_id: KeyId,
    /// The version of its material.
    pub generation: Version,
    /// What the recipient may take the contents for: 1 to 255 bytes of text. It must ask for the same.
    pub purpose: &'a str,
    /// The envelope opens from this moment on.
    pub not_before: UnixTime,
    /// The envelope does not open at or after this moment.
    pub expires: UnixTime,
}

/// What an envelope takes on the wire, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireSizes {
    /// The whole envelope in DER.
    pub total: usize,
    /// The records of all recipients, encapsulations included.
    pub records: usize,
    /// The encapsulations within the records.
    pub encapsulations: usize,
    /// The sealed payload; 0 where the record itself is the payload.
    pub sealed: usize,
    /// The signature.
    pub signature: usize,
}

/// What arrived.
pub struct Received<T> {
    /// The key or the secret.
    pub contents: T,
    /// The logical key that it is, or is a part of.
    pub key_id: KeyId,
    /// The version of its material.
    pub generation: Version,
    /// The identifier of the envelope, spent now.
    pub envelope_id: KeyId,
}

/// What the recipient asks for; an envelope that says anything else does not open.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a, A: VerificationAlgorithm> {
    /// The source.
    pub source: &'a VerifyingKey<A>,
    /// The purpose.
    pub purpose: &'a str,
}

#[cfg(test)]
mod tests;
