//! A handle to a decapsulation key inside a module: here the "module" is a key in memory.

use pqkm_core::{
    Ciphertext, Decapsulate, DecapsulateError, DecapsulationKey, EncapsulationKey, Kek, KeyHandle,
    MlKem768, SharedSecret, Unwrap, UnwrapError, role::Decapsulation,
};

/// A handle that decapsulates and unwraps.
pub struct ModuleHandle(pub DecapsulationKey<MlKem768>);

impl KeyHandle for ModuleHandle {
    type Algorithm = MlKem768;
    type Role = Decapsulation;
}

impl Decapsulate for ModuleHandle {
    fn decapsulate(
        &self,
        ciphertext: &Ciphertext<MlKem768>,
    ) -> Result<SharedSecret<MlKem768>, DecapsulateError> {
        self.0.decapsulate(ciphertext)
    }

    fn encapsulation_key(&self) -> EncapsulationKey<MlKem768> {
        self.0.encapsulation_key()
    }
}

impl Unwrap for ModuleHandle {
    fn recover(&self, encapsulation: &[u8]) -> Result<Kek, UnwrapError> {
        let ciphertext = Ciphertext::from_bytes(encapsulation).map_err(|_| UnwrapError)?;
        let secret = Decapsulate::decapsulate(self, &ciphertext)?;
        Ok(Kek::of_kem(
            &Decapsulate::encapsulation_key(self),
            &ciphertext,
            &secret,
        ))
    }
}
