//! The kernels by themselves. The reference engine has none that can be called.

use pqkm::core::Engine;

use super::Pair;

/// Ours in the ring of ML-KEM.
#[derive(Default)]
pub(crate) struct Ring3329 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) basemul: Pair,
}

/// Ours in the ring of ML-DSA.
#[derive(Default)]
pub(crate) struct Ring8380417 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) pointwise: Pair,
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
