//! What the audit log tells: one event an operation, in canonical DER.

use der::{Choice, Sequence};
use pqkm_core::{KeyId, UnixTime};

use crate::{
    error::AuditError,
    name::{KeyName, NameRef},
    store::RowName,
    table::KeyState,
    wire::{Hash, Moment, OperationId},
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Choice)]
pub(crate) enum Action {
    /// A key came to be.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true")]
    Generated(Named),
    /// A key, and those that come along, went to another state.
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Transition(Transition),
    /// A handle got an allowance.
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", constructed = "true")]
    Leased(Leased),
    /// A handle gave back what it had left.
    #[asn1(context_specific = "3", tag_mode = "IMPLICIT", constructed = "true")]
    Returned(Leased),
    /// A key has a successor, which is the primary now.
    #[asn1(context_specific = "4", tag_mode = "IMPLICIT", constructed = "true")]
    Rotated(Rotated),
    /// Something depends on a key, or does so no more.
    #[asn1(context_specific = "5", tag_mode = "IMPLICIT", constructed = "true")]
    Dependant(DependantChange),
    /// A key is to be destroyed.
    #[asn1(context_specific = "6", tag_mode = "IMPLICIT", constructed = "true")]
    DestructionPlanned(At),
    /// It is not to be destroyed after all.
    #[asn1(context_specific = "7", tag_mode = "IMPLICIT", constructed = "true")]
    DestructionCalledOff(Named),
    /// A destroyed key was compromised before.
    #[asn1(context_specific = "8", tag_mode = "IMPLICIT", constructed = "true")]
    CompromiseReported(At),
    /// Two keys belong together.
    #[asn1(context_specific = "9", tag_mode = "IMPLICIT", constructed = "true")]
    Linked(Linked),
    /// Data was processed on evidence of when it was protected.
    #[asn1(context_specific = "10", tag_mode = "IMPLICIT", constructed = "true")]
    ProcessedOnEvidence(OnEvidence),
    /// Somebody showed the digest of something: evidence that it existed then.
    #[asn1(context_specific = "11", tag_mode = "IMPLICIT", constructed = "true")]
    Noted(Noted),
    /// A key was sent to another device.
    #[asn1(context_specific = "12", tag_mode = "IMPLICIT", constructed = "true")]
    Sent(Passed),
    /// A key came from another device.
    #[asn1(context_specific = "13", tag_mode = "IMPLICIT", constructed = "true")]
    Received(Passed),
}

impl Action {
    /// Whether the operation has a row of its own. An allowance has none: whoever lost it asks for another one.
    pub(crate) const fn is_remembered(&self) -> bool {
        !matches!(self, Self::Leased(_) | Self::Returned(_))
    }

    /// The key that it is about, if it is about one.
    pub(crate) fn key(&self) -> Option<KeyName> {
        match self {
            Self::Generated(what) | Self::DestructionCalledOff(what) => what.key.get(),
            Self::Transition(what) => what.key.get(),
            Self::Leased(what) | Self::Returned(what) => what.key.get(),
            Self::Rotated(what) => what.to.get(),
            Self::Dependant(what) => what.key.get(),
            Self::DestructionPlanned(what) | Self::CompromiseReported(what) => what.key.get(),
            Self::ProcessedOnEvidence(what) => what.key.get(),
            Self::Sent(what) | Self::Received(what) => what.key.get(),
            Self::Linked(_) | Self::Noted(_) => None,
        }
    }
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Named {
    pub(crate) key: NameRef,
}

/// From where to where; a compromise says since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Transition {
    pub(crate) key: NameRef,
    pub(crate) from: KeyState,
    pub(crate) to: KeyState,
    /// When leases that were given out before end.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) leases_until: Option<Moment>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) compromised_since: Option<Moment>,
}

/// An allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Leased {
    pub(crate) key: NameRef,
    pub(crate) lease: OperationId,
    pub(crate) uses: u64,
}

/// The successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Rotated {
    pub(crate) from: NameRef,
    pub(crate) to: NameRef,
}

/// What depends on a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct DependantChange {
    pub(crate) key: NameRef,
    pub(crate) dependant: Hash,
    pub(crate) is_added: bool,
}

/// A key and a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct At {
    pub(crate) key: NameRef,
    pub(crate) moment: Moment,
}

/// A key between two devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Passed {
    pub(crate) key: NameRef,
    /// The fingerprint of the recipient's encapsulation key, or of the source's verifying key.
    pub(crate) peer: Hash,
    pub(crate) envelope: KeyId,
}

/// Two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Linked {
    pub(crate) one: KeyId,
    pub(crate) other: KeyId,
}

/// What was shown, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct OnEvidence {
    pub(crate) key: NameRef,
    /// SHA-256 of the protected bytes.
    pub(crate) protected: Hash,
    pub(crate) latest: Moment,
    /// 0 asserted, 1 logged, 2 time-stamped.
    pub(crate) kind: u8,
    /// Leaf or token.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) reference: Option<Hash>,
}

/// SHA-256 of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Noted {
    pub(crate) digest: Hash,
}

/// A row that an operation wrote.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Touched {
    name: der::asn1::OctetString,
    pub(crate) generation: u64,
    /// SHA-256 of the row; nothing if it was removed.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) digest: Option<Hash>,
}

impl Touched {
    pub(crate) fn new(name: &RowName, generation: u64, content: Option<&[u8]>) -> Option<Self> {
        Some(Self {
            name: der::asn1::OctetString::new(name.as_bytes()).ok()?,
            generation,
            digest: content.map(|content| Hash::of(&[content])),
        })
    }

    pub(crate) fn name(&self) -> RowName {
        RowName::new(self.name.as_bytes().to_vec())
    }
}

/// An event of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Event {
    version: u8,
    registry: Hash,
    operation: OperationId,
    at: Moment,
    by: String,
    reason: String,
    pub(crate) action: Action,
    pub(crate) touched: Vec<Touched>,
}

impl Event {
    pub(crate) const fn new(
        registry: Hash,
        operation: OperationId,
        at: UnixTime,
        by: String,
        reason: String,
        action: Action,
    ) -> Self {
        Self {
            version: VERSION,
            registry,
            operation,
            at: Moment(at),
            by,
            reason,
            action,
            touched: Vec::new(),
        }
    }

    /// Reads an event in DER.
    ///
    /// # Errors
    /// [`AuditError::Malformed`] for everything that this release would not have written.
    pub fn from_der(der: &[u8]) -> Result<Self, AuditError> {
        let event = <Self as der::Decode>::from_der(der)?;
        if event.version != VERSION || event.to_der()? != der {
            return Err(AuditError::Malformed);
        }
        Ok(event)
    }

    /// The event in DER.
    ///
    /// # Errors
    /// [`AuditError::Malformed`] if it is too long for DER.
    pub fn to_der(&self) -> Result<Vec<u8>, AuditError> {
        Ok(der::Encode::to_der(self)?)
    }

    /// The registry that it is of.
    #[must_use]
    pub const fn registry(&self) -> Hash {
        self.registry
    }

    /// The operation that it tells of.
    #[must_use]
    pub const fn operation(&self) -> OperationId {
        self.operation
    }

    /// When it happened, by the clock of whoever did it.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at.0
    }

    /// Who did it.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What happened, in a word.
    #[must_use]
    pub const fn action_name(&self) -> &'static str {
        match &self.action {
            Action::Generated(_) => "generated",
            Action::Transition(_) => "transition",
            Action::Leased(_) => "leased",
            Action::Returned(_) => "returned",
            Action::Rotated(_) => "rotated",
            Action::Dependant(_) => "dependant",
            Action::DestructionPlanned(_) => "destruction planned",
            Action::DestructionCalledOff(_) => "destruction called off",
            Action::CompromiseReported(_) => "compromise reported",
            Action::Linked(_) => "linked",
            Action::ProcessedOnEvidence(_) => "processed on evidence",
            Action::Noted(_) => "noted",
            Action::Sent(_) => "sent",
            Action::Received(_) => "received",
        }
    }

    /// The key that it is about, if it is about one.
    #[must_use]
    pub fn key(&self) -> Option<KeyName> {
        self.action.key()
    }

    /// From which state to which, if it is a transition.
    #[must_use]
    pub const fn transition(&self) -> Option<(KeyState, KeyState)> {
        match &self.action {
            Action::Transition(what) => Some((what.from, what.to)),
            _ => None,
        }
    }

    /// Which lease, and how many uses of the key's budget, if it is a lease that was granted or given back for itself
    /// ([`action_name`](Self::action_name) says which). Leases that generation, rotation and transitions grant are in
    /// their own events, which do not say how much.
    #[must_use]
    pub const fn lease(&self) -> Option<(OperationId, u64)> {
        match &self.action {
            Action::Leased(what) | Action::Returned(what) => Some((what.lease, what.uses)),
            _ => None,
        }
    }

    /// The digest that was shown, if it is a note.
    #[must_use]
    pub const fn noted(&self) -> Option<Hash> {
        match &self.action {
            Action::Noted(what) => Some(what.digest),
            _ => None,
        }
    }
}
