//! What is on stable storage, what processes are about to do, and what a commit does.

/// Uses of the key, all told, and of a lease.
pub(crate) const BUDGET: u8 = 3;
pub(crate) const USES: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
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
pub(crate) enum Condition {
    Active,
    Suspended,
    Deactivated,
    Destroyed,
}

/// The record of the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) generation: u8,
    pub(crate) state: Condition,
    pub(crate) issued: u8,
    /// Leases that run: whose they are.
    pub(crate) leases: Vec<usize>,
    pub(crate) dependants: u8,
}

/// What is on stable storage.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Store {
    pub(crate) record: Record,
    /// Rows of dependants, apart from their count in the record.
    pub(crate) dependants: u8,
    /// The primary version, its row's generation, and whether the one rotation of this model is on record.
    pub(crate) primary: u8,
    pub(crate) head: u8,
    pub(crate) rotated: bool,
    /// Generations of the record that events tell of: waiting, and in the log; the generation of the tree's row.
    pub(crate) outbox: Vec<u8>,
    pub(crate) log: Vec<u8>,
    pub(crate) tree: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Lease,
    GiveBack,
    Go(Condition),
    AddDependant,
    RemoveDependant,
    Rotate,
}

/// A change that was decided on, and what it was decided upon.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Change {
    pub(crate) operation: Operation,
    pub(crate) before: Record,
    pub(crate) head: u8,
    pub(crate) after: Record,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Program {
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
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) programs: [Program; 2],
    /// What is left of the lease that each process has.
    pub(crate) leases: [Option<u8>; 2],
    /// What happened, whatever the store says.
    pub(crate) used: u8,
    pub(crate) granted: u8,
    pub(crate) added: u8,
    pub(crate) removed: u8,
    pub(crate) moved: u8,
    /// A change was made to another state of affairs than it was decided upon.
    pub(crate) is_stale: bool,
    /// A key was destroyed that a handle could still use.
    pub(crate) is_early: bool,
    pub(crate) operations: u8,
    pub(crate) crashes: u8,
}

pub(crate) struct Registry {
    pub(crate) variant: Variant,
    pub(crate) operations: u8,
    pub(crate) crashes: u8,
}

impl Registry {
    /// What an operation makes of the record; nothing if it is refused.
    pub(crate) fn decide(
        &self,
        state: &State,
        process: usize,
        operation: Operation,
    ) -> Option<Record> {
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

    pub(crate) fn commit(&self, state: &mut State, process: usize) {
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

    pub(crate) fn finish(&self, state: &mut State, process: usize) {
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

    pub(crate) fn append(&self, state: &mut State, process: usize) {
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
