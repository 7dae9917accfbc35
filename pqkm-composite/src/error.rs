//! Errors: small closed enums without strings. None carries a secret or depends on one.

use core::{error::Error, fmt};

use pqkm_core::SignError;

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
    /// A certificate, request, revocation list or response is not one.
    ReadError {
        /// Not the expected DER structure, or not canonical.
        Malformed => "malformed encoding",
        /// Not PEM, or of another label.
        Pem => "not the expected PEM document",
        /// The signature algorithm inside and outside differ, or it has parameters it must not have.
        Algorithm => "contradictory signature algorithm",
        /// The subject's key does not decode as a key of the algorithm that its identifier names.
        Key => "the subject's key is not one of its algorithm",
        /// The key usage is not one that the key's algorithm allows.
        KeyUsage => "the key usage is not allowed for the key's algorithm",
        /// The version is not one in which such fields exist.
        Version => "the version does not know these fields",
        /// The serial number is not positive, or longer than 20 octets.
        SerialNumber => "the serial number is not positive or too long",
        /// The issuer has no name, or the subject has none and no critical alternative name.
        Name => "the issuer or the subject has no name",
        /// A path is limited or certificates are signed by a subject that is no certification authority.
        BasicConstraints => "only a certification authority signs certificates",
        /// An extension occurs twice, does not decode, or is one that makes a list a part of a list.
        Extension => "an extension does not decode or is not understood",
        /// It does not answer the question: an error status instead of a response.
        Unsuccessful => "the responder reported an error",
    }

    /// A certificate chain was not accepted.
    ChainError {
        /// There is no certificate.
        Empty => "the chain is empty",
        /// It is longer than any chain may be.
        TooLong => "the chain is too long",
        /// No trust anchor is the issuer of its end.
        UnknownAnchor => "no trust anchor issued the chain",
        /// A certificate names another issuer than the one above it.
        Issuer => "a certificate was not issued by the one above it",
        /// A certificate's time has not come.
        NotYetValid => "a certificate is not valid yet",
        /// A certificate's time is over.
        Expired => "a certificate has expired",
        /// An issuer is not a certification authority.
        NotAnAuthority => "an issuer is not a certification authority",
        /// An issuer's key may not sign certificates.
        KeyUsage => "an issuer's key may not sign this",
        /// There are more authorities below an issuer than it allows.
        PathLength => "the path is longer than an issuer allows",
        /// A critical extension is not understood, or names or policies are constrained.
        CriticalExtension => "a critical extension is not understood",
        /// A certificate's extended key usage does not name the purpose.
        Purpose => "a certificate is not for that purpose",
        /// A key or signature is not of the kind that the policy asks for.
        Policy => "a key or signature is not what the policy asks for",
        /// A signature is not valid. No reason is given.
        Signature => "a signature is not valid",
    }

    /// Something that an issuer signs could not be made.
    IssueError {
        /// The issuer's certificate is not that of a certification authority with this key usage.
        NotAnAuthority => "the issuer may not sign this",
        /// The signer's key is not the one in the issuer's certificate.
        WrongKey => "the signer does not hold the issuer's key",
        /// The subject's key does not decode as a key of its algorithm, or is of no algorithm of the
        /// family.
        SubjectKey => "the subject's key is not one of the family",
        /// The key's algorithm does not allow that use.
        KeyUsage => "the key's algorithm does not allow that use",
        /// The profile was made for another issuer.
        Issuer => "the profile was made for another issuer",
        /// An authority's name is empty, or a subject has none and no critical alternative name.
        Name => "the subject has no name",
        /// The certificate would end before it begins, or never be valid while its issuer is.
        Validity => "there is no time at which it would be valid",
        /// The number is not positive, or longer than 20 octets.
        SerialNumber => "the serial number is not positive or too long",
        /// An extension does not decode, occurs twice, is one too many, or is critical and not understood,
        /// the issuer's included.
        Extension => "an extension is not one that can be issued",
        /// The issuer's certificate allows no further authority below it.
        PathLength => "the issuer allows no further authority below it",
        /// A field cannot be encoded.
        Encoding => "a field cannot be encoded",
        /// The random number generator failed.
        Randomness => "the random number generator failed",
        /// The signer refused or failed.
        Signing => "the signer failed",
    }
}

impl From<der::Error> for ReadError {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
}

impl From<der::Error> for IssueError {
    fn from(_: der::Error) -> Self {
        Self::Encoding
    }
}

/// What is issued is read first, and what is not read is not issued.
impl From<ReadError> for IssueError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Key => Self::SubjectKey,
            ReadError::KeyUsage => Self::KeyUsage,
            ReadError::SerialNumber => Self::SerialNumber,
            ReadError::Name => Self::Name,
            ReadError::Extension | ReadError::BasicConstraints => Self::Extension,
            _ => Self::Encoding,
        }
    }
}

impl From<SignError> for IssueError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Randomness => Self::Randomness,
            _ => Self::Signing,
        }
    }
}
