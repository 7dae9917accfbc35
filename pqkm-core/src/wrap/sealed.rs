//! Sealing payloads: encryption under a key that is used once and committed to.
//!
//! ```text
//! K'            = 32 fresh random bytes, used once
//! info          = DER(label, header, caller's context)
//! key || commit = HKDF-SHA-384(salt = "", ikm = K', info), 32 + 32 bytes
//! Sealed        = DER(header, commit, AES-256-GCM(key, nonce = 0^96, payload))
//! ```
//!
//! AES-GCM alone does not commit to its key: one ciphertext can open under two keys to two payloads.
//! Here `commit` is compared before decryption. The nonce is constant because the key is used once.

use alloc::{string::String, vec::Vec};

use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead};
use der::{
    Decode, Encode, EncodePem, Sequence,
    asn1::{OctetString, OctetStringRef, Utf8StringRef},
    pem::{LineEnding, PemLabel},
};
use hkdf::Hkdf;
use rand_core::TryCryptoRng;
use sha2::Sha384;
use spki::AlgorithmIdentifierOwned;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::WrapContext;
use crate::{
    algorithm::Algorithm,
    encoding::Octets,
    error::{DecodeError, GenerateError, UnwrapError, WrapError},
    key::DataKey,
    secret::SecretBytes,
    state,
    symmetric::{DataAlgorithm, SymmetricAlgorithm, identifier},
};

/// The format version that is written and read.
const VERSION: u8 = 1;

/// Names the derivation.
const LABEL: &str = "pqkm Sealed v1";

/// Length of the encryption key and of the commitment in bytes.
const HALF_BYTES: usize = 32;

/// The nonce of a key that is used once.
const NONCE: [u8; 12] = [0; 12];

/// Length of the authentication tag in bytes.
const TAG_BYTES: usize = 16;

/// Longest payload in bytes: a sealed payload is held in memory whole, several times over.
const MAX_PAYLOAD_BYTES: usize = (1 << 28) - 1024;

/// The algorithm of keys that open [`Sealed`] payloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PqkmSeal;

/// The key of one sealed payload: 32 bytes, used once. It can be wrapped or shared; it seals nothing
/// else.
pub type SealKey = DataKey<PqkmSeal>;

impl Algorithm for PqkmSeal {
    const NAME: &'static str = "pqkm Sealed v1";

    /// `id-alg-hkdf-with-sha384` (RFC 8619): the key is the input of that derivation.
    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("1.2.840.113549.1.9.16.3.29")
    }
}

impl SymmetricAlgorithm for PqkmSeal {
    const KEY_BYTES: usize = 32;
}

impl DataAlgorithm for PqkmSeal {}

/// The public part, bound.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct SealHeader {
    version: u8,
    algorithm: AlgorithmIdentifierOwned,
}

/// A sealed payload.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Sealed {
    header: SealHeader,
    commitment: Octets<HALF_BYTES>,
    ciphertext: OctetString,
}

/// What is derived from, besides the key.
#[derive(Sequence)]
struct Info<'a> {
    label: Utf8StringRef<'a>,
    header: SealHeader,
    context: &'a OctetStringRef,
}

impl PemLabel for Sealed {
    const PEM_LABEL: &'static str = "PQKM SEALED";
}

/// `key || commit`
fn derive(
    key: &SealKey,
    header: &SealHeader,
    context: WrapContext<'_>,
) -> Option<(Aes256Gcm, Zeroizing<[u8; HALF_BYTES]>)> {
    let info = Info {
        label: Utf8StringRef::new(LABEL).ok()?,
        header: header.clone(),
        context: OctetStringRef::new(context.as_bytes()).ok()?,
    }
    .to_der()
    .ok()?;
    let mut output = Zeroizing::new([0; 2 * HALF_BYTES]);
    Hkdf::<Sha384>::new(Some(b""), key.material().as_bytes())
        .expand(&info, output.as_mut_slice())
        .ok()?;
    let (key, commitment) = output.split_first_chunk::<HALF_BYTES>()?;
    let mut copy = Zeroizing::new([0; HALF_BYTES]);
    copy.copy_from_slice(commitment);
    Some((Aes256Gcm::new_from_slice(key).ok()?, copy))
}

impl Sealed {
    /// Seals a payload under a fresh key, bound to a context.
    ///
    /// # Errors
    /// [`WrapError::Randomness`] if `rng` fails, [`WrapError::TooLong`] beyond 256 MiB less 1 KiB.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        payload: &[u8],
        context: WrapContext<'_>,
        rng: &mut R,
    ) -> Result<(Self, SealKey), WrapError> {
        state::check()?;
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(WrapError::TooLong);
        }
        let key = SealKey::generate(rng).map_err(|error| match error {
            GenerateError::NotOperational => WrapError::NotOperational,
            _ => WrapError::Randomness,
        })?;
        let header = SealHeader {
            version: VERSION,
            algorithm: crate::symmetric::Aes256Gcm::key_algorithm(),
        };
        let (cipher, commitment) = derive(&key, &header, context).ok_or(WrapError::TooLong)?;
        let ciphertext = cipher
            .encrypt(&NONCE.into(), payload)
            .map_err(|_| WrapError::TooLong)?;
        let ciphertext = OctetString::new(ciphertext).map_err(|_| WrapError::TooLong)?;
        Ok((
            Self {
                header,
                commitment: Octets(*commitment),
                ciphertext,
            },
            key,
        ))
    }

    /// Opens the payload.
    ///
    /// # Errors
    /// [`UnwrapError`], for every reason.
    pub fn open(
        &self,
        key: &SealKey,
        context: WrapContext<'_>,
    ) -> Result<SecretBytes, UnwrapError> {
        state::check().map_err(|_| UnwrapError)?;
        self.check().map_err(|_| UnwrapError)?;
        let (cipher, commitment) = derive(key, &self.header, context).ok_or(UnwrapError)?;
        // CT: the commitment is public, and so is whether this key made it: it is the result of the
        // call. The comparison itself does not tell where two commitments differ.
        if !bool::from(commitment.ct_eq(&self.commitment.0)) {
            return Err(UnwrapError);
        }
        let payload = cipher
            .decrypt(&NONCE.into(), self.ciphertext.as_bytes())
            .map_err(|_| UnwrapError)?;
        Ok(SecretBytes::new(Zeroizing::new(payload)))
    }

    /// The sealed payload in DER.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "sealing limits the length"
    )]
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        Encode::to_der(self).expect("short enough for DER")
    }

    /// Reads a sealed payload in DER.
    ///
    /// # Errors
    /// [`DecodeError::Version`] for a version that this release does not know,
    /// [`DecodeError::Algorithm`] for another cipher, [`DecodeError::Length`] for a payload that
    /// [`seal`](Self::seal) would refuse, otherwise [`DecodeError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let sealed = <Self as Decode>::from_der(der)?;
        sealed.check()?;
        Ok(sealed)
    }

    /// What the DER structure alone does not say. It is also checked where a payload is opened, since it
    /// can be read as a part of another structure.
    pub(crate) fn check(&self) -> Result<(), DecodeError> {
        if self.header.version != VERSION {
            return Err(DecodeError::Version);
        }
        if self.header.algorithm != crate::symmetric::Aes256Gcm::key_algorithm() {
            return Err(DecodeError::Algorithm);
        }
        let bytes = self.ciphertext.as_bytes().len();
        if !(TAG_BYTES..=MAX_PAYLOAD_BYTES + TAG_BYTES).contains(&bytes) {
            return Err(DecodeError::Length);
        }
        Ok(())
    }

    /// The sealed payload in PEM, label `PQKM SEALED`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "sealing limits the length"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        EncodePem::to_pem(self, LineEnding::LF).expect("short enough for DER")
    }

    /// Reads a sealed payload in PEM.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_der(&crate::encoding::pem_contents::<Self>(pem)?)
    }
}
