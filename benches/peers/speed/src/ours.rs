//! This project's side of the table, by engine.

/// An engine of pqkm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Reference,
    Portable,
    Avx2,
    Avx512,
}

impl Engine {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "reference" => Some(Self::Reference),
            "portable" => Some(Self::Portable),
            "avx2" => Some(Self::Avx2),
            "avx512" => Some(Self::Avx512),
            _ => None,
        }
    }

    pub(crate) fn detect() -> Self {
        Self::Reference
    }
}

use std::rc::Rc;

use crate::fixture::{mldsa, mlkem};
use crate::measure::Contender;

/// Ours in one work: an operation by itself, and in a batch or in lockstep.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) single: Option<Contender>,
    pub(crate) together: Option<Contender>,
}

#[derive(Default)]
pub(crate) struct Kem {
    pub(crate) generate: Pair,
    pub(crate) encapsulate_bytes: Pair,
    pub(crate) encapsulate_prepared: Pair,
    pub(crate) decapsulate_prepared: Pair,
}

#[derive(Default)]
pub(crate) struct Dsa {
    pub(crate) generate: Pair,
    pub(crate) sign_prepared: Pair,
    pub(crate) verify_bytes: Pair,
    pub(crate) verify_prepared: Pair,
}

#[derive(Default)]
pub(crate) struct Ring3329 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) basemul: Pair,
}

#[derive(Default)]
pub(crate) struct Ring8380417 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) pointwise: Pair,
}

pub(crate) fn kem(_: Engine, _: &Rc<mlkem::Fixture>) -> Kem {
    Kem::default()
}

pub(crate) fn dsa(_: Engine, _: &Rc<mldsa::Fixture>) -> Dsa {
    Dsa::default()
}

pub(crate) fn ring3329(_: Engine) -> Ring3329 {
    Ring3329::default()
}

pub(crate) fn ring8380417(_: Engine) -> Ring8380417 {
    Ring8380417::default()
}

pub(crate) fn keccak(_: Engine) -> Pair {
    Pair::default()
}
