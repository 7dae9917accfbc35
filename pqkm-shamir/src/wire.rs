//! Pieces of DER that several formats have.

use alloc::vec::Vec;

use der::{Decode, asn1::OctetStringRef, pem::PemLabel};
use pqkm_core::DecodeError;
use zeroize::Zeroizing;

/// The version of every format of this crate.
pub(crate) const VERSION: u8 = 1;

/// An OCTET STRING of exactly `N` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Octets<const N: usize>(pub(crate) [u8; N]);

/// 32 bytes: hashes and salts.
pub(crate) type Hash = Octets<32>;

impl<const N: usize> der::FixedTag for Octets<N> {
    const TAG: der::Tag = der::Tag::OctetString;
}

impl<const N: usize> der::EncodeValue for Octets<N> {
    fn value_len(&self) -> der::Result<der::Length> {
        der::Length::try_from(self.0.len())
    }

    fn encode_value(&self, writer: &mut impl der::Writer) -> der::Result<()> {
        writer.write(&self.0)
    }
}

impl<'a, const N: usize> der::DecodeValue<'a> for Octets<N> {
    type Error = der::Error;

    fn decode_value<R: der::Reader<'a>>(reader: &mut R, header: der::Header) -> der::Result<Self> {
        let octets = <&OctetStringRef>::decode_value(reader, header)?;
        let array = octets.as_bytes().try_into();
        array
            .map(Self)
            .map_err(|_| der::Tag::OctetString.length_error())
            .map_err(Into::into)
    }
}

/// The contents of a PEM document with the right label.
pub(crate) fn pem_contents<T: PemLabel>(pem: &str) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    let (label, contents) = der::pem::decode_vec(pem.as_bytes()).map_err(|_| DecodeError::Pem)?;
    let contents = Zeroizing::new(contents);
    T::validate_pem_label(label).map_err(|_| DecodeError::Pem)?;
    Ok(contents)
}

/// Reads a structure and refuses what would not be written so.
pub(crate) fn decode<'a, T>(der: &'a [u8]) -> Result<T, DecodeError>
where
    T: Decode<'a, Error = der::Error>,
{
    T::from_der(der).map_err(|_| DecodeError::Malformed)
}
