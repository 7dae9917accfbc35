//! A small workload under every fault.

use alloc::vec::Vec;
use core::fmt;

use super::{Choices, Fault, Medium, test_integrity_key};

use crate::store::{StateStore, UpperStore};

/// Goes through the histories of a workload: in each round the store is opened, reserves, stores an upper signature and is closed;
/// at most one operation a round meets a fault, then the power may go, and one place may rot.
#[derive(Clone, Copy, Debug)]
pub struct Explorer {
    /// How many times the store is opened.
    pub rounds: u32,
    /// How many indices each reservation of a round takes.
    pub counts: &'static [u64],
    /// Whether each round also stores an upper signature.
    pub upper: bool,
    /// Whether the store may refuse after a fault of the medium that a better one survives. Refusing loses the key
    /// and brings no index back, so it is no violation of the contract; it is counted.
    pub may_refuse: bool,
    /// How many rounds come first that meet no fault: with one, the faults meet a key that exists.
    pub spared: u32,
    /// At least as many state-changing operations of the medium as a round can have.
    pub operations: u32,
}

impl Default for Explorer {
    fn default() -> Self {
        Self {
            rounds: 2,
            counts: &[1, 2],
            upper: false,
            may_refuse: false,
            spared: 0,
            // FileStore: creation 8, recovery 4, each reservation at most 6 (raising M), an upper signature 2.
            operations: 32,
        }
    }
}

/// What was gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Complete histories.
    pub histories: u64,
    /// Times that a store was opened, each from a state of the medium of its own.
    pub states: u64,
    /// Reservations that succeeded.
    pub reservations: u64,
    /// Opens that refused, because no bound of the counter was left.
    pub refusals: u64,
}

/// What a store did wrong, and the choices that lead there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The broken rule.
    pub rule: &'static str,
    /// To be repeated with.
    pub choices: Vec<u32>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (choices {:?})", self.rule, self.choices)
    }
}

impl core::error::Error for Violation {}

/// What is known of a history so far.
#[derive(Default)]
struct History {
    /// Every released index lies below.
    released: u64,
    /// The upper signature that was returned, if any.
    upper: Option<Vec<u8>>,
    created: bool,
    /// Something rotted, or a fault met the creation: the store may refuse. A single fault alone must not make it.
    excused: bool,
}

impl Explorer {
    /// Goes through all histories, or through `limit` of them.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn run<M: Medium>(
        &self,
        mut choices: Choices,
        limit: u64,
        mut medium: impl FnMut() -> M,
    ) -> Result<Report, Violation> {
        let mut report = Report::default();
        loop {
            let history = self.history(&mut medium(), &mut choices, &mut report);
            history.map_err(|rule| Violation {
                rule,
                choices: choices.taken(),
            })?;
            report.histories += 1;
            if report.histories == limit || !choices.next_run() {
                return Ok(report);
            }
        }
    }

    fn history<M: Medium>(
        &self,
        medium: &mut M,
        choices: &mut Choices,
        report: &mut Report,
    ) -> Result<(), &'static str> {
        let mut history = History::default();
        for round in 0..self.rounds {
            // The last round has no fault: it is there to see what the faults before it did.
            let last = round + 1 == self.rounds;
            let budget = if last || round < self.spared {
                0
            } else {
                self.operations
            };
            let operation = choices.pick(budget + 1);
            let fault = Fault::ALL[choice(choices, if operation < budget { 3 } else { 1 })];
            medium.inject(
                if operation < budget {
                    operation
                } else {
                    u32::MAX
                },
                fault,
            );
            let creating = !history.created;
            let outcome = self.round(medium, &mut history, report)?;
            let met = operation < budget && medium.operations() > operation;
            history.excused |= met && creating;
            if outcome == Outcome::Refused && !met && !history.excused && !self.may_refuse {
                return Err("a store is refused that nothing has rotted");
            }
            if last {
                break;
            }
            if met && fault == Fault::PowerLoss || choices.pick(2) == 1 {
                medium.power_cycle(choices);
            }
            let rotten = match budget {
                0 => 0,
                _ => choices.pick(medium.rot_places() + 1),
            };
            if rotten > 0 {
                medium.rot(rotten - 1);
                history.excused = true;
            }
        }
        Ok(())
    }

    /// Opens (or creates) the store and works with it until something refuses.
    fn round<M: Medium>(
        &self,
        medium: &mut M,
        history: &mut History,
        report: &mut Report,
    ) -> Result<Outcome, &'static str> {
        let key = test_integrity_key();
        let attempt = if history.created {
            medium.open()
        } else {
            // What a failed creation left behind stays: it must not be taken for a key that has spent nothing.
            history.created = true;
            medium
                .create()
                .and_then(|mut store| store.create(b"record", &key).map(|()| store))
        };
        report.states += 1;
        let opened = attempt.and_then(|mut store| Ok((store.open(&key)?, store)));
        let Ok((opened, mut store)) = opened else {
            report.refusals += 1;
            return Ok(Outcome::Refused);
        };
        if opened.next < history.released {
            return Err("an index that was released is free again after opening");
        }
        for &count in self.counts {
            match store.reserve(opened.epoch, count, u64::MAX) {
                Ok(first) if first < history.released => return Err("an index is released twice"),
                Ok(first) => history.released = first + count,
                Err(_) => return poisoned(&mut store, opened.epoch),
            }
            report.reservations += 1;
        }
        if self.upper {
            upper(&mut store, opened.epoch, history)?;
        }
        Ok(Outcome::Worked)
    }
}

/// What came of a round.
#[derive(PartialEq, Eq)]
enum Outcome {
    Worked,
    Refused,
}

/// After a failed write the handle must not go on.
fn poisoned<S: StateStore>(store: &mut S, epoch: u64) -> Result<Outcome, &'static str> {
    if store.reserve(epoch, 1, u64::MAX).is_ok() {
        return Err("a store goes on after a failed write");
    }
    Ok(Outcome::Worked)
}

/// An upper signature that was returned once is returned ever after.
fn upper<S: UpperStore>(
    store: &mut S,
    epoch: u64,
    history: &mut History,
) -> Result<(), &'static str> {
    // Other bytes in every epoch: what was returned before has to win over them.
    let bytes = [u8::try_from(epoch & 0xff).unwrap_or(0); 200];
    let Ok(stored) = store.put_once(epoch, 1, 3, &bytes) else {
        return Ok(());
    };
    if history
        .upper
        .as_ref()
        .is_some_and(|earlier| *earlier != stored)
    {
        return Err("an upper signature changed");
    }
    history.upper = Some(stored);
    Ok(())
}

fn choice(choices: &mut Choices, n: u32) -> usize {
    usize::try_from(choices.pick(n)).unwrap_or(0)
}
