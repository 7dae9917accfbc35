//! Handles to keys inside a module: the key never leaves it, and the handle does what a key does.

use core::cell::Cell;

use pqkm_core::{
    Algorithm, Ciphertext, Decapsulate, DecapsulateError, DecapsulationKey, DerivationKey,
    EncapsulationKey, ExposeToken, GenerateError, HkdfSha256, Kek, KeyHandle, KeyId, Message,
    MlDsa65, MlKem768, Rotate, SharedSecret, Sign, SignError, Signature, SigningKey,
    SymmetricAlgorithm, Unwrap, UnwrapError, VerifyingKey, Wrap, WrapAlgorithm, WrapError, role,
};
use rand_core::TryCryptoRng;
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier};

use crate::ToyMac;

/// The module. It counts what it is asked for.
pub struct Device {
    kem: DecapsulationKey<MlKem768>,
    signer: SigningKey<MlDsa65>,
    calls: Cell<u32>,
}

impl Device {
    /// A module with these keys in it.
    #[must_use]
    pub const fn new(kem: DecapsulationKey<MlKem768>, signer: SigningKey<MlDsa65>) -> Self {
        Self {
            kem,
            signer,
            calls: Cell::new(0),
        }
    }

    /// How often the module was asked.
    #[must_use]
    pub const fn calls(&self) -> u32 {
        self.calls.get()
    }

    fn count(&self) {
        self.calls.set(self.calls.get() + 1);
    }
}

/// A decapsulation key in the module.
pub struct DeviceKem<'a>(pub &'a Device);

/// A signing key in the module.
pub struct DeviceSigner<'a>(pub &'a Device);

impl KeyHandle for DeviceKem<'_> {
    type Algorithm = MlKem768;
    type Role = role::Decapsulation;
}

impl KeyHandle for DeviceSigner<'_> {
    type Algorithm = MlDsa65;
    type Role = role::Signing;
}

impl Decapsulate for DeviceKem<'_> {
    fn decapsulate(
        &self,
        ciphertext: &Ciphertext<MlKem768>,
    ) -> Result<SharedSecret<MlKem768>, DecapsulateError> {
        self.0.count();
        let inside = self.0.kem.decapsulate(ciphertext)?;
        // Over the wire come bytes.
        let bytes = inside.expose(ExposeToken::acknowledge());
        SharedSecret::import(bytes).map_err(|_| DecapsulateError::Failed)
    }

    fn encapsulation_key(&self) -> EncapsulationKey<MlKem768> {
        self.0.kem.encapsulation_key()
    }
}

impl Unwrap for DeviceKem<'_> {
    fn recover(&self, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        let ciphertext = Ciphertext::from_bytes(encapsulation).map_err(|_| UnwrapError)?;
        let secret = self.decapsulate(&ciphertext)?;
        Ok(Kek::of_kem(&self.encapsulation_key(), &ciphertext, &secret))
    }
}

/// A signing key in a module of its own, which can be rotated there.
pub struct OwnDevice {
    signer: SigningKey<ToyMac>,
}

impl OwnDevice {
    /// A module with this key in it.
    #[must_use]
    pub const fn new(signer: SigningKey<ToyMac>) -> Self {
        Self { signer }
    }
}

impl Rotate for OwnDevice {
    fn fresh<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Self, GenerateError> {
        self.signer.fresh(rng).map(Self::new)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.signer.overlaps(&other.signer)
    }
}

impl Sign for DeviceSigner<'_> {
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<MlDsa65>, SignError> {
        self.0.count();
        self.0.signer.sign_message(message, rng)
    }

    fn verifying_key(&self) -> VerifyingKey<MlDsa65> {
        self.0.signer.verifying_key()
    }
}

/// How [`DeviceKek`] derives: HKDF-SHA-256 with the salt as its info. Its records do not say AES.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct DevicePrf;

impl Algorithm for DevicePrf {
    const NAME: &'static str = "Toy module PRF";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.4"),
            parameters: None,
        }
    }
}

impl SymmetricAlgorithm for DevicePrf {
    const KEY_BYTES: usize = 32;
}

impl WrapAlgorithm for DevicePrf {}

/// A symmetric wrapping key that never leaves its module.
pub struct DeviceKek {
    id: KeyId,
    inside: DerivationKey<HkdfSha256>,
}

impl DeviceKek {
    /// A module that makes a key of its own.
    ///
    /// # Errors
    /// The generator's.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, GenerateError> {
        let id = KeyId::generate(rng)?;
        let inside = DerivationKey::generate(rng)?;
        Ok(Self { id, inside })
    }

    fn kek(&self, salt: &[u8; Kek::SALT_BYTES]) -> Result<Kek, UnwrapError> {
        let secret = self.inside.derive_bytes(b"", salt, 32);
        let secret = secret.map_err(|_| UnwrapError)?;
        Kek::of_module::<DevicePrf>(self.id, salt, &secret).map_err(|_| UnwrapError)
    }
}

impl KeyHandle for DeviceKek {
    type Algorithm = DevicePrf;
    type Role = role::Wrapping;
}

impl Wrap for DeviceKek {
    fn establish<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Kek, WrapError> {
        let mut salt = [0; Kek::SALT_BYTES];
        rng.try_fill_bytes(&mut salt)
            .map_err(|_| WrapError::Randomness)?;
        self.kek(&salt).map_err(|_| WrapError::Refused)
    }
}

impl Unwrap for DeviceKek {
    fn recover(&self, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        self.kek(encapsulation.try_into().map_err(|_| UnwrapError)?)
    }
}
