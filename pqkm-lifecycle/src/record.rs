//! What a registry keeps of a key, in DER. A record is authentic when it comes here; whether it makes
//! sense is checked here: its history is replayed against the table.

use der::{Decode as _, Sequence, asn1::OctetString};
use pqkm_core::{KeyId, UnixTime, Version};
use spki::AlgorithmIdentifierOwned;

use crate::{
    error::{OperationError, Refusal, RegistryError},
    name::{KeyName, NameRef},
    table::{Half, KeyState, RoleName, find_edge},
    wire::{Hash, Moment, OperationId},
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// After so many steps a key is not activated again. Whatever takes it out of use finds room beyond that: without another
/// activation that is at most suspension, deactivation, compromise and destruction.
const MAX_STEPS: usize = 200;

/// The most leases of one key that run at a time.
pub(crate) const MAX_LEASES: usize = 64;

/// The most devices that one key is sent to.
pub(crate) const MAX_COPIES: usize = 256;

/// The longest owner, purpose, actor or reason in bytes.
pub(crate) const MAX_TEXT_BYTES: usize = 255;

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, der::Enumerated)]
#[repr(u8)]
pub enum KeptIn {
    /// In the registry: wrapped under the root if it is secret.
    Registry = 0,
    /// In a module: the registry has a reference.
    Module = 1,
}

/// The periods of a key: how long each lasts, and when it ends once the key was activated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Periods {
    /// Seconds from activation in which it may protect.
    pub(crate) originator_seconds: u64,
    /// Seconds from activation in which it may process.
    pub(crate) recipient_seconds: u64,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) originator_end: Option<Moment>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) recipient_end: Option<Moment>,
}

impl Periods {
    /// When they end, once the key was activated.
    pub(crate) const fn ends(self) -> (Option<Moment>, Option<Moment>) {
        (self.originator_end, self.recipient_end)
    }

    /// Begins both at the activation. An end that is known already is that of a linked key, and stays if it is the
    /// earlier one.
    fn begin(&mut self, at: UnixTime) {
        let first = |end: Option<Moment>, seconds| {
            let own = Moment(crate::wire::after(at, seconds));
            Some(end.map_or(own, |end| end.min(own)))
        };
        self.originator_end = first(self.originator_end, self.originator_seconds);
        self.recipient_end = first(self.recipient_end, self.recipient_seconds);
    }

    /// Where each ends first.
    pub(crate) fn shorter(self, other: Self) -> Self {
        let first = |one: Option<Moment>, other| one.into_iter().chain(other).min();
        Self {
            originator_seconds: self.originator_seconds.min(other.originator_seconds),
            recipient_seconds: self.recipient_seconds.min(other.recipient_seconds),
            originator_end: first(self.originator_end, other.originator_end),
            recipient_end: first(self.recipient_end, other.recipient_end),
        }
    }
}

/// A transition that a key has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Step {
    pub(crate) to: KeyState,
    pub(crate) at: Moment,
    pub(crate) operation: OperationId,
}

/// An allowance that was given out, and not given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct LeaseRecord {
    pub(crate) id: OperationId,
    pub(crate) uses: u64,
    pub(crate) expires: Moment,
}

/// One half of one version of a key.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct KeyRecord {
    version: u8,
    name: NameRef,
    pub(crate) role: RoleName,
    pub(crate) algorithm_name: String,
    pub(crate) algorithm: AlgorithmIdentifierOwned,
    pub(crate) kept_in: KeptIn,
    pub(crate) exportable: bool,
    /// SPKI, wrapped key, or a module's reference; empty when it is destroyed.
    pub(crate) material: OctetString,
    history: Vec<Step>,
    pub(crate) periods: Periods,
    pub(crate) issued: u64,
    /// What of that was in leases that ended and were neither given back nor renewed by their handles.
    pub(crate) lapsed: u64,
    pub(crate) leases: Vec<LeaseRecord>,
    pub(crate) dependants: u64,
    /// Fingerprints of the keys under which copies were sent elsewhere, each once.
    pub(crate) copies: Vec<Hash>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) budget: Option<u64>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) compromised_since: Option<Moment>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) destroy_at: Option<Moment>,
}

/// What a new record is made of.
pub(crate) struct NewRecord {
    pub(crate) name: KeyName,
    pub(crate) role: RoleName,
    pub(crate) algorithm_name: &'static str,
    pub(crate) algorithm: AlgorithmIdentifierOwned,
    pub(crate) kept_in: KeptIn,
    pub(crate) exportable: bool,
    pub(crate) material: Vec<u8>,
    pub(crate) originator_seconds: u64,
    pub(crate) recipient_seconds: u64,
    pub(crate) budget: Option<u64>,
}

impl KeyRecord {
    /// A key in pre-activation.
    pub(crate) fn new(
        new: NewRecord,
        at: UnixTime,
        operation: OperationId,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            version: VERSION,
            name: new.name.into(),
            role: new.role,
            algorithm_name: new.algorithm_name.into(),
            algorithm: new.algorithm,
            kept_in: new.kept_in,
            exportable: new.exportable,
            material: OctetString::new(new.material).map_err(|_| Refusal::TooLong)?,
            history: vec![Step {
                to: KeyState::PreActivation,
                at: Moment(at),
                operation,
            }],
            periods: Periods {
                originator_seconds: new.originator_seconds,
                recipient_seconds: new.recipient_seconds,
                originator_end: None,
                recipient_end: None,
            },
            issued: 0,
            lapsed: 0,
            leases: Vec::new(),
            dependants: 0,
            copies: Vec::new(),
            budget: new.budget,
            compromised_since: None,
            destroy_at: None,
        })
    }

    pub(crate) fn to_der(&self) -> Result<Vec<u8>, RegistryError> {
        Ok(der::Encode::to_der(self)?)
    }

    /// Reads a record and checks it: the name it is filed under, and its history against the table.
    pub(crate) fn read(der: &[u8], name: KeyName) -> Result<Self, RegistryError> {
        let record = Self::from_der(der)?;
        let is_sound = record.version == VERSION
            && record.name.get() == Some(name)
            && record.role.half() == name.half
            && record.leases.len() <= MAX_LEASES
            && record.copies.len() <= MAX_COPIES
            && record.follows_the_table()
            && (record.state() == KeyState::Destroyed) == record.material.as_bytes().is_empty();
        if is_sound {
            Ok(record)
        } else {
            Err(RegistryError::Malformed)
        }
    }

    fn follows_the_table(&self) -> bool {
        let mut from = None;
        self.history.iter().all(|step| {
            let is_edge = find_edge(self.role, from, step.to).is_some();
            from = Some(step.to);
            is_edge
        }) && from.is_some()
    }

    /// The key's name.
    pub(crate) fn name(&self) -> Option<KeyName> {
        self.name.get()
    }

    /// Where the history ends.
    pub(crate) fn state(&self) -> KeyState {
        self.history
            .last()
            .map_or(KeyState::Destroyed, |step| step.to)
    }

    /// How many steps it has taken: what an approval is good for, once.
    pub(crate) fn steps(&self) -> u64 {
        u64::try_from(self.history.len()).unwrap_or(u64::MAX)
    }

    /// When it came to the state it is in.
    pub(crate) fn since(&self) -> UnixTime {
        self.history.last().map_or(UnixTime::MAX, |step| step.at.0)
    }

    /// When it was generated.
    pub(crate) fn created(&self) -> UnixTime {
        self.history.first().map_or(UnixTime::MAX, |step| step.at.0)
    }

    /// The moment before which data must have been protected to be processed on evidence.
    pub(crate) fn evidence_limit(&self) -> UnixTime {
        let since = self.compromised_since.map_or(UnixTime::MAX, |at| at.0);
        since.min(self.since())
    }

    /// Whether it verifies: then the originator-usage period is that of the signing half, and this is of use after that.
    pub(crate) fn verifies(&self) -> bool {
        self.role == RoleName::Verification
    }

    /// Ends the originator-usage period, unless it is over.
    pub(crate) fn end_originator_period(&mut self, at: UnixTime) {
        let end = self.periods.originator_end;
        self.periods.originator_end = Some(end.map_or(Moment(at), |end| end.min(Moment(at))));
    }

    /// Takes a step. Destruction takes the material.
    pub(crate) fn step(
        &mut self,
        to: KeyState,
        at: UnixTime,
        operation: OperationId,
    ) -> Result<(), Refusal> {
        let from = self.state();
        if find_edge(self.role, Some(from), to).is_none() {
            return Err(Refusal::NoTransition);
        }
        if self.history.len() >= MAX_STEPS && to == KeyState::Active {
            return Err(Refusal::HistoryFull);
        }
        if from == KeyState::PreActivation && to == KeyState::Active {
            self.periods.begin(at);
        }
        if to == KeyState::Destroyed {
            self.material = OctetString::new([]).map_err(|_| Refusal::TooLong)?;
            self.destroy_at = None;
            self.leases.clear();
        }
        self.history.push(Step {
            to,
            at: Moment(at),
            operation,
        });
        Ok(())
    }

    /// Forgets leases that ended, and `own`, which another one replaces. What they gave stays counted.
    pub(crate) fn forget_leases(&mut self, now: UnixTime, own: Option<OperationId>) {
        self.leases.retain(|lease| {
            let has_ended = lease.expires.0 <= now;
            let is_own = Some(lease.id) == own;
            if has_ended && !is_own {
                self.lapsed = self.lapsed.saturating_add(lease.uses);
            }
            !has_ended && !is_own
        });
    }

    /// The last moment of a lease that runs and is not `own`.
    pub(crate) fn leases_until(&self, now: UnixTime, own: Option<OperationId>) -> Option<UnixTime> {
        self.leases
            .iter()
            .filter(|lease| lease.expires.0 > now && Some(lease.id) != own)
            .map(|lease| lease.expires.0)
            .max()
    }
}

/// A logical key: what all versions and halves have in common.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Head {
    version: u8,
    id: KeyId,
    pub(crate) primary: u64,
    pub(crate) latest: u64,
    pub(crate) has_public_half: bool,
    pub(crate) owner: String,
    pub(crate) purpose: String,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) linked: Option<KeyId>,
    /// The fingerprint of the key of the device that it came from, if it was not generated here: further versions come
    /// from there.
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) source: Option<Hash>,
}

impl Head {
    /// A key whose only version is that of `name`.
    pub(crate) fn new(name: KeyName, has_public_half: bool, owner: &str, purpose: &str) -> Self {
        Self {
            version: VERSION,
            id: name.id,
            primary: name.version.get(),
            latest: name.version.get(),
            has_public_half,
            owner: owner.into(),
            purpose: purpose.into(),
            linked: None,
            source: None,
        }
    }

    /// Takes a version in. It is the latest if it is later than those that are known.
    pub(crate) fn add(&mut self, version: Version) {
        self.latest = self.latest.max(version.get());
    }

    /// Makes a version the primary if it is later than that.
    pub(crate) fn advance(&mut self, version: Version) -> bool {
        let is_later = version.get() > self.primary;
        self.primary = self.primary.max(version.get());
        is_later
    }

    pub(crate) fn read(der: &[u8], id: KeyId) -> Result<Self, RegistryError> {
        let head = Self::from_der(der)?;
        let is_sound = head.version == VERSION
            && head.id == id
            && head.primary > 0
            && head.primary <= head.latest;
        if is_sound {
            Ok(head)
        } else {
            Err(RegistryError::Malformed)
        }
    }

    pub(crate) fn to_der(&self) -> Result<Vec<u8>, RegistryError> {
        Ok(der::Encode::to_der(self)?)
    }

    /// The name of a half of the primary version.
    pub(crate) fn primary(&self, half: Half) -> Result<KeyName, RegistryError> {
        Ok(KeyName {
            id: self.id,
            version: Version::new(self.primary)?,
            half,
        })
    }
}

/// What an operation was asked for and the key that it is about, so that it is not done twice. A note is about no key.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct OperationRecord {
    pub(crate) intent: Hash,
    pub(crate) at: Moment,
    #[asn1(optional = "true")]
    pub(crate) key: Option<NameRef>,
}

impl OperationRecord {
    pub(crate) fn read(der: &[u8]) -> Result<Self, RegistryError> {
        Ok(Self::from_der(der)?)
    }

    /// Whether it was the same that was asked for: then there is nothing left to do.
    pub(crate) fn is_of<T>(&self, intent: Hash) -> Result<Option<T>, OperationError> {
        if self.intent == intent {
            Ok(None)
        } else {
            Err(Refusal::OperationReused.into())
        }
    }

    pub(crate) fn to_der(&self) -> Result<Vec<u8>, RegistryError> {
        Ok(der::Encode::to_der(self)?)
    }
}
