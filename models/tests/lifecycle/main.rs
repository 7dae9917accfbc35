//! A model of a registry's operations: two processes on one store, each of which reads, decides and makes one commit, and
//! may crash between any two of these; leases that outlive what they were decided upon; two sequencers of one log.
//! Explored completely for small bounds.
//!
//! What is modelled is docs/design/lifecycle.md: a commit compares the generation of every row it writes and appends its
//! event; an allowance is in the record before the handle has it. Each fault that is planted must break a property.
#![allow(missing_docs, reason = "a test")]

use stateright::{Checker as _, Model, Property};

mod rules;

use rules::{
    BUDGET, Change, Condition, Operation, Program, Record, Registry, State, Store, Variant,
};

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Decide(usize, Operation),
    Commit(usize),
    Finish(usize),
    ReadTree(usize),
    Append(usize),
    Use(usize),
    /// Time passes: leases that nobody has any more expire.
    Expire,
    Crash(usize),
}

impl Model for Registry {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            store: Store {
                record: Record {
                    generation: 1,
                    state: Condition::Active,
                    issued: 0,
                    leases: Vec::new(),
                    dependants: 0,
                },
                dependants: 0,
                primary: 1,
                head: 1,
                rotated: false,
                outbox: vec![1],
                log: Vec::new(),
                tree: 1,
            },
            programs: [Program::Idle, Program::Idle],
            leases: [None, None],
            used: 0,
            granted: 0,
            added: 0,
            removed: 0,
            moved: 0,
            is_stale: false,
            is_early: false,
            operations: 0,
            crashes: 0,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        use Condition::{Active, Deactivated, Destroyed, Suspended};
        for process in 0..2 {
            match &state.programs[process] {
                Program::Idle => {
                    if state.operations < self.operations {
                        let goals = [Active, Suspended, Deactivated, Destroyed];
                        let others = [
                            Operation::Lease,
                            Operation::GiveBack,
                            Operation::AddDependant,
                            Operation::RemoveDependant,
                            Operation::Rotate,
                        ];
                        let all = goals.map(Operation::Go).into_iter().chain(others);
                        actions.extend(all.map(|operation| Action::Decide(process, operation)));
                        if !state.store.outbox.is_empty() {
                            actions.push(Action::ReadTree(process));
                        }
                    }
                    if state.leases[process].is_some_and(|left| left > 0) {
                        actions.push(Action::Use(process));
                    }
                }
                Program::Decided(_) => actions.push(Action::Commit(process)),
                Program::Half(_) => actions.push(Action::Finish(process)),
                Program::Sequencing { .. } => actions.push(Action::Append(process)),
            }
            if state.crashes < self.crashes {
                actions.push(Action::Crash(process));
            }
        }
        actions.push(Action::Expire);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Decide(process, operation) => {
                let after = self.decide(last, process, operation)?;
                state.operations += 1;
                if operation == Operation::Lease && self.variant == Variant::AllowanceNotDurable {
                    state.leases[process] = Some(after.issued - last.store.record.issued);
                }
                state.programs[process] = Program::Decided(Change {
                    operation,
                    before: last.store.record.clone(),
                    head: last.store.head,
                    after,
                });
            }
            Action::Commit(process) => self.commit(&mut state, process),
            Action::Finish(process) => self.finish(&mut state, process),
            Action::ReadTree(process) => {
                state.operations += 1;
                state.programs[process] = Program::Sequencing {
                    tree: last.store.tree,
                    events: last.store.outbox.clone(),
                };
            }
            Action::Append(process) => self.append(&mut state, process),
            Action::Use(process) => {
                state.leases[process] = last.leases[process].map(|left| left - 1);
                state.used += 1;
            }
            // A lease that runs out in the record has run out in the handle: both look at one clock.
            Action::Expire => {
                state.store.record.leases.clear();
                state.leases = [None, None];
            }
            Action::Crash(process) => {
                state.crashes += 1;
                state.programs[process] = Program::Idle;
                state.leases[process] = None;
            }
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::<Self>::always(
                "every change has its event and every event its change",
                |model, state| {
                    // While a change is made in two commits, nobody looks; after a crash, everybody does.
                    let is_between = state
                        .programs
                        .iter()
                        .any(|program| matches!(program, Program::Half(_)));
                    let split = matches!(
                        model.variant,
                        Variant::EventAfterChange | Variant::EventBeforeChange
                    );
                    let mut told = [state.store.log.clone(), state.store.outbox.clone()].concat();
                    told.sort_unstable();
                    (split && is_between) || told.into_iter().eq(1..=state.store.record.generation)
                },
            ),
            Property::<Self>::always("the log is in the order of changes", |_, state| {
                state
                    .store
                    .log
                    .iter()
                    .copied()
                    .eq(1..=u8::try_from(state.store.log.len()).unwrap_or(0))
            }),
            Property::<Self>::always("no update is lost", |_, state| {
                let store = &state.store;
                let record = &store.record;
                !state.is_stale
                    && store.dependants == state.added - state.removed
                    && record.issued == state.granted
            }),
            Property::<Self>::always(
                "no use beyond what was leased, nor beyond the budget",
                |_, state| {
                    let in_hand: u8 = state.leases.iter().flatten().sum();
                    state.used + in_hand <= state.store.record.issued
                        && state.store.record.issued <= BUDGET
                },
            ),
            Property::<Self>::always("the primary moves once", |_, state| state.moved <= 1),
            Property::<Self>::always("nothing depends on a destroyed key", |_, state| {
                state.store.record.state != Condition::Destroyed || state.store.dependants == 0
            }),
            Property::<Self>::always("nobody can use a destroyed key", |_, state| !state.is_early),
            Property::<Self>::sometimes("a key is destroyed", |_, state| {
                state.store.record.state == Condition::Destroyed
            }),
            Property::<Self>::sometimes("a budget is used up", |_, state| state.used == BUDGET),
            Property::<Self>::sometimes("uses are lost in a crash", |_, state| {
                state.crashes > 0
                    && state.leases == [None, None]
                    && state.used < state.store.record.issued
            }),
        ]
    }
}

/// The properties that a variant breaks.
fn broken(variant: Variant, operations: u8) -> Vec<&'static str> {
    let model = Registry {
        variant,
        operations,
        crashes: 1,
    };
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!(
        "{variant:?}: {} states, {} of them different",
        checker.state_count(),
        checker.unique_state_count()
    );
    let mut broken: Vec<_> = checker
        .discoveries()
        .into_keys()
        .filter(|name| {
            ![
                "a key is destroyed",
                "a budget is used up",
                "uses are lost in a crash",
            ]
            .contains(name)
        })
        .collect();
    broken.sort_unstable();
    if variant == Variant::Sound {
        assert!(checker.is_done());
        assert_eq!(
            checker.discoveries().len(),
            3,
            "all that should happen happens"
        );
    }
    broken
}

#[test]
fn the_registry_is_sound() {
    assert_eq!(broken(Variant::Sound, 5), [""; 0]);
}

#[test]
fn every_planted_fault_is_found() {
    const UPDATE: &str = "no update is lost";
    const EVENT: &str = "every change has its event and every event its change";
    for (variant, operations, property) in [
        (Variant::NoGenerationCheck, 3, UPDATE),
        (
            Variant::AllowanceNotDurable,
            3,
            "no use beyond what was leased, nor beyond the budget",
        ),
        (Variant::EventAfterChange, 3, EVENT),
        (Variant::EventBeforeChange, 3, EVENT),
        (Variant::TreeNotCompared, 3, EVENT),
        (
            Variant::DependantsElsewhere,
            4,
            "nothing depends on a destroyed key",
        ),
        (Variant::OperationForgotten, 3, "the primary moves once"),
        (Variant::LeasesIgnored, 4, "nobody can use a destroyed key"),
    ] {
        let broken = broken(variant, operations);
        assert!(broken.contains(&property), "{variant:?} breaks {broken:?}");
    }
}
