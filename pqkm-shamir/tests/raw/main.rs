//! Splitting and combining of byte strings: against a model of their own, exhaustively where the domain is small, and
//! by statistics where it is not.
#![expect(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::integer_division_remainder_used,
    reason = "tests hold no secrets"
)]

mod combining;
mod model;
mod secrecy;
mod statistics;
