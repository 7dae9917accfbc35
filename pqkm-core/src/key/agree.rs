//! Operations of agreement keys.

use rand_core::TryCryptoRng;

use crate::{
    agreement::{AgreedSecret, AgreementAlgorithm},
    algorithm::PrivateMaterial,
    error::{AgreeError, GenerateError},
    key::{AgreementKey, AgreementPublicKey, Key, secrets_equal},
    operations::Agree,
    role::{HasKey, MayAgree, Role},
    state,
};

impl<A: HasKey<R>, R: Role> Key<A, R> {
    /// Computes the secret that this key and the peer's have in common.
    ///
    /// Between two static keys it is the same every time. For a fresh one see
    /// [`agree_ephemeral`](AgreementPublicKey::agree_ephemeral).
    ///
    /// # Errors
    /// [`AgreeError::InvalidKey`] if the secret would be the same for every private key: the all-zero
    /// value that X25519 gives for points of small order (RFC 7748, section 6.1).
    pub fn agree(&self, peer: &AgreementPublicKey<A>) -> Result<AgreedSecret<A>, AgreeError>
    where
        R: MayAgree,
        A: AgreementAlgorithm,
    {
        Agree::agree(R::as_agreement(self), peer)
    }
}

impl<A: AgreementAlgorithm> AgreementKey<A> {
    /// Generates a key pair.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate<Rng: TryCryptoRng + ?Sized>(rng: &mut Rng) -> Result<Self, GenerateError> {
        state::check()?;
        A::generate_material(rng).map(|(private, _)| Self::from_material(private))
    }

    /// Generates a key pair and checks it: a fresh key agrees with both halves on one secret (pairwise
    /// consistency test, FIPS 140-3).
    ///
    /// # Errors
    /// [`GenerateError::PairwiseConsistency`] if it does not; the pair is discarded.
    pub fn generate_checked<Rng: TryCryptoRng + ?Sized>(
        rng: &mut Rng,
    ) -> Result<Self, GenerateError> {
        let key = Self::generate(rng)?;
        let (ephemeral, sent) =
            key.agreement_public_key()
                .agree_ephemeral(rng)
                .map_err(|error| match error {
                    AgreeError::Randomness => GenerateError::Randomness,
                    _ => GenerateError::PairwiseConsistency,
                })?;
        let received = key
            .agree(&ephemeral)
            .map_err(|_| GenerateError::PairwiseConsistency)?;
        if secrets_equal(sent.as_bytes(), received.as_bytes()) {
            Ok(key)
        } else {
            Err(GenerateError::PairwiseConsistency)
        }
    }

    /// The public half of this key.
    pub fn agreement_public_key(&self) -> AgreementPublicKey<A> {
        Key::from_material(self.material().public())
    }
}

impl<A: AgreementAlgorithm> AgreementPublicKey<A> {
    /// Makes a key pair for this one agreement, agrees with the holder of this key, and forgets the
    /// private half. The public half goes to the holder.
    ///
    /// # Errors
    /// [`AgreeError::Randomness`] if `rng` fails, and the errors of [`Key::agree`].
    pub fn agree_ephemeral<Rng: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut Rng,
    ) -> Result<(Self, AgreedSecret<A>), AgreeError> {
        state::check()?;
        let (private, public) = A::generate_material(rng).map_err(|_| AgreeError::Randomness)?;
        let secret = A::agree(&private, self.material())?;
        Ok((Self::from_material(public), AgreedSecret::new(secret)))
    }
}
