//! Reads policies as text: the form is that of [`RulePolicy::from_text`].

use core::{error::Error, fmt};

use der::DateTime;
use pqkm_core::{Fingerprint, UnixTime, Verifiers};

use super::{
    PeriodLimits,
    rules::{Permit, Rule, RulePolicy, Until},
};
use crate::{
    approval::Quorum,
    record::KeptIn,
    table::{KeyState, RoleName},
};

/// A policy's text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: TextFault,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextFault {
    /// It begins with no word that is known.
    Statement,
    /// It has too few words, or too many.
    Words,
    /// A word is none of those that can stand there.
    Word,
    /// A date is none.
    Date,
    /// A number is none, or too large.
    Number,
    /// It was said before.
    Repeated,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            TextFault::Statement => "unknown statement",
            TextFault::Words => "too few words, or too many",
            TextFault::Word => "unknown word",
            TextFault::Date => "not a date",
            TextFault::Number => "not a number, or too large",
            TextFault::Repeated => "said before",
        };
        write!(f, "line {}: {fault}", self.line)
    }
}

impl Error for TextError {}

pub(super) fn read(text: &str) -> Result<RulePolicy, TextError> {
    let mut policy = RulePolicy {
        name: String::new(),
        rules: Vec::new(),
        periods: Vec::new(),
        kept_in: vec![KeptIn::Registry, KeptIn::Module],
        exportable: true,
        actors: Vec::new(),
        assertion_in: Vec::new(),
        quorums: Vec::new(),
    };
    for (index, line) in text.lines().enumerate() {
        let line = line.split_once('#').map_or(line, |(before, _)| before);
        let words: Vec<_> = line.split_whitespace().collect();
        if let Some((statement, words)) = words.split_first() {
            add(&mut policy, statement, words).map_err(|fault| TextError {
                line: index + 1,
                fault,
            })?;
        }
    }
    Ok(policy)
}

fn add(policy: &mut RulePolicy, statement: &str, words: &[&str]) -> Result<(), TextFault> {
    match (statement, words) {
        ("name", [_, ..]) if policy.name.is_empty() => policy.name = words.join(" "),
        ("name", [_, ..]) => return Err(TextFault::Repeated),
        (
            "algorithm",
            [
                algorithm,
                "generate",
                generate,
                "protect",
                protect,
                "process",
                process,
            ],
        ) => {
            if policy.rules.iter().any(|rule| rule.algorithm == *algorithm) {
                return Err(TextFault::Repeated);
            }
            policy.rules.push(Rule {
                algorithm: (*algorithm).into(),
                generate: until(generate)?,
                protect: until(protect)?,
                process: until(process)?,
            });
        }
        ("period", [role, "originator", originator, "recipient", recipient]) => {
            let role = role_of(role)?;
            if policy.periods.iter().any(|(listed, _)| *listed == role) {
                return Err(TextFault::Repeated);
            }
            let limits = PeriodLimits {
                originator_seconds: days(originator)?,
                recipient_seconds: days(recipient)?,
            };
            policy.periods.push((role, limits));
        }
        ("kept-in", [_, ..]) => {
            policy.kept_in = each(words, |word| match word {
                "registry" => Some(KeptIn::Registry),
                "module" => Some(KeptIn::Module),
                _ => None,
            })?;
        }
        ("exportable", ["yes"]) => policy.exportable = true,
        ("exportable", ["no"]) => policy.exportable = false,
        ("assertion", [_, ..]) => policy.assertion_in = each(words, state_of)?,
        ("actor", [actor, permits @ ..]) if !permits.is_empty() => {
            let permits = each(permits, |word| match word {
                "generate" => Some(Permit::Generate),
                "use" => Some(Permit::Use),
                "distribute" => Some(Permit::Distribute),
                "link" => Some(Permit::Link),
                "dependants" => Some(Permit::Dependants),
                "plan" => Some(Permit::Plan),
                "report" => Some(Permit::Report),
                "note" => Some(Permit::Note),
                _ => state_of(word).map(Permit::To),
            })?;
            policy.actors.push(((*actor).into(), permits));
        }
        ("quorum", [state, needed, approvers @ ..]) if !approvers.is_empty() => {
            let state = state_of(state).ok_or(TextFault::Word)?;
            if policy.quorums.iter().any(|(listed, _)| *listed == state) {
                return Err(TextFault::Repeated);
            }
            policy.quorums.push((state, quorum(needed, approvers)?));
        }
        (
            "name" | "algorithm" | "period" | "kept-in" | "exportable" | "assertion" | "actor"
            | "quorum",
            _,
        ) => {
            return Err(TextFault::Words);
        }
        _ => return Err(TextFault::Statement),
    }
    Ok(())
}

fn each<T>(words: &[&str], read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, TextFault> {
    words
        .iter()
        .map(|word| read(word).ok_or(TextFault::Word))
        .collect()
}

fn state_of(word: &str) -> Option<KeyState> {
    KeyState::ALL.into_iter().find(|state| state.name() == word)
}

fn role_of(word: &str) -> Result<RoleName, TextFault> {
    RoleName::ALL
        .iter()
        .copied()
        .find(|role| role.name().replace(' ', "-") == word)
        .ok_or(TextFault::Word)
}

/// A number that the listed approvers can reach, each of them listed once.
fn quorum(needed: &str, approvers: &[&str]) -> Result<Quorum, TextFault> {
    let needed = needed.parse().map_err(|_| TextFault::Number)?;
    let mut listed = Vec::with_capacity(approvers.len());
    for approver in approvers {
        let approver = fingerprint(approver).ok_or(TextFault::Word)?;
        if listed.contains(&approver) {
            return Err(TextFault::Repeated);
        }
        listed.push(approver);
    }
    if !(1..=listed.len()).contains(&needed) {
        return Err(TextFault::Number);
    }
    Ok(Quorum {
        needed,
        approvers: listed,
        verifiers: Verifiers::core(),
    })
}

fn fingerprint(word: &str) -> Option<Fingerprint> {
    let mut bytes = [0; Fingerprint::BYTES];
    let is_hexadecimal = word.bytes().all(|digit| digit.is_ascii_hexdigit());
    if word.len() != 2 * Fingerprint::BYTES || !is_hexadecimal {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(word.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(Fingerprint::from_bytes(bytes))
}

fn days(word: &str) -> Result<u64, TextFault> {
    let days: u32 = word.parse().map_err(|_| TextFault::Number)?;
    Ok(u64::from(days) * 24 * 3600)
}

fn until(word: &str) -> Result<Until, TextFault> {
    match word {
        "never" => Ok(Until::Never),
        "forever" => Ok(Until::Forever),
        date => date_of(date).map(Until::Moment).ok_or(TextFault::Date),
    }
}

/// What a date looks like.
const DATE: &str = "2035-01-01";

/// The first second of a day, in Greenwich.
fn date_of(word: &str) -> Option<UnixTime> {
    // Digits and dashes in their places: a number would also be read with a sign.
    let is_like = |(like, given): (u8, u8)| like.is_ascii_digit() == given.is_ascii_digit();
    if word.len() != DATE.len() || !DATE.bytes().zip(word.bytes()).all(is_like) {
        return None;
    }
    let mut parts = word.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    let date = DateTime::new(year, month, day, 0, 0, 0).ok()?;
    UnixTime::from_seconds(date.unix_duration().as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use pqkm_core::Evidence;

    use super::*;
    use crate::{
        policy::{Intent, KeyFacts, Policy as _},
        table::Use,
    };

    fn facts(algorithm: &str) -> KeyFacts<'_> {
        KeyFacts {
            algorithm,
            role: RoleName::Signing,
            kept_in: KeptIn::Registry,
            exportable: false,
            owner: "",
            purpose: "",
        }
    }

    fn day(word: &str) -> UnixTime {
        date_of(word).unwrap()
    }

    #[test]
    fn cnsa_permits_its_two_algorithms_only() {
        let policy = RulePolicy::cnsa_2_0().unwrap();
        let at = day("2034-06-01");
        for (algorithm, permitted) in [
            ("ML-DSA-87", true),
            ("ML-KEM-1024", true),
            ("ML-DSA-65", false),
            ("ML-KEM-768", false),
            ("SLH-DSA-SHA2-256s", false),
            ("ECDSA-P384-SHA384", false),
        ] {
            let answer = policy.check(&facts(algorithm), Intent::Generate, "", at);
            assert_eq!(answer.is_ok(), permitted, "{algorithm}");
        }
    }

    #[test]
    fn the_first_day_is_not_permitted_any_more() {
        let policy = RulePolicy::from_text(
            "algorithm X* generate 2030-01-01 protect 2036-01-01 process forever",
        )
        .unwrap();
        let key = facts("X25519");
        let check = |intent, at| policy.check(&key, intent, "", at);
        let last = UnixTime::from_seconds(day("2036-01-01").seconds() - 1).unwrap();
        assert!(check(Intent::Use(Use::Protect), last).is_ok());
        assert!(check(Intent::Use(Use::Protect), day("2036-01-01")).is_err());
        assert!(check(Intent::Use(Use::Process), UnixTime::MAX).is_ok());
        assert!(check(Intent::Generate, last).is_err());
        assert!(check(Intent::Transition(KeyState::Active), last).is_err());
        assert!(check(Intent::Transition(KeyState::Destroyed), UnixTime::MAX).is_ok());
        assert_eq!(policy.ends(&key, Use::Protect), Some(day("2036-01-01")));
    }

    #[test]
    fn who_may_is_who_is_listed() {
        let policy = RulePolicy::from_text(
            "algorithm * generate forever protect forever process forever\n\
             actor anna generate active # she begins\n\
             actor ben use destroyed\n",
        )
        .unwrap();
        assert_eq!(
            policy.actors.first().unwrap().1,
            [Permit::Generate, Permit::To(KeyState::Active)]
        );
        let may = |by, intent| policy.check(&facts("A"), intent, by, UnixTime::MAX).is_ok();
        assert!(may("anna", Intent::Generate));
        assert!(!may("ben", Intent::Generate));
        assert!(may("ben", Intent::Transition(KeyState::Destroyed)));
        assert!(!may("anna", Intent::Transition(KeyState::Destroyed)));
        assert!(!may("", Intent::Use(Use::Protect)));
        assert!(!policy.accepts(&facts("A"), KeyState::Suspended, &Evidence::Asserted));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, fault) in [
            ("algorithms A", TextFault::Statement),
            ("algorithm A generate forever", TextFault::Words),
            (
                "period signing originator 1 recipient 99999999999",
                TextFault::Number,
            ),
            ("period singing originator 1 recipient 1", TextFault::Word),
            ("assertion sleeping", TextFault::Word),
            (
                "algorithm A generate 2030-2-1 protect never process never",
                TextFault::Date,
            ),
            (
                "algorithm A generate 2035-+1-+1 protect never process never",
                TextFault::Date,
            ),
            (
                "algorithm A generate 2030-02-30 protect never process never",
                TextFault::Date,
            ),
            ("name a\nname b", TextFault::Repeated),
        ] {
            let error = RulePolicy::from_text(text).map(|_| ()).unwrap_err();
            assert_eq!(
                error,
                TextError {
                    line: text.lines().count(),
                    fault
                },
                "{text}"
            );
        }
    }
}
