use pqkm_core::{Kek, KeyHandle, MlDsa65, Unwrap, UnwrapError, role};

struct Device;

impl KeyHandle for Device {
    type Algorithm = MlDsa65;
    type Role = role::Signing;
}

impl Unwrap for Device {
    fn recover(&self, _: &[u8]) -> Result<Kek, UnwrapError> {
        Err(UnwrapError)
    }
}

fn main() {}
