//! `SEQUENCE { toBeSigned, AlgorithmIdentifier, BIT STRING }`: what certificates, requests, revocation
//! lists and OCSP responses have in common.

use alloc::vec::Vec;

use der::{
    Decode, Encode, Header, Length, Reader, SliceReader, Tag,
    asn1::{AnyRef, BitString, BitStringRef},
};
use pqkm_core::{
    AnyPublicKey, Verifiers, VerifyByOidError,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
};

use super::kind::has_stray_parameters;
use crate::error::ReadError;

/// A signed document: what was signed, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) content: Vec<u8>,
    pub(super) algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: Vec<u8>,
}

impl Signed {
    /// Reads the three parts of a document whose structure the caller has read as a whole.
    pub(super) fn read(der: &[u8]) -> Result<Self, ReadError> {
        let whole = AnyRef::from_der(der)?;
        let mut reader = SliceReader::new(whole.value())?;
        let content = reader.tlv_bytes()?.to_vec();
        let algorithm = AlgorithmIdentifierOwned::decode(&mut reader)?;
        let signature = BitStringRef::decode(&mut reader)?;
        let signature = signature.as_bytes().ok_or(ReadError::Malformed)?.to_vec();
        if has_stray_parameters(&algorithm) {
            return Err(ReadError::Algorithm);
        }
        Ok(Self {
            content,
            algorithm,
            signature,
        })
    }

    /// Puts a signature into a draft; the document that it makes.
    pub(super) fn sign(&mut self, signature: &BitString) -> Result<Vec<u8>, der::Error> {
        let octets = signature.as_bytes().ok_or(Tag::BitString.value_error())?;
        self.signature = octets.to_vec();
        write(&self.content, &self.algorithm, signature)
    }

    pub(super) fn verify(
        &self,
        key: &AnyPublicKey,
        verifiers: &Verifiers,
    ) -> Result<(), VerifyByOidError> {
        verifiers.verify(&self.algorithm, key, &self.content, &self.signature)
    }
}

/// Reads a document and refuses it unless it writes back to the same bytes.
pub(super) fn decode_canonical<T>(der: &[u8]) -> Result<T, ReadError>
where
    T: for<'a> Decode<'a, Error = der::Error> + Encode,
{
    let document = T::from_der(der)?;
    if document.to_der()? != der {
        return Err(ReadError::Malformed);
    }
    Ok(document)
}

/// The contents of a PEM document with that label.
pub(super) fn pem_contents(pem: &str, label: &str) -> Result<Vec<u8>, ReadError> {
    let (found, contents) = der::pem::decode_vec(pem.as_bytes()).map_err(|_| ReadError::Pem)?;
    if found != label {
        return Err(ReadError::Pem);
    }
    Ok(contents)
}

/// The key of a `SubjectPublicKeyInfo` as `x509-cert` holds it.
pub(super) fn any_key(info: &SubjectPublicKeyInfoOwned) -> Result<AnyPublicKey, ReadError> {
    AnyPublicKey::from_spki_der(&info.to_der()?).map_err(|_| ReadError::Key)
}

/// A document. With an empty signature it is a draft: it is read before it costs a signature.
pub(super) fn write(
    content: &[u8],
    algorithm: &AlgorithmIdentifierOwned,
    signature: &BitString,
) -> Result<Vec<u8>, der::Error> {
    let length = (Length::try_from(content.len())? + algorithm.encoded_len()?)?;
    let header = Header::new(Tag::Sequence, (length + signature.encoded_len()?)?);
    let mut document = Vec::new();
    header.encode_to_vec(&mut document)?;
    document.extend_from_slice(content);
    algorithm.encode_to_vec(&mut document)?;
    signature.encode_to_vec(&mut document)?;
    Ok(document)
}

/// The signature of a draft.
pub(super) fn no_signature() -> Result<BitString, der::Error> {
    BitString::from_bytes(&[])
}
