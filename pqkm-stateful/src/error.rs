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

/// Why a store did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such store.
    Missing,
    /// There is a key already.
    Exists,
    /// A creation that did not end. Nobody got a public key from it: it may be deleted.
    Incomplete,
    /// What is stored cannot be trusted, and no safe lower bound of the counter is known.
    Corrupt,
    /// Open elsewhere, in this process or another.
    Locked,
    /// The path is a symbolic link, has a second hard link, or is no file.
    Linked,
    /// The epoch of the call is over: the key was opened again.
    Fenced,
    /// Fewer one-time keys are left than were asked for.
    Exhausted {
        /// How many are left.
        remaining: u64,
    },
    /// A read failed, or a file could not be opened or created.
    Io {
        /// The operating system's code.
        code: Option<i32>,
    },
    /// A write or sync failed: nobody knows whether it is durable. The store is poisoned.
    Indeterminate {
        /// The operating system's code.
        code: Option<i32>,
    },
    /// An earlier failure, or never opened: open it anew.
    Poisoned,
    /// The bytes do not fit the store.
    TooLarge,
    /// The store has forgotten what its anchor remembers: it is an older copy of itself.
    RolledBack,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no key at this place"),
            Self::Exists => f.write_str("a key exists at this place"),
            Self::Incomplete => f.write_str("the creation of this key did not end"),
            Self::Corrupt => f.write_str("stored state cannot be trusted"),
            Self::Locked => f.write_str("the key is open elsewhere"),
            Self::Linked => f.write_str("not a plain file with a single name"),
            Self::Fenced => f.write_str("the key was opened again since"),
            Self::Exhausted { remaining } => write!(f, "only {remaining} one-time keys are left"),
            Self::Io { code: Some(code) } => write!(f, "input or output failed (code {code})"),
            Self::Io { code: None } => f.write_str("input or output failed"),
            Self::Indeterminate { .. } => f.write_str("a write failed, its outcome is unknown"),
            Self::Poisoned => f.write_str("the store must be opened anew"),
            Self::TooLarge => f.write_str("does not fit the store"),
            Self::RolledBack => f.write_str("the store is older than its anchor"),
        }
    }
}

impl core::error::Error for StoreError {}

/// Why a key was not created or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The store.
    Store(StoreError),
    /// The record of the key is not one.
    Decode(DecodeError),
    /// The wrapping key does not fit the record, or the record was altered.
    WrongKey,
    /// The node cache is not one of this key.
    Cache,
    /// The wrapping key did not wrap the secrets of a new key.
    #[cfg(feature = "std")]
    Wrap(pqkm_core::WrapError),
    /// The random number generator failed.
    Rng,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store(_) => "the store refused",
            Self::Decode(_) => "not a key record",
            Self::WrongKey => "wrong wrapping key or altered record",
            Self::Cache => "not the node cache of this key",
            #[cfg(feature = "std")]
            Self::Wrap(_) => "the secrets could not be wrapped",
            Self::Rng => "the random number generator failed",
        })
    }
}

impl core::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::Decode(error) => Some(error),
            #[cfg(feature = "std")]
            Self::Wrap(error) => Some(error),
            Self::WrongKey | Self::Cache | Self::Rng => None,
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DecodeError> for OpenError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

#[cfg(feature = "std")]
impl From<pqkm_core::WrapError> for OpenError {
    fn from(error: pqkm_core::WrapError) -> Self {
        match error {
            pqkm_core::WrapError::Randomness => Self::Rng,
            other => Self::Wrap(other),
        }
    }
}

/// Why no indices were reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReserveError {
    /// Fewer one-time keys are left than were asked for; nothing is spent.
    Exhausted {
        /// How many are left.
        remaining: u64,
    },
    /// This process is a child of the one that opened the key.
    Forked,
    /// A self-test failed earlier; the library refuses work.
    NotOperational,
    /// The store; open the key anew.
    Store(StoreError),
}

impl fmt::Display for ReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhausted { remaining } => write!(f, "only {remaining} one-time keys are left"),
            Self::Forked => f.write_str("the key was opened by another process"),
            Self::NotOperational => f.write_str("the library is in its error state"),
            Self::Store(_) => f.write_str("the store refused"),
        }
    }
}

impl core::error::Error for ReserveError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::Exhausted { .. } | Self::Forked | Self::NotOperational => None,
        }
    }
}

impl From<StoreError> for ReserveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Exhausted { remaining } => Self::Exhausted { remaining },
            other => Self::Store(other),
        }
    }
}

/// Why no signature was made. The index is burned in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// Nothing is left in the reservation.
    ReservationEmpty,
    /// The index was reserved for another key.
    ForeignIndex,
    /// The index was reserved before the key was opened again.
    StaleIndex,
    /// This process is a child of the one that opened the key or reserved the index.
    Forked,
    /// The random number generator failed.
    Rng,
    /// A self-test failed earlier; the library refuses work.
    NotOperational,
    /// The signature did not verify: something computed or remembered wrongly.
    Fault,
    /// The store holds a signature for an upper tree that is not of this key.
    Conflict,
    /// The store did not keep the signature of an upper tree.
    Store(StoreError),
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReservationEmpty => "the reservation is empty",
            Self::ForeignIndex => "the index belongs to another key",
            Self::StaleIndex => "the key was opened again since the reservation",
            Self::Forked => "the index or the key belongs to another process",
            Self::Rng => "the random number generator failed",
            Self::NotOperational => "the library is in its error state",
            Self::Fault => "a computation went wrong",
            Self::Conflict => "the store holds a signature that does not fit",
            Self::Store(_) => "the store refused",
        })
    }
}

impl core::error::Error for SignError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StoreError> for SignError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[cfg(feature = "std")]
impl From<ReserveError> for pqkm_core::ReserveError {
    fn from(error: ReserveError) -> Self {
        match error {
            ReserveError::Exhausted { remaining } => Self::Exhausted { remaining },
            ReserveError::NotOperational => Self::NotOperational,
            ReserveError::Store(StoreError::Indeterminate { .. }) => Self::Unknown,
            ReserveError::Forked | ReserveError::Store(_) => Self::Refused,
        }
    }
}

#[cfg(feature = "std")]
impl From<SignError> for pqkm_core::SignError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Rng => Self::Randomness,
            SignError::Fault => Self::Fault,
            SignError::NotOperational => Self::NotOperational,
            SignError::ReservationEmpty => Self::NoIndex,
            _ => Self::Refused,
        }
    }
}
