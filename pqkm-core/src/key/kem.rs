//! Operations of encapsulation and decapsulation keys.

use rand_core::TryCryptoRng;

use crate::{
    algorithm::{KemAlgorithm, PrivateMaterial},
    engine::Engine,
    error::{DecapsulateError, EncapsulateError, EngineUnavailable, GenerateError},
    key::{DecapsulationKey, EncapsulationKey, Key},
    operations::{Decapsulate, Encapsulate},
    output::{Ciphertext, EncapsulatedSecret, SharedSecret},
    prepared::{PreparedDecapsulationKey, PreparedEncapsulationKey},
    role::{HasKey, MayDecapsulate, MayEncapsulate, Role},
};

impl<A: HasKey<R>, R: Role> Key<A, R> {
    /// Encapsulates a fresh shared secret to the holder of the decapsulation key
    /// (ML-KEM: FIPS 203, Algorithm 20 (ML-KEM.Encaps)).
    ///
    /// A key that is used more than once is faster [prepared](EncapsulationKey::prepare).
    ///
    /// # Errors
    /// [`EncapsulateError::Randomness`] if `rng` fails.
    pub fn encapsulate<Rng: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut Rng,
    ) -> Result<EncapsulatedSecret<A>, EncapsulateError>
    where
        R: MayEncapsulate,
        A: KemAlgorithm,
    {
        Encapsulate::encapsulate(R::as_encapsulation(self), rng)
    }

    /// Decapsulates a shared secret (ML-KEM: FIPS 203, Algorithm 21 (ML-KEM.Decaps)).
    ///
    /// # Errors
    /// [`DecapsulateError::Failed`] where the algorithm rejects explicitly. ML-KEM does not: a
    /// ciphertext that was not made for this key gives a pseudorandom secret that nobody else has.
    pub fn decapsulate(
        &self,
        ciphertext: &Ciphertext<A>,
    ) -> Result<SharedSecret<A>, DecapsulateError>
    where
        R: MayDecapsulate,
        A: KemAlgorithm,
    {
        Decapsulate::decapsulate(R::as_decapsulation(self), ciphertext)
    }
}

impl<A: KemAlgorithm> EncapsulationKey<A> {
    /// Expands the key once for many operations, with the fastest engine. How much memory that
    /// takes stands at the algorithm.
    pub fn prepare(&self) -> PreparedEncapsulationKey<A> {
        PreparedEncapsulationKey::new(Engine::detect().or_reference_for_kem::<A>(), self)
    }

    /// Expands the key for one engine: for tests and benches.
    ///
    /// # Errors
    /// [`EngineUnavailable`] if the CPU does not run the engine or it does not cover the algorithm.
    pub fn prepare_with(
        &self,
        engine: Engine,
    ) -> Result<PreparedEncapsulationKey<A>, EngineUnavailable> {
        Ok(PreparedEncapsulationKey::new(
            engine.checked(A::supports(engine))?,
            self,
        ))
    }
}

impl<A: KemAlgorithm> DecapsulationKey<A> {
    /// Generates a key pair (ML-KEM: FIPS 203, Algorithm 19 (ML-KEM.KeyGen)).
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    pub fn generate<Rng: TryCryptoRng + ?Sized>(rng: &mut Rng) -> Result<Self, GenerateError> {
        Ok(crate::generate::kem_pair::<A, Rng>(rng)?.0)
    }

    /// The public half of this key.
    pub fn encapsulation_key(&self) -> EncapsulationKey<A> {
        Key::from_material(self.material().public())
    }

    /// Expands the key once for many operations, with the fastest engine.
    pub fn prepare(&self) -> PreparedDecapsulationKey<A> {
        PreparedDecapsulationKey::new(Engine::detect().or_reference_for_kem::<A>(), self)
    }

    /// Expands the key for one engine: for tests and benches.
    ///
    /// # Errors
    /// [`EngineUnavailable`] if the CPU does not run the engine or it does not cover the algorithm.
    pub fn prepare_with(
        &self,
        engine: Engine,
    ) -> Result<PreparedDecapsulationKey<A>, EngineUnavailable> {
        Ok(PreparedDecapsulationKey::new(
            engine.checked(A::supports(engine))?,
            self,
        ))
    }
}
