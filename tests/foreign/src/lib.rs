//! Algorithms and key handles that `pqkm-core` does not know, to show that it takes them.
//!
//! They are as simple as can be and protect nothing: a "private key" is 32 bytes, its public half is
//! their SHA-256, and everything else is SHA-256 over the public half.
#![forbid(unsafe_code)]

mod algorithms;
mod handle;
mod one_time;

pub use algorithms::{ToyKem, ToyMac, ToyOneTime, ToyPrivate, ToyPublic};
pub use handle::{Device, DeviceKek, DeviceKem, DevicePrf, DeviceSigner, OwnDevice};
pub use one_time::{ToyIndex, ToyReservation, ToySigner};
