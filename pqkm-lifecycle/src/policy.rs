//! Policy: which algorithms, how long, where kept, and who may.
//!
//! The standard's tables are not policy: no policy permits what they forbid. [`RulePolicy`] is a policy
//! written as data; a program with reasons of its own implements [`Policy`].

use pqkm_core::{Evidence, UnixTime};

use crate::{
    approval::Quorum,
    error::PolicyRefusal,
    record::KeptIn,
    table::{KeyState, RoleName, Use},
};

mod rules;
mod text;

pub use rules::{Permit, Rule, RulePolicy, Until};
pub use text::{TextError, TextFault};

/// What a policy is told about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFacts<'a> {
    /// The algorithm's name, such as `ML-DSA-65`.
    pub algorithm: &'a str,
    /// The role.
    pub role: RoleName,
    /// Where it is kept.
    pub kept_in: KeptIn,
    /// Whether it may leave the process that uses it in the clear.
    pub exportable: bool,
    /// Whose it is.
    pub owner: &'a str,
    /// What for.
    pub purpose: &'a str,
}

/// How long a key may be used from its activation, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodLimits {
    /// To protect.
    pub originator_seconds: u64,
    /// To process.
    pub recipient_seconds: u64,
}

/// What somebody wants to do with a key.
///
/// The enum is closed: a policy that decides by it has to decide anew when something is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Generate it.
    Generate,
    /// Use it: asked when a lease is given, not at every use.
    Use(Use),
    /// Send it to another device, or receive it from one.
    Distribute,
    /// Take it to another state.
    Transition(KeyState),
    /// Link it with another key, for life: asked about both.
    Link,
    /// Record that something depends on it, or does so no more.
    Dependants,
    /// Plan its destruction, move the moment, or call it off.
    PlanDestruction,
    /// Record on a destroyed key that it was compromised before.
    ReportCompromise,
}

/// Decides what a registry does beyond what the standard forbids.
///
/// Whatever changes a key asks [`check`](Self::check) first, about every key that it changes. A lease asks for the uses
/// that it gives; one that gives none, and giving one back, ask nobody. A note is about no key and asks
/// [`check_note`](Self::check_note).
pub trait Policy: Send + Sync {
    /// Whether `by` may do that at that time.
    ///
    /// # Errors
    /// The first objection.
    fn check(
        &self,
        key: &KeyFacts<'_>,
        intent: Intent,
        by: &str,
        at: UnixTime,
    ) -> Result<(), PolicyRefusal>;

    /// Whether `by` may leave a note in the log at that time.
    ///
    /// # Errors
    /// The first objection.
    fn check_note(&self, by: &str, at: UnixTime) -> Result<(), PolicyRefusal>;

    /// The longest periods of such a key, and what it gets if nobody asks for less.
    fn periods(&self, key: &KeyFacts<'_>) -> PeriodLimits;

    /// Who must approve a transition, if anybody.
    fn quorum(&self, _key: &KeyFacts<'_>, _to: KeyState) -> Option<&Quorum> {
        None
    }

    /// Whether a kind of evidence is good enough for a key in a state. Mere assertion never is for a
    /// compromised key, whatever this says.
    fn accepts(&self, _key: &KeyFacts<'_>, _state: KeyState, _evidence: &Evidence) -> bool {
        true
    }

    /// The moment from which such a key may not be used so any more, if that is known.
    fn ends(&self, _key: &KeyFacts<'_>, _what: Use) -> Option<UnixTime> {
        None
    }
}

/// Permits everything, for the periods that SP 800-57 Part 1 Rev. 5, section 5.3.6 suggests at most.
#[derive(Clone, Copy, Debug, Default)]
pub struct Permissive;

/// A year of 365 days in seconds.
pub(crate) const YEAR: u64 = 365 * 24 * 3600;

impl Policy for Permissive {
    fn check(
        &self,
        _: &KeyFacts<'_>,
        _: Intent,
        _: &str,
        _: UnixTime,
    ) -> Result<(), PolicyRefusal> {
        Ok(())
    }

    fn check_note(&self, _: &str, _: UnixTime) -> Result<(), PolicyRefusal> {
        Ok(())
    }

    fn periods(&self, key: &KeyFacts<'_>) -> PeriodLimits {
        default_periods(key.role)
    }
}

/// Rough guidelines for the longest periods, by role: the standard's own words for Table 1 of section 5.3.6. Where it
/// says "several years", for verification keys, these are thirty.
pub(crate) const fn default_periods(role: RoleName) -> PeriodLimits {
    let (originator, recipient) = match role {
        RoleName::Signing => (3, 3),
        RoleName::Verification => (3, 30),
        RoleName::Wrapping | RoleName::DataEncryption => (2, 5),
        RoleName::Encapsulation
        | RoleName::Decapsulation
        | RoleName::Agreement
        | RoleName::PublicAgreement => (2, 5),
        RoleName::Derivation => (1, 1),
    };
    PeriodLimits {
        originator_seconds: originator * YEAR,
        recipient_seconds: recipient * YEAR,
    }
}
