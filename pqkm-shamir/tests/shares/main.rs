//! Shares with their manifest, envelopes, ceremonies and escrow: what holds, and what every attack gets.
#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::integer_division_remainder_used,
    reason = "tests hold no secrets"
)]

mod ceremonies;
mod encodings;
mod envelopes;
mod fixture;
mod manifests;
