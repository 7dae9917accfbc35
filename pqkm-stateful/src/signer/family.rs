//! The signer as a stateful signer of the family: code that knows only `pqkm-core` can sign with it.

use pqkm_core::role::Signing;
use pqkm_core::{KeyHandle, Reserved, Signature, StatefulSign, VerifyingKey};
use rand_core::TryCryptoRng;

use super::{HssSigner, OneTimeIndex, Reservation};
use crate::algorithm::Hss;
use crate::store::UpperStore;

impl<S: UpperStore> KeyHandle for HssSigner<S> {
    type Algorithm = Hss;
    type Role = Signing;
}

impl<S: UpperStore> StatefulSign for HssSigner<S> {
    type Index = OneTimeIndex;
    type Reservation = Reservation;

    fn reserve(&self, count: u32) -> Result<Reservation, pqkm_core::ReserveError> {
        Ok(Self::reserve(self, count)?)
    }

    fn sign_at<R: TryCryptoRng + ?Sized>(
        &self,
        index: OneTimeIndex,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature<Hss>, pqkm_core::SignError> {
        Ok(Self::sign_at(self, index, message, rng)?)
    }

    fn verifying_key(&self) -> VerifyingKey<Hss> {
        (*Self::verifying_key(self)).into()
    }

    fn remaining(&self) -> u64 {
        Self::remaining(self)
    }
}

impl Reserved for Reservation {
    type Index = OneTimeIndex;

    fn take(&mut self) -> Option<OneTimeIndex> {
        Self::take(self)
    }

    fn remaining(&self) -> u64 {
        Self::remaining(self)
    }
}
