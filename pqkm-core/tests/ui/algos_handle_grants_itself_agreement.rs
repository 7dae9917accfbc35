//! A handle whose role is signing cannot agree.

use pqkm_core::{
    Agree, AgreeError, AgreedSecret, AgreementPublicKey, KeyHandle, X25519, role::Signing,
};

struct Handle;

impl KeyHandle for Handle {
    type Algorithm = X25519;
    type Role = Signing;
}

impl Agree for Handle {
    fn agree(&self, _: &AgreementPublicKey<X25519>) -> Result<AgreedSecret<X25519>, AgreeError> {
        Err(AgreeError::Refused)
    }

    fn agreement_public_key(&self) -> AgreementPublicKey<X25519> {
        loop {}
    }
}

fn main() {}
