//! One index as a signer for code that wants a `Signer`: certificate builders.

use pqkm_core::signature::{Error, Keypair, Signer};
use pqkm_core::spki::{self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier};
use pqkm_core::{Algorithm as _, Signature, VerifyingKey};
use rand_core::TryCryptoRng;

use super::{HssSigner, OneTimeIndex, draw};
use crate::algorithm::Hss;
use crate::error::SignError;
use crate::hash::Node;
use crate::store::UpperStore;
use crate::sync::{Mutex, PoisonError};

/// A signer that signs once: `x509-cert`'s builder takes it.
///
/// The second call and every later one is refused, whatever became of the first.
#[expect(missing_debug_implementations, reason = "holds a private key")]
pub struct OneShot<'a, S> {
    signer: &'a HssSigner<S>,
    /// The index and the randomizer C.
    once: Mutex<Option<(OneTimeIndex, Node)>>,
}

impl OneTimeIndex {
    /// Makes a signer of this index. The randomizer C is drawn now, because a `Signer` is given no generator.
    ///
    /// # Errors
    /// [`SignError::Rng`]; the index is burned.
    pub fn one_shot<'a, S: UpperStore, R: TryCryptoRng + ?Sized>(
        self,
        signer: &'a HssSigner<S>,
        rng: &mut R,
    ) -> Result<OneShot<'a, S>, SignError> {
        let c = draw(signer.parameters.n(), rng)?;
        Ok(OneShot {
            signer,
            once: Mutex::new(Some((self, c))),
        })
    }
}

impl<S: UpperStore> Signer<Signature<Hss>> for OneShot<'_, S> {
    fn try_sign(&self, message: &[u8]) -> Result<Signature<Hss>, Error> {
        let taken = self
            .once
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let (index, c) = taken.ok_or_else(|| Error::from_source(SignError::ReservationEmpty))?;
        self.signer
            .sign_with(index, message, &c)
            .map_err(Error::from_source)
    }
}

impl<S: UpperStore> Keypair for OneShot<'_, S> {
    type VerifyingKey = VerifyingKey<Hss>;

    fn verifying_key(&self) -> VerifyingKey<Hss> {
        self.signer.public.into()
    }
}

impl<S> DynSignatureAlgorithmIdentifier for OneShot<'_, S> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(Hss::key_algorithm())
    }
}
