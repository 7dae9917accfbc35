//! What our DER structures are made of: digests, identifiers, moments.

use core::fmt;

use pqkm_core::UnixTime;
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub(crate) [u8; Self::BYTES]);

impl Hash {
    /// Length in bytes.
    pub const BYTES: usize = 32;

    /// Takes a digest that exists already.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The digest of the concatenation of `parts`.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part);
        }
        Self(digest.finalize().into())
    }
}

/// The identifier of one operation on a registry, 16 bytes: the same one never does two things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub(crate) [u8; Self::BYTES]);

impl OperationId {
    /// Length in bytes.
    pub const BYTES: usize = 16;

    /// Takes an identifier that the caller has drawn.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

macro_rules! octets {
    ($($name:ident),+) => {$(
        impl der::FixedTag for $name {
            const TAG: der::Tag = der::Tag::OctetString;
        }

        impl der::EncodeValue for $name {
            fn value_len(&self) -> der::Result<der::Length> {
                der::Length::try_from(self.0.len())
            }

            fn encode_value(&self, writer: &mut impl der::Writer) -> der::Result<()> {
                writer.write(&self.0)
            }
        }

        impl<'a> der::DecodeValue<'a> for $name {
            type Error = der::Error;

            fn decode_value<R: der::Reader<'a>>(
                reader: &mut R,
                header: der::Header,
            ) -> der::Result<Self> {
                if header.length() != der::Length::try_from(Self::BYTES)? {
                    return Err(reader.error(der::Tag::OctetString.length_error()));
                }
                let mut bytes = [0; Self::BYTES];
                reader.read_into(&mut bytes)?;
                Ok(Self(bytes))
            }
        }

        /// Lower-case hexadecimal.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    )+};
}

octets!(Hash, OperationId);

/// A moment in our structures: INTEGER, whole seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) UnixTime);

impl der::FixedTag for Moment {
    const TAG: der::Tag = der::Tag::Integer;
}

impl der::EncodeValue for Moment {
    fn value_len(&self) -> der::Result<der::Length> {
        der::EncodeValue::value_len(&self.0.seconds())
    }

    fn encode_value(&self, writer: &mut impl der::Writer) -> der::Result<()> {
        der::EncodeValue::encode_value(&self.0.seconds(), writer)
    }
}

impl<'a> der::DecodeValue<'a> for Moment {
    type Error = der::Error;

    fn decode_value<R: der::Reader<'a>>(reader: &mut R, header: der::Header) -> der::Result<Self> {
        let seconds = <u64 as der::DecodeValue<'_>>::decode_value(reader, header)?;
        UnixTime::from_seconds(seconds)
            .map(Self)
            .map_err(|_| reader.error(der::Tag::Integer.value_error()))
    }
}

/// A moment so many seconds later; the last one there is, if that is too late.
pub(crate) fn after(moment: UnixTime, seconds: u64) -> UnixTime {
    UnixTime::from_seconds(moment.seconds().saturating_add(seconds)).unwrap_or(UnixTime::MAX)
}
