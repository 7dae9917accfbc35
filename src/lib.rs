//! Key management for the post-quantum transition, as a library: one dependency for the whole family.
//!
//! This crate holds no logic. It re-exports the crates of the family, each under its own name:
//!
//! | module | crate | what |
//! |---|---|---|
//! | [`core`] | `pqkm-core` | algorithms and roles as types, key wrapping, encodings |

#![no_std]
#![forbid(unsafe_code)]

pub use pqkm_core as core;
pub use pqkm_core::{is_operational, self_test};

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
