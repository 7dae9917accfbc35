//! Key management for the post-quantum transition, as a library: one dependency for the whole family.
//!
//! This crate holds no logic. It re-exports the crates of the family, each under its own name:
//!
//! | module | crate | what |
//! |---|---|---|
//! | [`core`] | `pqkm-core` | algorithms and roles as types, key wrapping, encodings |
#![cfg_attr(
    feature = "stateful",
    doc = "| [`stateful`] | `pqkm-stateful` | LMS and HSS whose one-time keys are never used twice |"
)]
#![cfg_attr(
    feature = "composite",
    doc = "| [`composite`] | `pqkm-composite` | composite signatures and KEMs, certificates |"
)]
#![cfg_attr(
    feature = "lifecycle",
    doc = "| [`lifecycle`] | `pqkm-lifecycle` | key states as types, registry, audit log |"
)]
#![cfg_attr(
    feature = "shamir",
    doc = "| [`shamir`] | `pqkm-shamir` | k-of-n sharing of master keys, ceremonies, escrow |"
)]
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "composite")]
pub use pqkm_composite as composite;
pub use pqkm_core as core;
pub use pqkm_core::{is_operational, self_test};
#[cfg(feature = "lifecycle")]
pub use pqkm_lifecycle as lifecycle;
#[cfg(feature = "shamir")]
pub use pqkm_shamir as shamir;
#[cfg(feature = "stateful")]
pub use pqkm_stateful as stateful;

/// The README's program is a test.
#[cfg(all(doctest, feature = "getrandom"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// So are the guide's.
#[cfg(all(doctest, feature = "getrandom"))]
#[doc = include_str!("../docs/guide/choosing-an-algorithm.md")]
struct ChoosingAnAlgorithm;

#[cfg(all(doctest, feature = "getrandom"))]
#[doc = include_str!("../docs/guide/kem-is-not-key-exchange.md")]
struct KemIsNotKeyExchange;
