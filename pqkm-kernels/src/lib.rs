//! Vector kernels for post-quantum cryptography: one text per kernel, an instance per instruction set.
//!
//! A kernel is written once, generic over [`lanes::Lanes`], and runs as portable Rust, AVX2 or AVX-512.
//! What a CPU can do is a capability token ([`lanes::Token`]): it is made by detection alone, and every
//! method on it is safe.
//!
//! ```
//! use pqkm_kernels::lanes::{Portable, Token};
//! let portable = Portable::detect().expect("runs everywhere");
//! assert_eq!(Portable::NAME, "portable");
//! # let _ = portable;
//! ```
//!
//! # What it does not do
//!
//! It holds no keys, draws no randomness and implements no scheme: it is the arithmetic below `pqkm-core`,
//! which is what an application uses.
//!
//! # Threat model
//!
//! No branch, memory address or division depends on a secret. Functions whose time depends on their input
//! say so with the prefix `vartime_` and take public data. Nothing is claimed against power analysis,
//! electromagnetic emission or fault injection.
//!
//! # Features
//!
//! | feature | meaning |
//! |---|---|
//! | `std` (default) | tokens are detected at run time; without it they follow the build's target features |
//!
//! `RUSTFLAGS='--cfg pqkm_backend="portable"'` (or `"avx2"`) is a ceiling for tests: wider tokens are not given.
//!
//! # Modules, in reading order
//!
//! [`lanes`] (instruction sets and the only `unsafe` of ordinary builds), [`rows`], [`keccak`], [`seed`], [`mlkem`],
//! [`mldsa`], [`lms`], [`sha256`], [`shake`], [`gf256`], [`memcheck`].
#![no_std]
#![deny(unsafe_code)]
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "arrays of fixed size under constant indices, and conversions between widths, are what kernels are made of"
)]
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::cast_lossless,
        clippy::integer_division_remainder_used,
        clippy::std_instead_of_alloc,
        trivial_numeric_casts,
        reason = "tests hold no secrets, and their models convert freely"
    )
)]

#[cfg(any(test, feature = "std"))]
extern crate std;

#[cfg(test)]
#[macro_use]
mod testing;

#[macro_use]
mod engines;
#[macro_use]
mod kernel;

pub mod gf256;
pub mod keccak;
pub mod lanes;
pub mod lms;
pub mod memcheck;
pub mod mldsa;
pub mod mlkem;
pub mod rows;
pub mod seed;
pub mod sha256;
pub mod shake;
