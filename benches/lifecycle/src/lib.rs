//! Nothing but benches: see `benches/lifecycle.rs`.
