//! A model of a registry's operations: two processes on one store, each of which reads, decides and makes one commit, and
//! may crash between any two of these; leases that outlive what they were decided upon; two sequencers of one log.
//! Explored completely for small bounds.
//!
//! What is modelled is docs/design/lifecycle.md: a commit compares the generation of every row it writes and appends its
//! event; an allowance is in the record before the handle has it. Each fault that is planted must break a property.
#![allow(missing_docs, reason = "a test")]

use stateright::{Checker as _, Model, Property};

/// Uses of the key, all told, and of a lease.
const BUDGET: u8 = 3;
const USES: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    /// As the crate does it.
    Sound,
    /// A commit writes whatever generation there is.
    NoGenerationCheck,
    /// The handle has its allowance before the record has.
    AllowanceNotDurable,
    /// The record changes in one commit, its event follows in another.
    EventAfterChange,
    /// The event is appended in one commit, the change follows in another.
    EventBeforeChange,
    /// A sequencer does not compare the tree that it appends to.
    TreeNotCompared,
    /// What depends on the key is not counted in its record.
    DependantsElsewhere,
    /// Whether an operation was done before is not looked up.
    OperationForgotten,
    /// Destruction does not look at leases.
    LeasesIgnored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Condition {
    Active,
    Suspended,
    Deactivated,
    Destroyed,
}

/// The record of the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Record {
    generation: u8,
    state: Condition,
    issued: u8,
    /// Leases that run: whose they are.
    leases: Vec<usize>,
    dependants: u8,
}

/// What is on stable storage.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Store {
    record: Record,
    /// Rows of dependants, apart from their count in the record.
    dependants: u8,
    /// The primary version, its row's generation, and whether the one rotation of this model is on record.
    primary: u8,
    head: u8,
    rotated: bool,
    /// Generations of the record that events tell of: waiting, and in the log; the generation of the tree's row.
    outbox: Vec<u8>,
    log: Vec<u8>,
    tree: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operation {
    Lease,
    GiveBack,
    Go(Condition),
    AddDependant,
    RemoveDependant,
    Rotate,
}

/// A change that was decided on, and what it was decided upon.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Change {
    operation: Operation,
    before: Record,
    head: u8,
    after: Record,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Program {
    Idle,
    Decided(Change),
    /// One half of a change is made: the other is still to come.
    Half(Change),
    /// A sequencer has read the tree and what waits.
    Sequencing {
        tree: u8,
        events: Vec<u8>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    store: Store,
    programs: [Program; 2],
    /// What is left of the lease that each process has.
    leases: [Option<u8>; 2],
    /// What happened, whatever the store says.
    used: u8,
    granted: u8,
    added: u8,
    removed: u8,
    moved: u8,
    /// A change was made to another state of affairs than it was decided upon.
    is_stale: bool,
    /// A key was destroyed that a handle could still use.
    is_early: bool,
    operations: u8,
    crashes: u8,
}

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

struct Registry {
    variant: Variant,
    operations: u8,
    crashes: u8,
}

impl Registry {
    /// What an operation makes of the record; nothing if it is refused.
    fn decide(&self, state: &State, process: usize, operation: Operation) -> Option<Record> {
        use Condition::{Active, Deactivated, Destroyed, Suspended};
        let store = &state.store;
        let mut after = store.record.clone();
        match operation {
            Operation::Lease => {
                after.leases.retain(|owner| *owner != process);
                let uses = USES.min(BUDGET - after.issued);
                if after.state != Active || uses == 0 {
                    return None;
                }
                after.issued += uses;
                after.leases.push(process);
            }
            Operation::GiveBack => {
                let left = state.leases[process]?;
                if !after.leases.contains(&process) {
                    return None;
                }
                after.leases.retain(|owner| *owner != process);
                after.issued -= left;
            }
            Operation::Go(to) => {
                match (after.state, to) {
                    (Active, Suspended)
                    | (Suspended, Active)
                    | (Active | Suspended, Deactivated) => {}
                    (Deactivated, Destroyed) => {
                        let others = after.leases.iter().any(|owner| *owner != process);
                        let waits = others && self.variant != Variant::LeasesIgnored;
                        let dependants = match self.variant {
                            Variant::DependantsElsewhere => store.dependants,
                            _ => after.dependants,
                        };
                        if dependants > 0 || waits {
                            return None;
                        }
                        after.leases.clear();
                    }
                    _ => return None,
                }
                after.state = to;
            }
            Operation::AddDependant => {
                if after.state == Destroyed || store.dependants >= 2 {
                    return None;
                }
                after.dependants += 1;
            }
            Operation::RemoveDependant => after.dependants = after.dependants.checked_sub(1)?,
            Operation::Rotate => {
                let done = store.rotated && self.variant != Variant::OperationForgotten;
                if done || after.state != Active {
                    return None;
                }
            }
        }
        after.generation += 1;
        Some(after)
    }

    fn is_current(&self, store: &Store, change: &Change) -> bool {
        let of_record = store.record.generation == change.before.generation
            || self.variant == Variant::NoGenerationCheck
            || self.is_apart(change.operation);
        let of_head = store.head == change.head
            || change.operation != Operation::Rotate
            || self.variant == Variant::NoGenerationCheck;
        of_record && of_head
    }

    /// Whether the operation leaves the record alone.
    fn is_apart(&self, operation: Operation) -> bool {
        self.variant == Variant::DependantsElsewhere
            && matches!(
                operation,
                Operation::AddDependant | Operation::RemoveDependant
            )
    }

    /// Puts a change on stable storage, its event apart.
    fn apply(&self, state: &mut State, process: usize, change: &Change) {
        let store = &mut state.store;
        let others = state.leases.iter().enumerate();
        let usable =
            others.filter(|(owner, left)| *owner != process && left.is_some_and(|left| left > 0));
        if change.after.state == Condition::Destroyed && store.record.state != Condition::Destroyed
        {
            state.is_early |= usable.count() > 0;
        }
        match change.operation {
            Operation::AddDependant => {
                store.dependants += 1;
                state.added += 1;
            }
            Operation::RemoveDependant => {
                store.dependants = store.dependants.saturating_sub(1);
                state.removed += 1;
            }
            Operation::Rotate => {
                store.primary += 1;
                store.head += 1;
                store.rotated = true;
                state.moved += 1;
            }
            Operation::Lease => {
                let uses = change.after.issued - change.before.issued;
                state.granted += uses;
                if self.variant != Variant::AllowanceNotDurable {
                    state.leases[process] = Some(uses);
                }
            }
            Operation::GiveBack => {
                state.granted -= change.before.issued - change.after.issued;
                state.leases[process] = None;
            }
            Operation::Go(_) => {}
        }
        if !self.is_apart(change.operation) {
            let decided_upon = |record: &Record| (record.state, record.issued, record.dependants);
            state.is_stale |= decided_upon(&store.record) != decided_upon(&change.before);
            store.record = change.after.clone();
        }
    }

    fn tell(&self, store: &mut Store, change: &Change) {
        if !self.is_apart(change.operation) {
            store.outbox.push(change.after.generation);
        }
    }

    fn commit(&self, state: &mut State, process: usize) {
        let Program::Decided(change) = state.programs[process].clone() else {
            return;
        };
        state.programs[process] = Program::Idle;
        if !self.is_current(&state.store, &change) {
            return;
        }
        match self.variant {
            Variant::EventAfterChange => {
                self.apply(state, process, &change);
                state.programs[process] = Program::Half(change);
            }
            Variant::EventBeforeChange => {
                self.tell(&mut state.store, &change);
                state.programs[process] = Program::Half(change);
            }
            _ => {
                self.apply(state, process, &change);
                self.tell(&mut state.store, &change);
            }
        }
    }

    fn finish(&self, state: &mut State, process: usize) {
        let Program::Half(change) = state.programs[process].clone() else {
            return;
        };
        state.programs[process] = Program::Idle;
        if self.variant == Variant::EventAfterChange {
            self.tell(&mut state.store, &change);
        } else if self.is_current(&state.store, &change) {
            self.apply(state, process, &change);
        }
    }

    fn append(&self, state: &mut State, process: usize) {
        let Program::Sequencing { tree, events } = state.programs[process].clone() else {
            return;
        };
        state.programs[process] = Program::Idle;
        let store = &mut state.store;
        let is_current = tree == store.tree || self.variant == Variant::TreeNotCompared;
        if is_current {
            store.outbox.retain(|event| !events.contains(event));
            store.log.extend(events);
            store.tree += 1;
        }
    }
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
