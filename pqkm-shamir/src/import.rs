//! Reading shares that other software made. Nothing is written in their formats.

pub mod sharks;
#[cfg(feature = "slip39")]
pub mod slip39;
