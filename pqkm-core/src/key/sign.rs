//! Operations of signing and verifying keys.

use rand_core::TryCryptoRng;

use crate::{
    algorithm::{
        PrivateMaterial, SignatureAlgorithm, SupportsContext, SupportsMu, SupportsPreHash,
        VerificationAlgorithm,
    },
    engine::Engine,
    error::{EngineUnavailable, GenerateError, InvalidSignature, SignError},
    key::{Key, SigningKey, VerifyingKey},
    message::{Context, Message, PreHashed},
    operations::{Sign, Verify},
    output::Signature,
    prepared::{PreparedSigningKey, PreparedVerifyingKey},
    role::{HasKey, MaySign, MayVerify, Role},
};

/// Signing. ML-DSA signs hedged: 32 fresh random bytes enter every signature
/// (FIPS 204, Algorithm 2 (ML-DSA.Sign)).
impl<A: HasKey<R>, R: Role> Key<A, R> {
    /// Signs a message in the empty context.
    ///
    /// # Errors
    /// [`SignError::Randomness`] if `rng` fails.
    pub fn sign<Rng: TryCryptoRng + ?Sized>(
        &self,
        message: &[u8],
        rng: &mut Rng,
    ) -> Result<Signature<A>, SignError>
    where
        R: MaySign,
        A: SignatureAlgorithm,
    {
        R::as_signing(self).sign_message(&Message::pure(message), rng)
    }

    /// Signs a message in a context.
    ///
    /// # Errors
    /// [`SignError::Randomness`] if `rng` fails.
    pub fn sign_with_context<Rng: TryCryptoRng + ?Sized>(
        &self,
        message: &[u8],
        context: Context<'_>,
        rng: &mut Rng,
    ) -> Result<Signature<A>, SignError>
    where
        R: MaySign,
        A: SignatureAlgorithm + SupportsContext,
    {
        R::as_signing(self).sign_message(&Message::with_context(message, context), rng)
    }

    /// Signs a digest by the pre-hash variant
    /// (FIPS 204, Algorithm 4 (HashML-DSA.Sign); FIPS 205, Algorithm 23 (`hash_slh_sign`)).
    ///
    /// Such a signature is not valid for the pure variant, nor the other way round.
    ///
    /// # Errors
    /// [`SignError::Randomness`] if `rng` fails.
    pub fn sign_prehashed<Rng: TryCryptoRng + ?Sized>(
        &self,
        digest: PreHashed<'_>,
        context: Context<'_>,
        rng: &mut Rng,
    ) -> Result<Signature<A>, SignError>
    where
        R: MaySign,
        A: SignatureAlgorithm + SupportsPreHash,
    {
        R::as_signing(self).sign_message(&Message::PreHashed { digest, context }, rng)
    }

    /// Signs a message representative that was computed elsewhere, for example by
    /// [`VerifyingKey::mu`]. The signature verifies as an ordinary one.
    ///
    /// # Errors
    /// [`SignError::Randomness`] if `rng` fails.
    pub fn sign_mu<Rng: TryCryptoRng + ?Sized>(
        &self,
        mu: &[u8; 64],
        rng: &mut Rng,
    ) -> Result<Signature<A>, SignError>
    where
        R: MaySign,
        A: SignatureAlgorithm + SupportsMu,
    {
        R::as_signing(self).sign_message(&Message::Mu(mu), rng)
    }
}

/// Verifying. A key that verifies more than once is faster [prepared](VerifyingKey::prepare).
impl<A: HasKey<R>, R: Role> Key<A, R> {
    /// Verifies a signature on a message in the empty context.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify(&self, message: &[u8], signature: &Signature<A>) -> Result<(), InvalidSignature>
    where
        R: MayVerify,
        A: VerificationAlgorithm,
    {
        R::as_verification(self).verify_message(&Message::pure(message), signature)
    }

    /// Verifies a signature on a message in a context.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify_with_context(
        &self,
        message: &[u8],
        context: Context<'_>,
        signature: &Signature<A>,
    ) -> Result<(), InvalidSignature>
    where
        R: MayVerify,
        A: SupportsContext,
    {
        R::as_verification(self).verify_message(&Message::with_context(message, context), signature)
    }

    /// Verifies a signature of the pre-hash variant.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify_prehashed(
        &self,
        digest: PreHashed<'_>,
        context: Context<'_>,
        signature: &Signature<A>,
    ) -> Result<(), InvalidSignature>
    where
        R: MayVerify,
        A: SupportsPreHash,
    {
        R::as_verification(self).verify_message(&Message::PreHashed { digest, context }, signature)
    }

    /// Verifies a signature on a message representative that was computed elsewhere.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason.
    pub fn verify_mu(&self, mu: &[u8; 64], signature: &Signature<A>) -> Result<(), InvalidSignature>
    where
        R: MayVerify,
        A: SupportsMu,
    {
        R::as_verification(self).verify_message(&Message::Mu(mu), signature)
    }

    /// The message representative mu of a message in a context, 64 bytes: what a signer that never
    /// sees the message signs with [`sign_mu`](Self::sign_mu).
    pub fn mu(&self, message: &[u8], context: Context<'_>) -> [u8; 64]
    where
        R: MayVerify,
        A: SupportsMu,
    {
        A::mu(
            R::as_verification(self).material(),
            &Message::with_context(message, context),
        )
    }
}

impl<A: SignatureAlgorithm> SigningKey<A> {
    /// Generates a key pair (ML-DSA: FIPS 204, Algorithm 1 (ML-DSA.KeyGen)).
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate<Rng: TryCryptoRng + ?Sized>(rng: &mut Rng) -> Result<Self, GenerateError> {
        Ok(crate::generate::signature_pair::<A, Rng>(rng)?.0)
    }

    /// The public half of this key.
    pub fn verifying_key(&self) -> VerifyingKey<A> {
        Key::from_material(self.material().public())
    }

    /// Expands the key once for many signatures, with the fastest engine. How much memory that
    /// takes stands at the algorithm.
    pub fn prepare(&self) -> PreparedSigningKey<A> {
        PreparedSigningKey::new(Engine::detect().or_reference_for_signature::<A>(), self)
    }

    /// Expands the key for one engine: for tests and benches.
    ///
    /// # Errors
    /// [`EngineUnavailable`] if the CPU does not run the engine or it does not cover the algorithm.
    pub fn prepare_with(&self, engine: Engine) -> Result<PreparedSigningKey<A>, EngineUnavailable> {
        Ok(PreparedSigningKey::new(
            engine.checked(A::supports(engine))?,
            self,
        ))
    }
}

impl<A: VerificationAlgorithm> VerifyingKey<A> {
    /// Expands the key once for many verifications, with the fastest engine.
    pub fn prepare(&self) -> PreparedVerifyingKey<A> {
        PreparedVerifyingKey::new(Engine::detect().or_reference_for_signature::<A>(), self)
    }

    /// Expands the key for one engine: for tests and benches.
    ///
    /// # Errors
    /// [`EngineUnavailable`] if the CPU does not run the engine or it does not cover the algorithm.
    pub fn prepare_with(
        &self,
        engine: Engine,
    ) -> Result<PreparedVerifyingKey<A>, EngineUnavailable> {
        Ok(PreparedVerifyingKey::new(
            engine.checked(A::supports(engine))?,
            self,
        ))
    }
}
