//! The ring of ML-KEM against the standard's tables, slow models, other crates, and a proof of its bounds.

mod bounds;
mod expand;
mod reductions;
mod rehash;
mod slow;
mod transform;
