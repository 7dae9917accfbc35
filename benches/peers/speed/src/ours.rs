//! This project's side of the table, by engine.

pub(crate) mod kernels;
pub(crate) mod mldsa;
pub(crate) mod mlkem;

use crate::measure::Contender;

pub(crate) use pqkm::core::Engine;

/// Ours in one work: an operation by itself, and in a batch or in lockstep.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) single: Option<Contender>,
    pub(crate) together: Option<Contender>,
}

impl Pair {
    pub(crate) fn both(single: Contender, together: Contender) -> Self {
        Self {
            single: Some(single),
            together: Some(together),
        }
    }

    pub(crate) fn alone(single: Contender) -> Self {
        Self {
            single: Some(single),
            together: None,
        }
    }
}

/// The engine of that name, if this CPU runs it.
pub(crate) fn engine(name: &str) -> Option<Engine> {
    Engine::from_name(name).filter(|engine| engine.is_available())
}
