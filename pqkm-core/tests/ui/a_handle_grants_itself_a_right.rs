use pqkm_core::{
    KeyHandle, Message, MlDsa65, Sign, SignError, Signature, VerifyingKey,
    rand_core::TryCryptoRng,
    role::Verification,
};

struct Handle;

impl KeyHandle for Handle {
    type Algorithm = MlDsa65;
    type Role = Verification;
}

impl Sign for Handle {
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        _: &Message<'_>,
        _: &mut R,
    ) -> Result<Signature<MlDsa65>, SignError> {
        Err(SignError::Refused)
    }

    fn verifying_key(&self) -> VerifyingKey<MlDsa65> {
        unreachable!()
    }
}

fn main() {}
