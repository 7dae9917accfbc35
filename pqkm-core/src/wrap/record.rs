//! The record of a wrapped key, and the derivation that binds all of it.

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode, EncodePem, Length, Sequence,
    asn1::{OctetString, OctetStringRef, Utf8StringRef},
    pem::{LineEnding, PemLabel},
};
use hkdf::Hkdf;
use sha2::{Digest, Sha384};
use spki::AlgorithmIdentifierOwned;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{
    attributes::KeyAttributes,
    context::WrapContext,
    establish::{Kek, KekName},
};
use crate::{
    encoding::Octets,
    error::{DecodeError, UnwrapError, WrapError},
    symmetric::{kwp_decrypt, kwp_wrap},
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// Names the derivation, so that no other format can have the same input.
const LABEL: &str = "pqkm WrappedKey v1";

/// Longest record in bytes: twice the longest key that is wrapped. Every length below is far from the
/// limits of DER.
const MAX_RECORD_BYTES: u32 = 1 << 21;

/// Length of the key-encryption key and of the commitment in bytes.
const HALF_BYTES: usize = 32;

/// The public part of a record, all of it bound.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct WrapHeader {
    version: u8,
    suite: AlgorithmIdentifierOwned,
    kek: KekName,
    attributes: KeyAttributes,
}

impl WrapHeader {
    /// The algorithm of the key that the record is wrapped under. Version 1 of the format derives with
    /// HKDF-SHA-384 and wraps with AES-256-KWP.
    #[must_use]
    pub const fn suite(&self) -> &AlgorithmIdentifierOwned {
        &self.suite
    }

    /// The name of the key that the record is wrapped under.
    #[must_use]
    pub const fn kek(&self) -> &KekName {
        &self.kek
    }

    /// What the record says about the key in it.
    #[must_use]
    pub const fn attributes(&self) -> &KeyAttributes {
        &self.attributes
    }
}

/// A key wrapped under another key.
///
/// Its DER is canonical: [`from_der`](Self::from_der) accepts nothing that
/// [`to_der`](Self::to_der) would not write.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct WrappedKey {
    header: WrapHeader,
    encapsulation: OctetString,
    commitment: Octets<HALF_BYTES>,
    wrapped_key: OctetString,
}

impl PemLabel for WrappedKey {
    const PEM_LABEL: &'static str = "PQKM WRAPPED KEY";
}

impl WrappedKey {
    /// The public part of the record.
    #[must_use]
    pub const fn header(&self) -> &WrapHeader {
        &self.header
    }

    /// What the record says about the key in it.
    #[must_use]
    pub const fn attributes(&self) -> &KeyAttributes {
        &self.header.attributes
    }

    /// The ciphertext of the KEM, or the 32 random bytes of a record under a symmetric key.
    #[must_use]
    pub fn encapsulation(&self) -> &[u8] {
        self.encapsulation.as_bytes()
    }

    /// The record in DER.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "a record is short enough for DER"
    )]
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        Encode::to_der(self).expect("short enough for DER")
    }

    /// Reads a record in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know,
    /// [`DecodeError::Length`] beyond 2 MiB, otherwise [`DecodeError::Malformed`] or
    /// [`DecodeError::Range`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let record = <Self as Decode>::from_der(der)?;
        record.check()?;
        Ok(record)
    }

    /// What the DER structure alone does not say. It is also checked where a record is used, since a
    /// record can be read as a part of another structure.
    pub(crate) fn check(&self) -> Result<(), DecodeError> {
        if Encode::encoded_len(self)? > Length::new(MAX_RECORD_BYTES) {
            return Err(DecodeError::Length);
        }
        if self.header.version != VERSION {
            return Err(DecodeError::Version);
        }
        if !self.header.attributes.has_valid_generation() {
            return Err(DecodeError::Range);
        }
        Ok(())
    }

    /// The record in PEM, label `PQKM WRAPPED KEY`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "a record is short enough for DER"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        EncodePem::to_pem(self, LineEnding::LF).expect("short enough for DER")
    }

    /// Reads a record in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&crate::encoding::pem_contents::<Self>(pem)?)
    }
}

/// What is derived from, besides the secret.
#[derive(Sequence)]
struct Info<'a> {
    label: Utf8StringRef<'a>,
    header: WrapHeader,
    kek_hash: &'a OctetStringRef,
    encapsulation_hash: &'a OctetStringRef,
    context: &'a OctetStringRef,
}

/// `KEK || commit`
struct Derived(Zeroizing<[u8; 2 * HALF_BYTES]>);

impl Derived {
    fn new(kek: &Kek, header: &WrapHeader, context: WrapContext<'_>) -> Option<Self> {
        let encapsulation_hash = Sha384::digest(&kek.encapsulation);
        let info = Info {
            label: Utf8StringRef::new(LABEL).ok()?,
            header: header.clone(),
            kek_hash: OctetStringRef::new(&kek.name_hash).ok()?,
            encapsulation_hash: OctetStringRef::new(&encapsulation_hash).ok()?,
            context: OctetStringRef::new(context.as_bytes()).ok()?,
        }
        .to_der()
        .ok()?;
        let mut output = Zeroizing::new([0; 2 * HALF_BYTES]);
        Hkdf::<Sha384>::new(Some(b""), kek.secret.as_bytes())
            .expand(&info, output.as_mut_slice())
            .ok()?;
        Some(Self(output))
    }

    fn key(&self) -> &[u8] {
        self.0.get(..HALF_BYTES).unwrap_or_default()
    }

    fn commitment(&self) -> &[u8] {
        self.0.get(HALF_BYTES..).unwrap_or_default()
    }
}

/// Makes a record.
pub(super) fn wrap(
    kek: &Kek,
    attributes: KeyAttributes,
    bytes: &[u8],
    context: WrapContext<'_>,
) -> Result<WrappedKey, WrapError> {
    let header = WrapHeader {
        version: VERSION,
        suite: kek.suite.clone(),
        kek: kek.name,
        attributes,
    };
    let derived = Derived::new(kek, &header, context).ok_or(WrapError::TooLong)?;
    let mut commitment = [0; HALF_BYTES];
    commitment.copy_from_slice(derived.commitment());
    let record = WrappedKey {
        header,
        encapsulation: OctetString::new(kek.encapsulation.clone())
            .map_err(|_| WrapError::TooLong)?,
        commitment: Octets(commitment),
        wrapped_key: OctetString::new(kwp_wrap(derived.key(), bytes)?)
            .map_err(|_| WrapError::TooLong)?,
    };
    record.check().map_err(|_| WrapError::TooLong)?;
    Ok(record)
}

/// Undoes [`wrap`].
///
/// # Side channels
/// Derivation, comparison and KWP are all done before the one branch on what they found. KWP itself takes
/// longer where the first 32 bits of its integrity value are right. Under a wrong key that is one record in
/// 2^32, by chance, and says nothing about the key. What the lengths and the header cost is public.
pub(super) fn unwrap(
    kek: &Kek,
    record: &WrappedKey,
    context: WrapContext<'_>,
) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    let is_sound = record.check().is_ok();
    let is_recipient = kek.suite == record.header.suite && kek.name == record.header.kek;
    let derived = Derived::new(kek, &record.header, context).ok_or(UnwrapError)?;
    let is_committed = derived.commitment().ct_eq(&record.commitment.0);
    let decrypted = kwp_decrypt(derived.key(), record.wrapped_key.as_bytes())?;
    // Which check failed stays hidden: the outcomes are combined before the one branch on them.
    decrypted.accept_if(Choice::from(u8::from(is_sound & is_recipient)) & is_committed)
}
