//! Key generation, plain and with the pairwise consistency test of FIPS 140-3.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;

use crate::{
    algorithm::{KemAlgorithm, SignatureAlgorithm, has_room},
    engine::Engine,
    error::GenerateError,
    key::{
        DecapsulationKey, EncapsulationKey, KemPair, Key, SignaturePair, SigningKey, VerifyingKey,
        secrets_equal,
    },
    state,
};

/// What the pairwise consistency test signs.
const CONSISTENCY_MESSAGE: &[u8] = b"pairwise consistency test";

pub(crate) fn kem_pair<A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<KemPair<A>, GenerateError> {
    state::check()?;
    let engine = Engine::detect().or_reference_for_kem::<A>();
    let (decapsulation, encapsulation) = A::generate_material(engine, rng)?;
    Ok((
        Key::from_material(decapsulation),
        Key::from_material(encapsulation),
    ))
}

pub(crate) fn signature_pair<A: SignatureAlgorithm, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<SignaturePair<A>, GenerateError> {
    state::check()?;
    let engine = Engine::detect().or_reference_for_signature::<A>();
    let (signing, verification) = A::generate_material(engine, rng)?;
    Ok((
        Key::from_material(signing),
        Key::from_material(verification),
    ))
}

impl<A: KemAlgorithm> DecapsulationKey<A> {
    /// Generates a key pair and checks it: a secret encapsulated to the public half comes back from
    /// the private half (pairwise consistency test, FIPS 140-3).
    ///
    /// # Errors
    /// [`GenerateError::PairwiseConsistency`] if it does not; the pair is discarded.
    pub fn generate_checked<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, GenerateError> {
        let (decapsulation, encapsulation) = kem_pair::<A, R>(rng)?;
        check_kem_pair(&decapsulation, &encapsulation, rng)?;
        Ok(decapsulation)
    }

    /// Generates many key pairs.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails, [`GenerateError::Refused`] if there is no memory for so many; no pair
    /// is returned then.
    pub fn generate_many<R: TryCryptoRng + ?Sized>(
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<KemPair<A>>, GenerateError> {
        Self::generate_many_with(Engine::detect().or_reference_for_kem::<A>(), count, rng)
    }

    pub(crate) fn generate_many_with<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<KemPair<A>>, GenerateError> {
        state::check()?;
        if !has_room::<KemPair<A>>(count) {
            return Err(GenerateError::Refused);
        }
        Ok(A::generate_materials(engine, count, rng)?
            .into_iter()
            .map(|(private, public)| (Self::from_material(private), Key::from_material(public)))
            .collect())
    }
}

impl<A: SignatureAlgorithm> SigningKey<A> {
    /// Generates a key pair and checks it: a signature by the private half verifies under the public
    /// half (pairwise consistency test, FIPS 140-3).
    ///
    /// # Errors
    /// [`GenerateError::PairwiseConsistency`] if it does not; the pair is discarded.
    pub fn generate_checked<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, GenerateError> {
        let (signing, verification) = signature_pair::<A, R>(rng)?;
        check_signature_pair(&signing, &verification, rng)?;
        Ok(signing)
    }

    /// Generates many key pairs.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails, [`GenerateError::Refused`] if there is no memory for so many; no pair
    /// is returned then.
    pub fn generate_many<R: TryCryptoRng + ?Sized>(
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<SignaturePair<A>>, GenerateError> {
        Self::generate_many_with(
            Engine::detect().or_reference_for_signature::<A>(),
            count,
            rng,
        )
    }

    pub(crate) fn generate_many_with<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<SignaturePair<A>>, GenerateError> {
        state::check()?;
        if !has_room::<SignaturePair<A>>(count) {
            return Err(GenerateError::Refused);
        }
        Ok(A::generate_materials(engine, count, rng)?
            .into_iter()
            .map(|(private, public)| (Self::from_material(private), Key::from_material(public)))
            .collect())
    }
}

fn check_kem_pair<A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
    decapsulation: &DecapsulationKey<A>,
    encapsulation: &EncapsulationKey<A>,
    rng: &mut R,
) -> Result<(), GenerateError> {
    use crate::error::EncapsulateError;

    let (ciphertext, sent) = encapsulation
        .encapsulate(rng)
        .map_err(|error| match error {
            EncapsulateError::Randomness => GenerateError::Randomness,
            _ => GenerateError::PairwiseConsistency,
        })?;
    let received = decapsulation
        .decapsulate(&ciphertext)
        .map_err(|_| GenerateError::PairwiseConsistency)?;
    if secrets_equal(sent.as_bytes(), received.as_bytes()) {
        Ok(())
    } else {
        Err(GenerateError::PairwiseConsistency)
    }
}

fn check_signature_pair<A: SignatureAlgorithm, R: TryCryptoRng + ?Sized>(
    signing: &SigningKey<A>,
    verification: &VerifyingKey<A>,
    rng: &mut R,
) -> Result<(), GenerateError> {
    use crate::error::SignError;

    let signature = signing
        .sign(CONSISTENCY_MESSAGE, rng)
        .map_err(|error| match error {
            SignError::Randomness => GenerateError::Randomness,
            _ => GenerateError::PairwiseConsistency,
        })?;
    verification
        .verify(CONSISTENCY_MESSAGE, &signature)
        .map_err(|_| GenerateError::PairwiseConsistency)
}
