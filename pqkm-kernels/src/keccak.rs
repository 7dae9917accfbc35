//! Keccak-f\[1600\] and the sponges of FIPS 202, one message a lane.
//!
//! [`Xof`] absorbs as many messages of equal length as a token has lanes and gives their output block by
//! block, as words in lanes or as bytes. [`Rows`](crate::rows::Rows) and [`RowsMut`](crate::rows::RowsMut) are the messages and outputs of such a group;
//! a group with fewer rows than lanes is padded.
//!
//! # Side channels
//!
//! Time depends on the lengths only.

mod permutation;
mod xof;

#[cfg(test)]
mod tests;

pub(crate) use permutation::permute_some;
pub use permutation::{permute, permute_one};
pub use xof::{SHA3_256, SHA3_512, SHAKE128, SHAKE256, Sponge, Xof, hash};
