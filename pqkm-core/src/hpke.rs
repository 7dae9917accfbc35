//! HPKE (RFC 9180) in base mode with post-quantum KEMs, as draft-ietf-hpke-pq adds them.
//!
//! | | |
//! |---|---|
//! | KEM | ML-KEM-512 `0x0040`, ML-KEM-768 `0x0041`, ML-KEM-1024 `0x0042`, X-Wing `0x647a`: the key's type |
//! | KDF | [`HpkeKdf`]: HKDF-SHA-256 `0x0001`, HKDF-SHA-384 `0x0002`, SHAKE256 `0x0011` |
//! | AEAD | AES-256-GCM `0x0002` |
//!
//! A key in a hardware module serves like one in memory: what is asked for is [`Encapsulate`] and
//! [`Decapsulate`]. The key schedule is this crate's own, so that no private key leaves as bytes, keys without
//! a seed and all engines serve, and a generator that fails is an error; tests compare it with the `hpke`
//! crate both ways.
//!
//! # What it does not do
//! Modes with a pre-shared key or a sender's key (these KEMs authenticate no sender), and `DeriveKeyPair`:
//! keys come from [`DecapsulationKey::generate`](crate::DecapsulationKey::generate). The draft is one: until it
//! is an RFC, this module may change with it.
#![cfg_attr(feature = "getrandom", doc = "\n```")]
#![cfg_attr(not(feature = "getrandom"), doc = "\n```ignore")]
//! use pqkm_core::{DecapsulationKey, HpkeKdf, HpkeRecipient, HpkeSender, MlKem768, SysRng};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = DecapsulationKey::<MlKem768>::generate(&mut SysRng)?;
//!
//! let public = key.encapsulation_key();
//! let (encapsulated, mut sender) =
//!     HpkeSender::new(&public, HpkeKdf::HkdfSha256, b"an application", &mut SysRng)?;
//! let ciphertext = sender.seal(b"header", b"message")?;
//!
//! let mut recipient =
//!     HpkeRecipient::new(&key, HpkeKdf::HkdfSha256, b"an application", &encapsulated)?;
//! let message = recipient.open(b"header", &ciphertext)?;
//! # drop(message);
//! # Ok(())
//! # }
//! ```

use alloc::vec::Vec;

use aes_gcm::{Aes256Gcm, KeyInit, aead::AeadInOut};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::{
    algorithm::KemAlgorithm,
    error::HpkeError,
    mlkem::{MlKem512, MlKem768, MlKem1024},
    operations::{Decapsulate, Encapsulate, KeyHandle},
    output::{Ciphertext, SharedSecret},
    secret::SecretBytes,
    state,
    xwing::XWing,
};

mod schedule;

pub use schedule::HpkeKdf;
use schedule::{NONCE_BYTES, Schedule, Suite};

/// Length of what the AEAD adds to a message, bytes.
const TAG_BYTES: usize = 16;
/// Longest message in bytes: it is held in memory whole.
const MAX_MESSAGE_BYTES: usize = 1 << 30;

/// A KEM with an identifier in HPKE's registry.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a KEM of HPKE",
    label = "ML-KEM and X-Wing are"
)]
pub trait HpkeKem: KemAlgorithm {
    /// The identifier.
    const KEM_ID: u16;
}

impl HpkeKem for MlKem512 {
    const KEM_ID: u16 = 0x0040;
}

impl HpkeKem for MlKem768 {
    const KEM_ID: u16 = 0x0041;
}

impl HpkeKem for MlKem1024 {
    const KEM_ID: u16 = 0x0042;
}

impl HpkeKem for XWing {
    const KEM_ID: u16 = 0x647a;
}

/// What both sides hold once they share a secret (RFC 9180, section 5.2).
struct Context {
    cipher: Aes256Gcm,
    base_nonce: Zeroizing<[u8; NONCE_BYTES]>,
    schedule: Schedule,
    sequence: u64,
}

impl Context {
    fn new<A: HpkeKem>(
        kdf: HpkeKdf,
        secret: &SharedSecret<A>,
        info: &[u8],
    ) -> Result<Self, HpkeError> {
        let suite = Suite::new(A::KEM_ID, kdf);
        let schedule = Schedule::new(suite, secret.as_bytes(), info).ok_or(HpkeError::TooLong)?;
        Ok(Self {
            cipher: Aes256Gcm::new_from_slice(schedule.key()).map_err(|_| HpkeError::TooLong)?,
            base_nonce: schedule.base_nonce(),
            schedule,
            sequence: 0,
        })
    }

    /// The nonce of the next message.
    ///
    /// # Errors
    /// [`HpkeError::MessageLimit`] when there was one for every sequence number.
    fn nonce(&self) -> Result<[u8; NONCE_BYTES], HpkeError> {
        if self.sequence == u64::MAX {
            return Err(HpkeError::MessageLimit);
        }
        let mut nonce = *self.base_nonce;
        let low = nonce.iter_mut().rev();
        for (byte, sequence) in low.zip(self.sequence.to_le_bytes()) {
            *byte ^= sequence;
        }
        Ok(nonce)
    }

    fn export(&self, context: &[u8], length: usize) -> Result<SecretBytes, HpkeError> {
        state::check()?;
        let exported = self.schedule.export(context, length);
        exported.map(SecretBytes::new).ok_or(HpkeError::TooLong)
    }
}

/// Seals messages to the holder of a decapsulation key.
pub struct HpkeSender(Context);

impl HpkeSender {
    /// Encapsulates a secret to the key (RFC 9180, section 5.1.1, `SetupBaseS`). `info` is the
    /// application's, at most 65,535 bytes; both sides must have the same.
    ///
    /// # Errors
    /// The errors of encapsulation, and [`HpkeError::TooLong`] for `info`.
    pub fn new<K: Encapsulate + KeyHandle<Algorithm: HpkeKem>, R: TryCryptoRng + ?Sized>(
        key: &K,
        kdf: HpkeKdf,
        info: &[u8],
        rng: &mut R,
    ) -> Result<(Ciphertext<K::Algorithm>, Self), HpkeError> {
        let (encapsulated, secret) = key.encapsulate(rng)?;
        let context = Context::new(kdf, &secret, info)?;
        Ok((encapsulated, Self(context)))
    }

    /// Seals the next message; `aad` is authenticated and not sent (RFC 9180, section 5.2).
    ///
    /// # Errors
    /// [`HpkeError::MessageLimit`], [`HpkeError::TooLong`] beyond 1 GiB, [`HpkeError::NotOperational`].
    pub fn seal(&mut self, aad: &[u8], message: &[u8]) -> Result<Vec<u8>, HpkeError> {
        state::check()?;
        if message.len() > MAX_MESSAGE_BYTES {
            return Err(HpkeError::TooLong);
        }
        let nonce = self.0.nonce()?;
        let mut buffer = Vec::with_capacity(message.len() + TAG_BYTES);
        buffer.extend_from_slice(message);
        self.0
            .cipher
            .encrypt_in_place(&nonce.into(), aad, &mut buffer)
            .map_err(|_| HpkeError::TooLong)?;
        self.0.sequence += 1;
        Ok(buffer)
    }

    /// A secret of `length` bytes that the recipient can export too (RFC 9180, section 5.3).
    ///
    /// # Errors
    /// [`HpkeError::TooLong`] beyond 255 times the length of the hash, or 65,535 bytes.
    pub fn export(&self, context: &[u8], length: usize) -> Result<SecretBytes, HpkeError> {
        self.0.export(context, length)
    }
}

/// Opens messages that were sealed to a decapsulation key.
pub struct HpkeRecipient(Context);

impl HpkeRecipient {
    /// Decapsulates the sender's secret (RFC 9180, section 5.1.1, `SetupBaseR`). With ML-KEM a ciphertext
    /// that was made for another key is no error here: no message opens then.
    ///
    /// # Errors
    /// The errors of decapsulation, and [`HpkeError::TooLong`] for `info`.
    pub fn new<K: Decapsulate + KeyHandle<Algorithm: HpkeKem>>(
        key: &K,
        kdf: HpkeKdf,
        info: &[u8],
        encapsulated: &Ciphertext<K::Algorithm>,
    ) -> Result<Self, HpkeError> {
        let secret = key.decapsulate(encapsulated)?;
        Context::new(kdf, &secret, info).map(Self)
    }

    /// Opens the next message. Messages open in the order in which they were sealed, and one that does not
    /// open does not count.
    ///
    /// # Errors
    /// [`HpkeError::Failed`], without a reason; [`HpkeError::MessageLimit`]; [`HpkeError::NotOperational`].
    pub fn open(&mut self, aad: &[u8], ciphertext: &[u8]) -> Result<SecretBytes, HpkeError> {
        state::check()?;
        let nonce = self.0.nonce()?;
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        self.0
            .cipher
            .decrypt_in_place(&nonce.into(), aad, &mut *buffer)
            .map_err(|_| HpkeError::Failed)?;
        self.0.sequence += 1;
        Ok(SecretBytes::new(buffer))
    }

    /// A secret of `length` bytes that the sender can export too (RFC 9180, section 5.3).
    ///
    /// # Errors
    /// [`HpkeError::TooLong`] beyond 255 times the length of the hash, or 65,535 bytes.
    pub fn export(&self, context: &[u8], length: usize) -> Result<SecretBytes, HpkeError> {
        self.0.export(context, length)
    }
}
