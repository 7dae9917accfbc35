//! Key management for the post-quantum transition, as a library: one dependency for the whole family.
//!
//! This crate holds no logic. It re-exports the crates of the family, each under its own name:
//!
//! | module | crate | what |
//! |---|---|---|
//! | [`core`] | `pqkm-core` | algorithms and roles as types, key wrapping, encodings |
//! | `shamir` (feature `shamir`) | `pqkm-shamir` | k-of-n sharing of master keys, ceremonies, escrow |

#![no_std]
#![forbid(unsafe_code)]

pub use pqkm_core as core;
pub use pqkm_core::{is_operational, self_test};
#[cfg(feature = "shamir")]
pub use pqkm_shamir as shamir;

/// The README's program is a test.
#[cfg(all(doctest, feature = "getrandom"))]
#[doc = include_str!("../README.md")]
struct Readme;
