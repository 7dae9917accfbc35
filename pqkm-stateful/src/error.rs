//! The crate's errors: small, `Copy`, and without anything secret in them.

use core::fmt;

/// Why bytes are not a public key or parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input is shorter or longer than its type codes demand.
    Length,
    /// A typecode that is none of RFC 8554 and RFC 9858.
    UnknownType,
    /// LM-OTS and LMS of one key use different hash functions or output lengths.
    MixedHash,
    /// The number of levels is not in 1..=8.
    Levels,
    /// The heights add up to more than 60.
    TooTall,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "wrong length",
            Self::UnknownType => "unknown typecode",
            Self::MixedHash => "hash functions differ within one key",
            Self::Levels => "number of levels is not 1 to 8",
            Self::TooTall => "heights add up to more than 60",
        })
    }
}

impl core::error::Error for DecodeError {}

/// A signature that does not verify, for whatever reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSignature;

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid signature")
    }
}

impl core::error::Error for InvalidSignature {}
