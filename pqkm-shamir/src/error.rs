//! Errors: small closed enums that name public facts, such as the index of a share, and no secrets.
//!
//! After an error nothing secret was returned, and what was made on the way is erased.

use core::{error::Error, fmt};

use pqkm_core::{ReceiveError, SendError, SignError, WrapError};

use crate::IndexSet;

/// Declares a closed error enum whose `Display` is a lower-case phrase.
macro_rules! errors {
    ($(
        $(#[$meta:meta])*
        $name:ident { $(
            $(#[$vmeta:meta])*
            $variant:ident $({ $( $(#[$fmeta:meta])* $field:ident: $ty:ty ),+ $(,)? })? => $text:literal,
        )+ }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$vmeta])* $variant $({ $( $(#[$fmeta])* $field: $ty ),+ })?, )+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( Self::$variant $({ $($field),+ })? => write!(f, $text), )+
                }
            }
        }

        impl Error for $name {}
    )+};
}

errors! {
    /// A plan cannot be: of k, n and the custodians.
    PlanError {
        /// Not 2 <= k <= n <= 255.
        Threshold => "the threshold is not in 2..=n with n at most 255",
        /// A custodian's name is empty, longer than 64 bytes, or has control characters.
        Name => "a custodian's name is empty, too long, or not printable",
        /// Two custodians have one name.
        SameName => "two custodians have the same name",
    }

    /// A secret could not be split.
    SplitError {
        /// There is nothing to split.
        Empty => "the secret is empty",
        /// The secret is longer than a share carries, or the shares would not fit in memory.
        TooLong => "the secret is too long",
        /// The random number generator failed.
        Randomness => "the random number generator failed",
        /// The dealer's key could not sign the manifest.
        Signing => "the dealer could not sign the manifest",
        /// The payload could not be sealed.
        Sealing => "the payload could not be sealed",
        /// There is no generation after the last one.
        Generation => "there is no further generation",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
    }

    /// Shares could not be combined. Indices are those of the shares that are to blame.
    CombineError {
        /// Fewer shares than the threshold.
        TooFew {
            /// The threshold.
            needed: u8,
            /// How many distinct shares there were.
            given: u8,
        } => "{needed} shares are needed and {given} were given",
        /// The threshold is below 2: there is no such sharing.
        Threshold => "the threshold is below 2",
        /// An index is 0, which would be the secret itself.
        Index {
            /// The index.
            index: u8,
        } => "no share has the index {index}",
        /// Two shares with one index.
        Duplicate {
            /// The index.
            index: u8,
        } => "share {index} was given twice",
        /// A share of another set.
        Set {
            /// Its index.
            index: u8,
        } => "share {index} belongs to another set",
        /// A share of another generation.
        Generation {
            /// Its index.
            index: u8,
        } => "share {index} belongs to another generation",
        /// A share says other things of its set than the rest do: k, n, content or length.
        Mismatch {
            /// Its index.
            index: u8,
        } => "share {index} does not describe its set as the others do",
        /// With a manifest: too few shares are those that the dealer made.
        TooFewGood {
            /// The threshold.
            needed: u8,
            /// The shares that are not the dealer's.
            wrong: IndexSet,
        } => "fewer than {needed} shares are good, wrong are {wrong}",
        /// Without a manifest: some shares are wrong, and too many to say which.
        Undecodable => "shares are wrong, and too many to tell which",
        /// The shares are the dealer's and do not fit together: it dealt wrongly.
        Dealer => "the dealer's shares do not fit together",
        /// The set has not the content that was asked for: a secret or a sealed payload.
        Content => "the shares are of another kind of content",
        /// No share carries the payload, or the copies differ and nothing says which is right.
        Payload => "the payload is missing or its copies differ",
        /// The payload does not open: a share is wrong, or the context is another. No reason is given.
        Open => "the payload does not open",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
    }

    /// A share does not stand up to a manifest.
    ShareError {
        /// It belongs to another set or generation, or describes it otherwise.
        OtherSet => "the share belongs to another set or generation",
        /// It is not the share that the dealer made.
        Wrong => "the share is not the one that the dealer made",
        /// Its payload is not the one that the dealer sealed.
        Payload => "the share's payload is not the one that the dealer sealed",
    }

    /// A line of text is not a share.
    PaperError {
        /// It does not begin with `PQKM1-`.
        Prefix => "the text does not begin with PQKM1-",
        /// A character that is not of the alphabet.
        Character {
            /// Its place, from 0, hyphens and spaces not counted, after the prefix.
            position: u16,
        } => "character {position} is not of the alphabet",
        /// Too short, too long, or with bits left over.
        Length => "the text is too short or too long",
        /// The checksum does not fit: something is mistyped.
        Checksum => "the checksum does not fit",
        /// The text is whole but is no share of this format.
        Share => "the text is not a share",
    }
}

errors! {
    /// A share could not be put into an envelope.
    SealEnvelopeError {
        /// The share could not be sealed to the recipient.
        Sealing => "the share could not be sealed",
        /// The share, with its payload, is longer than an envelope carries.
        TooLong => "the share is too long for an envelope",
        /// The envelope would never be valid.
        Validity => "the envelope would never be valid",
        /// The source could not sign.
        Signing => "the source could not sign",
        /// The random number generator failed.
        Randomness => "the random number generator failed",
        /// A self-test failed earlier; the library refuses work.
        NotOperational => "the library is in its error state",
    }

    /// Terms of an escrow are not met.
    EscrowError {
        /// The policy is empty or longer than 16384 bytes.
        Policy => "the policy is empty or too long",
        /// The lifetime of the data has ended.
        Expired => "the lifetime of the data has ended",
    }
}

/// Declares an error some of whose variants have a source.
macro_rules! nested {
    ($(
        $(#[$meta:meta])*
        $name:ident
        { $( $(#[$vmeta:meta])* $variant:ident => $text:literal, )* }
        { $( $(#[$smeta:meta])* $nested:ident($source:ty) => $stext:literal, )+ }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$vmeta])* $variant, )* $( $(#[$smeta])* $nested($source), )+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $( Self::$variant => $text, )* $( Self::$nested(_) => $stext, )+ })
            }
        }

        impl Error for $name {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                match self {
                    $( Self::$nested(error) => Some(error), )+
                    $( Self::$variant => None, )*
                }
            }
        }
    )+};
}

nested! {
    /// An envelope did not give a share.
    OpenEnvelopeError {
        /// What is in it is not a share of the set that the envelope is about, or does not open.
        Contents => "the envelope does not contain a share",
    } {
        /// The envelope itself did not open.
        Envelope(ReceiveError) => "the envelope did not open",
    }

    /// An attestation could not be made.
    AttestError {
        /// The challenge is about another manifest.
        Challenge => "the challenge is about another manifest",
    } {
        /// The share does not stand up to the manifest.
        Share(ShareError) => "the share does not stand up to the manifest",
        /// The custodian's key could not sign.
        Signing(SignError) => "the custodian could not sign",
    }

    /// A step of a ceremony was refused.
    CeremonyError {
        /// The purpose is empty or longer than 255 bytes, or a context was given where none is.
        Purpose => "the purpose or context is not one that this ceremony can have",
        /// The custodians are not as many as the shares, or two are one.
        Custodians => "the custodians are not one for each share",
        /// The attestation is not that custodian's answer to this ceremony's challenge.
        Attestation => "the attestation does not answer this ceremony's challenge",
        /// Fewer custodians attested than it takes.
        TooFew => "too few custodians attested",
        /// A share of a custodian who did not attest.
        NotAttested => "a share of a custodian who did not attest",
        /// The random number generator failed.
        Randomness => "the random number generator failed",
        /// The clock does not know the time.
        Clock => "the time is not known",
    } {
        /// The shares do not give the secret.
        Combine(CombineError) => "the shares do not give the secret",
        /// The secret could not be dealt anew.
        Split(SplitError) => "the secret could not be dealt anew",
        /// The escrow's terms are not met.
        Escrow(EscrowError) => "the terms of the escrow are not met",
    }
}

impl From<ReceiveError> for OpenEnvelopeError {
    fn from(error: ReceiveError) -> Self {
        Self::Envelope(error)
    }
}

impl From<SendError> for SealEnvelopeError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Randomness => Self::Randomness,
            SendError::NotOperational => Self::NotOperational,
            SendError::Validity => Self::Validity,
            SendError::Signing => Self::Signing,
            SendError::TooLong => Self::TooLong,
            _ => Self::Sealing,
        }
    }
}

impl From<SignError> for SplitError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Randomness => Self::Randomness,
            SignError::NotOperational => Self::NotOperational,
            _ => Self::Signing,
        }
    }
}

impl From<WrapError> for SplitError {
    fn from(error: WrapError) -> Self {
        match error {
            WrapError::Randomness => Self::Randomness,
            WrapError::NotOperational => Self::NotOperational,
            WrapError::TooLong => Self::TooLong,
            _ => Self::Sealing,
        }
    }
}
