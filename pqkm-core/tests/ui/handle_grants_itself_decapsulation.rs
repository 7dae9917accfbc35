use pqkm_core::{
    Ciphertext, Decapsulate, DecapsulateError, EncapsulationKey, KeyHandle, MlKem768, SharedSecret,
    role,
};

struct Device;

impl KeyHandle for Device {
    type Algorithm = MlKem768;
    type Role = role::Encapsulation;
}

impl Decapsulate for Device {
    fn decapsulate(
        &self,
        _: &Ciphertext<MlKem768>,
    ) -> Result<SharedSecret<MlKem768>, DecapsulateError> {
        Err(DecapsulateError::Refused)
    }

    fn encapsulation_key(&self) -> EncapsulationKey<MlKem768> {
        unreachable!()
    }
}

fn main() {}
