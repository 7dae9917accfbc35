//! Signing with keys whose every signature spends a one-time key: LMS, HSS, XMSS.
//!
//! Their algorithms are [`VerificationAlgorithm`]s and no more: there is no [`Sign`](crate::Sign), which
//! could be called twice. The signer spends indices on stable storage and hands them out as values; each
//! signature takes one away. No index comes twice: not after a crash, and not to another process.

use rand_core::TryCryptoRng;

use crate::{
    algorithm::VerificationAlgorithm,
    error::{ReserveError, SignError},
    key::VerifyingKey,
    operations::KeyHandle,
    output::Signature,
    role::Signing,
};

/// Makes signatures from reservations: a stateful hash-based key, wherever it is held.
///
/// ```
/// use pqkm_core::{ReserveError, SignError, Signature, StatefulSign, rand_core::TryCryptoRng};
///
/// fn sign_release<S: StatefulSign>(
///     signer: &S,
///     images: &[&[u8]],
///     rng: &mut impl TryCryptoRng,
/// ) -> Result<Vec<Signature<S::Algorithm>>, Box<dyn std::error::Error>> {
///     let mut reservation = signer.reserve(u32::try_from(images.len())?)?;
///     let signatures = images.iter().map(|image| signer.sign_next(&mut reservation, image, rng));
///     Ok(signatures.collect::<Result<_, SignError>>()?)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stateful signer",
    label = "a signer that reserves one-time keys, such as an `HssSigner`, is needed here",
    note = "a stateless `SigningKey` signs without a reservation: see `Sign`"
)]
pub trait StatefulSign: KeyHandle<Algorithm: VerificationAlgorithm, Role = Signing> {
    /// The right to make one signature.
    type Index: Send;
    /// Indices that are spent and not used yet.
    type Reservation: Reserved<Index = Self::Index>;

    /// Spends `count` indices. When this returns `Ok`, that is durable, and no other call, in this
    /// process or another, before or after a crash, returns any of them.
    ///
    /// # Errors
    /// [`ReserveError::Exhausted`] spends nothing. After [`ReserveError::Unknown`] indices may be spent
    /// that nobody has, and the key must be opened anew.
    fn reserve(&self, count: u32) -> Result<Self::Reservation, ReserveError>;

    /// Signs with an index, which is gone afterwards whatever the outcome.
    ///
    /// # Errors
    /// [`SignError::Refused`] for an index of another key or of an earlier opening of this one;
    /// [`SignError::Randomness`] if `rng` fails; [`SignError::Fault`] if the signature does not verify.
    fn sign_at<R: TryCryptoRng + ?Sized>(
        &self,
        index: Self::Index,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature<Self::Algorithm>, SignError>;

    /// The public half.
    fn verifying_key(&self) -> VerifyingKey<Self::Algorithm>;

    /// How many indices can still be reserved, as far as this signer knows.
    #[must_use]
    fn remaining(&self) -> u64;

    /// Signs with the next index of a reservation.
    ///
    /// # Errors
    /// [`SignError::NoIndex`] if none is left in it, and the errors of [`sign_at`](Self::sign_at).
    fn sign_next<R: TryCryptoRng + ?Sized>(
        &self,
        reservation: &mut Self::Reservation,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature<Self::Algorithm>, SignError> {
        let index = reservation.take().ok_or(SignError::NoIndex)?;
        self.sign_at(index, message, rng)
    }
}

/// Indices that are spent durably and belong to this value alone. It is not `Clone`; what is left in it
/// when it is dropped is burned.
pub trait Reserved: Send {
    /// The right to make one signature.
    type Index;

    /// Takes an index out, for good.
    fn take(&mut self) -> Option<Self::Index>;

    /// How many are left.
    #[must_use]
    fn remaining(&self) -> u64;
}
