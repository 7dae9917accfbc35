//! ML-DSA on the kernels: the model that the tests compare and the benches time.
#![allow(missing_docs, unreachable_pub, unused, clippy::all, clippy::restriction, clippy::pedantic, reason = "being built")]

pub mod backend;
pub mod encode;
pub mod expand;
pub mod keys;
pub mod params;
pub mod sign;
pub mod verify;
