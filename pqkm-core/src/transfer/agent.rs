//! Agents of an escrow: encapsulation keys of any algorithms, side by side.

use rand_core::{TryCryptoRng, TryRng};

use crate::{
    algorithm::KemAlgorithm,
    error::WrapError,
    ident::Fingerprint,
    key::EncapsulationKey,
    wrap::{SealKey, Wrap, WrapItem, WrappedKey},
};

/// The encapsulation key of an agent. Sealed: every [`EncapsulationKey`] is one.
pub trait Agent: sealed::Sealed {
    /// The fingerprint by which the envelope names the agent.
    fn fingerprint(&self) -> Fingerprint;

    #[doc(hidden)]
    fn wrap_seal_key(
        &self,
        item: &WrapItem<'_, SealKey>,
        rng: &mut dyn TryCryptoRng<Error = WrapError>,
    ) -> Result<WrappedKey, WrapError>;
}

mod sealed {
    #[expect(unnameable_types, reason = "seals `Agent`")]
    pub trait Sealed {}
}

impl<A: KemAlgorithm> sealed::Sealed for EncapsulationKey<A> {}

impl<A: KemAlgorithm> Agent for EncapsulationKey<A> {
    fn fingerprint(&self) -> Fingerprint {
        Self::fingerprint(self)
    }

    fn wrap_seal_key(
        &self,
        item: &WrapItem<'_, SealKey>,
        rng: &mut dyn TryCryptoRng<Error = WrapError>,
    ) -> Result<WrappedKey, WrapError> {
        self.wrap_item(item, rng)
    }
}

/// A generator whose error has one type, so that agents of many algorithms can draw from it.
pub(super) struct ErasedRng<'a, R: ?Sized>(pub(super) &'a mut R);

impl<R: TryCryptoRng + ?Sized> TryRng for ErasedRng<'_, R> {
    type Error = WrapError;

    fn try_next_u32(&mut self) -> Result<u32, WrapError> {
        self.0.try_next_u32().map_err(|_| WrapError::Randomness)
    }

    fn try_next_u64(&mut self) -> Result<u64, WrapError> {
        self.0.try_next_u64().map_err(|_| WrapError::Randomness)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), WrapError> {
        self.0
            .try_fill_bytes(bytes)
            .map_err(|_| WrapError::Randomness)
    }
}

impl<R: TryCryptoRng + ?Sized> TryCryptoRng for ErasedRng<'_, R> {}
