//! Derandomised and internal functions of the standards, and engines by name: for known answers, for
//! tests and benches, for protocols that define their own randomness, and for nothing else. Randomness
//! that is used twice, or known to anyone, breaks the schemes.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;

use crate::{
    algorithm::{KemAlgorithm, SignatureAlgorithm, VerificationAlgorithm},
    engine::Engine,
    error::{EncapsulateError, EngineUnavailable, GenerateError},
    key::{DecapsulationKey, EncapsulationKey, KemPair, SignaturePair, SigningKey, VerifyingKey},
    mldsa::{self, MlDsaParameters},
    output::EncapsulatedSecret,
};

pub use crate::given::{Exhausted, GivenBytes};

/// Enters the error state, as a self-test that fails does: to see how a program copes with it. There
/// is no way back.
pub fn enter_error_state() {
    crate::state::fail();
}

/// Generates key pairs with one engine: see [`DecapsulationKey::generate_many`].
///
/// # Errors
/// [`EngineUnavailable`] if the CPU does not run the engine or it does not cover the algorithm; the
/// inner error is that of generation.
pub fn generate_kem_pairs<A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
    engine: Engine,
    count: usize,
    rng: &mut R,
) -> Result<Result<Vec<KemPair<A>>, GenerateError>, EngineUnavailable> {
    let engine = engine.checked(A::supports(engine))?;
    Ok(DecapsulationKey::<A>::generate_many_with(
        engine, count, rng,
    ))
}

/// Generates key pairs with one engine: see [`SigningKey::generate_many`].
///
/// # Errors
/// [`EngineUnavailable`] if the CPU does not run the engine or it does not cover the algorithm; the
/// inner error is that of generation.
pub fn generate_signature_pairs<A: SignatureAlgorithm, R: TryCryptoRng + ?Sized>(
    engine: Engine,
    count: usize,
    rng: &mut R,
) -> Result<Result<Vec<SignaturePair<A>>, GenerateError>, EngineUnavailable> {
    let engine = engine.checked(A::supports(engine))?;
    Ok(SigningKey::<A>::generate_many_with(engine, count, rng))
}

/// Encapsulates to each of many keys with one engine: see [`EncapsulationKey::encapsulate_each`].
///
/// # Errors
/// [`EngineUnavailable`] if the CPU does not run the engine or it does not cover the algorithm; the
/// inner error is that of encapsulation.
pub fn encapsulate_each<A: KemAlgorithm, R: TryCryptoRng + ?Sized>(
    engine: Engine,
    keys: &[&EncapsulationKey<A>],
    rng: &mut R,
) -> Result<Result<Vec<EncapsulatedSecret<A>>, EncapsulateError>, EngineUnavailable> {
    let engine = engine.checked(A::supports(engine))?;
    Ok(EncapsulationKey::encapsulate_each_with(engine, keys, rng))
}

/// The message representative mu of a formatted message M', which the internal interface of FIPS 204,
/// section 6 takes instead of a message and a context: sign or verify it with
/// [`sign_mu`](crate::Key::sign_mu) and [`verify_mu`](crate::Key::verify_mu).
#[must_use]
pub fn mu_of_formatted<P: MlDsaParameters + VerificationAlgorithm>(
    key: &VerifyingKey<P>,
    formatted: &[u8],
) -> [u8; 64] {
    mldsa::mu_of_formatted(key.as_bytes(), formatted)
}
