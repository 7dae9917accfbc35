//! Operations as traits: what a key does, wherever it is held.
//!
//! [`Key`](crate::Key) and its prepared forms implement them, and so does a handle to a key inside a
//! hardware security module. A handle declares its algorithm and role once, in [`KeyHandle`]; each
//! operation asks for its role, so a handle cannot grant itself rights.

use rand_core::TryCryptoRng;

use crate::{
    algorithm::{Algorithm, KemAlgorithm, SignatureAlgorithm, VerificationAlgorithm},
    engine::Engine,
    error::{DecapsulateError, EncapsulateError, InvalidSignature, SignError},
    key::{EncapsulationKey, Key, VerifyingKey},
    message::Message,
    output::{Ciphertext, EncapsulatedSecret, SharedSecret, Signature},
    role::{Decapsulation, Encapsulation, HasKey, Role, Signing, Verification},
    state,
};

/// A key or a handle to one: its algorithm and its role.
pub trait KeyHandle {
    /// The algorithm.
    type Algorithm: Algorithm;
    /// The one role of the key.
    type Role: Role;
}

impl<A: HasKey<R>, R: Role> KeyHandle for Key<A, R> {
    type Algorithm = A;
    type Role = R;
}

/// Makes signatures.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot sign",
    label = "signing needs a `SigningKey`, or a handle whose role is `Signing`"
)]
pub trait Sign: KeyHandle<Algorithm: SignatureAlgorithm, Role = Signing> {
    /// Signs a message, its digest or its representative.
    ///
    /// # Errors
    /// [`SignError`].
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<Self::Algorithm>, SignError>;

    /// The public half.
    fn verifying_key(&self) -> VerifyingKey<Self::Algorithm>;
}

/// Verifies signatures.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot verify signatures",
    label = "verifying needs a `VerifyingKey`"
)]
pub trait Verify: KeyHandle<Algorithm: VerificationAlgorithm, Role = Verification> {
    /// Verifies a signature on a message, its digest or its representative.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason; also when the library is in its error state.
    fn verify_message(
        &self,
        message: &Message<'_>,
        signature: &Signature<Self::Algorithm>,
    ) -> Result<(), InvalidSignature>;
}

/// Encapsulates shared secrets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot encapsulate",
    label = "encapsulating needs an `EncapsulationKey`"
)]
pub trait Encapsulate: KeyHandle<Algorithm: KemAlgorithm, Role = Encapsulation> {
    /// Encapsulates a fresh shared secret.
    ///
    /// # Errors
    /// [`EncapsulateError`].
    fn encapsulate<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
    ) -> Result<EncapsulatedSecret<Self::Algorithm>, EncapsulateError>;
}

/// Decapsulates shared secrets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot decapsulate",
    label = "decapsulating needs a `DecapsulationKey`, or a handle whose role is `Decapsulation`"
)]
pub trait Decapsulate: KeyHandle<Algorithm: KemAlgorithm, Role = Decapsulation> {
    /// Decapsulates a shared secret.
    ///
    /// # Errors
    /// [`DecapsulateError`].
    fn decapsulate(
        &self,
        ciphertext: &Ciphertext<Self::Algorithm>,
    ) -> Result<SharedSecret<Self::Algorithm>, DecapsulateError>;

    /// The public half.
    fn encapsulation_key(&self) -> EncapsulationKey<Self::Algorithm>;
}

impl<A: SignatureAlgorithm> Sign for Key<A, Signing> {
    fn sign_message<R: TryCryptoRng + ?Sized>(
        &self,
        message: &Message<'_>,
        rng: &mut R,
    ) -> Result<Signature<A>, SignError> {
        state::check()?;
        let engine = Engine::detect().or_reference_for_signature::<A>();
        A::sign(&A::prepare_signing(engine, self.material()), message, rng).map(Signature)
    }

    fn verifying_key(&self) -> VerifyingKey<A> {
        Self::verifying_key(self)
    }
}

impl<A: VerificationAlgorithm> Verify for Key<A, Verification> {
    fn verify_message(
        &self,
        message: &Message<'_>,
        signature: &Signature<A>,
    ) -> Result<(), InvalidSignature> {
        state::check().map_err(|_| InvalidSignature)?;
        let engine = Engine::detect().or_reference_for_signature::<A>();
        A::verify(
            &A::prepare_verification(engine, self.material()),
            message,
            &signature.0,
        )
    }
}

impl<A: KemAlgorithm> Encapsulate for Key<A, Encapsulation> {
    fn encapsulate<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
    ) -> Result<EncapsulatedSecret<A>, EncapsulateError> {
        state::check()?;
        let engine = Engine::detect().or_reference_for_kem::<A>();
        let key = A::prepare_encapsulation(engine, self.material());
        A::encapsulate(&key, rng)
            .map(|(ciphertext, secret)| (Ciphertext(ciphertext), SharedSecret::new(secret)))
    }
}

impl<A: KemAlgorithm> Decapsulate for Key<A, Decapsulation> {
    fn decapsulate(&self, ciphertext: &Ciphertext<A>) -> Result<SharedSecret<A>, DecapsulateError> {
        state::check()?;
        let engine = Engine::detect().or_reference_for_kem::<A>();
        let key = A::prepare_decapsulation(engine, self.material());
        A::decapsulate(&key, &ciphertext.0).map(SharedSecret::new)
    }

    fn encapsulation_key(&self) -> EncapsulationKey<A> {
        Self::encapsulation_key(self)
    }
}
