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
        /// The new key repeats a part of the one it was to succeed, and was discarded.
        Repeated => "the new key repeats a part of its predecessor",
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
        /// There is no one-time key left to sign with.
        NoIndex => "no one-time key is left to sign with",
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

    /// A secret could not be agreed on.
    AgreeError {
        /// The random number generator failed; there is no ephemeral key.
        Randomness => "the random number generator failed",
        /// The peer's key cannot be used: the secret would be the same for every private key.
        InvalidKey => "the peer's key cannot be used",
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

    /// An envelope could not be recorded as opened.
    ReplayError {
        /// It was opened before.
        Replayed => "the envelope was opened before",
        /// It expires by a moment up to which the store has forgotten what was opened.
        Expired => "the envelope has expired",
        /// Reading or writing failed: whether the envelope counts as opened is unknown.
        Io => "the replay store failed; the outcome is unknown",
        /// A write failed earlier; the store must be opened anew.
        Poisoned => "the replay store must be opened anew",
        /// The store is open elsewhere.
        Locked => "the replay store is open elsewhere",
        /// There is no store here.
        Missing => "there is no replay store here",
        /// There is something here already.
        Exists => "there is something here already",
    }

    /// An envelope could not be made.
    SendError {
        /// The random number generator failed.
        Randomness => "the random number generator failed",
        /// The purpose is empty or longer than 255 bytes.
        Purpose => "the purpose is empty or too long",
        /// The envelope would never be valid.
        Validity => "the envelope would never be valid",
        /// There is no agent, one twice, or more than 64.
        Agents => "no agents, too many, or one twice",
        /// The policy is empty or longer than 4,096 bytes, or the envelope would outlive the data.
        Terms => "the terms are empty, too long, or outlived by the envelope",
        /// The contents are longer than the format carries.
        TooLong => "the contents are too long for the format",
        /// The key could not be wrapped to the recipient.
        Wrapping => "the key could not be wrapped",
        /// The source could not sign.
        Signing => "the source could not sign",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
    }

    /// A private key could not be encrypted under a password.
    EncryptKeyError {
        /// The random number generator failed; nothing was encrypted.
        Randomness => "the random number generator failed",
        /// The work is outside the limits.
        Work => "the work factor is outside the limits",
        /// The key is longer than the format carries.
        TooLong => "the key is too long for the format",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
    }

    /// An encrypted private key could not be read or decrypted.
    DecryptKeyError {
        /// Not an encrypted private key in DER.
        Malformed => "malformed encoding",
        /// The PEM label is not the expected one, or the text is not PEM.
        Pem => "not the expected PEM document",
        /// It is encrypted in a way that this crate does not read.
        Algorithm => "unknown password-based encryption",
        /// It asks for more work than is done for a document.
        Work => "the work factor is outside the limits",
        /// The password is wrong or the document damaged. Which, cannot be told.
        Failed => "wrong password or damaged document",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
    }

    /// A message could not be sealed or opened with HPKE.
    HpkeError {
        /// The random number generator failed; nothing was encapsulated.
        Randomness => "the random number generator failed",
        /// The encapsulation key cannot be used.
        InvalidKey => "the encapsulation key cannot be used",
        /// The message did not open. No reason is given.
        Failed => "opening failed",
        /// There was a message for every sequence number.
        MessageLimit => "no sequence number is left",
        /// The message, the info or the exported secret is longer than its limit.
        TooLong => "an input or output is too long",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
        /// The device or backend that holds the key refused.
        Refused => "the holder of the key refused",
    }

    /// A signature given as identifier, key and bytes was not accepted.
    VerifyByOidError {
        /// No verifier answers for the signature algorithm, or it has parameters it must not have.
        UnknownAlgorithm => "no verifier for the signature algorithm",
        /// The signature is not valid for this message and key. No reason is given.
        InvalidSignature => "invalid signature",
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

    /// The record could not be unwrapped or opened. No reason is given.
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

    /// The record of an opening could not be kept durably.
    TranscriptError => "the record of the opening could not be kept",

    /// The clock does not know the time.
    ClockUnavailable => "the time is not known",

    /// There is a verifier for that signature algorithm already.
    AlgorithmTaken => "there is a verifier for that algorithm already",

    /// The evidence is not valid, or not about these data. No reason is given.
    NotEvidence => "no evidence of when the data were protected",

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
    AgreeError,
    WrapError,
    ReserveError,
    EncryptKeyError,
    DecryptKeyError,
    HpkeError
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

impl From<EncapsulateError> for HpkeError {
    fn from(error: EncapsulateError) -> Self {
        match error {
            EncapsulateError::Randomness => Self::Randomness,
            EncapsulateError::InvalidKey => Self::InvalidKey,
            EncapsulateError::NotOperational => Self::NotOperational,
            EncapsulateError::Refused => Self::Refused,
        }
    }
}

impl From<DecapsulateError> for HpkeError {
    fn from(error: DecapsulateError) -> Self {
        match error {
            DecapsulateError::Failed => Self::Failed,
            DecapsulateError::NotOperational => Self::NotOperational,
            DecapsulateError::Refused => Self::Refused,
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

/// No one-time keys were reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReserveError {
    /// Fewer one-time keys are left than were asked for; nothing is spent.
    Exhausted {
        /// How many are left.
        remaining: u64,
    },
    /// The state could not be made durable: whether the one-time keys are spent is unknown. The key
    /// must be opened anew.
    Unknown,
    /// The holder of the key refused; nothing is spent.
    Refused,
    /// A self-test failed earlier; the library refuses work.
    NotOperational,
}

impl fmt::Display for ReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhausted { remaining } => write!(f, "only {remaining} one-time keys are left"),
            Self::Unknown => f.write_str("the state was not made durable; the outcome is unknown"),
            Self::Refused => f.write_str("the holder of the key refused"),
            Self::NotOperational => f.write_str("the library is in its error state"),
        }
    }
}

impl Error for ReserveError {}

/// An envelope was not opened. All but `Source` say what the source signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The expected source did not sign this. No reason is given.
    Source,
    /// It is addressed to another key.
    Recipient,
    /// It is for another purpose.
    Purpose,
    /// It is to be opened by another policy.
    Policy,
    /// The reason for opening it is empty or longer than 1,024 bytes.
    Reason,
    /// Its time has not come.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// The clock does not know the time.
    Clock,
    /// The contents could not be unwrapped. No reason is given.
    Unwrap,
    /// It was opened before.
    Replayed,
    /// The record of the opening could not be made or kept; the contents were erased.
    Transcript,
    /// It could not be recorded as opened; the contents were erased.
    Store(ReplayError),
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "the expected source did not sign the envelope",
            Self::Recipient => "the envelope is addressed to another key",
            Self::Purpose => "the envelope is for another purpose",
            Self::Policy => "the envelope is to be opened by another policy",
            Self::Reason => "the reason is empty or too long",
            Self::NotYetValid => "the envelope is not valid yet",
            Self::Expired => "the envelope has expired",
            Self::Clock => "the time is not known",
            Self::Unwrap => "the contents could not be unwrapped",
            Self::Replayed => "the envelope was opened before",
            Self::Transcript => "the record of the opening could not be kept",
            Self::Store(_) => "the envelope could not be recorded as opened",
        })
    }
}

impl Error for ReceiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<WrapError> for SendError {
    fn from(error: WrapError) -> Self {
        match error {
            WrapError::Randomness => Self::Randomness,
            WrapError::NotOperational => Self::NotOperational,
            WrapError::TooLong => Self::TooLong,
            _ => Self::Wrapping,
        }
    }
}

impl From<SignError> for SendError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Randomness => Self::Randomness,
            SignError::NotOperational => Self::NotOperational,
            _ => Self::Signing,
        }
    }
}
