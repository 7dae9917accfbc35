//! LMS and HSS signatures whose one-time keys are never used twice.
//!
//! An index is spent on stable storage before a signature with it can exist: [`HssSigner::reserve`] returns when its indices are
//! durably spent, and [`HssSigner::sign_at`] takes one by value. Verification needs neither a store nor a heap:
//!
//! ```
//! use pqkm_stateful::{DecodeError, HssVerifyingKey};
//! assert_eq!(HssVerifyingKey::from_bytes(&[0, 0, 0, 9]), Err(DecodeError::Levels));
//! ```
//!
//! # What it does not do
//!
//! It cannot see a copied file, a restored backup or a disk that forgets what it acknowledged: the design page says what software sees.
//! It has no XMSS, and no store that several machines share.
//!
//! # Threat model
//!
//! The crate guards against crashes, failed and torn writes, rotted blocks, second processes, forks and stale handles. It
//! keeps the seed encrypted at rest under the caller's key, and zeroizes it in memory. Nothing is claimed against whoever can
//! replace the state with an older version of itself, nor against power analysis.
//!
//! # Features
//!
//! | feature | meaning |
//! |---|---|
//! | `std` (default) | stores, signer, run-time CPU detection |
//! | `rayon` | key generation over threads as well as lanes |
//! | `redb` (default) | a store in an embedded database |
//! | `alloc` | trees; [`Hss`] as an algorithm of `pqkm-core` |
//! | `conformance` | the suite that a store has to pass, with a simulated disk |
//! | `hazmat` | signing under a chosen index, for test vectors |
//!
//! # Modules, in reading order
//!
//! `params`, `hash`, `lmots`, `lms`, `hss` (verification); `algorithm`; `tree`, `secret`; [`store`] and its `file`; `signer`.
#![doc = include_str!("../../docs/design/stateful.md")]
#![no_std]
#![forbid(unsafe_code)]
#![expect(
    clippy::indexing_slicing,
    reason = "lengths are fixed by the parameter sets; input from outside goes through `wire`"
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "alloc")]
mod algorithm;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod hash;
#[cfg(feature = "hazmat")]
pub mod hazmat;
mod hss;
mod lmots;
mod lms;
mod params;
#[cfg(feature = "alloc")]
mod secret;
#[cfg(feature = "std")]
mod signer;
#[cfg(feature = "alloc")]
pub mod store;
#[cfg(feature = "std")]
mod sync;
#[cfg(feature = "alloc")]
mod tree;
#[cfg(feature = "std")]
pub mod usage;
mod wire;

#[cfg(feature = "alloc")]
pub use algorithm::{Hss, HssPublic};
pub use error::{DecodeError, InvalidSignature, OpenError, ReserveError, SignError, StoreError};
pub use hss::{HssParameters, HssVerifyingKey};
pub use lms::LmsVerifyingKey;
pub use params::{
    HashFunction, ID_LEN, LmotsAlgorithm, LmsAlgorithm, MAX_H, MAX_LEVELS, MAX_N, MAX_P,
};
#[cfg(feature = "std")]
pub use signer::{
    HssSigner, KeyGeneration, OneShot, OneTimeIndex, Progress, Reservation, SignerOptions,
    TransferError, Transferred,
};
