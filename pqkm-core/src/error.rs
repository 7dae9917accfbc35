//! Errors: small closed enums without strings. None carries a secret or depends on one.
//!
//! After an error, outputs are unchanged or zeroized: every function here returns its output by value
//! and returns none of it together with an error.

use core::{error::Error, fmt};

/// Declares a closed error enum whose `Display` is a lower-case phrase.
macro_rules! errors {
    ($(
        $(#[$meta:meta])*
        $name:ident { $( $(#[$vmeta:meta])* $variant:ident => $text:literal, )+ }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$vmeta])* $variant, )+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $( Self::$variant => $text, )+ })
            }
        }

        impl Error for $name {}
    )+};
}

errors! {
    /// A key could not be generated.
    GenerateError {
        /// The random number generator failed; nothing was generated.
        Randomness => "the random number generator failed",
        /// The new pair did not pass its pairwise consistency test and was discarded.
        PairwiseConsistency => "the new key pair failed its pairwise consistency test",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
        /// The device or backend that holds the key refused.
        Refused => "the holder of the key refused",
    }

    /// A signature could not be made.
    SignError {
        /// The random number generator failed; no signature was made.
        Randomness => "the random number generator failed",
        /// The computation did not produce a signature that verifies.
        Fault => "the signature did not verify before release",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
        /// The device or backend that holds the key refused.
        Refused => "the holder of the key refused",
    }

    /// A shared secret could not be encapsulated.
    EncapsulateError {
        /// The random number generator failed; nothing was encapsulated.
        Randomness => "the random number generator failed",
        /// The encapsulation key cannot be used (for example a point whose shared secret is zero).
        InvalidKey => "the encapsulation key cannot be used",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
        /// The device or backend that holds the key refused.
        Refused => "the holder of the key refused",
    }

    /// A ciphertext could not be decapsulated.
    ///
    /// ML-KEM never returns `Failed`: FIPS 203 answers an invalid ciphertext with a pseudorandom
    /// secret (implicit rejection), which is not an error.
    DecapsulateError {
        /// The ciphertext was rejected. There is no other reason to be had.
        Failed => "decapsulation failed",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
        /// The device or backend that holds the key refused.
        Refused => "the holder of the key refused",
    }

    /// A key could not be wrapped, or a payload not be sealed.
    WrapError {
        /// The random number generator failed; nothing was wrapped.
        Randomness => "the random number generator failed",
        /// The wrapping key cannot be used.
        InvalidKey => "the wrapping key cannot be used",
        /// The key or payload is longer than the format carries.
        TooLong => "the key or payload is too long for the format",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
        /// The device or backend that holds the key refused.
        Refused => "the holder of the key refused",
    }

    /// Bytes are not a valid encoding.
    DecodeError {
        /// Not the expected DER structure, or not canonical.
        Malformed => "malformed encoding",
        /// The length is not the one the algorithm prescribes.
        Length => "wrong length",
        /// The algorithm identifier is not the expected one, or has parameters it must not have.
        Algorithm => "unexpected algorithm identifier",
        /// The PEM label is not the expected one, or the text is not PEM.
        Pem => "not the expected PEM document",
        /// A format version that this release does not know.
        Version => "unknown format version",
        /// A value is outside the range that the standard allows.
        Range => "value out of range",
        /// Parts of the key contradict each other.
        Inconsistent => "the parts of the key contradict each other",
    }
}

/// Declares an opaque error without detail.
macro_rules! opaque {
    ($( $(#[$meta:meta])* $name:ident => $text:literal, )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($text)
            }
        }

        impl Error for $name {}
    )+};
}

opaque! {
    /// The signature is not valid for this message, context and key. No reason is given.
    InvalidSignature => "invalid signature",

    /// The record could not be unwrapped or opened. No reason is given, neither here nor in time.
    UnwrapError => "unwrapping failed",

    /// A self-test failed earlier; the library refuses work until the process starts again.
    NotOperational => "the library is in its error state",

    /// A caller's context is longer than its format allows.
    ContextTooLong => "the context is too long",

    /// A digest has not the length of its hash function.
    DigestLength => "the digest has the wrong length",

    /// The derivation algorithm does not take that input or give that many bytes.
    DeriveError => "the algorithm does not derive that many bytes",

    /// The engine does not run on this CPU or does not cover this algorithm.
    EngineUnavailable => "the engine is not available here",

    /// The key may not leave this process in the clear.
    NotExportable => "the key is not exportable",
}

macro_rules! not_operational {
    ($($name:ident),+) => {$(
        impl From<NotOperational> for $name {
            fn from(_: NotOperational) -> Self {
                Self::NotOperational
            }
        }
    )+};
}

not_operational!(
    GenerateError,
    SignError,
    EncapsulateError,
    DecapsulateError,
    WrapError
);

impl From<EncapsulateError> for WrapError {
    fn from(error: EncapsulateError) -> Self {
        match error {
            EncapsulateError::Randomness => Self::Randomness,
            EncapsulateError::InvalidKey => Self::InvalidKey,
            EncapsulateError::NotOperational => Self::NotOperational,
            EncapsulateError::Refused => Self::Refused,
        }
    }
}

impl From<DecapsulateError> for UnwrapError {
    fn from(_: DecapsulateError) -> Self {
        Self
    }
}

impl From<der::Error> for DecodeError {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
}
