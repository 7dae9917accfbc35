//! A policy as data: rules in order, the first that fits decides.

use pqkm_core::{Evidence, UnixTime};

use super::{
    Intent, KeyFacts, PeriodLimits, Policy, default_periods,
    text::{self, TextError},
};
use crate::{
    approval::Quorum,
    error::PolicyRefusal,
    record::KeptIn,
    table::{KeyState, RoleName, Use},
};

/// Until when something is permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// It is not.
    Never,
    /// Before this moment.
    Moment(UnixTime),
    /// No end is known.
    Forever,
}

impl Until {
    fn permits(self, at: UnixTime) -> bool {
        match self {
            Self::Never => false,
            Self::Moment(end) => at < end,
            Self::Forever => true,
        }
    }

    fn end(self) -> Option<UnixTime> {
        match self {
            Self::Never => UnixTime::from_seconds(0).ok(),
            Self::Moment(end) => Some(end),
            Self::Forever => None,
        }
    }
}

/// What holds for an algorithm, or for all whose name begins so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A name, or the beginning of names followed by `*`.
    pub algorithm: String,
    /// Until when keys are generated and activated.
    pub generate: Until,
    /// Until when keys protect.
    pub protect: Until,
    /// Until when keys process.
    pub process: Until,
}

impl Rule {
    fn fits(&self, algorithm: &str) -> bool {
        match self.algorithm.strip_suffix('*') {
            Some(beginning) => algorithm.starts_with(beginning),
            None => algorithm == self.algorithm,
        }
    }

    fn until(&self, intent: Intent) -> Until {
        match intent {
            Intent::Generate | Intent::Distribute | Intent::Transition(KeyState::Active) => {
                self.generate
            }
            Intent::Use(Use::Protect | Use::Confirm) => self.protect,
            Intent::Use(Use::Process) => self.process,
            _ => Until::Forever,
        }
    }
}

/// Whether the algorithm matters: nothing is gained by keeping a key from its end, or what is known about it from
/// its record.
const fn is_about_algorithm(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::Generate
            | Intent::Use(_)
            | Intent::Distribute
            | Intent::Transition(KeyState::Active)
    )
}

/// A policy that is written down: see `policies/` for two of them and the form.
pub struct RulePolicy {
    /// Its name.
    pub name: String,
    /// Rules about algorithms; what none of them is about is not permitted.
    pub rules: Vec<Rule>,
    /// Longest periods; what is not listed has the guideline's.
    pub periods: Vec<(RoleName, PeriodLimits)>,
    /// Where keys may be kept.
    pub kept_in: Vec<KeptIn>,
    /// Whether keys may be exportable.
    pub exportable: bool,
    /// Who may do what; if it is empty, everybody everything.
    pub actors: Vec<(String, Vec<Permit>)>,
    /// States in which the caller's mere assertion is evidence.
    pub assertion_in: Vec<KeyState>,
    /// Who must approve what.
    pub quorums: Vec<(KeyState, Quorum)>,
}

/// Something that an actor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Generate keys.
    Generate,
    /// Take leases.
    Use,
    /// Send keys to other devices; receive them, if [`Generate`](Self::Generate) is permitted too.
    Distribute,
    /// Take keys to a state.
    To(KeyState),
    /// Link keys.
    Link,
    /// Record what depends on keys.
    Dependants,
    /// Plan destructions, and call them off.
    Plan,
    /// Record that destroyed keys were compromised.
    Report,
    /// Leave notes in the log.
    Note,
}

impl Permit {
    const fn of(intent: Intent) -> Self {
        match intent {
            Intent::Generate => Self::Generate,
            Intent::Use(_) => Self::Use,
            Intent::Distribute => Self::Distribute,
            Intent::Transition(to) => Self::To(to),
            Intent::Link => Self::Link,
            Intent::Dependants => Self::Dependants,
            Intent::PlanDestruction => Self::Plan,
            Intent::ReportCompromise => Self::Report,
        }
    }
}

impl RulePolicy {
    /// The Commercial National Security Algorithm Suite 2.0: ML-KEM-1024 and ML-DSA-87, AES-256, and what
    /// it replaces until it must be gone.
    ///
    /// # Errors
    /// None: the text is part of this crate, and a test reads it.
    pub fn cnsa_2_0() -> Result<Self, TextError> {
        Self::from_text(include_str!("../../policies/cnsa-2.0.policy"))
    }

    /// NIST's approved algorithms, with the dates that IR 8547 gives for the transition.
    ///
    /// # Errors
    /// None: the text is part of this crate, and a test reads it.
    pub fn nist() -> Result<Self, TextError> {
        Self::from_text(include_str!("../../policies/nist-ir-8547.policy"))
    }

    /// Reads a policy from text: a statement a line, words between blanks, `#` begins a comment.
    ///
    /// ```text
    /// name       WORDS
    /// algorithm  NAME[*] generate UNTIL protect UNTIL process UNTIL
    /// period     ROLE originator DAYS recipient DAYS
    /// kept-in    registry|module ...
    /// exportable yes|no
    /// assertion  STATE ...
    /// actor      NAME generate|use|distribute|STATE|link|dependants|plan|report|note ...
    /// quorum     STATE NUMBER FINGERPRINT ...
    ///
    /// UNTIL = never | forever | YEAR-MONTH-DAY, the first day on which it is not permitted any more
    /// ROLE and STATE are written with hyphens: data-encryption, pre-activation
    /// FINGERPRINT = SHA-256 of an approver's `SubjectPublicKeyInfo`, 64 hexadecimal digits
    /// ```
    ///
    /// Without a line that begins with `actor`, everybody may do everything. With one, each may do what a line says
    /// and nothing else; the words are those of [`Permit`].
    ///
    /// # Errors
    /// [`TextError`], with the line.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        text::read(text)
    }

    fn rule(&self, algorithm: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.fits(algorithm))
    }

    fn check_actor(&self, by: &str, permit: Permit) -> Result<(), PolicyRefusal> {
        let mut actors = self.actors.iter();
        if self.actors.is_empty()
            || actors.any(|(actor, permits)| actor == by && permits.contains(&permit))
        {
            Ok(())
        } else {
            Err(PolicyRefusal::Actor)
        }
    }
}

impl Policy for RulePolicy {
    fn check(
        &self,
        key: &KeyFacts<'_>,
        intent: Intent,
        by: &str,
        at: UnixTime,
    ) -> Result<(), PolicyRefusal> {
        self.check_actor(by, Permit::of(intent))?;
        let until = match self.rule(key.algorithm) {
            _ if !is_about_algorithm(intent) => Until::Forever,
            Some(rule) => rule.until(intent),
            None => Until::Never,
        };
        if !until.permits(at) {
            return Err(PolicyRefusal::Algorithm);
        }
        if intent == Intent::Generate {
            if !self.kept_in.contains(&key.kept_in) {
                return Err(PolicyRefusal::Custody);
            }
            if key.exportable && !self.exportable {
                return Err(PolicyRefusal::Exportable);
            }
        }
        Ok(())
    }

    fn check_note(&self, by: &str, _: UnixTime) -> Result<(), PolicyRefusal> {
        self.check_actor(by, Permit::Note)
    }

    fn periods(&self, key: &KeyFacts<'_>) -> PeriodLimits {
        self.periods
            .iter()
            .find(|(role, _)| *role == key.role)
            .map_or_else(|| default_periods(key.role), |(_, limits)| *limits)
    }

    fn quorum(&self, _: &KeyFacts<'_>, to: KeyState) -> Option<&Quorum> {
        self.quorums
            .iter()
            .find(|(state, _)| *state == to)
            .map(|(_, quorum)| quorum)
    }

    fn accepts(&self, _: &KeyFacts<'_>, state: KeyState, evidence: &Evidence) -> bool {
        !matches!(evidence, Evidence::Asserted) || self.assertion_in.contains(&state)
    }

    fn ends(&self, key: &KeyFacts<'_>, what: Use) -> Option<UnixTime> {
        match self.rule(key.algorithm) {
            Some(rule) => rule.until(Intent::Use(what)).end(),
            None => Until::Never.end(),
        }
    }
}
