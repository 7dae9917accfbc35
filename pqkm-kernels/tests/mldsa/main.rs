//! ML-DSA on the kernels, against RustCrypto's `ml-dsa`.
#![allow(missing_docs, unreachable_pub, unused, clippy::all, clippy::restriction, clippy::pedantic, reason = "being built")]

mod differential;
mod engine;
