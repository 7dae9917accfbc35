//! Private keys under a password: `EncryptedPrivateKeyInfo` (RFC 5958, section 3) with PBES2 (RFC 8018,
//! section 6.2), in DER and PEM.
//!
//! | | written | read |
//! |---|---|---|
//! | derivation | scrypt (RFC 7914), PBKDF2 with HMAC-SHA-256 | these, and PBKDF2 with HMAC-SHA-384 or HMAC-SHA-512 |
//! | encryption | AES-256-CBC | AES-256-CBC |
//! | salt | 16 bytes | up to 32 bytes |
//! | work | [`PasswordWork`], within its limits | up to the same limits |
//!
//! # What it does not do
//! It does not authenticate: PBES2 has no integrity check, and whoever can change a document can turn the
//! key in it into another. Where keys pass through hands that may do so, use a
//! [`WrappedKey`](crate::WrappedKey); this format is for exchange with programs that know no other.
//!
//! # Side channels
//! With PBKDF2 the time depends on the document's work factor, on lengths, and on whether the padding is right. scrypt
//! looks up its memory at places that depend on the password, by design (RFC 7914, section 5), and so is outside the
//! claim of constant time; its working memory is freed without being erased: it depends on the password and holds
//! neither it nor the key. What stands around a key in PKCS#8 is read like public data, the key itself is not.
#![cfg_attr(feature = "getrandom", doc = "\n```")]
#![cfg_attr(not(feature = "getrandom"), doc = "\n```ignore")]
//! use pqkm_core::{EncryptedPrivateKey, ExposeToken, MlDsa65, PasswordWork, SigningKey, SysRng};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::<MlDsa65>::generate(&mut SysRng)?;
//! let exposed = key.expose(ExposeToken::acknowledge())?;
//! let encrypted = exposed.encrypt_pkcs8(b"correct horse", PasswordWork::SCRYPT, &mut SysRng)?;
//! let pem = encrypted.to_pem();
//!
//! let read = EncryptedPrivateKey::from_pem(&pem)?.decrypt(b"correct horse")?;
//! let again: SigningKey<MlDsa65> = read.promote()?;
//! assert_eq!(again.verifying_key(), key.verifying_key());
//! # Ok(())
//! # }
//! ```

use alloc::{string::String, vec::Vec};
use core::fmt;

use der::{Decode, Encode, asn1::OctetStringRef, pem::LineEnding};
use pkcs8::{
    EncodePrivateKey, EncryptedPrivateKeyInfoRef,
    pkcs5::{EncryptionScheme, pbes2::Parameters},
};
use rand_core::TryCryptoRng;

use crate::{
    algorithm::SecretMaterial,
    any::{AnyPrivateKey, labelled},
    error::{DecryptKeyError, EncryptKeyError},
    key::Exposed,
    role::{HasKey, PrivateRole},
    secret::ExposeToken,
    state,
};

mod cipher;
mod work;

pub use work::PasswordWork;

/// Known answers of the derivation functions.
pub(crate) fn pass() -> bool {
    cipher::known_answers()
}

/// PEM label of an `EncryptedPrivateKeyInfo` (RFC 7468, section 11).
const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// A private key of any algorithm under a password: an `EncryptedPrivateKeyInfo` in DER.
///
/// It is decrypted to an [`AnyPrivateKey`], which is promoted to a type.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedPrivateKey {
    der: Vec<u8>,
    parameters: Parameters,
    work: PasswordWork,
    ciphertext: Vec<u8>,
}

impl EncryptedPrivateKey {
    /// Reads an `EncryptedPrivateKeyInfo` in DER. Nothing is derived yet: a document that asks for too
    /// much work is refused at no cost.
    ///
    /// # Errors
    /// [`DecryptKeyError::Malformed`], also for numbers beyond 64 bits, [`DecryptKeyError::Algorithm`] for another encryption than the
    /// ones above, [`DecryptKeyError::Work`] if the work is outside the limits of [`PasswordWork`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecryptKeyError> {
        let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(work::decode_error)?;
        let EncryptionScheme::Pbes2(parameters) = info.encryption_algorithm else {
            return Err(DecryptKeyError::Algorithm);
        };
        let work = work::of(&parameters)?;
        cipher::check(&parameters, info.encrypted_data.as_bytes())?;
        Ok(Self {
            der: der.to_vec(),
            work,
            ciphertext: info.encrypted_data.as_bytes().to_vec(),
            parameters,
        })
    }

    /// Reads a PEM document with the label `ENCRYPTED PRIVATE KEY`.
    ///
    /// # Errors
    /// [`DecryptKeyError::Pem`], or the errors of [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecryptKeyError> {
        Self::from_der(&labelled(pem, LABEL).map_err(|_| DecryptKeyError::Pem)?)
    }

    /// The document in DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The document in PEM, label `ENCRYPTED PRIVATE KEY`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "what was read or written as DER is short enough for PEM"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        der::pem::encode_string(LABEL, LineEnding::LF, &self.der).expect("short enough for PEM")
    }

    /// The work that decrypting will take: a caller with stricter limits looks at it first.
    #[must_use]
    pub const fn work(&self) -> PasswordWork {
        self.work
    }

    /// Decrypts the key. The password is bytes; what is typed should be UTF-8 (RFC 8018, section 3). Zero
    /// bytes at its end make no difference, for HMAC pads its key with them.
    ///
    /// # Errors
    /// [`DecryptKeyError::Failed`] if the password is wrong or the document damaged: the two cannot be
    /// told apart. [`DecryptKeyError::NotOperational`] in the error state.
    pub fn decrypt(&self, password: &[u8]) -> Result<AnyPrivateKey, DecryptKeyError> {
        state::check()?;
        let plaintext = cipher::decrypt(&self.parameters, password, &self.ciphertext)?;
        AnyPrivateKey::from_pkcs8_der(&plaintext).map_err(|_| DecryptKeyError::Failed)
    }

    /// Encrypts a document, with salt and initialization vector drawn in this order.
    fn encrypt<R: TryCryptoRng + ?Sized>(
        document: &[u8],
        password: &[u8],
        work: PasswordWork,
        rng: &mut R,
    ) -> Result<Self, EncryptKeyError> {
        state::check()?;
        if !work.is_within_limits() {
            return Err(EncryptKeyError::Work);
        }
        let mut salt = [0; work::SALT_BYTES];
        let mut iv = [0; cipher::BLOCK_BYTES];
        rng.try_fill_bytes(&mut salt)
            .and_then(|()| rng.try_fill_bytes(&mut iv))
            .map_err(|_| EncryptKeyError::Randomness)?;
        let parameters = work.parameters(&salt, iv).ok_or(EncryptKeyError::Work)?;
        let ciphertext = cipher::encrypt(&parameters, password, document)?;
        let info = EncryptedPrivateKeyInfoRef {
            encryption_algorithm: parameters.clone().into(),
            encrypted_data: OctetStringRef::new(&ciphertext)
                .map_err(|_| EncryptKeyError::TooLong)?,
        };
        Ok(Self {
            der: info.to_der().map_err(|_| EncryptKeyError::TooLong)?,
            parameters,
            work,
            ciphertext,
        })
    }
}

/// Shows the work and the length.
impl fmt::Debug for EncryptedPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedPrivateKey")
            .field("work", &self.work)
            .field("length", &self.der.len())
            .finish_non_exhaustive()
    }
}

impl<A: HasKey<R>, R: PrivateRole> Exposed<'_, A, R>
where
    A::Material: SecretMaterial,
{
    /// Encrypts PKCS#8 under a password; ML-KEM and ML-DSA keys in the seed form where the seed is known.
    ///
    /// # Errors
    /// [`EncryptKeyError`].
    pub fn encrypt_pkcs8<Rng: TryCryptoRng + ?Sized>(
        &self,
        password: &[u8],
        work: PasswordWork,
        rng: &mut Rng,
    ) -> Result<EncryptedPrivateKey, EncryptKeyError> {
        let document = self.to_pkcs8_der().map_err(|_| EncryptKeyError::TooLong)?;
        EncryptedPrivateKey::encrypt(document.as_bytes(), password, work, rng)
    }
}

impl AnyPrivateKey {
    /// Encrypts the document, as it was read, under a password.
    ///
    /// # Errors
    /// [`EncryptKeyError`].
    pub fn encrypt<R: TryCryptoRng + ?Sized>(
        &self,
        token: ExposeToken,
        password: &[u8],
        work: PasswordWork,
        rng: &mut R,
    ) -> Result<EncryptedPrivateKey, EncryptKeyError> {
        EncryptedPrivateKey::encrypt(self.expose(token), password, work, rng)
    }
}
