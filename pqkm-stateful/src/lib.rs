//! LMS and HSS signatures whose one-time keys are never used twice.
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
#[cfg(feature = "alloc")]
mod tree;
mod wire;

pub use error::{DecodeError, InvalidSignature, OpenError, ReserveError, SignError, StoreError};
pub use hss::{HssParameters, HssVerifyingKey};
pub use lms::LmsVerifyingKey;
pub use params::{
    HashFunction, ID_LEN, LmotsAlgorithm, LmsAlgorithm, MAX_H, MAX_LEVELS, MAX_N, MAX_P,
};
#[cfg(feature = "std")]
pub use signer::{
    HssSigner, KeyId, OneTimeIndex, Reservation, SignerOptions, WrapError, WrappingKey,
};
